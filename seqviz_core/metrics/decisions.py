"""Calls against labels: accuracy, balanced accuracy, Matthews' correlation."""

import numpy as np


def accuracy(logits: np.ndarray, labels: np.ndarray) -> float:
    """Return the share of rows whose largest entry is the label's; of equal entries the first counts.

    logits (N, C): logits or probabilities.  labels (N,): class indices. No rows give nan.
    """
    logits, labels = np.asarray(logits), np.asarray(labels)
    return float(np.mean(logits.argmax(axis=1) == labels)) if len(labels) else float("nan")


def confusion(predicted: np.ndarray, labels: np.ndarray, classes: int) -> np.ndarray:
    """Return (C, C) int64: how often a label (row) was called a class (column)."""
    pairs = np.asarray(labels, dtype=np.int64) * classes + np.asarray(predicted, dtype=np.int64)
    return np.bincount(pairs.ravel(), minlength=classes * classes).reshape(classes, classes)


def balanced_accuracy(predicted: np.ndarray, labels: np.ndarray) -> float:
    """Return the mean recall over the classes that the labels hold; with a single one, nan."""
    table = _table(predicted, labels)
    seen = table.sum(axis=1) > 0
    return float(np.mean(np.diag(table)[seen] / table.sum(axis=1)[seen])) if seen.sum() > 1 else float("nan")


def mcc(predicted: np.ndarray, labels: np.ndarray) -> float:
    """Return Matthews' correlation coefficient of calls and labels, -1 to 1; of several classes, R_K (Gorodkin 2004).

    (c s - sum_k p_k t_k) / sqrt((s^2 - sum p_k^2)(s^2 - sum t_k^2)) with c right calls of s, p_k calls and t_k labels of k.
    Calls of a single class tell nothing: 0. Labels of a single class give nan.
    """
    table = _table(predicted, labels).astype(np.float64)
    total, called, true = table.sum(), table.sum(axis=0), table.sum(axis=1)
    spread_called, spread_true = total**2 - called @ called, total**2 - true @ true
    if spread_true <= 0:
        return float("nan")
    return float((np.trace(table) * total - called @ true) / np.sqrt(spread_called * spread_true)) if spread_called > 0 else 0.0


def _table(predicted: np.ndarray, labels: np.ndarray) -> np.ndarray:
    predicted, labels = np.asarray(predicted), np.asarray(labels)
    classes = int(max(predicted.max(initial=0), labels.max(initial=0))) + 1
    return confusion(predicted, labels, classes)
