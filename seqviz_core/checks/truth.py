"""How well a score per base finds the planted sites (Koo & Ploenzke 2021: AUROC and AUPRC per sequence, then the mean)."""

import math
from dataclasses import dataclass

import numpy as np

from ..errors import SeqVizError
from ..metrics import RankedRows, auroc_ranked, average_precision_ranked, rank_rows
from ..models.internals import Span

_SHUFFLES = 100
_AT_ONCE = 200_000  # bases


@dataclass(frozen=True)
class TruthScore:
    """Means over the sequences that have both planted and other bases.

    auroc : chance that a planted base scores above another base; 0.5 says nothing, 1 is perfect.
    auprc : average precision; its floor is about the share of planted bases.
    null_auroc, null_auprc : the same for the scores in random order: what the figure would say without knowledge.
    n_positions, n_planted, n_sequences : bases scored, planted bases among them, sequences scored.
    """

    auroc: float
    auprc: float
    null_auroc: float
    null_auprc: float
    n_positions: int
    n_planted: int
    n_sequences: int


def truth_score(scores: np.ndarray, mask: np.ndarray, *, seed: int, n_shuffles: int | None = None) -> TruthScore:
    """Return how well `scores` rank planted bases above the others, within each sequence, and the same for shuffled scores.

    scores (L,) or (N, L) : larger means "more likely planted"; take the absolute value before, where the sign is not meant.
    mask : same shape, True where a base belongs to a planted site. Sequences without planted bases, or with nothing but
        planted bases, are left out.
    n_shuffles : shuffles of each sequence's scores behind the null; by default enough for 100 over all sequences.
    Ties: average ranks (AUROC), one threshold for equal scores (AUPRC = sum_n (R_n - R_{n-1}) P_n).
    Raises SeqVizError where no sequence can be scored or a score is not a finite number.
    """
    scores, mask = _checked(scores, mask)
    scored = mask.any(1) & ~mask.all(1)
    if not scored.any():
        raise SeqVizError("A truth score needs a sequence with planted bases and others; there is none.")
    mask, ranked = mask[scored], rank_rows(scores[scored])
    n_shuffles = math.ceil(_SHUFFLES / len(mask)) if n_shuffles is None else n_shuffles
    null = _null(ranked, mask, n_shuffles, np.random.default_rng(seed))
    return TruthScore(*map(float, (*_mean_scores(ranked, mask), *null)), mask.size, int(mask.sum()), len(mask))


def truth_by_sequence(scores: np.ndarray, mask: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return the AUROC and the average precision of every sequence, (N,) each; nan where nothing or everything is planted.

    scores, mask : (L,) or (N, L), as for `truth_score`, which is the mean of these.
    """
    scores, mask = _checked(scores, mask)
    ranked = rank_rows(scores)
    area = auroc_ranked(ranked, mask)
    return area, np.where(np.isnan(area), np.nan, average_precision_ranked(ranked, mask))


def spread(values: np.ndarray, span: Span, length: int) -> np.ndarray:
    """Return (units, length): each base gets the largest value of the positions that see it.

    values (units, P) : one row per filter, gate or state; position p sees bases p * stride + offset ... + width.
    Bases that no position sees get the unit's smallest value, so that they rank last.
    """
    values = np.asarray(values)
    spread_out = np.repeat(values.min(axis=1, keepdims=True), length, axis=1)
    starts = np.arange(values.shape[1]) * span.stride + span.offset
    for j in range(span.width):
        bases = starts + j  # one base per position, no two alike
        inside = (bases >= 0) & (bases < length)
        spread_out[:, bases[inside]] = np.maximum(spread_out[:, bases[inside]], values[:, inside])
    return spread_out


def _null(ranked: RankedRows, mask: np.ndarray, n_shuffles: int, rng: np.random.Generator) -> np.ndarray:
    """Return (2,), the mean over shuffles; moving the planted bases about is as good as moving the scores."""
    several, total = max(1, _AT_ONCE // mask.size), np.zeros(2)
    for start in range(0, n_shuffles, several):
        shuffled = rng.permuted(np.broadcast_to(mask, (min(several, n_shuffles - start), *mask.shape)), axis=2)
        total += len(shuffled) * _mean_scores(ranked, shuffled)
    return total / n_shuffles


def _mean_scores(ranked: RankedRows, mask: np.ndarray) -> np.ndarray:
    """Return (2,): AUROC and average precision, each the mean over all rows."""
    return np.array([auroc_ranked(ranked, mask).mean(), average_precision_ranked(ranked, mask).mean()])


def _checked(scores: np.ndarray, mask: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    scores, mask = np.atleast_2d(np.asarray(scores, dtype=np.float64)), np.atleast_2d(np.asarray(mask, dtype=bool))
    if scores.shape != mask.shape or scores.ndim != 2:
        raise ValueError(f"scores {scores.shape} and mask {mask.shape} must have one shape, (L,) or (N, L)")
    if not np.isfinite(scores).all():
        raise SeqVizError("A score is not a finite number, so the bases cannot be ranked.")
    return scores, mask
