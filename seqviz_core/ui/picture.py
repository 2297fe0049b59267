"""The picture of the Explore page: every track under one ruler, what a click in it does, and the square attention map."""

from collections.abc import Mapping
from typing import Any

import streamlit as st

from ..errors import SeqVizError
from ..figures.attention import attention_heatmap
from ..figures.kinds import SiteMark
from ..figures.scene import Placed, scene
from ..figures.table import attention_table, scene_table
from ..state import Unit, apply_event, within
from . import tracks
from .arithmetic import arithmetic_panel
from .components import figure, literal, numbers, theme
from .controls import notes_under
from .placing import head_in_view, place, query_in_view, shown_values
from .records import longest
from .sequence_bar import readable
from .view_state import change, set_view, view_state
from .viewer import viewer
from .workbench import View

MOST_TOKENS = 400  # the square attention map is drawn up to this many tokens
AUPRC = ("Truth AUPRC: how well a track ranks the planted bases above the others; 1 is perfect. Null: the same for its values in "
         "shuffled order.")


def picture(view: View) -> list[Placed]:
    """Draw the tracks of the view under one ruler, and what is to be said beside them; return them."""
    placed, notes = place(view, st.session_state.setdefault("slow_wanted", set()))
    if error := st.session_state.pop("picture_error", None):
        st.warning(literal(error))
    viewer(scene_of(view, placed), key="picture", on_event=take_event)
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        numbers("tracks", lambda: scene_table(view.shown.sequence, placed))
        if any("truth AUPRC" in getattr(p.track, "badge", "") for p in placed):
            st.caption(AUPRC)
    notes_under(view, notes)
    return placed


def scene_of(view: View, placed: list[Placed], page: str | None = None) -> dict[str, Any]:
    """Return the scene of the tracks in their places, for the viewer or a report."""
    edited = view.layer != "reference" and view.is_edited
    bands = [SiteMark(s.motif.name, s.start, s.end, s.strand) for s in view.shown.sites] if "planted" in view.state.tracks else []
    a = view.alignment
    return scene(view.shown.sequence, placed, changed=a.changed if edited else None,
                 deleted_before=a.deleted_before if edited else None, reference=view.reference.sequence if edited else "",
                 source=a.source if edited else None, zoom=view.state.zoom, strand=view.state.strand, theme=page or theme(),
                 bands=bands, query=query_in_view(view), editable=view.layer != "reference",
                 name=readable(view.state.name), steps=(len(view.state.steps), len(view.state.undone)), sees=_sees(view))


def _sees(view: View) -> tuple[int, int] | None:
    """Return the bases that the unit whose arithmetic is shown sees."""
    unit = view.state.unit
    found = view.trace(unit.run).activations.get(unit.probe) if unit and unit.run in view.models else None
    return found.span.bases(unit.position, len(view.shown.sequence)) if found else None


def take_event(event: Mapping[str, Any]) -> None:
    """Do in the view what the visitor did in the picture; what cannot be done is told."""
    try:
        set_view(within(apply_event(view_state(), event), longest()))
    except SeqVizError as error:
        st.session_state.picture_error = str(error)


def clicked_unit(view: View) -> None:
    """Show how the unit that somebody clicked is computed, on the sequence under the ruler."""
    if (unit := view.state.unit) and unit.run in view.models:
        arithmetic_panel(view.models[unit.run], view.shown.sequence, unit, view.shown.sites, lambda other: change(unit=other),
                         lambda: change(unit=None))


def attention_map(view: View) -> None:
    """Draw which token looks at which, in the head in view of the model in focus, where it has attention."""
    if "attention" not in view.state.tracks or not view.trace(view.focus).of_kind("attention"):
        return
    activation, head = head_in_view(view, view.focus)
    pattern, span = shown_values(view, view.focus, activation)[head], activation.span
    label = f"{tracks.attention_label(activation.name)}, head {head + 1}"
    if len(pattern) == 1:
        return
    changed = view.layer == "difference"
    looks = "otherwise than in the reference" if changed else "at which"
    st.subheader(f"Which token looks {looks}? {label[0].upper() + label[1:]}")
    if len(pattern) > MOST_TOKENS:
        st.caption(f"The square map is drawn up to {MOST_TOKENS} tokens; this sequence has {len(pattern):,}. "
                   "The track above shows the view of one position at any length.")
        return
    where = (span.stride, span.offset, span.width)
    marks = [SiteMark(s.motif.name, s.start, s.end, s.strand) for s in view.shown.sites]
    fig = attention_heatmap(pattern, len(view.shown.sequence), span=where, sites=marks, query=query_in_view(view), theme=theme(),
                            uirevision=view.shown.sequence)
    figure(fig, "attention", lambda: attention_table(pattern, span=where), width="content")
    query = query_in_view(view)
    unit = Unit(view.focus, activation.name, head, tracks.token_of(activation, query))
    st.button(f"Show the arithmetic of position {query + 1:,}", key="attention_arithmetic", type="tertiary",
              on_click=lambda: change(unit=unit))
