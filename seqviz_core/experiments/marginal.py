"""A whole insertion experiment as one value: what is put where, into which backgrounds, and what is varied.

    plan = Plan("position", find_motif("MA0035.5"), n=100, length=200)
    found = marginalise(odds_score(model, task.head, 3), plan)     # the curve, and that of shuffled letters
    conclude(plan, "the CNN", "GATA2", found, None)                # a sentence; see marginal_words

`marginalise_run` does it as a piece of work (see seqviz_core.training.work) and returns marginal.json.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, Literal, NamedTuple

import numpy as np

from ..errors import SeqVizError
from ..motifs import Motif
from ..training import find_run
from ..training.work import Args, Files, Tell
from .backgrounds import backgrounds
from .insertion import (
    STRENGTHS,
    Curve,
    Score,
    bayes_score,
    by_copies,
    by_position,
    by_strand,
    by_strength,
    check_fits,
    odds_score,
    telling,
)
from .patterns import CONSENSUS, draw_sites, shuffled_sites
from .spacing import by_gap, gap_grid, pair_start

Vary = Literal["itself", "position", "copies", "strength", "pair"]
VARIES: tuple[Vary, ...] = ("itself", "position", "copies", "strength", "pair")
POINTS = 11  # places or gaps that a curve has


@dataclass(frozen=True)
class Plan:
    """What is put into what.

    first, second : the motifs; the second only where `vary` is "pair". strength : 1 for sampled sites, CONSENSUS.
    n, length, gc, sequences, seed : the backgrounds; shuffles of `sequences` where there are any.
    position : 0-based start; None for the middle. copies, farthest : how many and how far apart at the most.
    swapped : the second motif stands in front. together : a pair's whole effect instead of its interaction.
    control : whether the same is done with shuffled letters too.
    """

    vary: Vary
    first: Motif
    second: Motif | None = None
    strength: float = CONSENSUS
    strand: str = "+"
    n: int = 100
    length: int = 200
    gc: float = 0.5
    sequences: tuple[str, ...] = ()
    seed: int = 0
    position: int | None = None
    copies: int = 5
    farthest: int = 30
    gaps: tuple[int, ...] = ()
    swapped: bool = False
    together: bool = False
    control: bool = True

    @property
    def start(self) -> int:
        return (self.length - self.first.width) // 2 if self.position is None else self.position

    @property
    def passes(self) -> int:
        """About how many sequences a model reads for it, those of the control included."""
        points = {"itself": 2, "position": POINTS, "copies": self.copies, "strength": len(STRENGTHS), "pair": 2 * POINTS + 1}
        return (1 + self.control) * self.n * (1 + points[self.vary])


class Marginal(NamedTuple):
    """An experiment's curve, and the same with the letters of every site shuffled; None where no control was asked for."""

    effect: Curve
    null: Curve | None


def fitted(plan: Plan) -> Plan:
    """Return the plan with as many copies, and gaps as wide, as its backgrounds hold.

    Raises SeqVizError where not even one site, or the pair side by side, fits, or the backgrounds cannot be made.
    """
    check_fits(plan.first.width, plan.length, plan.start)
    _backgrounds(replace(plan, n=1))
    if plan.vary != "pair" or plan.second is None:
        return replace(plan, copies=min(plan.copies, plan.length // plan.first.width))
    widths = plan.first.width, plan.second.width
    pair_start(plan.length, widths, 0)
    return replace(plan, farthest=min(plan.farthest, plan.length - sum(widths)))


def marginalise(score: Score, plan: Plan) -> Marginal:
    """Return the effect of what the plan puts in, and its control; raises SeqVizError where it does not fit."""
    plan = fitted(plan)
    codes = _backgrounds(plan)
    return Marginal(_curve(score, plan, codes, False), _curve(score, plan, codes, True) if plan.control else None)


def _backgrounds(plan: Plan) -> np.ndarray:
    return backgrounds(plan.n, plan.length, gc=plan.gc, sequences=plan.sequences, seed=plan.seed)


def _curve(score: Score, plan: Plan, codes: np.ndarray, shuffled: bool) -> Curve:
    sites = _sites(plan, plan.first, plan.n, 0, shuffled)
    if plan.vary == "itself":
        return by_strand(score, codes, sites, plan.start)
    if plan.vary == "position":
        places = np.unique(np.linspace(0, plan.length - plan.first.width, POINTS).round().astype(int))
        return by_position(score, codes, sites, places, plan.strand)
    if plan.vary == "copies":
        every = _sites(plan, plan.first, plan.n * plan.copies, 0, shuffled)
        return by_copies(score, codes, every.reshape(plan.n, plan.copies, -1), plan.seed, plan.strand)
    if plan.vary == "strength":
        return by_strength(score, codes, plan.first, plan.start, 2 * plan.seed, plan.strand, shuffled)
    if plan.second is None:
        raise SeqVizError("A pair needs a second motif.")
    order = [sites, _sites(plan, plan.second, plan.n, 1, shuffled)]
    pair = by_gap(score, codes, *(order[::-1] if plan.swapped else order), gap_grid(plan.farthest, POINTS, plan.gaps))
    return pair.together if plan.together else pair.interaction


def _sites(plan: Plan, motif: Motif, n: int, which: int, shuffled: bool) -> np.ndarray:
    """Return (n, k) codes; `which` keeps the random numbers of two motifs apart."""
    seed = 2 * plan.seed + which
    sites = draw_sites(motif, n, seed, plan.strength)
    return shuffled_sites(sites, seed) if shuffled else sites


def peak(curve: Curve) -> int:
    """Return the point whose mean is farthest from zero."""
    return int(np.abs(curve.mean).argmax())


def plan_to_json(plan: Plan) -> dict[str, Any]:
    """Return what JSON can hold of a plan."""
    motif = lambda m: None if m is None else {"id": m.id, "name": m.name, "counts": m.counts.tolist()}
    return {**plan.__dict__, "first": motif(plan.first), "second": motif(plan.second), "sequences": list(plan.sequences),
            "gaps": list(plan.gaps), "strength": None if plan.strength == CONSENSUS else plan.strength}


def plan_from_json(content: Mapping[str, Any]) -> Plan:
    """Return the plan that `plan_to_json` was given."""
    motif = lambda m: None if m is None else Motif(m["id"], m["name"], m["counts"])
    strength = CONSENSUS if content["strength"] is None else content["strength"]
    return Plan(**{**content, "first": motif(content["first"]), "second": motif(content["second"]), "strength": strength,
                   "sequences": tuple(content["sequences"]), "gaps": tuple(content["gaps"])})


def marginalise_run(args: Args, tell: Tell) -> Files:
    """Return {"marginal.json": ...}: the plan args["plan"] on the run args["run"], for its class args["index"]."""
    run, plan = find_run(args["run"]), fitted(plan_from_json(args["plan"]))
    score = odds_score(run.load_model(), run.spec.make_task().head, args["index"])
    return _answered(score, plan, tell)


def bayes_run(args: Args, tell: Tell) -> Files:
    """Return {"marginal.json": ...}: the same of the Bayes classifier of the run's task.

    Raises SeqVizError where it has no closed form.
    """
    score = bayes_score(find_run(args["run"]).spec.make_task(), args["index"])
    if score is None:
        raise SeqVizError("The best classifier of this task has no closed form.")
    return _answered(score, fitted(plan_from_json(args["plan"])), tell)


def _answered(score: Score, plan: Plan, tell: Tell) -> Files:
    found = marginalise(telling(score, plan.passes, tell), plan)
    return {"marginal.json": json.dumps([None if curve is None else _curve_json(curve) for curve in found])}


def marginal_from(content: bytes | str) -> Marginal:
    """Return what `marginalise_run` wrote."""
    read = lambda c: Curve(*(np.array(c[name], dtype=float) for name in ("x", "mean", "low", "high")), c["n"])
    return Marginal(*(None if c is None else read(c) for c in json.loads(content)))


def _curve_json(curve: Curve) -> dict[str, Any]:
    return {name: [None if np.isnan(v) else float(v) for v in getattr(curve, name)] for name in ("x", "mean", "low", "high")} | {
        "n": curve.n}
