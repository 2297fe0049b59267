"""The one row of controls over the picture: which models and tracks, and each kind's own choices. Each belongs to the view."""

import streamlit as st

from ..attribution import METHODS
from ..state import KINDS
from ..training import find_run
from . import tracks
from .cached import finished_runs, load, pretrained_ids, trace_of
from .components import literal
from .motif_upload import motif_choice
from .placing import FILTER_ROWS, Notes, head_in_view, query_in_view
from .strands import both_strands
from .train import run_name
from .view_state import bound, change, view_state
from .workbench import MOST_MODELS, View, model_name, wanted_runs

LAYERS = {"edited": "Edited", "reference": "Reference", "difference": "Difference"}
STRANDS = {"+": "Forward", "-": "Reverse"}
RUNS_OFFERED = 30


def controls(view: View) -> None:
    """Show the row; what is chosen in it holds for all models on the ruler."""
    with st.container(horizontal=True, vertical_alignment="bottom", gap="xsmall", key="controls"):
        with st.popover("Models", key="models_menu"):
            models_menu(view)
        with st.popover("Tracks", key="tracks_menu"):
            _tracks(view)
        with st.popover("Attribution", key="attribution_menu"):
            _attribution(view)
        with st.popover("Inside", key="inside_menu"):
            _inside(view)
        st.segmented_control("Layer", list(LAYERS), required=True, format_func=LAYERS.get, disabled=not view.is_edited,
                             help="What is drawn once the sequence is edited: it, its reference, or what changed",
                             **bound("layer"))
        with st.popover("Strand " + view.state.strand.replace("-", "\u2212"), key="strands_menu", on_change="rerun") as menu:
            st.segmented_control("The models read the strand", list(STRANDS), required=True, format_func=STRANDS.get,
                                 **bound("strand"))
            if menu.open:
                both_strands(view)


def models_menu(view: View) -> None:
    """Let the visitor put models on the ruler and take them off."""
    offered = [*pretrained_ids(), *(run.id for run in finished_runs()[:RUNS_OFFERED])]
    on = [run for run in wanted_runs(view.state) if run in view.models]
    st.session_state.on_ruler = on
    st.pills("On the ruler", list(dict.fromkeys([*offered, *on])), selection_mode="multi", key="on_ruler", on_change=_take_models,
             format_func=_run_label)
    st.caption("A model that is put in again comes last. The Train page makes more.")


def _run_label(run_id: str) -> str:
    return model_name(load(run_id)) if run_id in pretrained_ids() else f"{run_name(find_run(run_id))} ({run_id[:6]})"


def _take_models() -> None:
    chosen, before = st.session_state.on_ruler, wanted_runs(view_state())
    ordered = [run for run in before if run in chosen] + [run for run in chosen if run not in before]
    change(models=() if tuple(ordered) == pretrained_ids() else tuple(ordered))


def _tracks(view: View) -> None:
    chosen = view.state.tracks
    st.session_state.track_kinds = list(chosen)
    kinds = [k for k in KINDS if k not in tracks.UNASKED]
    st.pills("Kinds of tracks", kinds, selection_mode="multi", key="track_kinds", format_func=tracks.KINDS.get,
             on_change=_take_kinds)
    st.caption("Each track can be folded, moved and removed at its title.")
    if "hits" in chosen:
        motif_choice(view.state.hits, view.loaded.task, lambda source: change(hits=source))
    st.radio("Feature maps, gates and attention", ["focus", "every"], horizontal=True,
             format_func={"focus": "of the model in focus", "every": "of every model"}.get, **bound("inside"))


def _take_kinds() -> None:
    _set_kinds(st.session_state.track_kinds)


def _add_kind(kind: str) -> None:
    _set_kinds([*view_state().tracks, kind])


def _set_kinds(chosen: list[str]) -> None:
    before = view_state().tracks
    kept = [k for k in before if k in chosen]
    for kind in [k for k in KINDS if k in chosen and k not in kept]:  # a new one goes where it stands at first
        kept.insert(sum(KINDS.index(k) < KINDS.index(kind) for k in kept), kind)
    change(tracks=tuple(kept))


def _attribution(view: View) -> None:
    st.pills("Methods", METHODS.names(), selection_mode="multi", format_func=lambda name: METHODS[name].label,
             **bound("methods", tuple))
    for name in view.state.methods:
        refused = METHODS[name].supports(view.loaded.model)
        st.caption(f"**{METHODS[name].label}**: {METHODS[name].summary}" + (f" Not on this model: {refused}" if refused else ""))
    st.checkbox("Gradient correction", help="Subtracts the mean over the four bases at each position, where the method is a "
                "gradient", **bound("corrected"))


def _inside(view: View) -> None:
    """Let the visitor choose the layer, the reading direction and the head, of the model in focus where it has them."""
    trace, kinds = view.trace(view.focus), tracks.kinds_in(view.trace(view.focus))
    st.caption(f"What is drawn of {literal(model_name(view.loaded))}.")
    if "feature_map" in kinds:
        maps = {a.name: a for a in trace.of_kind("feature_map")}
        _choice("Layer of the feature maps", "map_layer", list(maps), tracks.layer_name)
        st.checkbox(f"All rows, not only the strongest {FILTER_ROWS}", **bound("every_row"))
    if "gate" in kinds:
        _gates(view)
    if "attention" in kinds:
        _heads(view)
    if kinds <= tracks.ALWAYS:
        st.caption("This model has no feature maps, no gates and no attention.")


def _choice(label: str, field: str, options: list[str], words) -> None:
    """Show the choice of one name; what the view names, and this model has not, counts as the first."""
    st.session_state[field] = getattr(view_state(), field) if getattr(view_state(), field) in options else options[0]
    if len(options) > 1:
        st.selectbox(label, options, key=field, format_func=words, on_change=lambda: change(**{field: st.session_state[field]}))


def _gates(view: View) -> None:
    directions = tracks.directions_in(view.trace(view.focus))
    _choice("Gates that read", "direction", directions, lambda d: d.replace("_", " "))
    units = tracks.units_in(view.trace(view.focus), directions[0])
    if view.state.cell is not None and view.state.cell >= units:
        change(cell=None)
    st.selectbox("Memory cells", [None, *range(units)], placeholder=f"all {units}, one row each",
                 format_func=lambda u: f"all {units}, one row each" if u is None else f"only unit {u}, as lines", **bound("cell"))


def _heads(view: View) -> None:
    trace = view.trace(view.focus)
    options = [f"{name}:{head + 1}" for name in tracks.attention_names(trace) for head in range(trace[name].value.shape[1])]
    activation, head = head_in_view(view, view.focus)
    _choice("Head", "head", options, _head_label)
    length = len(view.shown.sequence)
    st.session_state.looks = query_in_view(view) + 1
    st.number_input("Position that looks", 1, length, key="looks",
                    on_change=lambda: change(query=int(st.session_state.looks) - 1),
                    help="The row of the attention map that is drawn under the letters; a click in the track chooses it too")


def _head_label(option: str) -> str:
    name, _, head = option.rpartition(":")
    return f"{tracks.attention_label(name)}, head {head}"


def notes_under(view: View, notes: Notes) -> None:
    """Say what could not be drawn, what is drawn instead, and offer the slow methods and the models that have what is missing."""
    for problem in notes.problems:
        st.warning(literal(problem))
    for sentence in dict.fromkeys(notes.instead):
        st.caption(literal(sentence))
    wanted = st.session_state.setdefault("slow_wanted", set())
    for (run, method), label in notes.asks.items():
        st.button(literal(label), key=f"run_{method}_{run}", type="tertiary", on_click=wanted.add,
                  args=((run, view.shown.sequence, method),))
    have = set().union(*(tracks.kinds_in(view.trace(run)) for run in view.inside))
    with st.container(horizontal=True, vertical_alignment="center", gap="small", key="missing_kinds"):
        for kind in [k for k in view.state.tracks if k not in have and k not in tracks.UNASKED]:
            _say_missing(view, kind)
        if not view.truth_known and "planted" in view.state.tracks and "hits" not in view.state.tracks:
            st.button("Where the true sites are is not known: look for known motifs", key="show_hits", type="tertiary",
                      on_click=_add_kind, args=("hits",))


def _say_missing(view: View, kind: str) -> None:
    owners = [load(i) for i in dict.fromkeys([*view.models, *pretrained_ids()])]
    owner = next((m for m in owners if kind in tracks.kinds_in(trace_of(m, view.shown.sequence))), None)
    sentence = tracks.missing_sentence(kind, model_name(view.loaded), model_name(owner) if owner else None)
    if owner is None:
        st.caption(literal(sentence), width="content")
    else:
        st.button(f"{literal(sentence)}: look inside", key=f"show_{kind}", type="tertiary", on_click=_focus, args=(owner.run.id,))


def _focus(run_id: str) -> None:
    state = view_state()
    there = not state.models or run_id in wanted_runs(state)
    change(focus=run_id, models=state.models if there else (*state.models[:MOST_MODELS - 1], run_id))
