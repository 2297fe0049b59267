"""The first and the second pattern that are put in."""

import streamlit as st

from ...experiments.patterns import iupac_motif
from ...motifs import Motif, jaspar_release
from ...motifs.files import MAX_BYTES
from ..components import literal
from ..hit_tracks import known_motifs
from ..pattern_choice import TYPED, PatternFields, pattern_upload, pick_pattern
from ..tool import Asked
from ..workbench import View

FIELDS = {role: PatternFields(f"{role}_from", role, f"{role}_letters") for role in ("first", "second")}


def pick_motif(view: View, asked: Asked, role: str) -> None:
    """Show where the pattern `role` ("first" or "second") comes from, and which it is."""
    pick_pattern(view, asked, FIELDS[role], "insert", lambda: _motifs(view, asked, role),
                 own=[asked.value(fields.source) for fields in FIELDS.values()])


def chosen_motif(view: View, asked: Asked, role: str) -> Motif:
    """Return the pattern that is chosen; raises SeqVizError where what is typed is none, or the upload is gone."""
    motifs = _motifs(view, asked, role)
    if not motifs:
        return iupac_motif(asked.value(FIELDS[role].letters))
    return next((motif for motif in motifs if motif.id == asked.value(role)), motifs[0])


def _motifs(view: View, asked: Asked, role: str) -> list[Motif]:
    """Return the motifs to choose from, the likeliest choice first: that of the class, and another one as the second."""
    source, task = asked.value(FIELDS[role].source), view.loaded.task
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
    """Show the uploader of motif files, whose motifs become the first pattern."""
    pattern_upload(asked, FIELDS["first"], "insert")
    st.caption(f"Up to {MAX_BYTES:,} bytes, kept on this server under a name made from their content, so that a copied link "
               f"shows them too. JASPAR: {literal(jaspar_release().citation)}")
