"""Motifs: what did it learn?"""

import streamlit as st

from seqviz_core.errors import SeqVizError
from seqviz_core.ui.class_optimum import class_optimum
from seqviz_core.ui.components import told
from seqviz_core.ui.motif_wall import no_motifs, pick, read, wall

st.title("What did it learn?")
with told():
    loaded, kind = pick()
    try:
        wall(loaded, read(loaded, kind))
    except SeqVizError as error:
        no_motifs(error)
    class_optimum(loaded)
