"""Where a pattern comes from: the task's motifs, JASPAR, a visitor's own file, or letters that are typed."""

from contextlib import suppress

import streamlit as st

from ...errors import SeqVizError
from ...experiments.patterns import iupac_motif
from ...motifs import Motif, jaspar_release
from ...motifs.files import MAX_BYTES
from ..components import literal
from ..hit_tracks import known_motifs
from ..motif_upload import keep
from ..tool import Asked
from ..workbench import View

TYPED = "typed"
FIXED = ("task", "jaspar", TYPED)
LABELS = {"task": "planted in the task", "jaspar": "JASPAR", TYPED: "letters you type"}


def pick_motif(view: View, asked: Asked, role: str) -> None:
    """Show where the pattern `role` ("first" or "second") comes from, and which it is."""
    source = asked.value(f"{role}_from")
    own = {asked.value(name) for name in ("first_from", "second_from")} | {st.session_state.get("insert_upload", "")}
    sources = [*(s for s in FIXED if s != "task" or view.loaded.task.motifs), *sorted(own - {*FIXED, ""})]
    asked.widget(f"{role}_from", options=sources, format_func=lambda s: LABELS.get(s, "your upload"), width=190)
    if source == TYPED:
        asked.widget(f"{role}_letters", width=220)
        return
    names = {}
    with suppress(SeqVizError):  # an upload that is gone: told where the pattern is needed, and the other choices stay
        names = {motif.id: f"{motif.name} ({motif.id})" for motif in _motifs(view, asked, role)}
    if names:
        asked.widget(role, options=names, format_func=names.get, width=220)


def chosen_motif(view: View, asked: Asked, role: str) -> Motif:
    """Return the pattern that is chosen; raises SeqVizError where what is typed is none, or the upload is gone."""
    source = asked.value(f"{role}_from")
    if source == TYPED or not _motifs(view, asked, role):
        return iupac_motif(asked.value(f"{role}_letters"))
    motifs = _motifs(view, asked, role)
    return next((motif for motif in motifs if motif.id == asked.value(role)), motifs[0])


def _motifs(view: View, asked: Asked, role: str) -> list[Motif]:
    """Return the motifs to choose from, the likeliest choice first: that of the class, and another one as the second."""
    source, task = asked.value(f"{role}_from"), view.loaded.task
    if source == TYPED:
        return []
    motifs = list(dict.fromkeys(known_motifs(source, task).motifs))
    if role == "first":
        return sorted(motifs, key=lambda m: m.name != view.class_name) if source == "task" else motifs
    other = _first_id(view, asked)
    return sorted(motifs, key=lambda m: m.id == other)


def _first_id(view: View, asked: Asked) -> str:
    return "" if asked.value("first_from") == TYPED else chosen_motif(view, asked, "first").id


def upload(asked: Asked) -> None:
    """Show the uploader of motif files; a mistake leaves everything as it was and is told."""
    st.file_uploader("Your own motifs: MEME or JASPAR, also gzipped", key="insert_file", on_change=_take, args=(asked,))
    if error := st.session_state.get("insert_upload_error"):
        st.error(literal(error))
    st.caption(f"Up to {MAX_BYTES:,} bytes, kept on this server under a name made from their content, so that a copied link "
               f"shows them too. JASPAR: {literal(jaspar_release().citation)}")


def _take(asked: Asked) -> None:
    file = st.session_state.insert_file
    if file is None:
        return
    try:
        token = keep(file.getvalue())
    except SeqVizError as error:
        st.session_state.insert_upload_error = str(error)
        return
    st.session_state.update(insert_upload=token, insert_upload_error=None)
    asked.set(first_from=token, first="")
