"""The memory of a recurrent layer: reset it, hold a gate, freeze a unit, and see how far the evidence survives."""

import math
from dataclasses import dataclass

import streamlit as st

from ...attribution.gradient import Target
from ...attribution.references import shuffles
from ...checks.memory import DIRECTIONS, Act, Memory, Places, at_places, memories_in, memory_of
from ...checks.memory_inside import Inside, before_and_after
from ...checks.memory_lag import Lag, lags, sequences_without
from ...checks.memory_says import GATES, READS, act_words, lags_say, places_say, step_at
from ...datasets import Site
from ...errors import SeqVizError
from ...models.internals import Span
from ...settings import setting
from ..cached import Loaded, computed, one_hot, trace_of
from ..components import literal
from ..tested import explore_button
from ..tool import TRUST, Asked, tool
from ..workbench import View, model_name
from .inside import cut_button, model_asked, site_label
from .memory_figures import draw_inside, draw_lags, draw_places

N_CONTROL = 6
ACTS = {"reset": "reset the state", "clamp": "hold a gate", "freeze": "freeze a unit"}
EVERY = -1


@dataclass(frozen=True)
class MemorySettings:
    what: str = setting("reset", "Do", choices=tuple(ACTS))
    directions: str = setting("both", "Reading", choices=("both", *DIRECTIONS))
    gate: str = setting("f", "Gate", choices=tuple(GATES))
    value: float = setting(0.0, "at", help="0 shuts a gate, 1 opens it; a candidate goes from -1 to 1", low=-1.0, high=1.0)
    unit: int = setting(EVERY, "Unit", low=EVERY, high=9999)
    place: int = setting(0, "At base (0: chosen here)", help="Counted from 1; 0 is where the planted site ends, or the middle "
                         "where none is known", low=0, high=10**6)
    bases: int = setting(10, "over bases", help="How many bases the gate is held or the unit frozen for", low=1, high=10**5)
    site: int = setting(0, "Evidence", low=0, high=999)


@tool(TRUST, "memory", label="Memory", question="How long does the model remember?", settings=MemorySettings, order=40,
      shows="The state is reset, a gate held or a unit frozen, to see how long what was read still counts.")
def memory(view: View, asked: Asked) -> None:
    """Show what an act at one place does, the same at every place, and how long the evidence stays."""
    run = model_asked(view, has_memory, "does not read step by step and has no memory", "lstm", "memory")
    if run is None:
        return
    loaded, layer = view.models[run], memory_of(view.models[run].model)
    site = _choose(view, asked, layer)
    settings = asked.checked()
    act = _act(settings, layer)
    try:
        start, end = _steps(view, loaded, settings, layer, site)
        bases = (site.start, site.end) if site else None
        _at_places(view, run, act, start, end, site)
        found = computed(_lags, loaded, view.edited.sequence, bases)
    except SeqVizError as error:
        st.warning(literal(error))
        if "is tested up to" in str(error):
            cut_button(view, "memory")
        return
    _how_long(view, loaded, layer, found, site)


def has_memory(loaded: Loaded) -> bool:
    """Return whether a model has a recurrent layer."""
    try:
        return bool(memories_in(loaded.model))
    except SeqVizError:
        return False


def _choose(view: View, asked: Asked, layer: Memory) -> Site | None:
    """Show the examples and the widgets that the act needs; return the planted site whose evidence is followed."""
    sites, keeps = view.edited.sites, layer.keeps
    held = {f"{verb} the {GATES[keeps]}": {"what": "clamp", "gate": keeps, "value": value, "unit": EVERY}
            for verb, value in (("Shut", 0.0), ("Open", 1.0))} if keeps else {}
    asked.examples({"Reset the state": {"what": "reset"}, **held, "Freeze unit 0": {"what": "freeze", "unit": 0}})
    what = asked.value("what")
    with st.container(horizontal=True, vertical_alignment="bottom", gap="small", key="memory_what"):
        asked.widget("what", options=[w for w in ACTS if w != "clamp" or layer.gates], format_func=ACTS.get)
        if len(layer.directions) > 1:
            asked.widget("directions", format_func=lambda d: READS.get(d, "both directions"))
        if what == "clamp" and layer.gates:
            asked.widget("gate", options=layer.gates, format_func=GATES.get)
            asked.widget("value", width=110)
        if what != "reset":
            units = (*((EVERY,) if what == "clamp" else ()), *range(layer.module.units))
            asked.widget("unit", options=units, width=120, format_func=lambda u: "every unit" if u == EVERY else f"unit {u}")
    with st.container(horizontal=True, vertical_alignment="bottom", gap="small", key="memory_where"):
        if len(sites) > 1:
            asked.widget("site", options=range(len(sites)), format_func=lambda i: site_label(sites[i]))
        asked.widget("place", width=190)
        if what != "reset":
            asked.widget("bases", width=130)
    return sites[min(asked.value("site"), len(sites) - 1)] if sites else None


def _act(settings: MemorySettings, layer: Memory) -> Act:
    directions = layer.directions if settings.directions == "both" or settings.directions not in layer.directions else (
        settings.directions,)
    gate = settings.gate if settings.gate in layer.gates else next(iter(layer.gates), "f")
    unit = None if settings.what == "reset" or (settings.what == "clamp" and settings.unit == EVERY) else max(settings.unit, 0)
    return Act(settings.what if settings.what != "clamp" or layer.gates else "reset", layer.layer, directions, gate,
               settings.value, unit)


def _steps(view: View, loaded: Loaded, settings: MemorySettings, layer: Memory, site: Site | None) -> tuple[int, int]:
    """Return the steps (start, end) that the settings mean; raises SeqVizError for a place outside the sequence."""
    length = len(view.edited.sequence)
    if settings.place > length:
        raise SeqVizError(f"There is no base {settings.place:,}; the sequence has bases 1 to {length:,}.")
    steps = trace_of(loaded, view.edited.sequence)[f"{layer.layer}.{layer.directions[0]}.h"].value.shape[2]
    base = settings.place - 1 if settings.place else site.end if site else length // 2
    start = _border(base, layer.span, up=True) if not settings.place else step_at(base, layer.span, steps)
    if settings.what == "reset":
        start = min(max(start if not settings.place else _border(base, layer.span), 1), steps - 1)
        return start, start + 1
    start = min(start, steps - 1)
    return start, min(start + max(1, round(settings.bases / layer.span.stride)), steps)


def _border(base: int, span: Span, up: bool = False) -> int:
    """Return the step whose bases begin nearest to `base` (from 0), with `up` not before it: where a reset can stand."""
    steps = (base - span.offset - (span.width - span.stride) / 2) / span.stride
    return math.ceil(steps) if up else round(steps)


def _at_places(view: View, run: str, act: Act, start: int, end: int, site: Site | None) -> None:
    """Show what the act does here, in the sequence, and at every place, in every model that can."""
    loaded, sequence, bases = view.models[run], view.edited.sequence, (site.start, site.end) if site else None
    places = computed(_places, loaded, sequence, view.target(run, view.edited), act, start, end, bases)
    where = _where(places, len(sequence))
    st.markdown(f"**{literal(places_say(places, where, bases, site_label(site) if site else ''))}**")
    lines, left_out = {run: places}, []
    for other, model in view.models.items():
        if other == run or not has_memory(model):
            continue
        try:
            theirs = _same_act(act, memory_of(model.model))
            at = _same_place(places, memory_of(model.model).span, act)
            lines[other] = computed(_places, model, sequence, view.target(other, view.edited), theirs, *at, bases)
        except SeqVizError as error:
            left_out.append(f"{model_name(model)} takes no part: {error}")
    draw_places({name: (view.models[name], found) for name, found in lines.items()}, run, act_words(act), site,
                view.explained(run), len(sequence))
    if left_out:
        st.caption(literal(" ".join(left_out)))
    draw_inside(view, computed(_inside, loaded, sequence, act, start, end), places)


def _same_act(act: Act, layer: Memory) -> Act:
    """Return the act on another model's layer; raises SeqVizError where that has no such gate."""
    if act.what == "clamp" and act.gate not in layer.gates:
        raise SeqVizError(f"it has no gate {act.gate}.")
    unit = act.unit if act.unit is None or act.unit < layer.module.units else 0
    return Act(act.what, layer.layer, tuple(d for d in act.directions if d in layer.directions) or layer.directions, act.gate,
               act.value, unit)


def _same_place(places: Places, span: Span, act: Act) -> tuple[int, int]:
    base, wide = float(places.bases[places.chosen]), places.width * places.span.stride
    width = 1 if act.what == "reset" else max(1, round(wide / span.stride))
    start = max(_border(round(base if act.what == "reset" else base - wide / 2), span), act.what == "reset")
    return start, start + width


def _where(places: Places, length: int) -> str:
    middle = places.bases[places.chosen]
    if places.act.what == "reset":
        return f"before base {max(round(middle) + 1, 1):,}"
    half = places.width * places.span.stride / 2
    return f"over bases {max(round(middle - half) + 1, 1):,} to {min(round(middle + half), length):,}"


def _how_long(view: View, loaded: Loaded, layer: Memory, found: dict[str, Lag], site: Site | None) -> None:
    st.subheader("How long does the evidence stay?")
    spacing = _spacing(view.edited.sites)
    st.markdown(f"**{literal(lags_say(found, layer, spacing))}**")
    untrained = computed(_untrained, loaded, view.edited.sequence)
    draw_lags(found, untrained, loaded, spacing, site)
    explore_button("See the gates in Explore", "memory_explore", focus=loaded.run.id)


def _spacing(sites: tuple[Site, ...]) -> int | None:
    """Return the bases between the first two planted sites; None where there are not two, or they touch."""
    ordered = sorted(sites, key=lambda s: s.start)
    gap = ordered[1].start - ordered[0].end if len(ordered) > 1 else 0
    return gap if gap > 0 else None


def _places(loaded: Loaded, sequence: str, target: Target, act: Act, start: int, end: int,
            site: tuple[int, int] | None) -> Places:
    X = one_hot(sequence)
    controls = sequences_without(X, site, n=N_CONTROL) if site else shuffles(X[0], N_CONTROL, 0)
    return at_places(loaded.model, X, target, act, start, end, controls)


def _inside(loaded: Loaded, sequence: str, act: Act, start: int, end: int) -> list[Inside]:
    return before_and_after(loaded.model, one_hot(sequence), act, start, end)


def _lags(loaded: Loaded, sequence: str, site: tuple[int, int] | None) -> dict[str, Lag]:
    return lags(loaded.model, one_hot(sequence), memory_of(loaded.model), site)


def _untrained(loaded: Loaded, sequence: str) -> dict[str, Lag]:
    """Return the same of the model before its training: the null."""
    model = loaded.run.spec.make_model().eval()
    return lags(model, one_hot(sequence), memory_of(model))
