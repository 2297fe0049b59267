"""Filter surgery: which filters a model needs, what one does, and how many can go together."""

from dataclasses import dataclass

import numpy as np
import streamlit as st

from ...attribution import At
from ...checks.filter_redundancy import SEED, TOLERANCE, Alone, Pair, Pruning, each_alone, passes, read_measured, scored
from ...checks.filter_surgery import each_without, most_sequences
from ...checks.skill import fresh
from ...settings import setting
from ...training.work import WorkSpec
from ..cached import Loaded, computed, has_filters, one_hot
from ..components import literal
from ..experiments.pace import INLINE, seconds_per_row
from ..tool import TRUST, Asked, tool
from ..view_state import change
from ..work import worked
from ..workbench import View, model_name
from .surgery_figures import show_each, show_pairs, show_pruning
from .surgery_one import chosen_filter, one_filter

SCORING = 1e-6  # seconds for each answer that an AUROC and its interval are over
Measured = tuple[Alone, Pruning, list[Pair]]


@dataclass(frozen=True)
class SurgerySettings:
    """filter : its number, -1 for the one that matters most to the sequence at hand."""

    filter: int = setting(-1, "Filter", low=-1)
    how: str = setting("zero", "What is done to it", choices=("zero", "replace"))
    source: str = setting("typed", "By", help="Where the new pattern comes from")
    letters: str = setting("CTTATC", "Letters", help="Bases or IUPAC codes, such as TGASTCA")
    known: str = setting("", "Which")
    n: int = setting(200, "Fresh sequences", help="Of the model's own task: what the AUROC is measured on", low=40, high=2000)
    tolerance: float = setting(TOLERANCE, "AUROC to spare", help="By how much the AUROC may fall in all", low=0.0, high=0.5)


@tool(TRUST, "surgery", label="Filter surgery", question="Which filters does it need?", settings=SurgerySettings, order=50,
      shows="Filters are set to zero or replaced by a motif; beside it, how much the measure varies by chance.")
def surgery(view: View, asked: Asked) -> None:
    """Show each filter zeroed alone, then one under the knife, then how many can go together."""
    loaded = view.loaded
    if not has_filters(loaded):
        _no_filters(view)
        return
    asked.row("n", "tolerance")
    settings = asked.checked()
    n = min(settings.n, most_sequences(loaded.model, loaded.task.length))
    if n < settings.n:
        st.caption(f"The maps of {settings.n:,} sequences would not fit into memory: {n:,} are taken.")
    logit, without = computed(on_sequence, loaded, view.edited.sequence, view.target(view.focus))
    at_once = _seconds(loaded, n, len(without)) < INLINE
    measured = None if at_once else _measured(view, settings, n)
    if at_once or measured:
        alone = measured[0] if measured else computed(alone_of, loaded, n, SEED)
        show_each(view, alone, logit, without, chosen_filter(settings.filter, without))
    one_filter(view, asked, settings, n, without)
    if at_once:
        st.subheader("How many can go at once?")
        measured = _measured(view, settings, n)
    if measured:
        show_pruning(view, measured[1])
        show_pairs(measured[2])


def _no_filters(view: View) -> None:
    """Say why there are none, and offer a model that has."""
    st.info(literal(f"{model_name(view.loaded)} has no convolution on the sequence, so it has no filters to take out."))
    st.button("Take the shipped CNN", key="surgery_cnn", on_click=_take_cnn)


def _take_cnn() -> None:
    change(models=(), focus="cnn")


def _seconds(loaded: Loaded, n: int, asked: int) -> float:
    """Return how long it takes to ask the model so many times about n sequences."""
    task = loaded.task
    answers = n * len(task.classes) * (task.length if task.head == "positions" else 1)
    return asked * (n * seconds_per_row(loaded, task.length, 0) + SCORING * answers)


def _measured(view: View, settings: SurgerySettings, n: int) -> Measured | None:
    """Return what taking out filters together comes to, or the button that measures it."""
    loaded = view.loaded
    args = {"run": loaded.run.id, "finished": loaded.run.status.finished, "n": n, "seed": SEED, "tolerance": settings.tolerance}
    spec = WorkSpec("seqviz_core.checks.filter_redundancy", "measure", args)
    seconds = _seconds(loaded, n, passes(loaded.model.first_conv.out_channels)) + 1
    st.caption("Filters are taken out one after the other, the one that costs least first. The order is chosen on "
               f"{n:,} sequences, the cost measured on {n:,} others; the control takes them out in random order.")
    files = worked(spec, "surgery", "Take out as many as can go", seconds)
    return None if files is None else read_measured(files("filters.json"))


def on_sequence(loaded: Loaded, sequence: str, target: int | At) -> tuple[float, np.ndarray]:
    return each_without(loaded.model, one_hot(sequence), target)


def alone_of(loaded: Loaded, n: int, seed: int) -> Alone:
    return each_alone(scored(loaded.model, fresh(loaded.run, loaded.task, n, seed)))
