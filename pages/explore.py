"""Explore: what does this model see in this sequence?"""

import streamlit as st

from seqviz_core.ui.components import image_format, told
from seqviz_core.ui.explore import predictions, stated_sites
from seqviz_core.ui.scorecard import scorecard_section
from seqviz_core.ui.sequence_bar import sequence_bar
from seqviz_core.ui.track_choices import picture

st.title("What does this model see in this sequence?")
record = sequence_bar()
with told():
    view = predictions(record, stated_sites(record))
    picture(view)
    scorecard_section(view)
    image_format()
