"""Explore: what does this model see in this sequence?"""

from seqviz_core.ui.components import told
from seqviz_core.ui.controls import controls
from seqviz_core.ui.explore import keep_address, link_problems, predictions, restore_view, say, trained_on
from seqviz_core.ui.page_head import missing_runs, page_head
from seqviz_core.ui.picture import picture
from seqviz_core.ui.scorecard import scorecard_section
from seqviz_core.ui.sequence_bar import sequence_bar
from seqviz_core.ui.workbench import the_view

restore_view()
page_head("What does this model see in this sequence?")
link_problems()
sequence_bar()
with told():
    view = the_view()
    missing_runs()
    predictions(view)
    say(view)
    controls(view)
    picture(view)
    trained_on(view)
    scorecard_section(view)
keep_address()
