"""How one row of an attention pattern is computed: a query against every key, a term for the distance, the softmax."""

from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor

from ...errors import SeqVizError
from .tape import ALL, Call, Index, Pass, Place
from .unit import Unit
from .views import behind


@dataclass(frozen=True, eq=False)
class AttentionTerms:
    """pattern = softmax(scores); scores = content + distance, a number for each of P keys.

    content (P,) : scale x (query . key + bias). distance (P,) : what is added for where a key stands; None where nothing is.
    query (d,), keys (P, d) : the two sides of the product; None where the score is no such product.
    learned : the query is a weight of the model, the same wherever it looks from. pattern : what was recorded.
    bases : which each key sees (0-based, end excluded).
    """

    unit: Unit
    content: np.ndarray
    distance: np.ndarray | None
    query: np.ndarray | None
    keys: np.ndarray | None
    scale: float
    bias: float
    learned: bool
    bases: tuple[tuple[int, int], ...]
    pattern: np.ndarray

    @property
    def scores(self) -> np.ndarray:
        return self.content if self.distance is None else self.content + self.distance

    @property
    def shares(self) -> np.ndarray:
        """The softmax of the scores."""
        risen = np.exp(self.scores - self.scores.max())
        return risen / risen.sum()

    def top(self, n: int = 3) -> list[int]:
        """Return the keys that are looked at most, largest share first."""
        return np.argsort(-self.pattern, kind="stable")[:n].tolist()


@dataclass
class _Score:
    """What has been found of a row of scores."""

    content: Tensor
    distance: Tensor | None = None
    product: tuple[Tensor, Tensor, float, bool] | None = None  # query (d,), keys (P, d), bias, learned
    scale: float = 1.0


def attention_terms(unit: Unit, pass_: Pass) -> AttentionTerms:
    """Return the scores behind one row of an attention pattern; raises SeqVizError where no softmax makes it."""
    activation = pass_.recorded[unit.probe]
    start = Place(pass_.given(unit.probe), (0, unit.row, unit.position, ALL))
    place = behind(pass_, start, own=start.tensor)
    call = pass_.call(place.tensor)
    if call is None or call.name != "softmax":
        raise SeqVizError(f"There is no softmax right behind {unit.probe!r}, so there are no scores to show.")
    found = _Score(torch.zeros(activation.value.shape[-1], dtype=torch.float64))
    _collect(pass_, Place(call.args[0], place.index), 1.0, found)
    query, keys, bias, learned = found.product or (None, None, 0.0, False)
    bases = tuple(activation.span.bases(k, len(unit.letters)) for k in range(activation.value.shape[-1]))
    number = lambda t: None if t is None else t.numpy()
    return AttentionTerms(unit, found.content.numpy(), number(found.distance), number(query), number(keys), found.scale, bias,
                          learned, bases, start.value.numpy())


def _collect(pass_: Pass, place: Place, scale: float, found: _Score) -> None:
    """Add a row of scores, `scale` times, to what has been found: sums are taken apart down to products and distances."""
    place = behind(pass_, place) or place
    call = pass_.call(place.tensor)
    name = call.name if call is not None else ""
    if name in ("add", "sub") and all(isinstance(t, Tensor) for t in call.args):
        for term, sign in zip(call.args, (1.0, 1.0 if name == "add" else -1.0), strict=True):
            _collect(pass_, Place(term, _broadcast(term, place.index)), sign * scale, found)
    elif name in ("div", "truediv", "mul") and isinstance(factor := call.args[1], (int, float)):
        _collect(pass_, Place(call.args[0], place.index), scale * factor if name == "mul" else scale / factor, found)
    elif name in ("matmul", "linear") and _asks_keys(pass_, call):
        found.content = found.content + scale * place.value
        found.product, found.scale = _product(call, place.index), scale
    else:
        found.distance = (0.0 if found.distance is None else found.distance) + scale * place.value


def _asks_keys(pass_: Pass, call: Call) -> bool:
    """Return whether the keys of a product hold what is in the sequence, not only where it is."""
    return pass_.depends(call.args[0] if call.name == "linear" else call.args[1])


def _product(call: Call, index: Index) -> tuple[Tensor, Tensor, float, bool]:
    """Return query (d,), keys (P, d), bias and whether the query is a weight, of the product that gave a row of scores."""
    plain = lambda t: t.detach().double().cpu()
    if call.name == "matmul":  # (..., query, d) @ (..., d, key)
        *batch, query, _ = index
        return plain(call.args[0][(*batch, query)]), plain(call.args[1][tuple(batch)].T), 0.0, False
    x, weight, bias = call.args[0], call.args[1], call.given(2, "bias")  # (..., key, d) -> (..., key, out)
    *batch, _, out = index
    return plain(weight[out]), plain(x[tuple(batch)]), 0.0 if bias is None else bias[out].item(), True


def _broadcast(term: Tensor, index: Index) -> Index:
    """Return the index in a term of a sum, which may have fewer or single dimensions."""
    own = index[len(index) - term.ndim:]
    return tuple(0 if size == 1 and at != ALL else at for size, at in zip(term.shape, own, strict=True))
