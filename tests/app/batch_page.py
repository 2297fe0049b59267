"""The table of many sequences alone; the tests put the sequences, and the names of the runs, into the session."""

import streamlit as st

from seqviz_core.ui.batch import batch_section
from seqviz_core.ui.cached import load

batch_section(st.session_state.sequences, [load(run) for run in st.session_state.runs],
              lambda row: st.session_state.update(opened=row))
st.text(f"opened: {st.session_state.get('opened')}")
