"""Whether a model goes by the GC content: it is changed alone, beside a control that changes as many bases and keeps it."""

import json
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING

import numpy as np
from torch import nn

from ..metrics import log_odds
from ..sequences import UNKNOWN, gc_content, one_hot_encode
from ..training import find_run
from .skill import NORMAL, Interval, fresh, logits_of
from .symmetries import pearson

if TYPE_CHECKING:
    from ..datasets import Dataset
    from ..datasets.task import Head
    from ..training.work import Args, Files, Tell

GC_STEP = 0.10
USED = 0.10
"""Share of what lies between the classes from which a change of the GC content is said to matter to the model."""
FLIPS = 400


@dataclass(frozen=True)
class GcUse:
    """What GC_STEP more of GC content, and nothing else, does to the log odds of a class, over n sequences.

    effect : the mean change, less that of a control in which the same bases change and the GC content does not. gap : what lies
    between sequences of the class and others. chance : what 95 % of the effects reach with random signs, the largest of all
    classes each time. correlation : of log odds and GC content within the class and within the others, with what 95 % of
    shuffles within them reach.
    """

    class_name: str
    effect: Interval
    gap: float
    chance: float
    correlation: float
    correlation_chance: float
    n: int

    @property
    def share(self) -> float:
        """The effect as a share of what lies between the classes."""
        return abs(self.effect.value) / self.gap if self.gap > 0 else float("nan")

    @property
    def used(self) -> bool:
        """Whether the model goes by the GC content to a degree that matters."""
        return abs(self.effect.value) > self.chance and self.share >= USED


def gc_use(model: nn.Module, data: "Dataset", head: "Head", seed: int = 0) -> list[GcUse]:
    """Return the use of GC content for each class (of two classes the second), the strongest effect first."""
    planted = data.planted_mask() if len(data.sites.start) else np.zeros(data.codes.shape, bool)
    scores = _scores(model, data.codes, head)  # (N, C)
    more = [_scores(model, c, head) for up in (True, False) for c in with_gc(data.codes, planted, up, seed)]
    each = ((more[0] - more[1]) - (more[2] - more[3])) / 2  # (N, C): per GC_STEP
    columns = [1] if head == "softmax" and scores.shape[1] == 2 else list(range(scores.shape[1]))
    signs = np.random.default_rng((seed, 9)).choice([-1.0, 1.0], (FLIPS, len(each)))
    chance = float(np.quantile(np.abs(signs @ each[:, columns] / len(each)).max(axis=1), 0.95))
    gc, found = gc_content(data.codes), []
    gc = np.where(np.isfinite(gc), gc, 0.5)
    for c in columns:
        member = _members(data.labels, c, head)
        error = NORMAL * float(each[:, c].std(ddof=1)) / len(each) ** 0.5
        mean = float(each[:, c].mean())
        gap = float(scores[member, c].mean() - scores[~member, c].mean()) if member.any() and not member.all() else float("nan")
        found.append(GcUse(data.classes[c], Interval(mean, mean - error, mean + error), gap, chance,
                           *_within(scores[:, c], gc, member, seed), len(each)))
    return sorted(found, key=lambda u: -np.nan_to_num(u.share))


def measure_gc(args: "Args", tell: "Tell") -> "Files":
    """Return {"gc.json": ...} of the run args["run"]: `gc_use` over args["n"] fresh sequences."""
    run = find_run(args["run"])
    task = run.spec.make_task()
    tell(0.0, "Changing the GC content")
    found = gc_use(run.load_model(), fresh(run, task, args["n"], args["seed"]), task.head, args["seed"])
    return {"gc.json": json.dumps([asdict(use) for use in found])}


def read_gc(text: str | bytes) -> list[GcUse]:
    """Return what `measure_gc` has written."""
    return [GcUse(**{**use, "effect": Interval(*use["effect"])}) for use in json.loads(text)]


def with_gc(codes: np.ndarray, planted: np.ndarray, up: bool, seed: int) -> tuple[np.ndarray, np.ndarray]:
    """Return codes (N, L) with GC_STEP more (or less) of GC content, and their control: the same bases changed, GC content kept.

    Bases in planted sites stay. Up: A and T become G or C; in the control A becomes T and T becomes A.
    """
    rng = np.random.default_rng((seed, 8, up))
    weak = (codes == 0) | (codes == 3)
    may = (weak if up else ~weak & (codes < UNKNOWN)) & ~planted
    rank = np.where(may, rng.random(codes.shape), 2.0).argsort(axis=1).argsort(axis=1)
    chosen = may & (rank < round(GC_STEP * codes.shape[1]))
    new = rng.choice(np.array([1, 2] if up else [0, 3], dtype=np.uint8), codes.shape)
    return np.where(chosen, new, codes), np.where(chosen, 3 - codes, codes)


def _scores(model: nn.Module, codes: np.ndarray, head: "Head") -> np.ndarray:
    """Return the log odds of each class, (N, C); of a model that answers per base the highest along the sequence."""
    logits = logits_of(model, one_hot_encode(codes)).astype(np.float64)
    if head == "sigmoid":
        return logits
    if head == "softmax":
        return log_odds(logits)
    n, classes, length = logits.shape
    return log_odds(np.moveaxis(logits, 1, 2).reshape(-1, classes)).reshape(n, length, classes).max(axis=1)


def _members(labels: np.ndarray, c: int, head: "Head") -> np.ndarray:
    """Return which sequences have class c, (N,): anywhere, where there is a class for every base."""
    if head == "sigmoid":
        return labels[:, c] > 0.5
    return labels == c if head == "softmax" else (labels == c).any(axis=1)


def _within(scores: np.ndarray, gc: np.ndarray, member: np.ndarray, seed: int) -> tuple[float, float]:
    """Return the correlation of scores and GC content within the groups, and what 95 % of shuffles within them reach in size."""
    groups = [rows for rows in (np.flatnonzero(member), np.flatnonzero(~member)) if len(rows)]
    scores, gc, rng = scores.copy(), gc.copy(), np.random.default_rng((seed, 10))
    for rows in groups:
        scores[rows] -= scores[rows].mean()
        gc[rows] -= gc[rows].mean()
    drawn = []
    for _ in range(FLIPS // 2):
        mixed = gc.copy()
        for rows in groups:
            mixed[rows] = gc[rng.permutation(rows)]
        drawn.append(abs(pearson(scores, mixed)))
    return pearson(scores, gc), float(np.nanquantile(drawn, 0.95)) if np.isfinite(drawn).any() else float("nan")
