"""The rule a task plants, as far as insertions can ask for it."""

from dataclasses import dataclass
from typing import Literal

import numpy as np

from ..datasets import Task
from ..datasets.enhancer_promoter import BOTH, EnhancerPromoter
from ..datasets.heterodimer_grammar import HeterodimerGrammar
from ..datasets.motif_counting import MotifCounting
from ..datasets.motif_pair import MotifPair
from ..motifs import Motif

Aspect = Literal["presence", "and", "order", "spacing", "number"]
MOST_GAPS, OTHER_GAPS = 13, 6


@dataclass(frozen=True)
class PlantedRule:
    """What makes a sequence one of class `index`, and which aspects of it the task's own sequences can teach.

    motifs : one, or the pair in its order. gaps : bases between a pair's sites, both ends included.
    few, many : copies that are not, and are, enough. sign : of a pair's interaction, -1 where exactly one site counts.
    """

    index: int
    motifs: tuple[Motif, ...]
    aspects: tuple[Aspect, ...]
    gaps: tuple[int, int] = (0, 0)
    few: int = 0
    many: int = 1
    sign: int = 1

    @property
    def is_pair(self) -> bool:
        return len(self.motifs) == 2

    def asked_gaps(self) -> list[int]:
        """Return the planted gaps that are asked for, all or MOST_GAPS spread evenly over them."""
        return _spread(np.arange(self.gaps[0], self.gaps[1] + 1), MOST_GAPS)

    def other_gaps(self, length: int) -> list[int]:
        """Return some gaps that are not planted and fit into `length` bases."""
        room = length - sum(m.width for m in self.motifs)
        other = np.setdiff1d(np.arange(room + 1), np.arange(self.gaps[0], self.gaps[1] + 1))
        return _spread(other, OTHER_GAPS)


def planted_rule(task: Task, index: int) -> PlantedRule | None:
    """Return the rule for class `index` of a task; None where the task plants none that insertions can test.

    A task of two classes has one rule, for its positive class.
    """
    if isinstance(task, MotifPair):
        aspects = ("order", "spacing") if task.spacing_matters else ("order",)
        return PlantedRule(1, task.motifs, aspects, (task.min_gap, task.max_gap))
    if isinstance(task, HeterodimerGrammar):
        return PlantedRule(1, task.motifs, ("order", "spacing"), (task.min_gap, task.max_gap))
    if isinstance(task, EnhancerPromoter):
        return PlantedRule(1, task.motifs, ("and",), (task.distance, task.distance), sign=1 if task.rule == BOTH else -1)
    if isinstance(task, MotifCounting):
        return PlantedRule(1, task.motifs, ("number",), few=task.few, many=task.many)
    motif = next((m for m in task.motifs if m.name == task.classes[index]), None)
    return None if motif is None else PlantedRule(index, (motif,), ("presence",))


def _spread(values: np.ndarray, most: int) -> list[int]:
    chosen = np.unique(np.linspace(0, len(values) - 1, min(most, len(values))).round().astype(int))
    return [int(value) for value in values[chosen]]
