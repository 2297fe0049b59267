"""Loss and scores of logits, by the shape of the labels: a task's head is known by what its labels look like.

softmax : labels (N,) int64, logits (N, C).
sigmoid : labels (N, C) float of 0 and 1, logits (N, C).
positions : labels (N, L) int64, logits (N, C, L).

A label below 0 is not asked for (padding, an unknown base, a label nobody has measured): it counts nowhere.
"""

from collections.abc import Iterable
from typing import NamedTuple

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional as F

from ..metrics import balanced_accuracy, brier, calibration_error, log_odds, mcc, ranking_figures, sigmoid, softmax
from ..sequences import UNKNOWN
from .results import Scores

FDRS = (0.05, 0.10, 0.25, 0.50)
"""False discovery rates at which DragoNN states the recall."""
_IGNORED = -100  # what torch's cross-entropy leaves out


def loss_of(logits: Tensor, labels: Tensor) -> Tensor:
    """Return the mean cross-entropy in nats over what is asked for; of several labels, the mean over them too."""
    asked = labels >= 0
    if labels.is_floating_point():
        each = F.binary_cross_entropy_with_logits(logits, labels.to(logits.dtype), reduction="none")
        return torch.where(asked, each, 0).sum() / asked.sum()
    if labels.ndim == 2:  # base by base in one list: the kernel for (N, C, L) adds up in no fixed order on a GPU
        logits = logits.movedim(1, 2)
    return F.cross_entropy(logits.reshape(-1, logits.shape[-1]), torch.where(asked, labels, _IGNORED).flatten())


def at_known_bases(labels: np.ndarray, codes: np.ndarray) -> np.ndarray:
    """Return labels of which, where there is one for each base, those of unknown bases (codes (N, L)) are not asked for."""
    per_base = labels.ndim == 2 and np.issubdtype(labels.dtype, np.integer)
    return np.where(codes == UNKNOWN, -1, labels) if per_base else labels


def scores_of(logits: np.ndarray, labels: np.ndarray) -> Scores:
    """Return how well the labels were told apart; see `Scores` for what is averaged over."""
    questions, said = one_against_rest(logits, labels), confidences(logits, labels)
    if np.issubdtype(labels.dtype, np.floating):
        calls = [_Calls(logits[rows, c] > 0, labels[rows, c] > 0.5) for c, rows in enumerate((labels >= 0).T)]
        return _scores(calls, questions, said, brier(*said), per_base=False)
    rows, known = flat(logits, labels)
    return _scores([_Calls(rows.argmax(axis=1), known)], questions, said, brier(softmax(rows), known), per_base=labels.ndim == 2)


def confidences(logits: np.ndarray, labels: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return probabilities (M,) and whether they came true: of the class that is called, or of every label asked for."""
    if np.issubdtype(labels.dtype, np.floating):
        asked = labels >= 0
        return sigmoid(logits[asked]), labels[asked] > 0.5
    rows, known = flat(logits, labels)
    return softmax(rows).max(axis=1, initial=0), rows.argmax(axis=1) == known


class Question(NamedTuple):
    """One column of a head as a yes-or-no question: `scores` (M,) rank what was asked, `positive` (M,) is the truth."""

    column: int
    scores: np.ndarray
    positive: np.ndarray


def one_against_rest(logits: np.ndarray, labels: np.ndarray) -> list[Question]:
    """Return the questions whose figures are averaged: each label; or each class against the rest, by its log odds.

    Of two classes only the second is asked for (the first mirrors it). Of classes of bases the commonest is left out: it is
    what all the other bases are. Nothing asked for gives no question.
    """
    if np.issubdtype(labels.dtype, np.floating):
        return [Question(c, logits[rows, c], labels[rows, c] > 0.5) for c, rows in enumerate((labels >= 0).T)]
    rows, known = flat(logits, labels)
    classes = list(range(rows.shape[1]))
    if not len(known):
        return []
    if labels.ndim == 2:
        classes.remove(int(np.bincount(known, minlength=len(classes)).argmax()))
    elif len(classes) == 2:
        classes = [1]
    odds = log_odds(rows)
    return [Question(c, odds[:, c], known == c) for c in classes]


def flat(logits: np.ndarray, labels: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return logits (M, C) and class indices (M,) of all that is asked for, of heads "softmax" and "positions"."""
    asked = labels >= 0
    return (np.moveaxis(logits, 1, 2) if labels.ndim == 2 else logits)[asked], labels[asked]


class _Calls(NamedTuple):
    predicted: np.ndarray  # (M,) class indices, or booleans of one label
    true: np.ndarray


def _scores(calls: list[_Calls], questions: list[Question], said: tuple[np.ndarray, np.ndarray], brier_score: float,
            per_base: bool) -> Scores:
    """Put the figures together; `said` are the `confidences`."""
    found = [ranking_figures(q.scores, q.positive, FDRS) for q in questions]
    recalls = [_known(_mean(f.recall_at_fdr[i] for f in found)) for i in range(len(FDRS))]
    return Scores(
        _mean(c.predicted == c.true for c in calls), _mean(f.auroc for f in found),
        auprc=_known(_mean(f.average_precision for f in found)), prevalence=_known(_mean(f.prevalence for f in found)),
        majority=_known(_mean(np.bincount(c.true).max() / len(c.true) if len(c.true) else np.nan for c in calls)),
        mcc=_known(_mean(mcc(*c) for c in calls)), balanced_accuracy=_known(_mean(balanced_accuracy(*c) for c in calls)),
        brier=_known(brier_score), calibration_error=_known(calibration_error(*said)),
        recall_fdr5=recalls[0], recall_fdr10=recalls[1], recall_fdr25=recalls[2], recall_fdr50=recalls[3],
        top_k=_known(_mean(f.top_k_accuracy for f in found)) if per_base else None)


def _mean(values: Iterable[np.ndarray | float]) -> float:
    """Return the mean of the means of `values` that are defined; nan where none is."""
    means = np.array([np.mean(v) if np.size(v) else np.nan for v in values])
    return float(np.nanmean(means)) if np.isfinite(means).any() else float("nan")


def _known(value: float) -> float | None:
    return None if np.isnan(value) else value
