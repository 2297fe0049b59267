"""Deletion and insertion curves: how the logit changes as bases are replaced, or put back, in the order a map ranks them.

A base is replaced by the one that stands there in a dinucleotide shuffle of the same sequence, never by nothing: a column of
zeros is no base, and models were not trained on it. The curves are those of RISE (Petsiuk et al. 2018), comprehensiveness and
sufficiency those of ERASER (DeYoung et al. 2020).
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Literal

import numpy as np
import torch
from torch import nn

from ..attribution.gradient import Target, explained_logits
from ..attribution.references import shuffles
from .lens import Cases

Order = Literal["size", "for"]
ORDERS: tuple[Order, ...] = ("size", "for")
"""Which bases go first: those with the largest values whatever their sign, or those that speak most for the class."""
BINS = (0.01, 0.05, 0.1, 0.2, 0.5)
"""Shares of the bases that comprehensiveness and sufficiency are the mean over (ERASER)."""
NORMAL = 1.96
_ROWS = 512  # sequences made at a time


@dataclass(frozen=True)
class Curve:
    """One order of the bases, means over the sequences. Logits.

    deletion, insertion : the logit at each share of the bases replaced, or put back. *_area : the area under it, which is the
    mean logit along the way: faithful is low for deletion, high for insertion.
    comprehensiveness : mean over BINS of the logit lost without that share of the bases (high is faithful); sufficiency : of
    the logit missing with that share alone (low is faithful).
    gain, gain_low, gain_high : area between this and random orders, both curves' mean (above zero is better than random), and
    +- 1.96 standard errors over the sequences (nan for one).
    """

    name: str
    deletion: tuple[float, ...]
    insertion: tuple[float, ...]
    deletion_area: float
    insertion_area: float
    comprehensiveness: float
    sufficiency: float
    gain: float
    gain_low: float
    gain_high: float


@dataclass(frozen=True)
class Band:
    """What the random orders give: the mean at each share, and the lowest and highest of them; then their areas."""

    mean: tuple[float, ...]
    low: tuple[float, ...]
    high: tuple[float, ...]
    area: float
    area_low: float
    area_high: float


@dataclass(frozen=True)
class Deletion:
    """The curves of several orders over `shares` of the bases, and the band of `orders` random ones, over n sequences.

    random_gain : the largest gain among the random orders, each against their mean.
    """

    shares: tuple[float, ...]
    curves: tuple[Curve, ...]
    random_deletion: Band
    random_insertion: Band
    random_gain: float
    n: int
    orders: int
    order: Order

    def of(self, name: str) -> Curve:
        return next(curve for curve in self.curves if curve.name == name)

    def beats_random(self, curve: Curve) -> bool:
        """Return whether its gain, of both curves together, is above that of every random order."""
        return curve.gain > self.random_gain + 1e-9


def deletion(model: nn.Module, asked: Cases, maps: Mapping[str, np.ndarray], *, seed: int, order: Order = "size", steps: int = 20,
             n_shuffles: int = 3, n_orders: int = 20, done: Callable[[int], None] = lambda i: None) -> Deletion:
    """Return the curves of every map's order of the bases, beside `n_orders` random ones.

    maps : name -> (N, L), a score for each base; equal scores stand in random order. steps : points on the curve, besides BINS.
    n_shuffles : shuffled versions of each sequence that give the replacing bases, the same ones for all orders.
    done : is told the number of each sequence before it is asked about.
    """
    names, grid = list(maps), np.unique(np.round(np.concatenate([np.linspace(0, 1, steps + 1), BINS]), 6))
    found = np.zeros((2, len(asked), len(names) + n_orders, len(grid)))  # deletion and insertion
    for i, (x, target, known) in enumerate(zip(asked.X, asked.targets, asked.known)):
        done(i)
        rng = np.random.default_rng((seed, i))
        scores = [np.abs(maps[name][i]) if order == "size" else maps[name][i] for name in names]
        ranks = np.stack([_rank(s, known, rng) for s in (*scores, *np.zeros((n_orders, x.shape[1])))])
        mixed = shuffles(torch.from_numpy(x), n_shuffles, int(rng.integers(2**31))).numpy()
        counts = np.round(grid * known.sum()).astype(int)
        found[:, i] = _logits(model, x, mixed, ranks, counts, target)
    return _summary(found, names, grid, n_orders, order)


def _rank(score: np.ndarray, known: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Return (L,): 0 for the base that goes first; unknown bases come after all others and never go."""
    places = np.lexsort((rng.random(len(score)), -score.astype(float), ~known))
    rank = np.empty(len(score), dtype=int)
    rank[places] = np.arange(len(score))
    return rank


def _logits(model: nn.Module, x: np.ndarray, mixed: np.ndarray, ranks: np.ndarray, counts: np.ndarray,
            target: Target) -> np.ndarray:
    """Return (2, O, K), means over the shuffles `mixed` (S, 4, L): x with counts (K,) bases replaced, and with those kept."""
    gone = ranks[:, None] < counts[:, None]  # (O, K, L)
    rows = gone.reshape(-1, 1, 1, gone.shape[2])  # (O * K, 1, 1, L)
    out = []
    for inside, outside in ((mixed[None], x[None, None]), (x[None, None], mixed[None])):
        parts = []
        for part in np.array_split(rows, max(1, len(rows) * len(mixed) // _ROWS)):
            made = np.where(part, inside, outside).reshape(-1, *x.shape)
            parts.append(explained_logits(model, torch.from_numpy(made), target).reshape(len(part), len(mixed)).mean(1))
        out.append(np.concatenate(parts).reshape(gone.shape[:2]))
    return np.stack(out)


def area(values: np.ndarray, shares: np.ndarray) -> np.ndarray:
    """Return the area under values (..., K) over shares (K,) from 0 to 1, by the trapezoid rule: the mean along the way."""
    return np.trapezoid(values, shares, axis=-1)


def _summary(found: np.ndarray, names: list[str], grid: np.ndarray, n_orders: int, order: Order) -> Deletion:
    m, n = len(names), found.shape[1]
    areas, whole = area(found, grid), found[0, :, :, :1]  # (2, N, O), (N, O, 1)
    at = np.searchsorted(grid, BINS)
    lost, missing = (whole - found[0][..., at]).mean((0, 2)), (whole - found[1][..., at]).mean((0, 2))  # (O,)
    random = areas[:, :, m:].mean(2)  # (2, N)
    gains = ((random[0][:, None] - areas[0]) + (areas[1] - random[1][:, None])) / 2  # (N, O)
    error = NORMAL * gains.std(0, ddof=1) / n**0.5 if n > 1 else np.full(m + n_orders, np.nan)
    mean, sizes = found.mean(1), areas.mean(1)  # (2, O, K), (2, O)
    curves = tuple(Curve(name, *map(_tuple, mean[:, k]), *map(float, (
        sizes[0, k], sizes[1, k], lost[k], missing[k], gains[:, k].mean(), gains[:, k].mean() - error[k],
        gains[:, k].mean() + error[k]))) for k, name in enumerate(names))
    bands = [Band(*map(_tuple, (r.mean(0), r.min(0), r.max(0))), *map(float, (s.mean(), s.min(), s.max())))
             for r, s in zip(mean[:, m:], sizes[:, m:])]
    return Deletion(_tuple(grid), curves, *bands, float(gains[:, m:].mean(0).max()), n, n_orders, order)


def _tuple(values: np.ndarray) -> tuple[float, ...]:
    return tuple(float(v) for v in values)
