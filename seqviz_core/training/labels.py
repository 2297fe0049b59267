"""The labels that FASTA headers state, as a task understands them."""

import re
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from ..datasets import Task
from ..sequences import header_label

NOTHING = "none"
_PLACE = re.compile(r"\s+\d+-\d+$")
_BETWEEN = re.compile(r"\s*[+,]\s*")
_SITES = re.compile(r"\bsites=\S+")


class Truth(NamedTuple):
    """What the headers say.

    has : (N, C) int8, 1 where a record is labelled so, 0 where it is labelled otherwise, -1 where nothing is known.
    stated : whether the headers hold label=...; else they hold the names of classes.
    strange : labels that are no class of the task, each once; records with them count as unknown.
    """

    has: np.ndarray
    stated: bool
    strange: tuple[str, ...]


def truth_of(names: Sequence[str], task: Task) -> Truth | None:
    """Return the labels of records by their headers: `label=...`, or, where no header has one, the names of classes in all.

    Where several labels may hold: joined by + or a comma, each with or without the place it stands at ("donor 41-42"), or
    "none". None where the headers say nothing.
    """
    labels = [header_label(name) for name in names]
    stated = any(label is not None for label in labels)
    found = [_classes(label, task) for label in labels] if stated else _named(names, task)
    if found is None:
        return None
    has = np.full((len(names), len(task.classes)), -1, dtype=np.int8)
    for row, classes in enumerate(found):
        if classes is not None:
            has[row] = 0
            has[row, list(classes)] = 1
    strange = dict.fromkeys(label for label, classes in zip(labels, found) if label and classes is None)
    return Truth(has, stated, tuple(strange))


def _classes(label: str | None, task: Task) -> tuple[int, ...] | None:
    """The classes of a label; None where it is no label of the task."""
    if label is None:
        return None
    index = {name.casefold(): c for c, name in enumerate(task.classes)}
    if (whole := index.get(label.casefold())) is not None:
        return (whole,)
    if task.head == "softmax":
        return None
    if label.casefold() == NOTHING:
        return ()
    parts = [index.get(_PLACE.sub("", part).casefold()) for part in _BETWEEN.split(label)]
    return None if None in parts else tuple(parts)


def _named(names: Sequence[str], task: Task) -> list[tuple[int, ...]] | None:
    """The classes whose names stand in the headers: one in each, or of several labels at least one or "none"; else None."""
    words = [name for name in task.classes if len(name) > 1] + [NOTHING] * (task.head != "softmax")
    if not words:
        return None
    either = "|".join(map(re.escape, sorted(words, key=len, reverse=True)))
    pattern = re.compile(f"(?<![A-Za-z0-9])(?:{either})(?![A-Za-z0-9])")
    index = {name: c for c, name in enumerate(task.classes)}
    found = []
    for name in names:
        met = set(pattern.findall(_SITES.sub("", name)))
        if not met or (task.head == "softmax" and len(met) > 1):
            return None
        found.append(tuple(index[word] for word in met if word in index))
    return found
