"""Where a pattern comes from: the task's motifs, JASPAR, a visitor's own file, or letters that are typed."""

from collections.abc import Callable, Sequence
from contextlib import suppress
from typing import NamedTuple

import streamlit as st

from ..errors import SeqVizError
from ..motifs import Motif
from .components import literal
from .motif_upload import keep
from .tool import Asked
from .workbench import View

TYPED = "typed"
LABELS = {"task": "planted in the task", "jaspar": "JASPAR", TYPED: "letters you type"}


class PatternFields(NamedTuple):
    """The names of a tool's settings that say which pattern is meant: where it is from, which motif, or the letters."""

    source: str
    known: str
    letters: str


def pick_pattern(view: View, asked: Asked, fields: PatternFields, key: str, motifs: Callable[[], Sequence[Motif]],
                 own: Sequence[str] = ()) -> None:
    """Show where the pattern comes from, and which it is.

    key : as in `pattern_upload`. motifs : those of the source that is chosen. own : further uploads that are in use.
    """
    source = asked.value(fields.source)
    uploads = {source, *own, st.session_state.get(f"{key}_upload", "")} - {*LABELS, ""}
    sources = [*(s for s in LABELS if s != "task" or view.loaded.task.motifs), *sorted(uploads)]
    asked.widget(fields.source, options=sources, format_func=lambda s: LABELS.get(s, "your upload"), width=190)
    if source == TYPED:
        asked.widget(fields.letters, width=220)
        return
    names = {}
    with suppress(SeqVizError):  # an upload that is gone: told where the pattern is needed, and the other choices stay
        names = {motif.id: f"{motif.name} ({motif.id})" for motif in motifs()}
    if names:
        asked.widget(fields.known, options=names, format_func=names.get, width=220)


def pattern_upload(asked: Asked, fields: PatternFields, key: str) -> None:
    """Show the uploader of motif files, whose keys begin with `key`; a mistake leaves everything as it was and is told."""
    st.file_uploader("Your own motifs: MEME or JASPAR, also gzipped", key=f"{key}_file", on_change=_take,
                     args=(asked, fields, key))
    if error := st.session_state.get(f"{key}_upload_error"):
        st.error(literal(error))


def _take(asked: Asked, fields: PatternFields, key: str) -> None:
    file = st.session_state[f"{key}_file"]
    if file is None:
        return
    try:
        token = keep(file.getvalue())
    except SeqVizError as error:
        st.session_state[f"{key}_upload_error"] = str(error)
        return
    st.session_state.update({f"{key}_upload": token, f"{key}_upload_error": None})
    asked.set(**{fields.source: token, fields.known: ""})
