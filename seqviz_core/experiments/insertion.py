"""What something does by itself: put it into backgrounds and take the mean change (Koo et al. 2021, global importance analysis).

I = (1/N) sum over n of f(x_n with the pattern) - f(x_n), with f a logit or a log odds. The pattern is written over the
background, so the length stays. Intervals are the middle 95 % of 1,000 bootstrap means over the backgrounds (percentiles).

    codes = backgrounds(100, 200, seed=1)
    insert(model, one_hot_encode(codes), encode(["TGACTCA"])[0], 90, target=3)      # Effect(mean=2.1, low=1.9, high=2.3, n=100)
    by_position(logit_score(model, 3), codes, sites, positions=range(0, 190, 10))   # a Curve
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import torch
from torch import nn

from ..attribution.gradient import Target, as_input, explained_logits, rows_per_pass
from ..datasets import Task
from ..datasets.placement import uniform_starts
from ..datasets.task import Head
from ..errors import SeqVizError
from ..metrics.bootstrap import mean_interval
from ..models.internals import borrowed
from ..motifs import Motif
from ..sequences import UNKNOWN, one_hot_encode, reverse_complement_codes
from ..training.work import Tell
from .patterns import CONSENSUS, draw_sites, mean_bits, shuffled_sites

AT_A_TIME = 64  # sequences, of work that tells how far it is
STRENGTHS = (0.0, 0.25, 0.5, 0.75, 1.0, 2.0, CONSENSUS)
Score = Callable[[np.ndarray], np.ndarray]
"""`score(codes)`: codes (N, L) uint8 in, a number for each sequence out, float64 (N,)."""


class Effect(NamedTuple):
    """A mean over n backgrounds with its 95 % interval; nan edges where there is only one background."""

    mean: float
    low: float
    high: float
    n: int


@dataclass(frozen=True, eq=False)
class Curve:
    """An effect at each x: mean, low, high (P,), over n backgrounds."""

    x: np.ndarray
    mean: np.ndarray
    low: np.ndarray
    high: np.ndarray
    n: int

    def at(self, i: int) -> Effect:
        return Effect(float(self.mean[i]), float(self.low[i]), float(self.high[i]), self.n)


def insert(model: nn.Module, X: np.ndarray, pattern: np.ndarray, position: int, target: Target, strand: str = "+") -> Effect:
    """Return the mean change of a logit when `pattern` is written into X (N, 4, L) at `position` (0-based).

    pattern : codes (k,) or (N, k), as it reads on `strand`; an unknown base of it leaves the background's.
    Raises SeqVizError where it does not fit.
    """
    X = np.asarray(X)
    codes = np.where(X.any(axis=1), X.argmax(axis=1), UNKNOWN).astype(np.uint8)
    score = logit_score(model, target)
    return effect_of(score(written(codes, pattern, position, strand)) - score(codes))


def logit_score(model: nn.Module, target: Target) -> Score:
    """Return the score that is the explained logit of a model."""
    return lambda codes: explained_logits(model, one_hot_encode(codes), target)


def odds_score(model: nn.Module, head: Head, index: int, batch_size: int = 256) -> Score:
    """Return the score that is a model's log odds of class `index` against all others; see `class_odds`."""
    @torch.no_grad()
    def score(codes: np.ndarray) -> np.ndarray:
        parts = torch.from_numpy(codes).split(rows_per_pass(batch_size, codes.shape[1]))  # one-hot, all together fill the memory
        with borrowed(model):
            parts = [model(as_input(torch.from_numpy(one_hot_encode(part.numpy())), model)) for part in parts]
        return class_odds(torch.cat(parts).double().cpu().numpy(), head, index)

    return score


def telling(score: Score, total: int, tell: Tell) -> Score:
    """Return the same score, asked some rows at a time; `tell` hears after each how many of about `total` are done."""
    done = 0

    def told(codes: np.ndarray) -> np.ndarray:
        nonlocal done
        parts = []
        for part in np.array_split(codes, -(-len(codes) // AT_A_TIME)):
            tell(min(0.99, done / total), f"{done:,} of about {total:,} sequences")
            parts.append(score(part))
            done += len(part)
        return np.concatenate(parts)

    return told


def bayes_score(task: Task, index: int) -> Score | None:
    """Return the score that is the log odds of the Bayes classifier of `task`; None where it has no closed form.

    It is for sequences of the task's own length.
    """
    if task.bayes_logits(np.zeros((1, task.length), dtype=np.uint8)) is None:
        return None
    return lambda codes: class_odds(task.bayes_logits(codes), task.head, index)


def class_odds(logits: np.ndarray, head: Head, index: int) -> np.ndarray:
    """Return (N,) ln(P(class) / P(any other)) of logits (N, C) or (N, C, L); of a base answer the largest along the sequence.

    For one of several classes it is z_c - ln(sum of exp z over the others); for a label by itself, its logit.
    """
    logits = np.asarray(logits, dtype=np.float64)
    if head == "sigmoid":
        return logits[:, index]
    odds = logits[:, index] - np.logaddexp.reduce(np.delete(logits, index, axis=1), axis=1)
    return odds if odds.ndim == 1 else odds.max(axis=1)


def written(codes: np.ndarray, pattern: np.ndarray, position: int | np.ndarray, strand: str = "+") -> np.ndarray:
    """Return codes (N, L) with `pattern` (k,) or (N, k) written over them at `position` (N,) or one for all.

    On strand "-" its reverse complement is. Raises SeqVizError where it does not fit.
    """
    n, length = codes.shape
    pattern = np.broadcast_to(pattern, (n, np.shape(pattern)[-1]))
    if strand == "-":
        pattern = reverse_complement_codes(pattern)
    width, starts = pattern.shape[1], np.broadcast_to(position, n)
    check_fits(width, length, int(starts.min()), int(starts.max()))
    out, rows = codes.copy(), np.arange(n)[:, None]
    places = starts[:, None] + np.arange(width)
    out[rows, places] = np.where(pattern == UNKNOWN, codes[rows, places], pattern)
    return out


def check_fits(width: int, length: int, *starts: int) -> None:
    """Raise SeqVizError where a pattern is longer than the sequences it is to be put into, or would end outside."""
    if width > length:
        raise SeqVizError(f"The pattern has {width:,} bases and the backgrounds have {length:,}; it has to fit into them.")
    if outside := [start for start in starts if not 0 <= start <= length - width]:
        raise SeqVizError(f"A pattern of {width} bases cannot start at base {outside[0] + 1:,} of {length:,}; it can start at 1 "
                          f"to {length - width + 1:,}.")


def effect_of(differences: np.ndarray, seed: int = 0) -> Effect:
    """Return the mean of differences (N,) with its interval."""
    return curve_of(np.zeros(1), np.asarray(differences)[None], seed).at(0)


def curve_of(x: np.ndarray, differences: np.ndarray, seed: int = 0) -> Curve:
    """Return the means of differences (P, N) with their intervals; every x is resampled alike."""
    n = differences.shape[1]
    if n == 1:
        low = high = np.full(len(differences), np.nan)
    else:
        low, high = mean_interval(differences, (seed, 4)).T
    return Curve(np.asarray(x, dtype=float), differences.mean(axis=1), low, high, n)


def change(score: Score, codes: np.ndarray, variants: Sequence[np.ndarray]) -> np.ndarray:
    """Return (P, N): the score of each variant (N, L) of the backgrounds minus that of the background."""
    every = score(np.concatenate([codes, *variants])).reshape(-1, len(codes))
    return every[1:] - every[0]


def by_strand(score: Score, codes: np.ndarray, sites: np.ndarray, position: int) -> Curve:
    """Return the effect of sites (N, k) on the forward strand (x = 0) and on the reverse (x = 1)."""
    return curve_of([0, 1], change(score, codes, [written(codes, sites, position, strand) for strand in "+-"]))


def by_position(score: Score, codes: np.ndarray, sites: np.ndarray, positions: Sequence[int], strand: str = "+") -> Curve:
    """Return the effect at each start (x counts from 1)."""
    variants = [written(codes, sites, position, strand) for position in positions]
    return curve_of(np.asarray(positions) + 1, change(score, codes, variants))


def by_copies(score: Score, codes: np.ndarray, sites: np.ndarray, seed: int, strand: str = "+") -> Curve:
    """Return the effect of 1, 2 ... K copies, sites (N, K, k): at random places without overlap, each set within the next."""
    n, most, width = sites.shape
    check_fits(most * width, codes.shape[1])
    rng = np.random.default_rng((seed, 5))
    starts = rng.permuted(uniform_starts(codes.shape[1], np.full((n, most), width), rng), axis=1)
    variants = [codes]
    for copy in range(most):
        variants.append(written(variants[-1], sites[:, copy], starts[:, copy], strand))
    return curve_of(np.arange(1, most + 1), change(score, codes, variants[1:]))


def by_strength(score: Score, codes: np.ndarray, motif: Motif, position: int, seed: int, strand: str = "+",
                shuffled: bool = False) -> Curve:
    """Return the effect of sites from random bases to the consensus; x is how well they match on average, bits.

    shuffled : put in the letters of each site in random order, under the x of the site: the control.
    """
    sites = [draw_sites(motif, len(codes), seed, strength) for strength in STRENGTHS]
    put = [shuffled_sites(drawn, seed) for drawn in sites] if shuffled else sites
    variants = [written(codes, drawn, position, strand) for drawn in put]
    return curve_of([mean_bits(motif, drawn) for drawn in sites], change(score, codes, variants))
