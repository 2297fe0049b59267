"""AUROC and average precision of many rankings at once: one sort, then as many sets of positives as one likes."""

from typing import NamedTuple

import numpy as np


class RankedRows(NamedTuple):
    """Scores (..., L) put in order along the last axis, largest first; all three are integers of that shape.

    order : where the entry at this place stood.  first, last : the first and last place of the entries equal to it.
    """

    order: np.ndarray
    first: np.ndarray
    last: np.ndarray


def rank_rows(scores: np.ndarray) -> RankedRows:
    """Return the ranking of every row of scores (..., L); raises ValueError for scores that are nan."""
    scores = np.asarray(scores)
    scores = scores if scores.dtype in (np.float32, np.float64) else scores.astype(np.float64)
    if np.isnan(scores).any():
        raise ValueError("scores hold nan, which cannot be ranked")
    order = np.argsort(-scores, axis=-1, kind="stable")
    ordered = np.take_along_axis(scores, order, axis=-1)
    index = np.arange(scores.shape[-1], dtype=np.int32)
    new = np.ones(scores.shape, dtype=bool)  # whether a group of equal scores begins here
    new[..., 1:] = ordered[..., 1:] != ordered[..., :-1]
    ends = np.roll(new, -1, axis=-1)
    first = np.maximum.accumulate(np.where(new, index, 0), axis=-1)
    last = np.minimum.accumulate(np.where(ends, index, index.size)[..., ::-1], axis=-1)[..., ::-1]
    return RankedRows(order, first, last)


def auroc_ranked(ranked: RankedRows, positive: np.ndarray) -> np.ndarray:
    """Return the AUROC of every row, (...): the chance that a positive scores above a negative, ties counting half.

    positive (..., L): booleans that broadcast to the scores' shape. Rows of a single class give nan.
    With average ranks r: (sum of r over positives - P (P + 1) / 2) / (P * (L - P))   (Mann-Whitney)
    """
    hit = _in_order(ranked, positive)
    n_positive = hit.sum(axis=-1).astype(np.float64)
    length = hit.shape[-1]
    rank_sum = n_positive * length - (np.add(ranked.first, ranked.last, dtype=np.float64) * hit).sum(axis=-1) / 2
    pairs = n_positive * (length - n_positive)
    with np.errstate(invalid="ignore"):
        return np.where(pairs > 0, (rank_sum - n_positive * (n_positive + 1) / 2) / np.where(pairs > 0, pairs, 1), np.nan)


def average_precision_ranked(ranked: RankedRows, positive: np.ndarray) -> np.ndarray:
    """Return the average precision of every row, (...): the mean over its positives of the precision at their threshold.

    That is sum_n (R_n - R_{n-1}) P_n, equal scores sharing one threshold. Rows without a positive give nan.
    """
    hit = _in_order(ranked, positive)
    n_positive = hit.sum(axis=-1)
    called = np.take_along_axis(hit.cumsum(axis=-1, dtype=np.int32), ranked.last, axis=-1)  # positives down to the threshold
    precision = called / (ranked.last + 1)
    with np.errstate(invalid="ignore"):
        return np.where(n_positive > 0, (precision * hit).sum(axis=-1) / np.maximum(n_positive, 1), np.nan)


def auroc_rows(scores: np.ndarray, positive: np.ndarray) -> np.ndarray:
    """Return the AUROC of every row of scores (..., L), (...); see `auroc_ranked`."""
    return auroc_ranked(rank_rows(scores), positive)


def average_precision_rows(scores: np.ndarray, positive: np.ndarray) -> np.ndarray:
    """Return the average precision of every row of scores (..., L), (...); see `average_precision_ranked`."""
    return average_precision_ranked(rank_rows(scores), positive)


def _in_order(ranked: RankedRows, positive: np.ndarray) -> np.ndarray:
    return np.take_along_axis(np.broadcast_to(np.asarray(positive, dtype=bool), ranked.order.shape), ranked.order, axis=-1)
