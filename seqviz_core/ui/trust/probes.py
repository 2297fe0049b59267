"""Probes: what can be read off the numbers inside a model, and whether the model itself uses it."""

from dataclasses import dataclass, replace

import streamlit as st

from ...checks.erasure import Erased, erase
from ...checks.probe_units import CLASS, LABELS, TARGETS, Material, own_material, probeable, task_material
from ...checks.probes import Along, Known, along, what_is_known
from ...checks.probes_says import conclude, conclude_erased, internal_name
from ...checks.probes_work import from_json
from ...errors import SeqVizError
from ...models.internals import probes_of
from ...sequences import SequenceRecord
from ...settings import setting
from ...training.auxiliary import probes_to_shape
from ...training.config import SO_FAR
from ...training.work import WorkSpec
from ..cached import Loaded, computed
from ..components import literal
from ..records import records
from ..tool import TRUST, Asked, tool
from ..train import page_path
from ..train_form import fields_of
from ..work import worked
from ..workbench import View, model_name, short_name
from .probes_figures import draw_along, draw_erased, draw_known

AT_ONCE = 1.2  # seconds
DETAIL_BASES = 60_000  # that one internal is looked at on more closely
MOST_OWN = 300  # of one's own sequences
Records = tuple[SequenceRecord, ...]


@dataclass(frozen=True)
class ProbeSettings:
    internal: str = setting("", "Inside the model")
    target: str = setting(CLASS, "What it should tell", choices=TARGETS)
    own: bool = setting(False, "My labelled sequences", help="Ask about the labels that the headers of the sequences at hand "
                        "state (label=...), instead of fresh sequences of the model's task")
    n: int = setting(200, "Sequences", help="A probe learns from one half and is asked about the other", low=40, high=2000)
    gates: bool = setting(False, "Gates too")
    out: bool = setting(False, "Take it out of the model", help="Every position of this layer loses the direction in which the "
                        "target can be read; then the task is measured again")
    seed: int = setting(1, "Seed", help="Draws the sequences", low=0, high=2**31 - 1)


@dataclass(frozen=True)
class Source:
    """Where the sequences come from: fresh ones of the task, or one's own records; hashable, so that results are kept."""

    n: int
    seed: int
    column: int
    records: Records = ()

    def material(self, loaded: Loaded) -> Material:
        return own_material(self.records) if self.records else task_material(loaded.task, self.n, self.seed, self.column)


@tool(TRUST, "probes", label="Probes", question="What does the state know?", settings=ProbeSettings, order=60,
      shows="A linear probe reads a fact from inside the model; beside it, the untrained model, the letters and random labels.")
def probes(view: View, asked: Asked) -> None:
    """Show what every internal knows, then one of them more closely, and the task without what it knows."""
    loaded = view.loaded
    has_gates = len(probeable(loaded.model)) > len(probeable(loaded.model, gates=False))
    asked.row("n", "seed", *(["gates"] if has_gates else []), "own")
    settings = asked.checked()
    names = probeable(loaded.model, gates=settings.gates and has_gates)
    if not names:
        st.info(f"The model in focus ({literal(model_name(loaded))}) has nothing along the sequence that a probe could read.")
        return
    source = _source(view, settings)
    half = f"{source.n // 2} fresh sequences of its task" if not source.records else "half of your labelled sequences"
    st.caption(literal(f"Inside {model_name(loaded)}: every probe learns from {half} and is asked about as many others. What "
                       "can be read need not be used: take it out, below."))
    known = _overview(loaded, source, names, settings)
    if known:
        draw_known(known, loaded)
    _one(view, asked, source, names, known or [])


def _source(view: View, settings: ProbeSettings) -> Source:
    task, index = view.loaded.task, view.class_index(view.focus)
    column = index if task.head == "sigmoid" else 0
    return Source(settings.n, settings.seed, column, records()[:MOST_OWN] if settings.own else ())


def _overview(loaded: Loaded, source: Source, names: list[str], settings: ProbeSettings) -> list[Known] | None:
    """Return the scores of every internal: at once, or as a job; None while that is not done."""
    seconds = len(names) * source.n / 1100 + source.n * loaded.task.length * 5e-6
    if source.records or seconds <= AT_ONCE:
        with st.spinner("Fitting the probes"):
            return computed(_known_all, loaded, source, tuple(names))
    run = loaded.run
    args = {"run": run.id, "finished": run.status.finished, "n": source.n, "seed": source.seed, "column": source.column,
            "gates": settings.gates}
    files = worked(WorkSpec("seqviz_core.checks.probes_work", "make_known", args), "probes",
                   f"Probe {len(names)} layers on {source.n:,} sequences", seconds)
    return from_json(files("known.json")) if files else None


def _one(view: View, asked: Asked, source: Source, names: list[str], known: list[Known]) -> None:
    """Let the visitor choose one internal and one target; show the conclusion, its curve, and the task without it."""
    loaded = view.loaded
    st.subheader("Did training put it there?")
    internal, target = _choose(view, asked, names, source.material(loaded).targets)
    near = _closer(source, loaded.task.length)
    one = next((k for k in known if (k.probe, k.target) == (internal, target)), None) or (
        computed(_known_all, loaded, near, (internal,), (target,))[0])
    st.markdown(f"**{literal(conclude(one, short_name(loaded)))}**")
    told = lambda value: f"{round(value, 2) + 0.0:.2f}"  # never -0.00
    st.caption(f"n = {one.n} sequences. Control: {told(one.control.value)}, so the selectivity is {told(one.selectivity)} (the "
               f"score above random answers). Letters alone: {told(one.raw.value)}." + _asks(view, target))
    _shape_button(loaded, target)
    curve = computed(_along, loaded, near, internal, target)
    if curve is not None:
        st.subheader("Where along the sequence does it know this?")
        draw_along(curve, one, loaded)
    st.subheader("Does the model use it?")
    asked.widget("out")
    if asked.checked().out:
        erased = computed(_erased, loaded, near, internal, target)
        st.markdown(f"**{literal(conclude_erased(erased, short_name(loaded), one.kind))}**")
        draw_erased(erased, loaded)


def _shape_button(loaded: Loaded, target: str) -> None:
    """Offer to train the same again with an auxiliary loss for the target, where one can shape the model."""
    if target not in SO_FAR:
        return
    try:
        probes_to_shape(loaded.model, loaded.task.length)
    except SeqVizError:
        return
    spec = loaded.run.spec.complete()
    if st.button("Train one that has to know it", key="probes_shape", help="Opens Train with this model's settings and an "
                 "auxiliary loss: while it trains, its states also have to tell this"):
        st.session_state.update(fields_of(replace(spec, training=replace(spec.training, auxiliary=target))))
        st.switch_page(page_path("train"))


def _choose(view: View, asked: Asked, names: list[str], targets: tuple[str, ...]) -> tuple[str, str]:
    kinds = {name: probe.kind for name, probe in probes_of(view.loaded.model).items()}
    first = _deepest(view.loaded, names)
    with st.container(horizontal=True, vertical_alignment="bottom", gap="small", key="probes_one"):
        asked.widget("internal", options=("", *(name for name in names if name != first)), width=300,
                     format_func=lambda name: internal_name(name or first, kinds[name or first]))
        asked.widget("target", options=targets)
    internal, target = asked.value("internal"), asked.value("target")
    return (internal if internal in names else first), (target if target in targets else targets[0])


def _deepest(loaded: Loaded, names: list[str]) -> str:
    """Return the internal to begin with: the one that an auxiliary loss would shape."""
    try:
        return next(iter(probes_to_shape(loaded.model, loaded.task.length)))
    except SeqVizError:
        return names[-1]


def _closer(source: Source, length: int) -> Source:
    """Return fewer sequences where they are long, so that the answer comes at once."""
    n = max(40, min(source.n, 300, DETAIL_BASES // length))
    return Source(n, source.seed, source.column, source.records)


def _asks(view: View, target: str) -> str:
    """Return what the class is, where the task asks for several labels."""
    if target == LABELS:
        return " The task is measured on fresh sequences."
    several = target == CLASS and view.loaded.task.head == "sigmoid"
    return f" Of the task's labels it is asked for {literal(view.class_name)}." if several else ""


def _known_all(loaded: Loaded, source: Source, names: tuple[str, ...], targets: tuple[str, ...] | None = None) -> list[Known]:
    untrained = loaded.run.spec.make_model(loaded.task).eval()
    return what_is_known(loaded.model, untrained, source.material(loaded), names, targets, seed=source.seed)


def _along(loaded: Loaded, source: Source, internal: str, target: str) -> Along | None:
    untrained = loaded.run.spec.make_model(loaded.task).eval()
    return along(loaded.model, untrained, source.material(loaded), internal, target)


def _erased(loaded: Loaded, source: Source, internal: str, target: str) -> Erased:
    task = Source(source.n, source.seed, source.column).material(loaded)
    return erase(loaded.model, source.material(loaded), internal, target, seed=source.seed, on=task)


