"""ROC and precision-recall curves as arrays, and what is read off them."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from .ranking import checked


class Curve(NamedTuple):
    """One point for each distinct score, largest first: what is called when everything from `threshold` up is positive."""

    x: np.ndarray
    y: np.ndarray
    threshold: np.ndarray


def roc_curve(scores: np.ndarray, labels: np.ndarray) -> Curve:
    """Return the false positive rate (x) and the true positive rate (y), from (0, 0) to (1, 1).

    The first point calls nothing (threshold inf). Rates of a class that the labels lack are nan.
    """
    hits, called, thresholds, n_positive = _counts(scores, labels)
    false, n_negative = called - hits, len(np.asarray(labels)) - n_positive
    from_nothing = lambda counts, n: np.concatenate([[0.0], counts]) / (n or np.nan)
    return Curve(from_nothing(false, n_negative), from_nothing(hits, n_positive), np.concatenate([[np.inf], thresholds]))


def pr_curve(scores: np.ndarray, labels: np.ndarray) -> Curve:
    """Return the recall (x) and the precision (y) at each threshold; recall is nan without a positive.

    Draw it as steps, each precision holding from the recall before it: the area of the steps is the average precision.
    """
    hits, called, thresholds, n_positive = _counts(scores, labels)
    return Curve(hits / (n_positive or np.nan), hits / called, thresholds)


def pr_trapezoid(scores: np.ndarray, labels: np.ndarray) -> float:
    """Return the area under straight lines between the points of the PR curve, begun at recall 0 and precision 1.

    It is what `auc(recall, precision)` of scikit-learn gives and some papers print as AUPRC (Koo & Ploenzke 2021). It is
    too kind: no threshold lies on those lines (Davis & Goadrich 2006). Use `average_precision` unless you compare with one.
    """
    recall, precision, _ = pr_curve(scores, labels)
    recall, precision = np.concatenate([[0.0], recall]), np.concatenate([[1.0], precision])
    return float(np.sum(np.diff(recall) * (precision[1:] + precision[:-1]) / 2))


def recall_at_fdr(scores: np.ndarray, labels: np.ndarray, fdr: float) -> float:
    """Return the largest recall at any threshold whose calls are false in at most a share `fdr`; 0 where there is none.

    The figure of DragoNN, at 0.05, 0.1, 0.25 and 0.5. Labels without a positive give nan.
    """
    hits, called, _, n_positive = _counts(scores, labels)
    if not n_positive:
        return float("nan")
    allowed = called - hits <= fdr * called + 1e-9
    return float(hits[allowed].max(initial=0) / n_positive)


def precision_at_prevalence(tpr: float | np.ndarray, fpr: float | np.ndarray, prevalence: float | np.ndarray) -> np.ndarray:
    """Return pi TPR / (pi TPR + (1 - pi) FPR): the precision of the same classifier where a share `prevalence` is positive.

    nan where nothing is called (both rates 0).
    """
    true = np.multiply(prevalence, tpr, dtype=np.float64)
    false = np.multiply(np.subtract(1, prevalence, dtype=np.float64), fpr)
    with np.errstate(invalid="ignore"):
        return true / (true + false)


class RankingFigures(NamedTuple):
    """Everything that one ranking says of one set of positives; `recall_at_fdr` is in the order of what was asked for."""

    auroc: float
    average_precision: float
    top_k_accuracy: float
    recall_at_fdr: tuple[float, ...]
    prevalence: float


def ranking_figures(scores: np.ndarray, labels: np.ndarray, fdrs: Sequence[float]) -> RankingFigures:
    """Return the figures of that name from a single sort: a sixth of the time, which counts for labels of every base."""
    hits, called, _, n_positive = _counts(scores, labels)
    n = int(called[-1]) if called.size else 0
    if not n_positive:
        return RankingFigures(np.nan, np.nan, np.nan, (np.nan,) * len(fdrs), 0.0 if n else np.nan)
    new, before = np.diff(hits, prepend=0), np.concatenate([[0], hits[:-1]])
    false = called - hits
    pairs = n_positive * (n - n_positive)
    area = float(np.diff(false, prepend=0) @ (before + hits)) / 2 / pairs if pairs else np.nan
    group = int(np.searchsorted(called, n_positive))  # of equal scores, in which the k-th call falls
    whole = called[group - 1] if group else 0
    right = before[group] + new[group] / (called[group] - whole) * (n_positive - whole)
    recalls = tuple(float(hits[false <= fdr * called + 1e-9].max(initial=0) / n_positive) for fdr in fdrs)
    return RankingFigures(area, float(new @ (hits / called) / n_positive), float(right / n_positive), recalls, n_positive / n)


def _counts(scores: np.ndarray, labels: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray, int]:
    """Return at each distinct score, largest first: true positives, calls, the score; and the number of positives."""
    scores, positive = checked(scores, labels)
    order = np.argsort(-scores, kind="stable")
    ordered = scores[order]
    ends = np.flatnonzero(np.append(ordered[1:] != ordered[:-1], [True] * bool(scores.size)))  # last of each group of ties
    return np.cumsum(positive[order])[ends], ends + 1, ordered[ends], int(positive.sum())
