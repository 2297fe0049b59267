"""One ranking against two kinds of labels: AUROC, average precision, top-k accuracy."""

import numpy as np

from .rows import auroc_rows, average_precision_rows, rank_rows


def auroc(scores: np.ndarray, labels: np.ndarray) -> float:
    """Return the area under the ROC curve: the chance that a positive scores above a negative, ties counting half.

    Constant scores give 0.5; labels of a single class give nan. Raises ValueError for scores that are nan.
    """
    scores, positive = checked(scores, labels)
    return float(auroc_rows(scores, positive))


def average_precision(scores: np.ndarray, labels: np.ndarray) -> float:
    """Return the average precision, sum over thresholds of (R_n - R_{n-1}) * P_n; not the trapezoid under the PR curve.

    Equal scores share one threshold. Constant scores give the share of positives; labels without a positive give nan.
    Raises ValueError for scores that are nan.
    """
    scores, positive = checked(scores, labels)
    return float(average_precision_rows(scores, positive)) if positive.size else float("nan")


def top_k_accuracy(scores: np.ndarray, labels: np.ndarray) -> float:
    """Return the share of true positives among the k highest scores, k being the number of positives.

    The figure of SpliceAI (Jaganathan et al. 2019): with as many calls as there are positives, precision is recall. Where
    equal scores straddle the threshold, its expectation over their order. Labels without a positive give nan.
    """
    scores, positive = checked(scores, labels)
    k = int(positive.sum())
    if not k:
        return float("nan")
    first, last = rank_rows(scores)
    surely, perhaps = last < k, (first < k) & (last >= k)
    by_lot = positive[perhaps].mean() * (k - surely.sum()) if perhaps.any() else 0.0
    return float((positive[surely].sum() + by_lot) / k)


def checked(scores: np.ndarray, labels: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return scores and labels as (N,) floats and booleans; raises ValueError where they are not one-dimensional and alike."""
    scores, positive = np.asarray(scores, dtype=np.float64), np.asarray(labels).astype(bool)
    if scores.ndim != 1 or scores.shape != positive.shape:
        raise ValueError(f"scores {scores.shape} and labels {positive.shape} must be one-dimensional and of one length")
    if np.isnan(scores).any():
        raise ValueError("scores hold nan, which cannot be ranked")
    return scores, positive
