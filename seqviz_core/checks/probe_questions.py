"""What a model from elsewhere is asked: a motif planted in background, or the labelled sequences of its own task."""

from collections.abc import Iterator
from dataclasses import dataclass, fields, replace
from itertools import permutations
from typing import Protocol

import numpy as np

from ..datasets import Task
from ..datasets.background import background_frequencies
from ..errors import SeqVizError
from ..metrics import auroc, log_odds
from ..motifs import Motif, sample_sites
from ..training.scoring import one_against_rest

MOST, FEWEST, BASES = 300, 60, 30_000  # sequences, and about how many bases of them


class Question(Protocol):
    """Sequences of which a model should tell some from the others.

    what : as a sentence says it. shortest : fewest bases it can be asked at. floor : by how much AUROC a model has to beat
        chance: classes may differ in composition, of which an untrained model sees more than of a motif.
    """

    what: str
    shortest: int
    floor: float

    def sequences(self, length: int) -> np.ndarray:
        """Return codes (N, length); the same each time."""

    def auroc(self, logits: np.ndarray, labels: np.ndarray | None = None) -> float:
        """Return how well logits of `sequences` tell them apart; by other labels, if given."""

    def nulls(self, codes: np.ndarray, n: int) -> Iterator[tuple[np.ndarray, np.ndarray | None]]:
        """Yield n times sequences, and their labels where those are shuffled, in which there is nothing to tell."""


def question_of(task: Task, motif: Motif | None, seed: int) -> Question:
    """Return what a model of the task is asked; see `probe_import`."""
    named = [m for m in task.motifs if m.name in task.classes]
    if motif is not None and motif.name not in task.classes:
        raise SeqVizError(f"No class of {task.label} is named {motif.name!r}; there are {', '.join(task.classes)}.")
    n = max(FEWEST, min(MOST, BASES // task.length)) // 2 * 2
    if motif is None and not named:
        return Labelled(task, n, seed)
    return Planted(task, motif or max(named, key=order_matters), n, seed)


def order_matters(motif: Motif) -> float:
    """Return how different a motif is from itself with its bases renamed, and from its reverse complement, in bits.

    The smallest of sum p log2(p / q), q being p under each of the 23 other orders, or p read on the other strand at any
    shift (a quarter where it does not reach).
    """
    p = motif.ppm()
    renamed = [p[list(order)] for order in permutations(range(4))][1:]
    turned = np.pad(p[::-1, ::-1], ((0, 0), (motif.width, motif.width)), constant_values=0.25)
    shifted = [turned[:, start:start + motif.width] for start in range(2 * motif.width + 1)]
    return min(float((p * np.log2(p / q)).sum()) for q in (*renamed, *shifted))


@dataclass(frozen=True, eq=False)
class Planted:
    """A motif on the forward strand of half of the sequences, where its task puts it, in the task's background."""

    task: Task
    motif: Motif
    n: int
    seed: int
    floor: float = 0.2

    @property
    def what(self) -> str:
        return f"{self.motif.name} from background"

    @property
    def shortest(self) -> int:
        return self.motif.width

    def sequences(self, length: int) -> np.ndarray:
        return self._planted(self.motif, length, 0)

    def auroc(self, logits: np.ndarray, labels: np.ndarray | None = None) -> float:
        column = self.task.classes.index(self.motif.name)
        return auroc(_class_scores(logits, column, self.task.head), np.arange(self.n) < self.n // 2)

    def nulls(self, codes: np.ndarray, n: int) -> Iterator[tuple[np.ndarray, np.ndarray | None]]:
        for i in range(n):
            columns = np.random.default_rng((self.seed, 9, i)).permutation(self.motif.width)
            yield self._planted(Motif(self.motif.id, self.motif.name, self.motif.counts[:, columns]), codes.shape[1], i + 1), None

    def _planted(self, motif: Motif, length: int, draw: int) -> np.ndarray:
        rng = np.random.default_rng((self.seed, draw, length))
        codes = rng.choice(4, size=(self.n, length), p=self._frequencies).astype(np.uint8)
        rows = np.arange(self.n // 2)
        starts = self._starts(length, rng)
        codes[rows[:, None], starts[:, None] + np.arange(motif.width)] = sample_sites(motif, len(rows), rng)
        return codes

    @property
    def _frequencies(self) -> np.ndarray:
        known = background_frequencies(getattr(self.task, "background", "uniform"), getattr(self.task, "gc", 0.5))
        return known if known is not None else np.full(4, 0.25)

    def _starts(self, length: int, rng: np.random.Generator) -> np.ndarray:
        """Return where sites begin: as in the task at this length, or anywhere where it has no such length."""
        try:
            sites = _at_length(self.task, length).sample(20 * len(self.task.classes), (self.seed, 7)).sites
            known = sites.start[np.array([m == self.motif for m in self.task.motifs])[sites.motif]]
        except SeqVizError:
            known = np.zeros(0, dtype=int)
        anywhere = np.arange(length - self.motif.width + 1)
        return rng.choice(known if len(known) else anywhere, self.n // 2)


@dataclass(frozen=True, eq=False)
class Labelled:
    """Sequences of the task with their labels: of every class, or label, against the others.

    At another length they are cut to their middle, or stand in the middle of random bases.
    """

    task: Task
    n: int
    seed: int
    floor: float = 0.3

    @property
    def what(self) -> str:
        return f"the classes of {self.task.label} apart"

    @property
    def shortest(self) -> int:
        return self.task.length if self.task.head == "positions" else 10

    def sequences(self, length: int) -> np.ndarray:
        codes, own = self._data.codes, self.task.length
        if length <= own:
            return codes[:, (own - length) // 2:(own - length) // 2 + length]
        if self.task.head == "positions":
            raise SeqVizError("It answers for every base, and its labels are for one length only.")
        out = np.random.default_rng((self.seed, 5)).integers(0, 4, (len(codes), length), dtype=np.uint8)
        out[:, (length - own) // 2:(length - own) // 2 + own] = codes
        return out

    def auroc(self, logits: np.ndarray, labels: np.ndarray | None = None) -> float:
        questions = one_against_rest(logits, self._data.labels if labels is None else labels)
        values = [auroc(q.scores, q.positive) for q in questions]
        return float(np.nanmean(values)) if np.isfinite(values).any() else 0.5

    def nulls(self, codes: np.ndarray, n: int) -> Iterator[tuple[np.ndarray, np.ndarray | None]]:
        rng, labels = np.random.default_rng((self.seed, 9)), self._data.labels
        for _ in range(n):
            yield codes, rng.permutation(labels)

    @property
    def _data(self):
        return self.task.sample(self.n, (self.seed, 7))


def _class_scores(logits: np.ndarray, column: int, head: str) -> np.ndarray:
    """Return (N,) how much each sequence speaks for a class: log odds; of a model that answers per base, the largest."""
    if head == "sigmoid":
        return logits[:, column]
    if head == "softmax":
        return log_odds(logits)[:, column]
    rows = np.moveaxis(logits, 1, 2)
    return log_odds(rows.reshape(-1, rows.shape[-1]))[:, column].reshape(rows.shape[:2]).max(axis=1)


def _at_length(task: Task, length: int) -> Task:
    return replace(task, length=length) if "length" in {f.name for f in fields(task)} else task
