"""The Export menu over a view with an edit, on the reverse strand, zoomed in."""

import streamlit as st

from seqviz_core.examples import examples
from seqviz_core.sequences import Edit
from seqviz_core.state import ViewState
from seqviz_core.ui.export_menu import export_menu
from seqviz_core.ui.export_parts import parts_of
from seqviz_core.ui.placing import place
from seqviz_core.ui.view_state import set_view
from seqviz_core.ui.workbench import the_view

record = examples()[0].record
set_view(ViewState(record.sequence, record.name, steps=(Edit(20, 0, "ACG"),), strand="-", zoom=(21, 60), inside="every",
                   target="GATA2"))
view = the_view()
placed, _ = place(view, set())
st.title("Export")
export_menu(parts_of(view, placed, "http://127.0.0.1:8501/?v=1"))
