"""Train: can it learn this?"""

import streamlit as st

from seqviz_core.ui.components import image_format, told
from seqviz_core.ui.run_list import run_list
from seqviz_core.ui.train import ask_spec, device_line, nothing_yet, run_on_screen, show_run, start

st.title("Can it learn this?")
left, right = st.columns([2, 3], gap="large")
with left, told():
    spec = ask_spec()
    st.button("Train", key="train", type="primary", width="stretch", on_click=start, args=(spec,))
    st.caption(device_line())
with right, told():
    run = run_on_screen()
    show_run(run) if run else nothing_yet()
    image_format()
run_list()
