"""Scores of a classifier or of a ranking: AUROC, average precision, accuracy. NumPy only.

Scores may be on any scale that only their order matters for; ties count half (AUROC) or are passed together (average
precision). Where a score is not defined, because the labels hold a single class, the answer is nan, never a made-up number.
"""

import numpy as np


def auroc(scores: np.ndarray, labels: np.ndarray) -> float:
    """Return the area under the ROC curve: the chance that a positive scores above a negative, ties counting half.

    scores (N,): real numbers, larger for "more likely positive".  labels (N,): true or 1 for positives.
    Constant scores give 0.5; labels of a single class give nan. Raises ValueError for scores that are nan.
    With average ranks r: (sum of r over positives - P (P + 1) / 2) / (P * (N - P))   (Mann-Whitney)
    """
    scores, positive = _checked(scores, labels)
    n_positive = int(positive.sum())
    n_negative = positive.size - n_positive
    if n_positive == 0 or n_negative == 0:
        return float("nan")
    rank_sum = _average_ranks(scores)[positive].sum()
    return float((rank_sum - n_positive * (n_positive + 1) / 2) / (n_positive * n_negative))


def average_precision(scores: np.ndarray, labels: np.ndarray) -> float:
    """Return the average precision, sum over thresholds of (R_n - R_{n-1}) * P_n; not the trapezoid under the PR curve.

    scores (N,), labels (N,) as for `auroc`. Equal scores share one threshold. Constant scores give the share of
    positives; labels without a positive give nan. Raises ValueError for scores that are nan.
    """
    scores, positive = _checked(scores, labels)
    if not positive.any():
        return float("nan")
    order = np.argsort(-scores, kind="stable")
    ends = np.append(np.flatnonzero(np.diff(scores[order])), scores.size - 1)  # last index of each group of ties
    hits = np.cumsum(positive[order])[ends]
    return float(np.sum(np.diff(hits, prepend=0) * hits / (ends + 1)) / positive.sum())


def accuracy(logits: np.ndarray, labels: np.ndarray) -> float:
    """Return the share of rows whose largest entry is the label's; of equal entries the first counts.

    logits (N, C): logits or probabilities.  labels (N,): class indices. No rows give nan.
    """
    logits, labels = np.asarray(logits), np.asarray(labels)
    return float(np.mean(logits.argmax(axis=1) == labels)) if len(labels) else float("nan")


def macro_auroc(logits: np.ndarray, labels: np.ndarray) -> float:
    """Return the mean over classes of the AUROC of "this class against the rest".

    logits (N, C): logits or log probabilities.  labels (N,): class indices. Sequences are ranked by the log odds of the
    class, logit_c - logsumexp of the others: the same order as its probability, without rounding to 1. With two classes
    this is the plain AUROC. Classes that `labels` lacks are left out; with a single class the answer is nan.
    """
    odds, labels = log_odds(logits), np.asarray(labels)
    areas = [auroc(odds[:, c], labels == c) for c in range(odds.shape[1])]
    defined = [area for area in areas if not np.isnan(area)]
    return float(np.mean(defined)) if defined else float("nan")


def log_odds(logits: np.ndarray) -> np.ndarray:
    """Return log P(c) / (1 - P(c)) for every class, float64 (N, C), from logits (N, C) with C >= 2."""
    logits = np.asarray(logits, dtype=np.float64)
    if logits.ndim != 2 or logits.shape[1] < 2:
        raise ValueError(f"logits have shape {logits.shape}; (sequences, classes) with at least 2 classes are needed")
    others = [np.logaddexp.reduce(np.delete(logits, c, axis=1), axis=1) for c in range(logits.shape[1])]
    return logits - np.stack(others, axis=1)


def _checked(scores: np.ndarray, labels: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    scores, positive = np.asarray(scores, dtype=np.float64), np.asarray(labels).astype(bool)
    if scores.ndim != 1 or scores.shape != positive.shape:
        raise ValueError(f"scores {scores.shape} and labels {positive.shape} must be one-dimensional and of one length")
    if np.isnan(scores).any():
        raise ValueError("scores hold nan, which cannot be ranked")
    return scores, positive


def _average_ranks(values: np.ndarray) -> np.ndarray:
    """Return ranks from 1; equal values share the mean of the ranks they take up."""
    _, group, sizes = np.unique(values, return_inverse=True, return_counts=True)
    last = np.cumsum(sizes)
    return (last - (sizes - 1) / 2)[group]
