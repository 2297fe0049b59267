"""How far predicted effects of variants agree with measured ones: Spearman's rank correlation against a null.

Variants at one base and at its neighbours resemble each other, in the prediction and in the measurement, so shuffling single
values would make a null that anything beats. Here the measurements are turned: each variant is given the value measured some way
further along the sequence, round its end, so that neighbours stay neighbours and nothing lies where it was measured.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from ..errors import SeqVizError
from ..metrics.rows import rank_rows
from ..sequences.variants import Variant

LEAST = 10  # measurements
MOST_TURNS, FEWEST_TURNS = 999, 39  # with 39, 1 in 40 values of chance lies above all of them, and 1 in 40 below
_NEAR = 0.05  # share of the sequence that a turn moves at least, either way


@dataclass(frozen=True, eq=False)
class Agreement:
    """Of n variants: spearman between predicted and measured effects, and of their sizes; null (m,) with the measurements turned.

    low, high : between them lie 95% of the null; nan where there are fewer than FEWEST_TURNS.
    """

    n: int
    spearman: float
    sizes: float
    null: np.ndarray

    @property
    def low(self) -> float:
        return self._edge(0.025)

    @property
    def high(self) -> float:
        return self._edge(0.975)

    @property
    def above(self) -> bool:
        """Whether the agreement is higher than the null's 95%."""
        return self.spearman > self.high

    def _edge(self, share: float) -> float:
        """Return what a further value of chance stays below with this probability: with m values, k of m + 1."""
        return float(np.quantile(self.null, share, method="weibull")) if len(self.null) >= FEWEST_TURNS else float("nan")


def agreement(variants: Sequence[Variant], predicted: np.ndarray, measured: np.ndarray) -> Agreement:
    """Return how predicted (n,) and measured (n,) effects agree; nan among the predicted are left out.

    Raises SeqVizError for fewer than LEAST variants with both.
    """
    both = np.isfinite(predicted) & np.isfinite(measured)
    if both.sum() < LEAST:
        n = int(both.sum())
        raise SeqVizError(f"{n} variant{' has' if n == 1 else 's have'} a predicted and a measured effect; a rank correlation "
                          f"needs at least {LEAST}.")
    order = sorted(np.flatnonzero(both).tolist(), key=lambda i: (variants[i].start, variants[i].alt))
    one, other = np.asarray(predicted, dtype=float)[order], np.asarray(measured, dtype=float)[order]
    return Agreement(len(order), spearman(one, other), spearman(np.abs(one), np.abs(other)), _turned(one, other))


def spearman(one: np.ndarray, other: np.ndarray) -> float:
    """Return Spearman's rank correlation, ties getting their mean rank; 0 where one side is constant."""
    return _pearson(_ranks(one), _ranks(other))


def _ranks(values: np.ndarray) -> np.ndarray:
    ranked = rank_rows(np.asarray(values, dtype=float))
    ranks = -(ranked.first.astype(float) + ranked.last) / 2
    return ranks - ranks.mean()


def _pearson(one: np.ndarray, other: np.ndarray) -> float:
    size = np.sqrt((one @ one) * (other @ other))
    return float(one @ other / size) if size > 0 else 0.0


def _turned(one: np.ndarray, other: np.ndarray) -> np.ndarray:
    """Return the correlation at each turn of the measurements by at least a twentieth, at most MOST_TURNS of them."""
    n = len(one)
    least = max(1, round(_NEAR * n))
    turns = np.arange(least, n - least + 1)
    if len(turns) > MOST_TURNS:
        turns = turns[np.linspace(0, len(turns) - 1, MOST_TURNS).astype(int)]
    a, b = _ranks(one), _ranks(other)
    return np.array([_pearson(a, np.roll(b, turn)) for turn in turns])


def conclude(agreements: dict[str, Agreement], class_name: str, made: str = "measured") -> str:
    """Return one sentence for each model: its agreement, and whether that is more than the turned measurements give.

    agreements : by the model's name, as it reads in a sentence. made : how the effects came about: "measured", "simulated".
    """
    return " ".join(_said(name, found, class_name, made) for name, found in agreements.items())


def _said(name: str, found: Agreement, class_name: str, made: str) -> str:
    rho, low, high = (f"{v:.2f}".replace("-", "\u2212") for v in (found.spearman, found.low, found.high))
    text = f"{name}: Spearman {rho} between its change of the logit of {class_name} and {found.n:,} {made} effects"
    if np.isnan(found.high):
        return f"{text}; they are too few to tell that from chance."
    if found.spearman > found.high:
        return f"{text}, more than the same measurements turned along the sequence give ({low} to {high})."
    if found.spearman < found.low:
        return (f"{text}, lower than the same measurements turned along the sequence give ({low} to {high}): where it raises "
                f"that logit, the {made} effect tends to be lower.")
    return f"{text}, no more than chance: the same measurements turned along the sequence give {low} to {high}."
