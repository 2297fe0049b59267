"""Whether a model follows the rule its task plants: presence, AND, order, spacing, number; and up to which distance.

Sites are drawn from the motifs as the task draws them, and written into random backgrounds. Each aspect is a contrast, in log
odds of the class, whose mean over the backgrounds is compared with the Bayes classifier's on the same sequences:

    presence   f(A) - f(nothing)                     order     f(A before B) - f(B before A), at the planted gaps
    and        f(AB) - f(A) - f(B) + f(nothing)      spacing   f(at planted gaps) - f(at other gaps), in the planted order
    number     f(many copies) - f(few copies)

A model follows an aspect where its contrast reaches half of the Bayes classifier's, or ENOUGH, a hundredfold change of the odds,
where that is less, and its 95 % interval leaves out zero. Where the Bayes classifier has no closed form it has to reach ENOUGH.
At a distance it is asked the order of the pair, or, where no order is planted, the AND.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
import torch
from torch import nn

from ..datasets import Task
from ..datasets.placement import uniform_starts
from ..models import record
from ..models.layers import FlattenTo
from ..sequences import one_hot_encode
from .backgrounds import backgrounds
from .insertion import Effect, Score, bayes_score, change, effect_of, odds_score, written
from .patterns import draw_sites
from .planted_rule import Aspect, PlantedRule, planted_rule

SHARE, ENOUGH = 0.5, float(np.log(100))
BACKGROUNDS, SEED = 50, 0
Grade = Literal["follows", "in part", "does not follow"]


@dataclass(frozen=True)
class Finding:
    """One contrast of a model, what the Bayes classifier has there (None: no closed form), and what it comes to."""

    aspect: Aspect
    effect: Effect
    bayes: float | None
    grade: Grade


@dataclass(frozen=True)
class AtGap:
    """The same at one distance; gap : bases between the two sites."""

    gap: int
    effect: Effect
    bayes: float | None
    grade: Grade


@dataclass(frozen=True)
class RuleVerdict:
    """Whether a model follows the rule, by aspects and, for a pair, at each planted distance that was asked.

    sees : bases that a unit of the last map sees, None where a layer reads all positions together. n : backgrounds, each of
    `length` bases with the pair in its middle.
    """

    rule: PlantedRule
    findings: tuple[Finding, ...]
    at_gaps: tuple[AtGap, ...]
    sees: int | None
    n: int
    length: int

    @property
    def reach(self) -> int | None:
        """The largest planted gap up to which the model follows at every one that was asked; None where it does at none."""
        reached = None
        for at in self.at_gaps:
            if at.grade != "follows":
                break
            reached = at.gap
        return reached

    @property
    def whole_up_to(self) -> int | None:
        """The largest gap at which both sites lie whole within what one unit sees; None where it sees everything."""
        return None if self.sees is None else self.sees - sum(m.width for m in self.rule.motifs)

    @property
    def from_the_ends(self) -> tuple[int, ...]:
        """Return the gaps at which it follows though a unit sees less than half of the pair, and sees a site with an end.

        Padding marks the ends of a sequence, so that a site near one has a place: knowledge that no pair of sites gave.
        """
        if self.sees is None:
            return ()
        widths = sum(m.width for m in self.rule.motifs)
        near = lambda gap: (self.length - widths - gap) // 2 + min(m.width for m in self.rule.motifs) <= self.sees
        return tuple(at.gap for at in self.at_gaps if at.grade == "follows" and at.gap > self.sees - widths / 2 and near(at.gap))


def rule_verdict(model: nn.Module, task: Task, index: int, n: int = BACKGROUNDS, seed: int = SEED) -> RuleVerdict | None:
    """Return whether a model follows the rule of its task, on sequences of the task's length; None where there is none."""
    rule = planted_rule(task, index)
    if rule is None:
        return None
    sees = sees_at_most(model, task.length)
    return verdict_of(odds_score(model, task.head, rule.index), rule, task.length, bayes_score(task, rule.index), sees, n, seed,
                      background_gc(task))


def background_gc(task: Task) -> float:
    """Return the GC content of a task's background, a half where it does not set one."""
    return task.gc if getattr(task, "background", "") == "GC content" else 0.5


def verdict_of(score: Score, rule: PlantedRule, length: int, bayes: Score | None, sees: int | None = None, n: int = BACKGROUNDS,
               seed: int = SEED, gc: float = 0.5) -> RuleVerdict:
    """Return the verdict on any score, against that of the generator."""
    codes = backgrounds(n, length, gc=gc, seed=seed)
    ask = _pair_contrasts if rule.is_pair else _single_contrasts
    ours, known = ask(score, rule, codes, seed), None if bayes is None else ask(bayes, rule, codes, seed)
    judged = {}
    for key, values in ours.items():
        effect, truth = effect_of(values, seed), None if known is None else float(known[key].mean())
        judged[key] = (effect, truth, grade_of(effect, truth, rule.sign if "and" in rule.aspects else 1))
    return RuleVerdict(rule, tuple(Finding(key, *judged[key]) for key in judged if isinstance(key, str)),
                       tuple(AtGap(key, *judged[key]) for key in judged if isinstance(key, int)), sees, n, length)


def grade_of(effect: Effect, bayes: float | None, sign: int = 1) -> Grade:
    """Return what a contrast comes to. sign : of what follows the rule, where the Bayes classifier's is not known."""
    sign = sign if bayes is None else np.sign(bayes)
    low = min(sign * effect.low, sign * effect.high) if not np.isnan(effect.low) else sign * effect.mean
    if not low > 0:
        return "does not follow"
    needed = ENOUGH if bayes is None else min(ENOUGH, SHARE * abs(bayes))
    return "follows" if abs(effect.mean) >= needed else "in part"


def sees_at_most(model: nn.Module, length: int) -> int | None:
    """Return how many bases a unit of the last map sees, of a model that then takes the best or the mean over positions.

    None where something reads along the sequence (gates, attention, weights for places), so that no span bounds it.
    """
    trace = record(model, torch.from_numpy(one_hot_encode(np.zeros((1, length), dtype=np.uint8))))
    maps = trace.of_kind("feature_map")
    along = any(trace.of_kind(kind) for kind in ("gate", "state", "attention"))
    placed = any(isinstance(part, (FlattenTo, nn.Flatten)) for part in model.modules())
    if along or placed or not maps:
        return None
    widest = max(a.span.width for a in maps)
    return widest if widest < length else None


def _single_contrasts(score: Score, rule: PlantedRule, codes: np.ndarray, seed: int) -> dict[Aspect | int, np.ndarray]:
    """Return (N,) of each aspect of a rule about one motif."""
    n, motif = len(codes), rule.motifs[0]
    sites = draw_sites(motif, n * rule.many, seed).reshape(n, rule.many, -1)
    rng = np.random.default_rng((seed, 6))
    starts = rng.permuted(uniform_starts(codes.shape[1], np.full((n, rule.many), motif.width), rng), axis=1)
    variants = [codes]
    for copy in range(rule.many):
        variants.append(written(variants[-1], sites[:, copy], starts[:, copy]))
    found = change(score, codes, [variants[rule.few], variants[rule.many]])
    return {rule.aspects[0]: found[1] - found[0]}


def _pair_contrasts(score: Score, rule: PlantedRule, codes: np.ndarray, seed: int) -> dict[Aspect | int, np.ndarray]:
    """Return (N,) of each aspect of a rule about a pair, and of each planted gap under its number."""
    first, second = (draw_sites(motif, len(codes), 2 * seed + i) for i, motif in enumerate(rule.motifs))
    gaps = rule.asked_gaps()
    right = np.stack(_pairs(score, codes, first, second, gaps))
    if "and" in rule.aspects:
        parts = [_alone(score, codes, first, second, gap) for gap in gaps]
        by_gap = right - np.stack(parts)
    else:
        by_gap = right - np.stack(_pairs(score, codes, second, first, gaps))
    found: dict[Aspect | int, np.ndarray] = {rule.aspects[0]: by_gap.mean(axis=0)}
    if "spacing" in rule.aspects:
        other = _pairs(score, codes, first, second, rule.other_gaps(codes.shape[1]))
        found["spacing"] = right.mean(axis=0) - np.mean(other, axis=0)
    return found | dict(zip(gaps, by_gap))


def _pairs(score: Score, codes: np.ndarray, left: np.ndarray, right: np.ndarray, gaps: Sequence[int]) -> list[np.ndarray]:
    """Return the change (N,) at each gap, the pair in the middle of the sequence."""
    return list(change(score, codes, [_placed(codes, left, right, gap, (True, True)) for gap in gaps]))


def _alone(score: Score, codes: np.ndarray, left: np.ndarray, right: np.ndarray, gap: int) -> np.ndarray:
    """Return the sum of the changes (N,) of each site alone, where it stands in the pair."""
    return change(score, codes, [_placed(codes, left, right, gap, which) for which in ((True, False), (False, True))]).sum(axis=0)


def _placed(codes: np.ndarray, left: np.ndarray, right: np.ndarray, gap: int, which: tuple[bool, bool]) -> np.ndarray:
    start = (codes.shape[1] - left.shape[1] - gap - right.shape[1]) // 2
    out = written(codes, left, start) if which[0] else codes
    return written(out, right, start + left.shape[1] + gap) if which[1] else out
