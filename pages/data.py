"""Data: what is there to learn?"""

import streamlit as st

from seqviz_core.ui.components import told
from seqviz_core.ui.data import pick_task, show_data

st.title("What is there to learn?")
with told():
    show_data(pick_task())
