"""A sum of many products of an input and a weight, told by its strongest ones."""

from collections.abc import Callable
from typing import NamedTuple

from torch import Tensor

from .views import Source


class Term(NamedTuple):
    """One summand, weight x input.

    label : what the input is ("filter 7", "base A", "unit 3"). offset : its place in the window, in positions from the unit's
    own (0 where there is no window). bases : which the input sees (0-based, end excluded), None where nobody knows.
    """

    label: str
    offset: int
    bases: tuple[int, int] | None
    input: float
    weight: float

    @property
    def product(self) -> float:
        return self.input * self.weight


class Terms(NamedTuple):
    """The strongest summands, largest first, how many others are not zero, and what those sum to."""

    strongest: tuple[Term, ...]
    others: int
    rest: float

    @property
    def total(self) -> float:
        return sum(term.product for term in self.strongest) + self.rest


def terms_of(inputs: Tensor, weights: Tensor, most: int, source: Callable[[int], tuple[Source, int]]) -> Terms:
    """Return the sum of inputs times weights, both float64 (n,), the `most` strongest products one by one.

    source(i) : what input i is, and its offset in the window; asked for the strongest only.
    """
    products, told = inputs * weights, []
    for i in products.abs().argsort(descending=True, stable=True)[:most].tolist():
        if products[i] != 0:
            (label, bases), offset = source(i)
            told.append(Term(label, offset, bases, inputs[i].item(), weights[i].item()))
    others = int((products != 0).sum()) - len(told)
    return Terms(tuple(told), others, products.sum().item() - sum(term.product for term in told) if others else 0.0)
