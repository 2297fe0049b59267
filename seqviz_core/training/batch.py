"""What one model says of thousands of records, in slices that a page can afford, and how that fits their labels.

    scores = BatchScores(task, [record.sequence for record in records])
    while not scores.finished:
        scores.advance(model, seconds=0.4)          # whatever is done stays done
    judged = judge(scores, truth_of([record.name for record in records], task))

Only equally long sequences share a batch: padding would change the answer.
"""

import math
import threading
import time
from collections.abc import Iterator, Sequence
from typing import NamedTuple

import numpy as np
import torch
from torch import nn

from ..datasets import Task
from ..errors import SeqVizError
from ..metrics import confusion, log_odds, sigmoid
from ..sequences import encode
from .fit import predict_logits
from .labels import Truth
from .results import Scores
from .scoring import scores_of

BATCH_ROWS, BATCH_BASES = 128, 16_384
"""The most that goes through a model at once: larger batches are slower on a CPU, and attention grows with the square."""


class BatchScores:
    """A model's answers to N sequences; of those that are not scored yet, or cannot be read, they are nan.

    logits : (N, C) float64; of head "positions" those at the base where a class is likeliest, class by class.
    odds : (N, C) log P / (1 - P) of each class, at that base.
    problems : the sentence of each row that the model cannot read.
    """

    def __init__(self, task: Task, sequences: Sequence[str]):
        self.task, self.n, self.done, self.seconds = task, len(sequences), 0, 0.0
        self.logits = np.full((self.n, len(task.classes)), np.nan)
        self.odds = self.logits.copy()
        self.problems: dict[int, str] = {}
        self._sequences, self._todo, self._lock = sequences, list(_batches(sequences)), threading.Lock()
        self._bases_left, self._bases_done = sum(map(len, sequences)), 0

    @property
    def finished(self) -> bool:
        """Whether nothing is left to do."""
        return self.done == self.n

    @property
    def seconds_left(self) -> float | None:
        """The work that is left, in seconds, from the bases done so far; None before the first batch."""
        return self._bases_left * self.seconds / self._bases_done if self._bases_done else None

    def advance(self, model: nn.Module, seconds: float = math.inf) -> None:
        """Score batches until `seconds` are over, at least one; while another thread is at it, return at once."""
        if not self._lock.acquire(blocking=False):
            return
        try:
            end = time.perf_counter() + seconds
            while self._todo:
                self._score(model, self._todo[-1])
                self._todo.pop()
                if time.perf_counter() >= end:
                    break
            if not self._todo:
                self._sequences = ()
        finally:
            self._lock.release()

    def _score(self, model: nn.Module, rows: np.ndarray) -> None:
        start, codes = time.perf_counter(), encode([self._sequences[row] for row in rows])
        try:
            self.logits[rows], self.odds[rows] = answers(self.task, predict_logits(model, torch.from_numpy(codes), len(rows)))
        except SeqVizError as error:
            self.problems = self.problems | dict.fromkeys(rows.tolist(), str(error))  # another page may be reading it
        self._bases_left -= codes.size
        self._bases_done += codes.size
        self.seconds += time.perf_counter() - start
        self.done += len(rows)

    @property
    def read(self) -> np.ndarray:
        """(N,) booleans: scored, and the model could read it."""
        return ~np.isnan(self.odds[:, 0])

    @property
    def probabilities(self) -> np.ndarray:
        """(N, C) of each class; where the task asks at every base, the largest along the sequence."""
        return sigmoid(self.odds)

    @property
    def called(self) -> np.ndarray:
        """(N, C) booleans: the likeliest class; or each label, or class but background at any base, with P >= 1/2."""
        if self.task.head != "softmax":
            called = self.odds >= 0
            called[:, :_first(self.task)] = False
            return called
        called = np.zeros(self.odds.shape, dtype=bool)
        read = np.flatnonzero(self.read)
        called[read, self.logits[read].argmax(axis=1)] = True
        return called

    @property
    def likeliest(self) -> np.ndarray:
        """(N,) index of the likeliest class; where the task asks at every base, but for background. 0 where there is none."""
        first = _first(self.task)
        return first + np.nan_to_num(self.odds[:, first:], nan=-np.inf).argmax(axis=1)

    @property
    def margin(self) -> np.ndarray:
        """(N,) how far the call is from another one: the largest logit less the runner-up; else the smallest size of the odds."""
        if self.task.head != "softmax":
            return np.abs(self.odds[:, _first(self.task):]).min(axis=1)
        ordered = np.sort(self.logits, axis=1)
        return ordered[:, -1] - ordered[:, -2]


def _first(task: Task) -> int:
    """The first class that counts: at every base, class 0 says that nothing is there."""
    return 1 if task.head == "positions" else 0


def answers(task: Task, logits: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return logits and log odds, both (N, C), of logits (N, C) or (N, C, L): see `BatchScores`."""
    if task.head == "softmax":
        return logits, log_odds(logits)
    if task.head == "sigmoid":
        return logits, logits
    classes = logits.shape[1]
    bases = log_odds(np.moveaxis(logits, 1, 2).reshape(-1, classes)).reshape(len(logits), -1, classes)  # (N, L, C)
    places = bases.argmax(axis=1)
    return np.take_along_axis(logits, places[:, :, None], axis=2)[:, :, 0], bases.max(axis=1)


def _batches(sequences: Sequence[str]) -> Iterator[np.ndarray]:
    """Rows of equal length that go through the model at once, the longest first: the last one is taken next."""
    lengths = np.array([len(sequence) for sequence in sequences])
    for length in np.unique(lengths)[::-1]:
        rows, size = np.flatnonzero(lengths == length), max(1, min(BATCH_ROWS, BATCH_BASES // max(int(length), 1)))
        for end in range(len(rows), 0, -size):
            yield rows[max(end - size, 0):end]


class ClassCounts(NamedTuple):
    """One class against the rest: records labelled so, called so, called so wrongly, and missed."""

    name: str
    labelled: int
    called: int
    false_positives: int
    false_negatives: int


class Judged(NamedTuple):
    """How answers fit the labels of `n` records that have one and could be read.

    scores : of heads other than "softmax", of the question whether a class occurs in the record; where is not judged.
    right : (N,) bool; false too where nothing is known, so look at `known` (N,) as well.
    confusion : (C, C), label by call; None where several classes may be called.
    """

    n: int
    scores: Scores
    known: np.ndarray
    right: np.ndarray
    counts: tuple[ClassCounts, ...]
    confusion: np.ndarray | None


def judge(scores: BatchScores, truth: Truth) -> Judged | None:
    """Return how the answers fit the labels; None where no record both has one and could be read."""
    first = _first(scores.task)
    known = (truth.has[:, first:] >= 0).all(axis=1) & scores.read
    if not known.any():
        return None
    has, called = truth.has > 0, scores.called
    counts = tuple(_counts(name, has[known, c], called[known, c])
                   for c, name in enumerate(scores.task.classes) if c >= first)
    single = scores.task.head == "softmax"
    labels = truth.has[known].argmax(axis=1) if single else truth.has[known, first:].astype(np.float64)
    figures = scores_of((scores.logits if single else scores.odds)[known, first:], labels)
    table = confusion(called[known].argmax(axis=1), labels, called.shape[1]) if single else None
    right = known & (has[:, first:] == called[:, first:]).all(axis=1)
    return Judged(int(known.sum()), figures, known, right, counts, table)


def _counts(name: str, has: np.ndarray, called: np.ndarray) -> ClassCounts:
    return ClassCounts(name, int(has.sum()), int(called.sum()), int((called & ~has).sum()), int((has & ~called).sum()))
