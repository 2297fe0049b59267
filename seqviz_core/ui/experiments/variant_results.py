"""What the models answer to variants of the sequence at hand, computed here or by a worker, and what becomes of motifs."""

from collections.abc import Sequence
from typing import TypeVar

import streamlit as st

from ...attribution.gradient import Target
from ...datasets import Task
from ...errors import SeqVizError
from ...experiments.motif_changes import MotifChange, motif_changes
from ...experiments.variant_screen import WHOLE, Control, asked_work, control, read_screen, rows_asked
from ...experiments.variants import VariantEffects, variant_effects
from ...motifs import Motif
from ...sequences.variants import Variant
from ...training.work import WorkSpec
from ..cached import Loaded, computed
from ..components import literal
from ..sentences import listed
from ..work import worked
from ..workbench import View, model_name
from .pace import seconds_per_row

Screen = tuple[VariantEffects, Control]
T = TypeVar("T")
PATIENCE = 1.5  # seconds of computing that a visitor is not asked about
QUICK = 100  # variants of a sequence of up to WHOLE bases that no model needs long for
MOTIFS_OF = 60  # variants whose motifs are named: the largest


def screens(view: View, variants: tuple[Variant, ...]) -> dict[str, Screen]:
    """Return effects and control of each model, the one in focus first, without those that a worker has yet to ask.

    A model that cannot take part is told with the reason.
    """
    sequence, around = view.edited.sequence, variants[0].start if variants else 0
    targets = in_order(view, {run: view.target(run, view.edited) for run in view.models})
    rows = rows_asked(len(sequence), len(variants))
    quick = len(sequence) <= WHOLE and len(variants) <= QUICK
    seconds = {run: 0.0 if quick else rows * seconds_per_row(view.models[run], len(sequence), at) for run, at in targets.items()}
    now, later = at_once(seconds)
    found = _here(view, sequence, variants, {run: targets[run] for run in now}, around)
    if later:
        args = asked_work(sequence, variants, {run: targets[run] for run in later}, around) | finished(view, later)
        label = f"Ask {named(view, later)} about {len(variants):,} variants and the control"
        files = worked(WorkSpec("seqviz_core.experiments.variant_screen", "screen", args), "variants", label,
                       sum(seconds[run] for run in later))
        found |= read_screen(files, args) if files else {}
    return in_order(view, found)


def in_order(view: View, of_runs: dict[str, T]) -> dict[str, T]:
    """Return the same with the model in focus first."""
    return {run: of_runs[run] for run in sorted(of_runs, key=lambda run: run != view.focus)}


def at_once(seconds: dict[str, float]) -> tuple[list[str], list[str]]:
    """Return the models that answer at once, one after the other within PATIENCE, and those that a worker asks."""
    now, later, spent = [], [], 0.0
    for run, cost in seconds.items():
        fits = spent + cost <= PATIENCE
        (now if fits else later).append(run)
        spent += cost if fits else 0.0
    return now, later


def finished(view: View, runs: Sequence[str]) -> dict[str, list[float | None]]:
    """Return what belongs to the arguments of work too: a run that is trained anew is asked anew."""
    return {"finished": [view.models[run].run.status.finished for run in runs]}


def named(view: View, runs: Sequence[str]) -> str:
    """Return the models' names, or how many there are."""
    return listed([model_name(view.models[run]) for run in runs]) if len(runs) <= 3 else f"{len(runs)} models"


def _here(view: View, sequence: str, variants: tuple[Variant, ...], targets: dict[str, Target], around: int) -> dict[str, Screen]:
    found = {}
    for run, target in targets.items():
        try:
            near = around if len(sequence) > WHOLE else 0
            found[run] = (computed(effects_of, view.models[run], sequence, variants, target),
                          computed(control_of, view.models[run], sequence, target, near))
        except SeqVizError as error:
            st.warning(literal(f"{model_name(view.models[run])} is left out. {error}"))
    return found


def effects_of(loaded: Loaded, sequence: str, variants: tuple[Variant, ...], target: Target) -> VariantEffects:
    return variant_effects(loaded.model, sequence, variants, target)


def control_of(loaded: Loaded, sequence: str, target: Target, around: int) -> Control:
    return control(loaded.model, sequence, target, around)


def calls_of(task: Task, effects: VariantEffects) -> list[tuple[str, str]]:
    """Return the class called without and with each variant, where a task has just one answer."""
    if task.head != "softmax":
        return []
    name = lambda logits: "" if logits[0] != logits[0] else task.classes[int(logits.argmax())]
    return [(name(b), name(a)) for b, a in zip(effects.reference_logits, effects.alternative_logits)]


def motif_words(sequence: str, effects: VariantEffects, motifs: Sequence[Motif]) -> list[str]:
    """Return in words what each of the largest variants does to known motifs, "" for nothing."""
    words = [""] * len(effects.variants)
    asked = [i for i, rank in enumerate(effects.rank) if 0 < rank <= MOTIFS_OF][:MOTIFS_OF]
    for i, changes in zip(asked, motif_changes(sequence, [effects.variants[i] for i in asked], motifs)):
        words[i] = ", ".join(map(_word, changes))
    return words


def _word(change: MotifChange) -> str:
    """Return e.g. "GATA1 at 41 to 51 lost", "CTCF at 12 to 30 weaker by 3.2 bits"."""
    text = f"{change.hit.motif.name} at {change.hit.start + 1:,} to {change.hit.end:,} {change.word}"
    return text if change.bits != change.bits else f"{text} by {abs(change.bits):.1f} bits"
