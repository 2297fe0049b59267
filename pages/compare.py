"""Compare: which lens fits?"""

import streamlit as st

from seqviz_core.ui.compare import ticked_models
from seqviz_core.ui.compare_agreement import agreement_section
from seqviz_core.ui.compare_learning import learning_section
from seqviz_core.ui.compare_motifs import motifs_section
from seqviz_core.ui.compare_scores import scores_section
from seqviz_core.ui.components import told

st.title("Which lens fits?")
with told():
    models, names = ticked_models()
    if models:
        for section in (scores_section, learning_section, motifs_section, agreement_section):
            with told():
                section(models, names)
