"""What is put into a filter."""

import streamlit as st

from ...errors import SeqVizError
from ...experiments.patterns import iupac_motif
from ...motifs import Motif
from ..hit_tracks import known_motifs
from ..pattern_choice import TYPED, PatternFields, pattern_upload, pick_pattern
from ..tool import Asked
from ..workbench import View

FIELDS = PatternFields("source", "known", "letters")


def pick_new_pattern(view: View, asked: Asked) -> None:
    """Show where the pattern comes from, which it is, and the uploader."""
    pick_pattern(view, asked, FIELDS, "surgery", lambda: _motifs(view, asked))
    with st.popover("Upload", key="surgery_own"):
        pattern_upload(asked, FIELDS, "surgery")


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
