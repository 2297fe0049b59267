"""Scores of several classes: each against the rest, then the mean."""

from collections.abc import Callable, Iterable

import numpy as np

from .ranking import auroc


def macro_auroc(logits: np.ndarray, labels: np.ndarray) -> float:
    """Return the mean over classes of the AUROC of "this class against the rest".

    logits (N, C): logits or log probabilities.  labels (N,): class indices. Sequences are ranked by the log odds of the
    class, logit_c - logsumexp of the others: the same order as its probability, without rounding to 1. With two classes
    this is the plain AUROC. Classes that `labels` lacks are left out; with a single class the answer is nan.
    """
    odds, labels = log_odds(logits), np.asarray(labels)
    return mean_over_classes(auroc, odds, labels[:, None] == np.arange(odds.shape[1]), range(odds.shape[1]))


def mean_over_classes(score: Callable[[np.ndarray, np.ndarray], float], scores: np.ndarray, positive: np.ndarray,
                      classes: Iterable[int]) -> float:
    """Return the mean of `score(scores[:, c], positive[:, c])` over the given columns; those that give nan are left out.

    nan where all do.
    """
    values = np.array([score(scores[:, c], positive[:, c]) for c in classes], dtype=np.float64)
    return float(np.nanmean(values)) if np.isfinite(values).any() else float("nan")


def log_odds(logits: np.ndarray) -> np.ndarray:
    """Return log P(c) / (1 - P(c)) for every class, float64 (N, C), from logits (N, C) with C >= 2."""
    logits = np.asarray(logits, dtype=np.float64)
    if logits.ndim != 2 or logits.shape[1] < 2:
        raise ValueError(f"logits have shape {logits.shape}; (sequences, classes) with at least 2 classes are needed")
    others = [np.logaddexp.reduce(np.delete(logits, c, axis=1), axis=1) for c in range(logits.shape[1])]
    return logits - np.stack(others, axis=1)
