"""How well a model tells its classes apart, with an interval, and how much of that a change to the model costs.

The interval of an AUROC, and of the difference of two on the same sequences, follows DeLong, DeLong & Clarke-Pearson (1988,
Biometrics 44:837): the AUROC is a mean over sequences of their placements (the share of the other class that each is on the right
side of), and so has a standard error. Over several questions the placements of a sequence are added up first.
"""

from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import torch
from torch import nn

from ..attribution.gradient import as_input, rows_per_pass
from ..metrics.rows import auroc_rows
from ..models.internals import borrowed
from ..training.scoring import at_known_bases, confidences, one_against_rest
from ..training.worker import TEST, draw

if TYPE_CHECKING:
    from ..datasets import Dataset, Task
    from ..training import Run

NORMAL = 1.96
"""Standard errors on each side of a 95 % interval."""


class Interval(NamedTuple):
    """A number between the edges of its 95 % interval."""

    value: float
    low: float
    high: float


class Skill(NamedTuple):
    """Scores over N sequences; `auroc` is the mean over the questions (see `training.scoring.one_against_rest`).

    parts : (N,), what each sequence adds to the error of `auroc`: the sum of their squares is its variance.
    """

    auroc: float
    accuracy: float
    parts: np.ndarray

    @property
    def interval(self) -> Interval:
        return _interval(self.auroc, self.parts)


def skill_of(logits: np.ndarray, labels: np.ndarray) -> Skill:
    """Return the skill of logits (N, C) or (N, C, L) at labels (see scoring.py); auroc nan where every label is the same."""
    found, parts = [], np.zeros(len(logits))
    for question in one_against_rest(logits, labels):
        if question.positive.any() and not question.positive.all():
            area, each = _placed(question.scores, question.positive)
            found.append(area)
            np.add.at(parts, _owners(labels, question.column), each)
    said, true = confidences(logits, labels)
    right = (said > 0.5) == true if np.issubdtype(labels.dtype, np.floating) else true
    return Skill(float(np.mean(found)) if found else float("nan"), float(np.mean(right)), parts / max(len(found), 1))


def loss(before: Skill, after: Skill) -> Interval:
    """Return by how much the AUROC is lower after than before, on the same sequences; below 0 it has risen."""
    return _interval(before.auroc - after.auroc, before.parts - after.parts)


def chance_auroc(labels: np.ndarray, classes: int, rankings: int = 200, seed: int = 0) -> float:
    """Return what 95 % of random rankings of these labels stay below, as the mean AUROC over the questions."""
    rng = np.random.default_rng(seed)
    shape = (len(labels), classes, *labels.shape[1:]) if np.issubdtype(labels.dtype, np.integer) else labels.shape
    questions = one_against_rest(rng.normal(size=shape), labels)
    drawn = [auroc_rows(rng.random((rankings, len(q.positive)), dtype=np.float32), q.positive) for q in questions]
    return float(np.nanquantile(np.nanmean(drawn, axis=0), 0.95))


def fresh(run: "Run", task: "Task", n: int, seed: int) -> "Dataset":
    """Return n sequences that the run has not learned from: newly drawn, or of given data at most n of its test part."""
    if not task.fixed:
        return task.sample(n, seed)
    data = draw(run.spec, task, TEST)
    return data if len(data) <= n else rows_of(data, slice(0, n))


def rows_of(data: "Dataset", rows: slice) -> "Dataset":
    """Return some of the sequences, a run of rows, with their labels and sites."""
    first, last, _ = rows.indices(len(data))
    s = data.sites
    mine = (s.sequence >= first) & (s.sequence < last)
    kept = {name: column[mine] - (first if name == "sequence" else 0) for name, column in vars(s).items()}
    return type(data)(data.codes[rows], data.labels[rows], type(s)(**kept), data.classes, data.motifs)


def labels_of(data: "Dataset") -> np.ndarray:
    """Return the labels, those of unknown bases not asked for."""
    return at_known_bases(data.labels, data.codes)


def logits_of(model: nn.Module, X: np.ndarray | torch.Tensor) -> np.ndarray:
    """Return the logits of X (N, 4, L), (N, C) or (N, C, L): the model in eval mode, some rows at a time."""
    X = torch.as_tensor(X)
    with torch.no_grad(), borrowed(model):
        return torch.cat([model(as_input(x, model)).cpu() for x in X.split(rows_per_pass(256, X.shape[2]))]).numpy()


def _owners(labels: np.ndarray, column: int) -> np.ndarray:
    """Return the sequence that each answer of a question belongs to."""
    asked = labels[:, column] if np.issubdtype(labels.dtype, np.floating) else labels
    return np.nonzero(asked >= 0)[0]


def _placed(scores: np.ndarray, positive: np.ndarray) -> tuple[float, np.ndarray]:
    """Return an AUROC and what each answer adds to its error, (M,)."""
    high, low = scores[positive], scores[~positive]
    above, below = _share_below(high, low), 1 - _share_below(low, high)
    area, parts = float(above.mean()), np.zeros(len(scores))
    for mine, placements in ((positive, above), (~positive, below)):
        n = len(placements)
        parts[mine] = (placements - area) / n * (n / max(n - 1, 1)) ** 0.5
    return area, parts


def _share_below(these: np.ndarray, others: np.ndarray) -> np.ndarray:
    """Return for each of `these` the share of `others` below it, ties counting half."""
    ordered = np.sort(others)
    return (np.searchsorted(ordered, these, "left") + np.searchsorted(ordered, these, "right")) / (2 * len(ordered))


def _interval(value: float, parts: np.ndarray) -> Interval:
    error = NORMAL * float(np.sqrt((parts**2).sum()))
    return Interval(value, value - error, value + error)
