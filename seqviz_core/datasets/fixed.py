"""What tasks with given sequences share: who is a copy of whom, ten folds, and the parts for training and testing."""

from collections import defaultdict
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from ..sequences import reverse_complement
from ..settings import setting
from .task import Dataset, Part, Seed, Sites, Task

FOLDS = 10


class Given(NamedTuple):
    """Sequences of equal length with one label each; those of one `group` are copies and never lie in two parts."""

    codes: np.ndarray  # (N, L) uint8
    labels: np.ndarray  # (N,) int64
    groups: np.ndarray  # (N,) int64
    classes: tuple[str, ...]
    notices: tuple[str, ...] = ()
    """What a reader should know of how the data were read, in plain sentences."""


def fold_setting() -> int:
    """Return the field "fold" of a task with given sequences."""
    return setting(1, "Fold", help="Which tenth of the sequences tests the model; the next tenth validates, the rest trains",
                   low=1, high=FOLDS)


class FixedTask(Task):
    """Base of tasks whose sequences are given; each says with `given` what they are, and has a setting `fold`."""

    fixed = True
    fold: int

    @property
    def given(self) -> Given:
        """The sequences in their own order; raises SeqVizError where they cannot be used."""
        raise NotImplementedError

    @property
    def classes(self) -> tuple[str, ...]:
        return self.given.classes

    @property
    def length(self) -> int:
        """Bases of every sequence."""
        return self.given.codes.shape[1]

    @property
    def motifs(self) -> tuple:
        """None: where the sites are is not known."""
        return ()

    @property
    def class_shares(self) -> tuple[float, ...]:
        return tuple((np.bincount(self.given.labels, minlength=len(self.classes)) / len(self.given.labels)).tolist())

    @property
    def notices(self) -> tuple[str, ...]:
        """What a reader should know of how the data were read."""
        return self.given.notices

    def sample(self, n: int, seed: Seed) -> Dataset:
        order = np.random.default_rng(seed).permutation(len(self.given.labels))
        return self._dataset(order[:n])

    def folds(self, seed: int) -> np.ndarray:
        """Return the fold of each given sequence, int64 (N,), 0 to 9: every class as often in each to within one group."""
        return folds_of(self.given.groups, self.given.labels, seed)

    def split(self, part: Part, n: int, seed: Seed) -> Dataset:
        """Return at most `n` sequences of a part, in random order: test is the tenth that `fold` names, valid the next."""
        folds = (self.folds(seed) - (self.fold - 1)) % FOLDS
        rows = np.flatnonzero({"test": folds == 0, "valid": folds == 1, "train": folds > 1}[part])
        return self._dataset(np.random.default_rng(seed).permutation(rows)[:n])

    def _dataset(self, rows: np.ndarray) -> Dataset:
        given, none = self.given, np.zeros(0, dtype=np.int64)
        return Dataset(given.codes[rows], given.labels[rows], Sites(none, none, none, none, none), given.classes, ())


def folds_of(groups: np.ndarray, labels: np.ndarray, seed: Seed) -> np.ndarray:
    """Return the fold (N,) of each sequence: whole groups, dealt out in random order class by class."""
    ids, first, group = np.unique(groups, return_index=True, return_inverse=True)
    fold_of_group, dealt = np.zeros(len(ids), dtype=np.int64), 0
    rng = np.random.default_rng(seed)
    for label in np.unique(labels[first]):
        members = rng.permutation(np.flatnonzero(labels[first] == label))
        fold_of_group[members] = (dealt + np.arange(len(members))) % FOLDS
        dealt += len(members)
    return fold_of_group[group]


class Distinct(NamedTuple):
    """Which rows stay when copies go: `rows` in their order; how many were copies, how many contradicted each other."""

    rows: np.ndarray
    copies: int
    contradicting: int


def distinct(sequences: Sequence[str], labels: Sequence) -> Distinct:
    """Return the first row of every sequence; of one with several labels no row, since any choice would be a guess."""
    rows: dict[str, list[int]] = defaultdict(list)
    for row, sequence in enumerate(sequences):
        rows[sequence].append(row)
    agreed = [copies for copies in rows.values() if len({labels[row] for row in copies}) == 1]
    kept = np.array(sorted(copies[0] for copies in agreed), dtype=np.int64)
    return Distinct(kept, sum(map(len, agreed)) - len(kept), len(sequences) - sum(map(len, agreed)))


def strand_groups(sequences: Sequence[str]) -> np.ndarray:
    """Return (N,) int64: the same number for a sequence, its copies and its reverse complements."""
    either = [min(s, reverse_complement(s)) for s in sequences]
    return np.unique(np.array(either, dtype=object), return_inverse=True)[1].astype(np.int64)
