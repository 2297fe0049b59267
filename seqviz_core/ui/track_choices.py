"""The lower half of the Explore page: which tracks are drawn, each kind's own choices, the picture, the attention map.

Each kind of track has a pair of functions: one asks the visitor (in the kind's popover), one builds from the answer.
"""

from dataclasses import dataclass
from typing import Any

import streamlit as st

from ..attribution import METHODS
from ..errors import SeqVizError
from ..figures.attention import attention_heatmap
from ..figures.kinds import SiteMark, Track
from ..figures.table import attention_table, tracks_table
from ..figures.tracks import tracks_figure
from ..models import Activation
from . import tracks
from .cached import attribution_of, filters_of, knockout_of, load, pretrained_ids, reading_of, trace_of
from .components import figure, literal, theme
from .explore import View

MOST_TOKENS = 400  # the square attention map is drawn up to this many tokens
PICKED = [kind for kind in tracks.KINDS if kind not in tracks.UNASKED]
SHOWN = [kind for kind in PICKED if kind != "reading"]  # at first: reading on takes a pass of the model for every base
LONGEST_READING = 2000  # bases
FILTER_ROWS = 12
DEFAULT_METHOD = "ism"
AT_ONCE, LONGEST = 300, 2000  # bases up to which a method that takes seconds runs without being asked, or when asked
MUTAGENESIS = {"attention": (300, 1000), "state": (500, 2000), "convolution": (10_000, 10_000)}
"""The same for mutagenesis, by what there is in the model: it computes only what a mutation can change."""


@dataclass(frozen=True)
class Head:
    """One attention head and the base (0-based) whose view is shown."""

    activation: Activation
    head: int
    base: int


def picture(view: View) -> None:
    """Let the visitor choose the tracks, and draw them under one ruler; then the attention map, where there is one."""
    kinds, answers, missing = _ask(view)
    drawn: list[Track] = []
    problems: list[str] = []
    for kind in kinds:
        try:
            drawn += _BUILD[kind](view, answers.get(kind))
        except SeqVizError as error:
            problems.append(str(error))
    for problem in problems:
        st.warning(literal(problem))
    if not drawn:
        st.caption("No track is drawn: choose one above.")
    sequence = view.record.sequence
    fig = tracks_figure(sequence, drawn, uirevision=sequence, theme=theme(), logo_column=True)
    figure(fig, "tracks", lambda: tracks_table(sequence, drawn))
    if any("truth AUPRC" in getattr(track, "badge", "") for track in drawn):
        st.caption("Truth AUPRC: how well a track ranks the planted bases above the others; 1 is perfect. Null: the same for its "
                   "values in shuffled order.")
    with st.container(horizontal=True, vertical_alignment="center", gap="small", key="missing_kinds"):
        for kind in missing:
            _say_missing(view, kind)
    if "attention" in kinds:
        _attention_map(view, answers["attention"])


def _ask(view: View) -> tuple[list[str], dict[str, Any], list[str]]:
    """Return the kinds to draw, what was chosen for each, and the chosen kinds that this model has none of."""
    have = tracks.kinds_in(view.trace)
    with st.container(horizontal=True, vertical_alignment="bottom", gap="small", key="track_choices"):
        chosen = st.pills("Tracks", PICKED, selection_mode="multi", default=SHOWN, key="tracks",
                          format_func=tracks.KINDS.get, bind="query-params", persist_state="session")
        kinds, answers = [k for k in tracks.KINDS if k in have and (k in chosen or k in tracks.UNASKED)], {}
        for kind in [k for k in kinds if k in _ASK]:
            with st.popover(tracks.KINDS[kind].capitalize(), key=f"ask_{kind}"):
                answers[kind] = _ASK[kind](view)
    return kinds, answers, [k for k in PICKED if k in chosen and k not in have]


def _say_missing(view: View, kind: str) -> None:
    owners = [load(i) for i in pretrained_ids()]
    owner = next((m for m in owners if kind in tracks.kinds_in(trace_of(m, view.record.sequence))), None)
    sentence = tracks.missing_sentence(kind, view.loaded.label, owner.label if owner else None)
    if owner is None:
        st.caption(sentence, width="content")
    else:
        st.button(f"{sentence}: look inside", key=f"show_{kind}", type="tertiary", on_click=_focus, args=(owner.run.id,))


def _focus(run_id: str) -> None:
    st.session_state.focus = run_id


def _ask_attributions(view: View) -> tuple[list[str], bool]:
    methods = st.pills("Methods", METHODS.names(), selection_mode="multi", default=[DEFAULT_METHOD], key="methods",
                       format_func=lambda name: METHODS[name].label, bind="query-params", persist_state="session")
    for name in methods:
        refused = METHODS[name].supports(view.loaded.model)
        st.caption(f"**{METHODS[name].label}**: {METHODS[name].summary}" + (f" Not on this model: {refused}" if refused else ""))
    corrected = st.checkbox("Gradient correction", key="corrected", bind="query-params", persist_state="session",
                            help="Subtracts the mean over the four bases at each position, where the method is a gradient")
    return methods, corrected


def _attributions(view: View, answer: tuple[list[str], bool]) -> list[Track]:
    methods, corrected = answer
    drawn = [(name, corrected and METHODS[name].correctable) if _wanted(view, name) else ("saliency", True) for name in methods]
    out = []
    for name, correct in dict.fromkeys(drawn):
        try:
            attribution = attribution_of(view.loaded, view.record.sequence, name, view.target, correct)
        except SeqVizError as refusal:  # no mistake of the visitor's: the other methods are drawn
            st.info(literal(refusal))
            continue
        out.append(tracks.attribution_track(attribution, view.explained, view.scored_sites, correct))
    return out


def _wanted(view: View, name: str) -> bool:
    """Return whether a method shall run: one that takes a pass for every base runs on long sequences only when asked."""
    method, length = METHODS[name], len(view.record.sequence)
    if method.cost == "instant":
        return True
    at_once, longest = _limits(view, name)
    if length > longest:
        st.caption(f"{method.label} takes too long here beyond {longest:,} bases; corrected saliency is drawn.")
        return False
    asked, wanted = st.session_state.setdefault("slow_wanted", set()), (view.loaded.run.id, view.record.sequence, name)
    if length <= at_once or wanted in asked:
        return True
    st.button(f"Run {method.label} on all {length:,} bases (some seconds; until then corrected saliency is drawn)",
              key=f"run_{name}", type="tertiary", on_click=asked.add, args=(wanted,))
    return False


def _limits(view: View, name: str) -> tuple[int, int]:
    """Return up to how many bases a method that takes seconds runs unasked, and asked."""
    if name != "ism":
        return AT_ONCE, LONGEST
    inside = next((kind for kind in ("attention", "state") if view.trace.of_kind(kind)), "convolution")
    return MUTAGENESIS[inside]


def _answer(view: View, answer: None) -> list[Track]:
    return [tracks.answer_track(view.loaded.task, view.trace.logits[0].numpy())]


def _reading(view: View, answer: None) -> list[Track]:
    if len(view.record.sequence) > LONGEST_READING:
        raise SeqVizError(f"Reading on takes a pass of the model for every base: too long here beyond {LONGEST_READING:,} bases.")
    return [tracks.reading_track(reading_of(view.loaded, view.record.sequence, view.target), view.explained)]


def _ask_feature_maps(view: View) -> tuple[Activation, int]:
    """Let the visitor choose a layer, where there are several, and whether all of its channels are drawn."""
    maps = {a.name: a for a in view.trace.of_kind("feature_map")}
    if st.session_state.get("map_layer") not in maps:
        st.session_state.map_layer = next(iter(maps))
    if len(maps) > 1:
        st.selectbox("Layer", list(maps), key="map_layer", format_func=tracks.layer_name, persist_state="session")
    chosen = maps[st.session_state.map_layer]
    most = chosen.value.shape[1]
    every = st.checkbox(f"All {most} rows, not only the strongest {FILTER_ROWS}", key="all_filters", persist_state="session")
    return chosen, most if every else FILTER_ROWS


def _feature_maps(view: View, answer: tuple[Activation, int]) -> list[Track]:
    activation, rows = answer
    length = len(view.record.sequence)
    if activation.name != getattr(view.loaded.model, "first_map", None):  # only the first layer's filters have logos
        return [tracks.feature_map_track(activation, None, view.scored_sites, length, rows, None)]
    carrier = knockout_of(view.loaded, view.record.sequence, view.target)
    first = None if carrier is None else carrier.filter
    return [tracks.feature_map_track(activation, filters_of(view.loaded), view.scored_sites, length, rows, first)]


def _ask_gates(view: View) -> tuple[str, int | None]:
    directions = tracks.directions_in(view.trace)
    direction = st.segmented_control("Show the gates that read", directions, key="direction", default=directions[0],
                                     required=True, format_func=lambda d: d.replace("_", " "), bind="query-params",
                                     persist_state="session")
    units = tracks.units_in(view.trace, direction)
    unit = st.selectbox("Memory cells", [None, *range(units)], key="unit", bind="query-params", persist_state="session",
                        format_func=lambda u: f"all {units}, one row each" if u is None else f"only unit {u}, as lines")
    return direction, unit


def _gates(view: View, answer: tuple[str, int | None]) -> list[Track]:
    return tracks.recurrent_tracks(view.trace, *answer, view.sites, len(view.record.sequence))


def _ask_attention(view: View) -> Head:
    options = [(name, head) for name in tracks.attention_names(view.trace) for head in range(view.trace[name].value.shape[1])]
    name, head = st.selectbox("Head", options, key="head", bind="query-params", persist_state="session",
                              format_func=lambda o: f"{tracks.attention_label(o[0])}, head {o[1] + 1}")
    length = len(view.record.sequence)
    middle = (view.sites[0].start + view.sites[0].end) // 2 + 1 if view.sites else (length + 1) // 2
    base = st.number_input("Position that looks", 1, length, min(middle, length), key=f"query_{length}_{middle}",
                           help="The row of the attention map that is drawn under the letters")
    return Head(view.trace[name], head, int(base) - 1)


def _attention(view: View, answer: Head) -> list[Track]:
    return tracks.attention_tracks(answer.activation, answer.head, answer.base, view.sites, len(view.record.sequence))


def _attention_map(view: View, answer: Head) -> None:
    pattern, span = answer.activation.value[0, answer.head].numpy(), answer.activation.span
    label = f"{tracks.attention_label(answer.activation.name)}, head {answer.head + 1}"
    if len(pattern) == 1:
        return
    st.subheader(f"Which token looks at which? {label}")
    if len(pattern) > MOST_TOKENS:
        st.caption(f"The square map is drawn up to {MOST_TOKENS} tokens; this sequence has {len(pattern):,}. "
                   "The track above shows the view of one position at any length.")
        return
    where = (span.stride, span.offset, span.width)
    marks = [SiteMark(s.motif.name, s.start, s.end, s.strand) for s in view.sites]
    fig = attention_heatmap(pattern, len(view.record.sequence), span=where, sites=marks, query=answer.base, theme=theme(),
                            uirevision=view.record.sequence)
    figure(fig, "attention", lambda: attention_table(pattern, span=where), width="content")


_ASK = {"attribution": _ask_attributions, "feature_map": _ask_feature_maps, "gate": _ask_gates, "attention": _ask_attention}
_BUILD = {"planted": lambda view, answer: [tracks.sites_track(view.sites, view.truth_known)], "attribution": _attributions,
          "answer": _answer, "reading": _reading, "feature_map": _feature_maps, "gate": _gates, "attention": _attention}
