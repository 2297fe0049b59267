"""Whether probabilities mean what they say: Brier score, reliability, expected calibration error."""

from typing import NamedTuple

import numpy as np

BINS = 15


class Reliability(NamedTuple):
    """Probabilities in equally wide bins, of which only those that hold any are listed.

    low, high : the bin's edges.  predicted : mean probability in it.  observed : share of it that came true.  n : how many.
    """

    low: np.ndarray
    high: np.ndarray
    predicted: np.ndarray
    observed: np.ndarray
    n: np.ndarray


def reliability(probabilities: np.ndarray, outcomes: np.ndarray, bins: int = BINS) -> Reliability:
    """Return what came true of what was said, by bins of probability; the last bin includes 1.

    probabilities (N,): of the outcome.  outcomes (N,): whether it came true.
    """
    p, outcomes = np.asarray(probabilities, dtype=np.float64), np.asarray(outcomes, dtype=np.float64)
    if p.ndim != 1 or p.shape != outcomes.shape or ((p < 0) | (p > 1)).any() or np.isnan(p).any():
        raise ValueError("reliability needs probabilities between 0 and 1, and as many outcomes")
    which = np.minimum((p * bins).astype(int), bins - 1)
    n = np.bincount(which, minlength=bins)
    some = np.flatnonzero(n)
    mean = lambda values: np.bincount(which, weights=values, minlength=bins)[some] / n[some]
    return Reliability(some / bins, (some + 1) / bins, mean(p), mean(outcomes), n[some])


def calibration_error(probabilities: np.ndarray, outcomes: np.ndarray, bins: int = BINS) -> float:
    """Return the expected calibration error: the mean over bins of |said - came true|, weighted by how many are in each.

    (Naeini et al. 2015; for classes, of the probability of the class that is called: Guo et al. 2017.) Nothing gives nan.
    """
    found = reliability(probabilities, outcomes, bins)
    return float(np.average(np.abs(found.predicted - found.observed), weights=found.n)) if len(found.n) else float("nan")


def brier(probabilities: np.ndarray, labels: np.ndarray) -> float:
    """Return the mean squared error of the probabilities, 0 (sure and right) to 1 (sure and wrong). Nothing gives nan.

    (N,) and 0 or 1: mean (p - y)^2. (N, C) and class indices: half the sum over the classes, so that two classes give the
    same as the second one's column alone.
    """
    p, labels = np.asarray(probabilities, dtype=np.float64), np.asarray(labels)
    if not len(p):
        return float("nan")
    if p.ndim == 1:
        return float(np.mean((p - labels) ** 2))
    truth = labels[:, None] == np.arange(p.shape[1])
    return float(np.mean(((p - truth) ** 2).sum(axis=1)) / 2)


def softmax(logits: np.ndarray, axis: int = 1) -> np.ndarray:
    """Return probabilities that sum to 1 along `axis`, float64, from logits of any size."""
    logits = np.asarray(logits, dtype=np.float64)
    p = np.exp(logits - logits.max(axis=axis, keepdims=True))
    return p / p.sum(axis=axis, keepdims=True)


def sigmoid(logits: np.ndarray) -> np.ndarray:
    """Return 1 / (1 + exp(-logit)), float64, from logits of any size."""
    return (1 + np.tanh(np.asarray(logits, dtype=np.float64) / 2)) / 2
