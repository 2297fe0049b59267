"""What is put into a filter: letters that are typed, a planted or JASPAR motif, or one of a visitor's own file."""

from contextlib import suppress

import streamlit as st

from ...errors import SeqVizError
from ...experiments.patterns import iupac_motif
from ...motifs import Motif
from ..components import literal
from ..hit_tracks import known_motifs
from ..motif_upload import keep
from ..tool import Asked
from ..workbench import View

TYPED = "typed"
LABELS = {TYPED: "letters you type", "task": "planted in the task", "jaspar": "JASPAR"}


def pick_pattern(view: View, asked: Asked) -> None:
    """Show where the pattern comes from, which it is, and the uploader."""
    source = asked.value("source")
    own = {source, st.session_state.get("surgery_upload", "")} - {*LABELS, ""}
    sources = [*(s for s in LABELS if s != "task" or view.loaded.task.motifs), *sorted(own)]
    asked.widget("source", options=sources, format_func=lambda s: LABELS.get(s, "your upload"), width=190)
    if source == TYPED:
        asked.widget("letters", width=220)
    else:
        names = {}
        with suppress(SeqVizError):  # an upload that is gone: told where the pattern is needed, and the other choices stay
            names = {m.id: f"{m.name} ({m.id})" for m in _motifs(view, asked)}
        if names:
            asked.widget("known", options=names, format_func=names.get, width=220)
    with st.popover("Upload", key="surgery_own"):
        st.file_uploader("Your own motifs: MEME or JASPAR, also gzipped", key="surgery_file", on_change=_take, args=(asked,))
        if error := st.session_state.get("surgery_upload_error"):
            st.error(literal(error))


def chosen_pattern(view: View, asked: Asked) -> Motif:
    """Return the motif to put in; raises SeqVizError where what is typed is none, or the upload is gone."""
    if asked.value("source") == TYPED:
        return iupac_motif(asked.value("letters"))
    motifs = _motifs(view, asked)
    if not motifs:
        raise SeqVizError("This task plants no motif. Type letters, or take a motif of JASPAR.")
    return next((m for m in motifs if m.id == asked.value("known")), motifs[0])


def _motifs(view: View, asked: Asked) -> list[Motif]:
    """Return the motifs to choose from, that of the class in question first."""
    motifs = dict.fromkeys(known_motifs(asked.value("source"), view.loaded.task).motifs)
    return sorted(motifs, key=lambda m: m.name != view.class_name)


def _take(asked: Asked) -> None:
    file = st.session_state.surgery_file
    if file is None:
        return
    try:
        token = keep(file.getvalue())
    except SeqVizError as error:
        st.session_state.surgery_upload_error = str(error)
        return
    st.session_state.update(surgery_upload=token, surgery_upload_error=None)
    asked.set(source=token, known="")
