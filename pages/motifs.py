"""Motifs: what did it learn?"""

import streamlit as st

from seqviz_core.errors import SeqVizError
from seqviz_core.ui.motif_wall import no_motifs, pick_model, wall

st.title("What did it learn?")
try:
    wall(pick_model())
except SeqVizError as error:
    no_motifs(error)
