"""AUROC and average precision of many rankings at once: one sort, then as many sets of positives as one likes."""

from typing import NamedTuple

import numpy as np


class RankedRows(NamedTuple):
    """Where every score of (..., L) stands when its row is put in order, largest first; int32 of that shape.

    first, last : the first and the last place (from 0) of the scores equal to it; the same where there is no tie.
    """

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
    ranked = RankedRows(np.empty(scores.shape, dtype=np.int32), np.empty(scores.shape, dtype=np.int32))
    for places, in_order in zip(ranked, _groups(ordered)):
        np.put_along_axis(places, order, in_order, axis=-1)
    return ranked


def auroc_ranked(ranked: RankedRows, positive: np.ndarray) -> np.ndarray:
    """Return the AUROC of every row, (...): the chance that a positive scores above a negative, ties counting half.

    positive (..., L): booleans; they and the scores' shape are broadcast. Rows of a single class give nan.
    With average ranks r: (sum of r over positives - P (P + 1) / 2) / (P * (L - P))   (Mann-Whitney)
    """
    positive = np.asarray(positive, dtype=bool)
    n_positive, length = positive.sum(axis=-1).astype(np.float64), positive.shape[-1]
    places = np.add(ranked.first, ranked.last, dtype=np.int64 if length > 2**15 else np.int32)
    rank_sum = n_positive * length - np.where(positive, places, 0).sum(axis=-1) / 2
    pairs = n_positive * (length - n_positive)
    return np.where(pairs > 0, (rank_sum - n_positive * (n_positive + 1) / 2) / np.where(pairs > 0, pairs, 1), np.nan)


def average_precision_ranked(ranked: RankedRows, positive: np.ndarray) -> np.ndarray:
    """Return the average precision of every row, (...): the mean over its positives of the precision at their threshold.

    That is sum_n (R_n - R_{n-1}) P_n, equal scores sharing one threshold. Rows without a positive give nan.
    """
    positive = np.asarray(positive, dtype=bool)
    n_positive, length = positive.sum(axis=-1), positive.shape[-1]
    most = int(n_positive.max(initial=0))
    where = np.argsort(~positive, axis=-1, kind="stable")[..., :most]  # the positives first; further ones are filled up
    rows = np.broadcast_shapes(where.shape[:-1], ranked.last.shape[:-1])
    where, last = np.broadcast_to(where, (*rows, most)), np.broadcast_to(ranked.last, (*rows, length))
    missing = np.arange(most) >= n_positive[..., None]
    called = np.take_along_axis(last, where, axis=-1) + 1  # calls at the threshold of each positive
    called = np.sort(np.where(missing, length + 1, called), axis=-1)
    hits = _groups(called)[1] + 1
    precision = np.where(called <= length, hits / called, 0).sum(axis=-1)
    return np.where(n_positive > 0, precision / np.maximum(n_positive, 1), np.nan)


def auroc_rows(scores: np.ndarray, positive: np.ndarray) -> np.ndarray:
    """Return the AUROC of every row of scores (..., L), (...); see `auroc_ranked`."""
    return auroc_ranked(rank_rows(scores), positive)


def average_precision_rows(scores: np.ndarray, positive: np.ndarray) -> np.ndarray:
    """Return the average precision of every row of scores (..., L), (...); see `average_precision_ranked`."""
    return average_precision_ranked(rank_rows(scores), positive)


def _groups(ordered: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return the first and the last place of the entries equal to each, int32, of rows (..., L) in order."""
    index = np.arange(ordered.shape[-1], dtype=np.int32)
    new = np.ones(ordered.shape, dtype=bool)  # whether a group of equal entries begins here
    new[..., 1:] = ordered[..., 1:] != ordered[..., :-1]
    ends = np.roll(new, -1, axis=-1)
    first = np.maximum.accumulate(np.where(new, index, 0), axis=-1)
    last = np.minimum.accumulate(np.where(ends, index, index.size)[..., ::-1], axis=-1)[..., ::-1]
    return first, last
