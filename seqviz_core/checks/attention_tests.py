"""Attention: explanation or not? What each head looks at, against what happens to the logit when it may not look there.

For each head: the attention on the planted site against that on the same stretch moved about, and the change in logit when the
head may not look at the site against the change when it may not look at the moved ones.
"""

from dataclasses import dataclass

import numpy as np
from torch import Tensor, nn

from ..attribution.gradient import Target, chosen_logit
from ..models.internals import Activation, Edit, record
from .attention_masks import HeadOf, Mask, asked_again, mask_changes, patterns_in, settled, tokens_of

LEAST = 1e-3
"""A change of less than this many logits is none: rounding is of this size."""
SHARE = 0.95


@dataclass(frozen=True, eq=False)
class HeadTest:
    """What one head looks at, and whether it matters.

    on_site : mean share of attention on the keys in question, over the queries in question. moved (M,) : the same on as many
        keys elsewhere, at every place there is. change, changes_moved (M,) : of the logit when the head may not look there.
    without, uniform : change of the logit when the whole head is masked, and when it looks everywhere alike.
    planted : whether the keys are a planted site's; else they are what the head looks at most, and `moved` is no control.
    """

    head: HeadOf
    keys: range
    on_site: float
    moved: np.ndarray
    change: float
    changes_moved: np.ndarray
    without: float
    uniform: float
    planted: bool

    @property
    def mass_of_chance(self) -> float:
        """What 95 % of the moved stretches stay below."""
        return quantile(self.moved)

    @property
    def change_of_chance(self) -> float:
        """What 95 % of the changes at moved stretches stay below, in absolute value; never below LEAST."""
        return max(quantile(np.abs(self.changes_moved)), LEAST)

    @property
    def looks(self) -> bool:
        """Whether it looks there more than at 95 % of the places elsewhere."""
        return self.on_site > self.mass_of_chance

    @property
    def matters(self) -> bool:
        """Whether masking it there changes the logit more than masking it at 95 % of the places elsewhere."""
        return abs(self.change) > self.change_of_chance


def quantile(values: np.ndarray) -> float:
    """Return what 95 % of the values stay below; 0 without any."""
    return float(np.quantile(values, SHARE)) if len(values) else 0.0


def share_of_chance(values: np.ndarray, least: float = 0.0) -> float:
    """Return how often one of `values` is above what 95 % of the others stay below: of a few, more often than in 5 %."""
    if len(values) < 2:
        return float("nan")
    return float(np.mean([v > max(quantile(np.delete(values, i)), least) for i, v in enumerate(values)]))


def head_tests(model: nn.Module, X: Tensor, target: Target, site: tuple[int, int] | None = None,
               looking: tuple[int, int] | None = None) -> list[HeadTest]:
    """Return the test of every head on X (1, 4, L).

    site : bases (0-based, end excluded) that are looked at; None: the token that each head looks at most. looking : the bases
    whose tokens look; None: all. Raises SeqVizError without attention, or with too many tokens.
    """
    trace, target, tests = record(model, X), settled(model, X, target), []
    for layer in patterns_in(trace):
        tests += _layer_tests(model, X, target, layer, site, looking)
    return tests


def _layer_tests(model: nn.Module, X: Tensor, target: Target, layer: Activation, site: tuple[int, int] | None,
                 looking: tuple[int, int] | None) -> list[HeadTest]:
    patterns = layer.value[0].double().numpy()  # (head, query, key)
    heads, queries, keys = patterns.shape
    rows = tokens_of(*looking, layer.span, keys) if looking and queries > 1 else range(queries)
    found, masks = [], []
    for head in range(heads):
        received = patterns[head, rows.start:rows.stop].mean(axis=0)  # (key,)
        at = tokens_of(*site, layer.span, keys) if site else range(int(received.argmax()), int(received.argmax()) + 1)
        elsewhere = _moved(at, keys, rows if len(rows) < queries else range(0))
        found.append((received, at, elsewhere))
        masks += [Mask(head, place.start, place.stop, rows.start, rows.stop) for place in (at, *elsewhere)]
    masks += [Mask(head, 0, keys) for head in range(heads)]
    changes = mask_changes(model, X, target, layer, masks)
    uniform, tests, begin = uniform_changes(model, X, target, layer), [], 0
    for head, (received, at, elsewhere) in enumerate(found):
        mine = changes[begin:begin + 1 + len(elsewhere)]
        begin += len(mine)
        mass = lambda place, received=received: float(received[place.start:place.stop].sum())
        tests.append(HeadTest(HeadOf(layer.name, head), at, mass(at), np.array([mass(p) for p in elsewhere]), float(mine[0]),
                              mine[1:], float(changes[head - heads]), float(uniform[head]), site is not None))
    return tests


def _moved(at: range, keys: int, taken: range) -> list[range]:
    """Return every stretch of as many keys that overlaps neither `at` nor `taken`."""
    free = lambda place, other: place.stop <= other.start or place.start >= other.stop
    every = (range(start, start + len(at)) for start in range(keys - len(at) + 1))
    return [place for place in every if free(place, at) and (not len(taken) or free(place, taken))]


def uniform_changes(model: nn.Module, X: Tensor, target: Target, layer: Activation) -> np.ndarray:
    """Return by how much the logit changes when each head in turn looks everywhere alike, (heads,)."""
    heads, keys = layer.value.shape[1], layer.value.shape[3]
    def edit_of(rows: slice) -> Edit:  # row 0 changes nothing
        def edit(value: Tensor, positions: range) -> Tensor:
            value = value.clone()
            for row, head in enumerate(range(rows.start - 1, rows.stop - 1)):
                if head >= 0:
                    value[row, head] = 1 / keys
            return value
        return edit
    logits = chosen_logit(asked_again(model, X, layer, heads + 1, edit_of), heads + 1, target).double().numpy()
    return logits[1:] - logits[0]
