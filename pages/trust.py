"""Trust: should I believe the picture?"""

from seqviz_core.ui.components import told
from seqviz_core.ui.explore import keep_address, restore_view
from seqviz_core.ui.tested import models_and_class, page_top
from seqviz_core.ui.tool import show_tool
from seqviz_core.ui.trust import TRUST

restore_view()
page_top("Should I believe the picture?")
with told():
    show_tool(TRUST, models_and_class())
keep_address()
