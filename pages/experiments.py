"""Experiments: what if I change it?"""

from seqviz_core.ui.components import told
from seqviz_core.ui.experiments import EXPERIMENTS
from seqviz_core.ui.explore import keep_address, restore_view
from seqviz_core.ui.tested import models_and_class, page_top
from seqviz_core.ui.tool import show_tool

restore_view()
page_top("What if I change it?")
with told():
    show_tool(EXPERIMENTS, models_and_class())
keep_address()
