"""Probes as a piece of work, and as a section of the trust card."""

import json
from dataclasses import asdict
from typing import TYPE_CHECKING

import numpy as np

from ..models import ARCHITECTURES
from ..training import find_run
from .card import Findings, Number, Skipped, Subject, card_section
from .linear_probes import Interval
from .probe_units import POSITIONS, Material, probeable, task_material
from .probes import Known, what_is_known
from .probes_says import METRICS, conclude

if TYPE_CHECKING:
    from ..training.work import Args, Files, Tell

CARD_SEQUENCES = 300
_INTERVALS = ("value", "untrained", "raw", "control")


def make_known(args: "Args", tell: "Tell") -> "Files":
    """Return {"known.json": ...}: what every internal of the run args["run"] knows, over args["n"] fresh sequences of its task.

    args : also seed, gates (whether they are asked too) and column (the label asked for, of several).
    """
    run = find_run(args["run"])
    model, untrained, task = run.load_model(), run.spec.make_model().eval(), run.spec.make_task()
    tell(0.0, "Drawing the sequences")
    material = task_material(task, args["n"], args["seed"], args["column"])
    names, known = probeable(model, args["gates"]), []
    for k, name in enumerate(names):
        tell(k / len(names), f"Internal {k + 1} of {len(names)}")
        known += what_is_known(model, untrained, material, [name], seed=args["seed"])
    return {"known.json": to_json(known)}


def to_json(known: list[Known]) -> str:
    """Return scores as text; `from_json` reads it."""
    return json.dumps([asdict(one) | {name: list(getattr(one, name)) for name in _INTERVALS} for one in known])


def from_json(text: str | bytes) -> list[Known]:
    """Return the scores that `to_json` wrote."""
    return [Known(**{name: Interval(*value) if name in _INTERVALS else value for name, value in one.items()})
            for one in json.loads(text)]


@card_section("probes", question="Has training added to what the state knows?", order=60)
def probes_section(subject: Subject) -> Findings | Skipped:
    """Return what the last internal knows of every target, beside the same network before its training."""
    names = probeable(subject.model, gates=False)
    if not names:
        return Skipped("The model has no internal along the sequence that a probe could read.")
    material = task_material(subject.task, CARD_SEQUENCES, subject.seed)
    known = what_is_known(subject.model, subject.run.spec.make_model().eval(), material, names[-1:], seed=subject.seed)
    return findings(known, material, ARCHITECTURES[subject.run.spec.architecture].label)


def findings(known: list[Known], material: Material, model: str) -> Findings:
    """Return the scores of one internal as a section: it holds where training added to any of them, else it is open."""
    numbers = tuple(Number(f"{one.target}, {METRICS[one.metric]}", one.value.value, one.untrained.value) for one in known)
    told = max(known, key=lambda one: np.nan_to_num(one.gain, nan=-np.inf))
    added = told.value.low > max(told.untrained.value, told.control.value, told.chance)
    return Findings(numbers, int((~material.learn).sum()), "the same probe on the network before its training",
                    conclude(told, model), "holds" if added else "open",
                    f"sequences, at most {POSITIONS} positions of each, after a probe has learned from as many others")
