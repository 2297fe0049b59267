"""What a task is, what it samples, and the `@dataset` decorator with the registry it fills."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any, ClassVar, Literal, NamedTuple

import numpy as np

from ..motifs import Motif
from ..registry import Registry
from ..sequences import one_hot_encode
from ..settings import config_from

Seed = int | tuple[int, ...]
Head = Literal["softmax", "sigmoid", "positions"]
"""What a task asks for: one of several classes, each label by itself, or one of several classes at every base."""
Part = Literal["train", "valid", "test"]


class Site(NamedTuple):
    """One planted motif: 0-based start, end excluded; on strand "-" the sequence holds the reverse complement."""

    motif: Motif
    start: int
    end: int
    strand: str


def planted_mask(sites: Iterable[Site], length: int) -> np.ndarray:
    """Return (length,) booleans: True inside a site."""
    mask = np.zeros(length, dtype=bool)
    for site in sites:
        mask[site.start:site.end] = True
    return mask


@dataclass(frozen=True, eq=False)
class Sites:
    """Every planted site of a dataset, as equally long integer arrays, sorted by sequence and start."""

    sequence: np.ndarray  # row in the dataset
    motif: np.ndarray  # index into the dataset's motifs
    start: np.ndarray
    end: np.ndarray
    strand: np.ndarray  # +1 or -1

    def mask(self, n: int, length: int) -> np.ndarray:
        """Return (n, length) booleans: True where a base belongs to a planted site."""
        edges = np.zeros((n, length + 1), dtype=np.int32)
        np.add.at(edges, (self.sequence, self.start), 1)
        np.add.at(edges, (self.sequence, self.end), -1)
        return edges.cumsum(axis=1)[:, :length] > 0


@dataclass(frozen=True, eq=False)
class Dataset:
    """Sequences with their labels and everything that was planted in them."""

    codes: np.ndarray  # (N, L) uint8
    labels: np.ndarray  # by the task's head: (N,) int64 classes, (N, C) float32 of 0 and 1, or (N, L) int64 classes
    sites: Sites
    classes: tuple[str, ...]
    motifs: tuple[Motif, ...]

    def __len__(self) -> int:
        return len(self.codes)

    @property
    def X(self) -> np.ndarray:
        """One-hot, (N, 4, L) float32."""
        return one_hot_encode(self.codes)

    def sites_of(self, row: int) -> list[Site]:
        """Return the planted sites of one sequence."""
        s = self.sites
        return [Site(self.motifs[s.motif[i]], int(s.start[i]), int(s.end[i]), "+" if s.strand[i] > 0 else "-")
                for i in np.flatnonzero(s.sequence == row)]

    def planted_mask(self) -> np.ndarray:
        """Return (N, L) booleans: True where a base belongs to a planted site."""
        return self.sites.mask(*self.codes.shape)


class Task:
    """Base of every task: a frozen dataclass of settings whose instance is the task. The decorator sets the names."""

    name: ClassVar[str]
    label: ClassVar[str]
    summary: ClassVar[str]
    head: ClassVar[Head] = "softmax"
    fixed: ClassVar[bool] = False
    """Whether its sequences are given (real data) and cannot be drawn anew; `split` then says which are for what."""
    length: int

    @property
    def classes(self) -> tuple[str, ...]:
        """Names of the classes, in the order of the logits."""
        raise NotImplementedError

    @property
    def motifs(self) -> tuple[Motif, ...]:
        """The motifs that may be planted."""
        raise NotImplementedError

    @property
    def class_shares(self) -> tuple[float, ...]:
        """How often each class is drawn: of sequences, or, by the head, of sequences with each label, or of bases."""
        return (1 / len(self.classes),) * len(self.classes)

    def sample(self, n: int, seed: Seed) -> Dataset:
        """Return `n` fresh sequences with every planted site; by default classes are balanced to within one.

        Where the data are `fixed`: `n` of them in random order, or all if there are fewer.
        """
        raise NotImplementedError

    def split(self, part: Part, n: int, seed: Seed) -> Dataset:
        """Return at most `n` sequences of one part of fixed data; no sequence, nor its copy, is in two parts of a seed."""
        raise NotImplementedError

    def probabilities(self, logits: np.ndarray) -> np.ndarray:
        """Return probabilities shaped as logits (N, C) or (N, C, L): softmax over the classes, or a sigmoid for each label."""
        logits = np.asarray(logits, dtype=np.float64)
        if self.head == "sigmoid":
            return np.exp(-np.logaddexp(0, -logits))
        odds = np.exp(logits - logits.max(axis=1, keepdims=True))
        return odds / odds.sum(axis=1, keepdims=True)

    def bayes_logits(self, codes: np.ndarray) -> np.ndarray | None:
        """Return (N, C) log P(class | sequence) up to a constant per row, or None where there is no closed form.

        Head "sigmoid": (N, C) log odds of each label. Head "positions": (N, C, L) log P(class of the base | sequence).

        codes : uint8 (N, L), L no shorter than the longest motif; an unknown base says nothing.
        """
        return None


class Source(NamedTuple):
    """Where real data come from."""

    citation: str
    licence: str
    url: str


@dataclass(frozen=True)
class DatasetEntry:
    """A registered task; `presets` are ready-made instances by name, the first is the default.

    difficulty : what makes it hard, in one sentence.
    trap : for data that are faulty on purpose, the fault and the signature by which one can tell.
    source : for real data.
    """

    name: str
    label: str
    summary: str
    task: type[Task]
    presets: Mapping[str, Task]
    difficulty: str
    trap: str
    source: Source | None


DATASETS: Registry[DatasetEntry] = Registry("dataset")


def dataset(name: str, *, label: str, summary: str, presets: Mapping[str, Mapping[str, Any]] | None = None,
            difficulty: str = "", trap: str = "", source: Source | None = None,
            order: int = 100) -> Callable[[type[Task]], type[Task]]:
    """Register a `Task` dataclass; `presets` give settings that differ from the default, by the preset's name."""
    def register(task: type[Task]) -> type[Task]:
        task.name, task.label, task.summary = name, label, summary
        made = {"default": task()} | {key: config_from(task, values) for key, values in (presets or {}).items()}
        entry = DatasetEntry(name, label, summary, task, made, difficulty, trap, source)
        DATASETS.register(name, entry, origin=task.__module__, order=order)
        return task
    return register


def make_task(name: str, settings: Mapping[str, Any]) -> Task:
    """Return the task `name` with its settings checked (missing ones take their default)."""
    return config_from(DATASETS[name].task, settings)


def balanced_labels(n: int, classes: int, rng: np.random.Generator) -> np.ndarray:
    """Return (n,) class indices in random order, each class as often as the others to within one."""
    return rng.permutation(np.arange(n) % classes).astype(np.int64)
