"""Train: can it learn this?"""

import streamlit as st

from seqviz_core.ui.bring import bring_section
from seqviz_core.ui.components import told
from seqviz_core.ui.run_list import run_list
from seqviz_core.ui.run_scores import scores_of_run
from seqviz_core.ui.train import nothing_yet, show_run
from seqviz_core.ui.train_form import ask_and_train, show_layers
from seqviz_core.ui.train_link import run_on_screen

st.title("Can it learn this?")
left, right = st.columns([2, 3], gap="large")
spec = None
with left, told():
    spec = ask_and_train()
with right, told():
    run = run_on_screen()
    show_run(run) if run else nothing_yet()
    if spec:
        show_layers(spec, expanded=run is None)
if run:
    with told():
        scores_of_run(run)
run_list()
bring_section()
