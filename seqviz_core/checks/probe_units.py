"""What probes are fitted on: sequences, the units of a model's internals over them, and what is to be told of each unit."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import torch
from torch import nn

from ..attribution.gradient import as_input, rows_per_pass
from ..errors import SeqVizError
from ..models import Activation, Span, probes_of, record
from ..sequences import SequenceRecord, header_label, one_hot_encode
from ..training.config import GC, POSITION, SEEN, SO_FAR
from ..training.so_far import bases_read, first_seen, reads_leftwards, so_far
from .linear_probes import Truth

if TYPE_CHECKING:
    from ..datasets import Task

CLASS, LABELS = "class", "your labels"
TARGETS = (GC, SEEN, POSITION, CLASS, LABELS)
POSITIONS = 10
"""Units of a sequence that a probe learns from at the most, evenly spread."""
FEWEST = 20
"""Sequences, half to learn from and half to be asked about."""
NUMBERS = 5  # labels that are all numbers, more of them than this, are read as numbers


class Part(NamedTuple):
    """Sequences of one length, X (n, 4, L), and of planted ones how far the first site is (see `first_seen`)."""

    X: np.ndarray
    first: np.ndarray | None


@dataclass(frozen=True, eq=False)
class Material:
    """N sequences with what is known of them, the first half to learn from (by lot).

    labels : (N,) class indices, (N, C) of several labels or (N, L) of classes of bases, or (N,) floats; None where nobody knows.
    classes : their names; () where the labels are numbers. column : which of several labels is asked for.
    """

    parts: tuple[Part, ...]
    labels: np.ndarray | None
    classes: tuple[str, ...]
    own: bool = False
    column: int = 0

    def __len__(self) -> int:
        return sum(len(part.X) for part in self.parts)

    @cached_property
    def learn(self) -> np.ndarray:
        """(N,) booleans."""
        order = np.random.default_rng(len(self)).permutation(len(self))
        return order < len(self) // 2

    @property
    def targets(self) -> tuple[str, ...]:
        """What can be asked of these sequences."""
        if self.own:
            return (LABELS,)
        sites = all(part.first is not None for part in self.parts)
        return tuple(t for t in (*SO_FAR, CLASS) if (t != SEEN or sites) and (t != CLASS or self.labels is not None))


def task_material(task: "Task", n: int, seed: int, column: int = 0) -> Material:
    """Return fresh sequences of a task (of fixed data, some of its sequences); column : the label asked for, of several.

    Raises SeqVizError where there are too few.
    """
    data = task.sample(n, (seed, n))
    if len(data) < FEWEST:
        raise SeqVizError(f"There are {len(data)} sequences; probes need {FEWEST} or more.")
    first = first_seen(data.sites, *data.codes.shape) if data.motifs else None
    return Material((Part(data.X, first),), data.labels, data.classes, column=column)


def own_material(records: Sequence[SequenceRecord]) -> Material:
    """Return the records whose headers state a label (label=...), which may be names, or numbers.

    Raises SeqVizError where there are too few, or all labels are the same.
    """
    stated = [(record.sequence, label) for record in records if (label := header_label(record.name)) is not None]
    if len(stated) < FEWEST:
        raise SeqVizError(f"{len(stated)} of the {len(records)} sequences at hand state a label; probes need {FEWEST} or more. "
                          "Write it into the headers, as in >name label=bound, and paste or upload them above.")
    stated.sort(key=lambda pair: len(pair[0]))
    labels, classes = _labels([label for _, label in stated])
    lengths = np.array([len(sequence) for sequence, _ in stated])
    parts = tuple(Part(one_hot_encode([stated[row][0] for row in np.flatnonzero(lengths == length)]), None)
                  for length in np.unique(lengths))
    return Material(parts, labels, classes, own=True)


def _labels(labels: list[str]) -> tuple[np.ndarray, tuple[str, ...]]:
    names = sorted(set(labels))
    if len(names) < 2:
        raise SeqVizError(f"All labels are {names[0]!r}; a probe needs at least two to tell apart.")
    try:
        numbers = np.array([float(label) for label in labels])
    except ValueError:
        numbers = np.array([np.nan])
    if np.isfinite(numbers).all() and len(names) > NUMBERS:
        return numbers, ()
    if len(names) > len(labels) // 4:
        raise SeqVizError(f"There are {len(names)} different labels on {len(labels)} sequences; a probe needs four of each.")
    return np.array([names.index(label) for label in labels]), tuple(names)


@dataclass(frozen=True, eq=False)
class Internal:
    """What one internal said of every sequence.

    features : (M, d), of M units, sequence after sequence; pooled : (N, d), each sequence's mean over all its positions.
    group : (M,) the sequence of each unit. read : (M,) the bases it has read. units : how many each sequence of a part gives.
    """

    name: str
    kind: str
    span: Span
    features: np.ndarray
    pooled: np.ndarray
    group: np.ndarray
    read: np.ndarray
    units: tuple[int, ...]

    @property
    def leftwards(self) -> bool:
        return reads_leftwards(self.name)


def probeable(model: nn.Module, gates: bool = True) -> list[str]:
    """Return the names of the internals that have a channel axis and a position axis, in the model's order."""
    return [name for name, probe in probes_of(model).items()
            if len(probe.axes) == 3 and probe.axes[-1] == "position" and (gates or probe.kind != "gate")]


def internals(model: nn.Module, material: Material, names: Iterable[str], positions: int = POSITIONS) -> dict[str, Internal]:
    """Return the named internals over the material, at most `positions` units of each sequence; the model in eval mode.

    Raises SeqVizError for a name that the model has not, and where it cannot read the sequences.
    """
    kept: dict[str, list[tuple[Activation, np.ndarray, np.ndarray]]] = {name: [] for name in names}
    for part in material.parts:
        for name, pieces in _recorded(model, part.X, list(kept), positions).items():
            kept[name].append(pieces)
    return {name: _internal(name, pieces, material) for name, pieces in kept.items()}


def _recorded(model: nn.Module, X: np.ndarray, names: list[str], positions: int) -> dict:
    """Return by name: an activation, its values (n, P', d) at the chosen units, and their mean over all units (n, d)."""
    found: dict[str, list] = {name: [] for name in names}
    for rows in torch.from_numpy(X).split(rows_per_pass(256, X.shape[2])):
        trace = record(model, as_input(rows, model))
        for name in names:
            value = trace[name].value.double()
            at = chosen(value.shape[-1], positions)
            found[name].append((trace[name], value[..., at].transpose(1, 2).numpy(), value.mean(-1).numpy()))
    return {name: (pieces[0][0], np.concatenate([p[1] for p in pieces]), np.concatenate([p[2] for p in pieces]))
            for name, pieces in found.items()}


def chosen(units: int, positions: int) -> np.ndarray:
    """Return the indices of at most `positions` of `units`, evenly spread from the first to the last; of one, the last."""
    return np.unique(np.linspace(units - 1, 0, min(units, positions)).round().astype(int))


def _internal(name: str, pieces: list[tuple], material: Material) -> Internal:
    read, units = [], []
    for (activation, values, _), part in zip(pieces, material.parts):
        at = chosen(activation.value.shape[-1], values.shape[1])
        n_read = bases_read(activation.span, activation.value.shape[-1], part.X.shape[2], reads_leftwards(name)).numpy()[at]
        read.append(np.tile(n_read, len(part.X)))
        units.append(len(at))
    features = np.concatenate([values.reshape(-1, values.shape[-1]) for _, values, _ in pieces])
    each = np.concatenate([np.full(len(part.X), k) for part, k in zip(material.parts, units)])
    return Internal(name, pieces[0][0].kind, pieces[0][0].span, features, np.concatenate([pooled for *_, pooled in pieces]),
                    np.repeat(np.arange(len(each)), each), np.concatenate(read), tuple(units))


class Question(NamedTuple):
    """A target of one internal: which of its rows have an answer, what it is, and whether it is asked of pooled values."""

    truth: Truth
    rows: np.ndarray
    pooled: bool

    def of(self, internal: Internal) -> np.ndarray:
        """Return the features the question is put to, (M, d)."""
        return (internal.pooled if self.pooled else internal.features)[self.rows]


def question(target: str, internal: Internal, material: Material) -> Question:
    """Return what a probe has to tell of an internal; raises SeqVizError for a target the material knows nothing of."""
    if target not in material.targets:
        raise SeqVizError(f"{target!r} is not known of these sequences; they have {', '.join(material.targets)}.")
    pooled, values, classes = _values(target, internal, material)
    rows = np.flatnonzero(np.isfinite(values) & (values >= 0 if classes else True))
    group = np.arange(len(material)) if pooled else internal.group
    return Question(Truth(values[rows], group[rows], material.learn[group[rows]], classes), rows, pooled)


def _values(target: str, internal: Internal, material: Material) -> tuple[bool, np.ndarray, int]:
    """Return whether it is one value for a sequence, the values, and how many classes they are (0: numbers)."""
    if target in SO_FAR:
        return False, np.concatenate(list(_so_far(target, internal, material))), 2 if target == SEEN else 0
    labels = material.labels
    if labels.ndim == 1:
        return True, labels.astype(float), len(material.classes)
    if np.issubdtype(labels.dtype, np.floating):
        return True, labels[:, material.column].astype(float), 2
    middle = internal.read - internal.span.width // 2 - 1
    at = labels.shape[1] - 1 - middle if internal.leftwards else middle
    return False, labels[internal.group, np.clip(at, 0, labels.shape[1] - 1)].astype(float), len(material.classes)


def _so_far(target: str, internal: Internal, material: Material) -> Iterable[np.ndarray]:
    start = 0
    for part, units in zip(material.parts, internal.units):
        read = torch.from_numpy(internal.read[start:start + units])
        first = None if part.first is None else torch.from_numpy(part.first)
        yield so_far(target, torch.from_numpy(part.X), read, internal.leftwards, first).double().numpy().ravel()
        start += units * len(part.X)
