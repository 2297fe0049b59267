"""Whether the same training with other seeds gives the same map."""

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from itertools import combinations
from typing import TYPE_CHECKING

import numpy as np
from torch import nn

from ..attribution import METHODS
from ..training import find_run
from .agreement import agreement, questions
from .lens import Cases, Lens, cases_of, explain, in_text, lens_of
from .randomisation import Likeness, other_model
from .truth import truth_score

if TYPE_CHECKING:
    from ..training.work import Args, Files, Tell


@dataclass(frozen=True)
class SeedsAgree:
    """How alike one lens's maps of K models are: Pearson over the bases, mean over the sequences, and over all pairs.

    low, high : +- 1.96 standard errors over the sequences. null_high : what 95 % of turned maps stay below.
    truth : AUPRC of each model's map against the planted sites; () where nothing is planted.
    """

    lens: str
    value: float
    low: float
    high: float
    null_high: float
    truth: tuple[float, ...]
    models: int
    n: int


def seeds_agree(models: Sequence[nn.Module], asked: Cases, lens: Lens, *, seed: int) -> SeedsAgree:
    """Return how far two or more models' maps by one lens agree."""
    maps = [explain(model, asked, lens).observed for model in models]
    maps = maps if METHODS[lens.method].signed else [np.abs(m) for m in maps]
    found = agreement(maps, [str(k) for k in range(len(maps))], seed=seed, known=asked.known)
    pooled = found.pooled(list(combinations(range(len(maps)), 2)))
    planted = None if asked.planted is None else asked.planted & asked.known.all(axis=1, keepdims=True)
    there = planted is not None and bool((planted.any(1) & ~planted.all(1)).any())
    truth = tuple(truth_score(np.abs(m), planted, seed=seed).auprc for m in maps) if there else ()
    return SeedsAgree(lens.name, pooled.value, pooled.low, pooled.high, pooled.null_high, truth, len(maps), pooled.n_sequences)


def seeds_say(found: SeedsAgree) -> str:
    """Return one sentence: how alike the maps of the seeds are, beside turned maps."""
    if not np.isfinite(found.value):
        return f"Of {found.models} seeds nothing can be said by {in_text(lens_of(found.lens))}: the map of one of them is flat."
    interval = f" (95 % interval {found.low:.2f} to {found.high:.2f})" if np.isfinite(found.low) else ""
    text = (f"Over {found.n} sequences the maps of {found.models} seeds by {in_text(lens_of(found.lens))} agree at "
            f"r {found.value:.2f}{interval}; turned maps stay below {found.null_high:.2f}.")
    if found.truth:
        text += f" Their truth AUPRC lies between {min(found.truth):.2f} and {max(found.truth):.2f}."
    if not found.value > found.null_high:
        return text + " That is no better than chance: what one map shows is that training's own."
    return text


def control_says(curves: Sequence[Likeness], n: int) -> str:
    """Return how alike the maps of a model and of its control, trained on permuted labels, are."""
    flat, curves = ([c for c in curves if np.isfinite(c.main[0]) == there] for there in (False, True))
    alike = [c for c in curves if c.main[0] > max(c.main_null_high[0], 0.2)]
    name = lambda c: in_text(lens_of(c.name))
    number = lambda value: f"{value:z.2f}".replace("-", "\u2212")
    if not curves:
        return f"Nothing can be said on {n} sequences: the maps of the model or of its control are flat."
    told = ", ".join(f"{name(c)} {number(c.main[0])}" for c in curves)
    text = (f"Likeness with the map of the control on {n} sequences: {told} (unrelated maps reach "
            f"{max(c.main_null_high[0] for c in curves):.2f}).")
    text += f" Of {' and '.join(map(name, flat))} nothing can be said: the map is flat." if flat else ""
    if alike:
        return text + (f" What {' and '.join(map(name, alike))} {'show' if len(alike) > 1 else 'shows'} is there without "
                       "anything to learn: it comes from the sequence or the architecture.")
    return text + " No map of the control is like the model's: what they show was learned from the labels."


def measure(args: "Args", tell: "Tell") -> "Files":
    """Return {"seeds.json": ...}: the agreement of the runs args["runs"] by args["lens"] on args["n"] fresh sequences."""
    runs = [find_run(run) for run in args["runs"]]
    asked, models = cases_of(questions(runs[0].spec.make_task(), args["n"], args["seed"])), []
    for k, run in enumerate(runs):
        tell(k / len(runs), f"Reading run {k + 1} of {len(runs)}")
        models.append(run.load_model())
    return {"seeds.json": json.dumps(asdict(seeds_agree(models, asked, lens_of(args["lens"]), seed=args["seed"])))}


def measure_control(args: "Args", tell: "Tell") -> "Files":
    """Return {"control.json": ...}: how alike the maps of the runs args["run"] and args["control"] are, a row for each lens."""
    one, other = (find_run(args[name]) for name in ("run", "control"))
    asked = cases_of(questions(one.spec.make_task(), args["n"], args["seed"]))
    rows, lenses = [], [lens_of(name) for name in args["lenses"]]
    model, control = one.load_model(), other.load_model()
    for k, lens in enumerate(lenses):
        tell(k / len(lenses), f"Drawing {args['n']} maps of both models by {in_text(lens)}")
        rows += [asdict(c) for c in other_model(model, control, asked, [lens], seed=args["seed"])]
    return {"control.json": json.dumps({"n": len(asked), "rows": rows})}
