"""What the state knows: linear probes on a model's internals, beside what they score where there is nothing to know.

Each score stands beside three others of the same probe, on the same sequences: on the same internal of the network before its
training, on the letters themselves, and on a control task of random answers (Hewitt and Liang 2019), whose distance from the
score is the selectivity. Sequences that a probe has learned from are never asked about.
"""

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from torch import nn

from .linear_probes import Interval, Metric, Truth, score, told_by
from .probe_letters import control_truth, raw_letters
from .probe_units import Internal, Material, internals, question

LEAST_ROWS = 10  # sequences that a score at one position is of, at the least


@dataclass(frozen=True)
class Known:
    """How well one target is told from one internal: R2 of a number, accuracy (every class counting alike) of a class.

    untrained : the same internal before training. raw : the letters of a unit's window, or of a whole sequence its words of
    three bases. control : random answers. chance : what the best constant answer scores. n : sequences asked; as many were
    learned from. pooled : whether it is told from the mean over positions.
    """

    probe: str
    kind: str
    target: str
    metric: Metric
    chance: float
    value: Interval
    untrained: Interval
    raw: Interval
    control: Interval
    n: int
    pooled: bool

    @property
    def selectivity(self) -> float:
        return self.value.value - self.control.value

    @property
    def gain(self) -> float:
        """What training added: above the untrained network."""
        return self.value.value - self.untrained.value


@dataclass(frozen=True, eq=False)
class Along:
    """The same probe asked at each position by itself: `read` (P,) bases read, scores (P,) with their intervals, and the same of
    the untrained network and the letters; nan where too few answers differ."""

    read: np.ndarray
    value: np.ndarray
    low: np.ndarray
    high: np.ndarray
    untrained: np.ndarray
    raw: np.ndarray


def what_is_known(model: nn.Module, untrained: nn.Module, material: Material, names: Iterable[str],
                  targets: Iterable[str] | None = None, seed: int = 0) -> list[Known]:
    """Return what each of the named internals knows of each target (by default all the material knows), internal by internal.

    untrained : the same architecture with the weights it began with. Raises SeqVizError as `internals` and `question` do.
    """
    names, targets = list(names), material.targets if targets is None else list(targets)
    after, before = (internals(m, material, names) for m in (model, untrained))
    letters: dict[tuple, Interval] = {}
    return [_known(after[name], before[name], material, target, seed, letters) for name in names for target in targets]


def _known(after: Internal, before: Internal, material: Material, target: str, seed: int,
           letters: dict[tuple, Interval]) -> Known:
    asked = question(target, after, material)
    told = lambda features, truth=asked.truth: score(told_by(features, truth), truth)
    key = (target, after.span, after.leftwards, after.units)  # internals that see the same letters share them
    if key not in letters:
        letters[key] = told(raw_letters(after, material, asked.pooled)[asked.rows])
    control = told(asked.of(after), control_truth(asked, after, material, seed))
    return Known(after.name, after.kind, target, asked.truth.metric, asked.truth.chance, told(asked.of(after)),
                 told(asked.of(before)), letters[key], control, int((~material.learn).sum()), asked.pooled)


def along(model: nn.Module, untrained: nn.Module, material: Material, name: str, target: str,
          positions: int = 24) -> Along | None:
    """Return the scores position by position, at `positions` units; None for a target that is one for a whole sequence, or whose
    answer is the same in all sequences at a position."""
    after, before = (internals(m, material, [name], positions)[name] for m in (model, untrained))
    asked = question(target, after, material)
    if asked.pooled:
        return None
    read, truth = after.read[asked.rows], asked.truth
    letters = raw_letters(after, material, False)[asked.rows]
    told = [told_by(features, truth) for features in (asked.of(after), asked.of(before), letters)]
    places = np.unique(read)
    rows = [[_at(t, truth, read == place) for t in told] for place in places]
    if not np.isfinite([mine.value for mine, *_ in rows]).any():
        return None
    column = lambda of, part: np.array([getattr(row[of], part) for row in rows])
    return Along(places, column(0, "value"), column(0, "low"), column(0, "high"), column(1, "value"), column(2, "value"))


def _at(told: np.ndarray, truth: Truth, here: np.ndarray) -> Interval:
    """Return the score at one position; nan where the answers of too few sequences differ."""
    answers = truth.values[here & ~truth.learn]
    rarest = np.bincount(answers.astype(int), minlength=truth.classes).min() if truth.classes else len(answers)
    return score(told, truth, here) if rarest >= LEAST_ROWS else Interval(*[float("nan")] * 3)
