"""The table of many sequences: its rows, what a filter leaves of them, its numbers as a file. No Streamlit."""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

import numpy as np
import pandas as pd

from ..datasets import Task
from ..export.tables import safe_cell
from ..sequences import SequenceRecord, header_label
from ..training.batch import BatchScores, Judged
from ..training.labels import Truth

CALLS, WRONG, FALSE_POSITIVES, FALSE_NEGATIVES, LABELLED, DIFFER = (
    "all calls", "wrong calls", "false positives", "false negatives", "labelled so", "models differ")
NOTHING, UNREAD = "none", "cannot read"


class Scored(NamedTuple):
    """One model's part of the table; `name` is its own in it, `truth` and `judged` are None where nothing is known."""

    name: str
    architecture: str
    task: Task
    scores: BatchScores
    truth: Truth | None
    judged: Judged | None


class Filter(NamedTuple):
    """Which rows are wanted: `text` in the name, and by one model's calls; class_index None is any class."""

    text: str = ""
    model: int = 0
    which: str = CALLS
    class_index: int | None = None
    least: float = 0.0


def unique(names: Sequence[str]) -> list[str]:
    """Return the names, those that come again numbered."""
    return [name if name not in names[:i] else f"{name} {names[:i].count(name) + 1}" for i, name in enumerate(names)]


def called_names(scores: BatchScores) -> np.ndarray:
    """Return (N,) str: the called class, labels joined by " + " with the likeliest first, "none", or "" before it is scored."""
    classes, called, read = np.array(scores.task.classes, dtype=object), scores.called, scores.read
    if scores.task.head == "softmax":
        names = classes[called.argmax(axis=1)]
    else:
        order = np.argsort(-scores.odds, axis=1, kind="stable")
        joined = [" + ".join(classes[[c for c in row if has[c]]]) or NOTHING for row, has in zip(order, called)]
        names = np.array(joined, dtype=object)
    names[~read] = ""
    names[list(scores.problems)] = UNREAD
    return names


def likeliest_probability(scores: BatchScores) -> np.ndarray:
    """Return (N,) of the likeliest class: the one that is called, or would be first."""
    return np.take_along_axis(scores.probabilities, scores.likeliest[:, None], axis=1)[:, 0]


def labels_shown(records: Sequence[SequenceRecord], models: Sequence[Scored]) -> list[str] | None:
    """Return what each header states as its label, or else which classes it names; None where no model knows a label."""
    truth, task = next(((m.truth, m.task) for m in models if m.truth is not None), (None, None))
    if truth is None:
        return None
    if truth.stated:
        return [header_label(record.name) or "" for record in records]
    return [" + ".join(task.classes[c] for c in np.flatnonzero(row > 0)) or NOTHING for row in truth.has]


def table_of(records: Sequence[SequenceRecord], names: Sequence[str], models: Sequence[Scored]) -> pd.DataFrame:
    """Return a row a record: number, name, length, label where one is known, and each model's call, probability and margin.

    A name that a spreadsheet would run as a formula gets a leading quote: the table can be copied and saved.
    """
    columns: dict[str, object] = {"number": np.arange(1, len(records) + 1), "name": [safe_cell(name) for name in names]}
    if (labels := labels_shown(records, models)) is not None:
        columns["label"] = [safe_cell(label) for label in labels]
    for i, model in enumerate(models):
        columns[f"call{i}"] = called_names(model.scores)
        columns[f"p{i}"] = likeliest_probability(model.scores).astype(np.float32)
    for i, model in enumerate(models):
        if model.judged is not None:
            right, known = model.judged.right, model.judged.known
            columns[f"right{i}"] = np.where(known, np.where(right, "right", "wrong"), "").astype(object)
        columns[f"margin{i}"] = model.scores.margin.astype(np.float32)
    columns["length"] = [len(record.sequence) for record in records]
    return pd.DataFrame(columns)


def rows_left(wanted: Filter, folded: Sequence[str], models: Sequence[Scored]) -> np.ndarray:
    """Return the rows (from 0) that a filter leaves; `folded` are the names in one case."""
    text = wanted.text.strip().casefold()
    keep = np.array([text in name for name in folded], dtype=bool) if text else np.ones(len(folded), dtype=bool)
    model = models[wanted.model]
    if wanted.which == DIFFER:
        calls = [called_names(other.scores) for other in models]
        keep &= np.any([calls[0] != other for other in calls[1:]], axis=0)
    elif wanted.which != CALLS and model.judged is not None:
        keep &= _by_label(wanted, model)
    if wanted.which in (CALLS, DIFFER) and wanted.class_index is not None:
        keep &= model.scores.called[:, wanted.class_index]
    if wanted.least > 0:
        c = wanted.class_index
        keep &= (likeliest_probability(model.scores) if c is None else model.scores.probabilities[:, c]) >= wanted.least
    return np.flatnonzero(keep)


def _by_label(wanted: Filter, model: Scored) -> np.ndarray:
    """Return (N,) booleans of the rows whose label and call are as wanted, in the wanted class or in any."""
    first = 1 if model.task.head == "positions" else 0
    columns = slice(first, None) if wanted.class_index is None else [wanted.class_index]
    known = model.judged.known[:, None]
    has, called = (model.truth.has > 0)[:, columns], model.scores.called[:, columns]
    of = {WRONG: called != has, FALSE_POSITIVES: called & ~has, FALSE_NEGATIVES: has & ~called, LABELLED: has}
    return (known & of[wanted.which]).any(axis=1)


def numbers_of(records: Sequence[SequenceRecord], models: Sequence[Scored]) -> Mapping[str, Sequence]:
    """Return the whole table with the probability of every class, for a file; what is not known is empty."""
    columns: dict[str, Sequence] = {"number": range(1, len(records) + 1), "name": [r.name for r in records],
                                    "length": [len(r.sequence) for r in records]}
    if (labels := labels_shown(records, models)) is not None:
        columns["label"] = labels
    for model in models:
        columns[f"{model.name} call"] = called_names(model.scores)
        if model.judged is not None:
            columns[f"{model.name} right"] = ["" if not k else int(r) for k, r in zip(model.judged.known, model.judged.right)]
        columns[f"{model.name} margin"] = _cells(model.scores.margin)
        for name, p in zip(model.task.classes, model.scores.probabilities.T):
            columns[f"{model.name} P({name})"] = _cells(p)
    return columns


def _cells(values: np.ndarray) -> list:
    return ["" if np.isnan(v) else float(f"{v:.6g}") for v in values]
