"""Motifs: what did it learn?"""

import streamlit as st

from seqviz_core.errors import SeqVizError
from seqviz_core.ui.motif_wall import no_motifs, pick, wall

st.title("What did it learn?")
try:
    wall(*pick())
except SeqVizError as error:
    no_motifs(error)
