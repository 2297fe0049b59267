"""Measured effects of variants, beside what the models predict."""

from functools import lru_cache

import numpy as np
import streamlit as st

from ...errors import SeqVizError
from ...experiments.measured import Agreement, agreement, conclude
from ...experiments.measured_screen import NOISE, asked_work, predicted, read_screen, simulated_table
from ...figures.palette import model_colour
from ...figures.points import Cloud, scatter_figure
from ...figures.substitution_maps import SubstitutionMap, maps_figure
from ...sequences import SequenceRecord
from ...sequences.measured import MOST_BYTES, FoundMeasured, Measured, read_measured
from ...sequences.measured_places import Located, located
from ...sequences.unpack import read_text
from ...sequences.variants import Variant, written
from ...training.work import WorkSpec
from ..cached import Loaded, computed
from ..components import figure, literal, table, theme
from ..forms import LONGEST_TEXT
from ..records import show_records
from ..tool import Asked
from ..work import worked
from ..workbench import View, model_name, short_name
from .pace import seconds_per_row
from .variant_results import at_once, finished, in_order, named

KEY = "variants.measured"
PLACEHOLDER = "pos ref alt value\n42 A G -0.31\n42 A T 0.05"
LIKE = 1.25  # a sequence up to this many times as long as those of the task is read whole


def measured_effects(view: View, asked: Asked, words: dict[str, str]) -> None:
    """Show the table's place, where it lies in the sequence, and every model's prediction beside it.

    words : how the choices of what the model reads are called.
    """
    _box(asked)
    text, made = asked.checked().measured, False
    if not text.strip():
        text, made = computed(simulated_of, view.loaded, view.edited.sequence, view.class_index(view.focus)), True
        if not text:
            st.info("There is no table yet. Paste or upload rows of position, ref, alt and value, as saturation mutagenesis "
                    "gives.")
            return
        st.caption(literal(f"No table is given yet, so this one is simulated: every substitution as the Bayes classifier of "
                           f"\u201c{view.loaded.task.label}\u201d reads it, with noise of {NOISE:g} standard deviations."))
    found = _read(text)
    for problem in found.problems[:3]:
        st.warning(literal(problem))
    if len(found.problems) > 3:
        with st.expander(f"{len(found.problems) - 3} more sentences about rows that are left out"):
            st.text("\n".join(found.problems[3:]))
    element = _element(found, asked)
    place = located(element, view.edited.sequence)
    if place is None:
        _elsewhere(element)
        return
    _compared(view, asked, place, words, "simulated" if made else "measured")


@lru_cache(maxsize=8)
def _read(text: str) -> FoundMeasured:
    return read_measured(text)


def _box(asked: Asked) -> None:
    """Show the upload and, where it is short enough, the table as text."""
    left, right = st.columns(2)
    with left:
        st.file_uploader("A table of measured effects: TSV or CSV, also gzipped", key=f"{KEY}.file", on_change=_upload,
                         args=(asked,))
        if error := st.session_state.get(f"{KEY}.error"):
            st.error(literal(error))
    with right:
        text = asked.value("measured")
        if len(text) > LONGEST_TEXT:
            st.caption(f"A table of {text.count(chr(10)) + 1:,} lines is at hand.")
            st.button("Take it away", key=f"{KEY}.away", on_click=lambda: asked.set(measured="", element=""))
        else:
            st.session_state[KEY] = text
            st.text_area("Or paste rows", key=KEY, height=120, on_change=lambda: _take(asked),
                         placeholder=PLACEHOLDER,
                         help="Columns position, ref, alt and value under a header, as in Chrom Pos Ref Alt Coefficient Element; "
                              "a - deletes. Positions count along a chromosome or along the sequence")


def _take(asked: Asked) -> None:
    st.session_state[f"{KEY}.error"] = None
    asked.set(measured=st.session_state[KEY], element="")


def _upload(asked: Asked) -> None:
    """Take the uploaded table; one that cannot be read leaves the old one and is told."""
    file = st.session_state[f"{KEY}.file"]
    if file is None:
        return
    try:
        text = read_text(file.getvalue(), MOST_BYTES)
        read_measured(text)
        asked.set(measured=text, element="")
        st.session_state[f"{KEY}.error"] = None
    except SeqVizError as error:
        st.session_state[f"{KEY}.error"] = str(error)


def _element(found: FoundMeasured, asked: Asked) -> Measured:
    """Return the element of the table that is looked at, chosen where there are several."""
    names = {name_of(e, i): e for i, e in enumerate(found.elements)}
    if len(names) == 1:
        return found.elements[0]
    asked.widget("element", options=names, format_func=lambda name: f"{name}, {len(names[name].values):,} variants", width=300)
    return names.get(asked.value("element"), found.elements[0])


def name_of(element: Measured, i: int) -> str:
    return element.name or f"element {i + 1}"


def _elsewhere(element: Measured) -> None:
    """Say that the table belongs to another sequence, and offer that one."""
    wild = element.wild_type()
    known = len(wild) - wild.count("N")
    name = element.name or "The table"
    st.info(literal(f"{name} was measured in another sequence than the one on the screen: {element.place}, of which its Ref "
                    f"column spells {known:,} of {len(wild):,} bases."))
    st.button(f"Put these {len(wild):,} bases on the screen", key=f"{KEY}.show", type="primary", on_click=show_records,
              args=((SequenceRecord(f"{name} {element.place}", wild),),))


def _compared(view: View, asked: Asked, place: Located, words: dict[str, str], made: str) -> None:
    """Show how the predictions agree with the measurements, in one sentence, a table and two figures."""
    left = f" {place.left_out:,} rows do not fit it and are left out." if place.left_out else ""
    st.caption(literal(f"{place.how} {len(place.values):,} variants.{left}"))
    if any(len(view.edited.sequence) > LIKE * model.task.length for model in view.models.values()):
        asked.widget("reads", format_func=words.get)
    predictions = _predictions(view, place.variants, asked.checked().reads)
    if view.focus not in predictions:
        return
    found = {run: agreement(place.variants, values, place.values) for run, values in predictions.items()}
    said = conclude({model_name(view.models[run]): a for run, a in found.items() if run == view.focus},
                    view.explained(view.focus), made)
    st.markdown(f"**{literal(said)}**")
    _numbers(view, found)
    values = predictions[view.focus]
    st.markdown("**Do prediction and measurement mark the same bases?**")
    figure(_maps(view, place, values, made), "measured-maps", lambda: _rows(view, place, predictions, made))
    st.caption("Above what was measured, below what the model predicts; each on its own scale, red up, blue down. Blank: no "
               "value, or the base that is there.")
    st.markdown("**Do larger predicted changes go with larger measured ones?**")
    cloud = Cloud(model_name(view.loaded), values, place.values, model_colour(view.loaded.run.spec.architecture),
                  [written(v) for v in place.variants])
    figure(scatter_figure([cloud], x=f"predicted change of the logit of {view.explained(view.focus)}", y=f"{made} effect",
                          alt=f"{len(values)} variants, {made} effect against predicted change.", theme=theme()),
           "measured-scatter", lambda: _rows(view, place, predictions, made))


def _numbers(view: View, found: dict[str, Agreement]) -> None:
    form = lambda v: f"{v:.2f}".replace("-", "\u2212")
    control = lambda a: "too few variants" if np.isnan(a.high) else f"{form(a.low)} to {form(a.high)}"
    runs = list(found)
    table("measured_table", {
        "model": [model_name(view.models[run]) for run in runs], "class": [view.explained(run) for run in runs],
        "n": [f"{found[run].n:,}" for run in runs], "Spearman": [form(found[run].spearman) for run in runs],
        "control (95 %)": [control(found[run]) for run in runs],
        "of sizes only": [form(found[run].sizes) for run in runs]})
    st.caption("Control: the same measurements turned along the sequence, so that each variant has the value of one some way "
               "further on, and neighbours stay neighbours. Of sizes only: the same correlation without the signs.")


def _predictions(view: View, variants: tuple[Variant, ...], reads: str) -> dict[str, np.ndarray]:
    """Return each model's changes (V,), the one in focus first, without those that a worker has yet to ask."""
    sequence, models, seconds = view.edited.sequence, {}, {}
    for run in in_order(view, view.models):
        model, target = view.models[run], view.target(run, view.edited)
        window = window_of(model, len(sequence), reads)
        models[run] = target, window
        seconds[run] = seconds_per_row(model, window or len(sequence), target) * len(variants)
    now, later = at_once(seconds)
    found = {run: computed(changes_of, view.models[run], sequence, variants, *models[run]) for run in now}
    if later:
        args = asked_work(sequence, variants, {run: models[run] for run in later}) | finished(view, later)
        files = worked(WorkSpec("seqviz_core.experiments.measured_screen", "screen", args), "measured",
                       f"Ask {named(view, later)} about {len(variants):,} variants", sum(seconds[run] for run in later))
        found |= read_screen(files) if files else {}
    return in_order(view, found)


def window_of(loaded: Loaded, length: int, reads: str) -> int | None:
    """Return how many bases around each variant a model is shown; None for the whole sequence."""
    if reads == "whole" or loaded.task.head == "positions" or length <= LIKE * loaded.task.length:
        return None
    return loaded.task.length


def simulated_of(loaded: Loaded, sequence: str, class_index: int) -> str:
    """Return a simulated table, "" where the task's Bayes classifier has no closed form."""
    return simulated_table(loaded.task, sequence, class_index) or ""


def changes_of(loaded: Loaded, sequence: str, variants: tuple[Variant, ...], target: int, window: int | None) -> np.ndarray:
    return predicted(loaded.model, sequence, variants, target, window)


def _maps(view: View, place: Located, values: np.ndarray, made: str):
    """Return the measured and the predicted substitutions, from the first to the last base that was measured."""
    start, end = min(v.start for v in place.variants), max(max(v.end, v.start + 1) for v in place.variants)
    end = min(end, len(view.edited.sequence))
    maps = [np.full((4, end - start), np.nan) for _ in range(2)]
    for variant, one, other in zip(place.variants, place.values, values):
        if len(variant.ref) == len(variant.alt) == 1 and variant.alt != "N":
            for values_map, value in zip(maps, (one, other)):
                values_map["ACGT".index(variant.alt), variant.start - start] = value
    name, alt = model_name(view.loaded), f"{made.capitalize()} and predicted effects of {len(values)} variants."
    return maps_figure([SubstitutionMap(f"{made.capitalize()} effect", maps[0], made),
                        SubstitutionMap(f"Change of the {name}\u2019s logit of {view.explained(view.focus)}", maps[1], "logit")],
                       view.edited.sequence[start:end], start=start, theme=theme(), alt=alt)


def _rows(view: View, place: Located, predictions: dict[str, np.ndarray], made: str) -> dict[str, list]:
    """Return one row for each variant; made : how its effect came about."""
    columns = {"variant": [written(v) for v in place.variants], "position": [v.start + 1 for v in place.variants],
               "ref": [v.ref for v in place.variants], "alt": [v.alt for v in place.variants], made: place.values.tolist()}
    for run, values in predictions.items():
        columns[f"change of the logit of {view.explained(run)}, {short_name(view.models[run])}"] = values.tolist()
    return columns
