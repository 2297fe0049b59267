"""Explore: what does this model see in this sequence?"""

from seqviz_core.ui.batch import batch_section
from seqviz_core.ui.components import told
from seqviz_core.ui.controls import controls
from seqviz_core.ui.explore import call, keep_address, link_problems, onward, restore_view, say, say_trained, why
from seqviz_core.ui.export_menu import export_menu
from seqviz_core.ui.export_parts import parts_of
from seqviz_core.ui.page_head import address, missing_runs, page_head
from seqviz_core.ui.picture import attention_map, clicked_unit, picture
from seqviz_core.ui.predictions import predictions
from seqviz_core.ui.records import records, show_row
from seqviz_core.ui.scorecard import scorecard_section
from seqviz_core.ui.sequence_bar import sequence_bar
from seqviz_core.ui.tour import tour
from seqviz_core.ui.tour_steps import explore_steps
from seqviz_core.ui.workbench import models_there, the_view

restore_view()
beside = page_head("What does this model see in this sequence?")
link_problems()
sequence_bar()
with told():
    view = the_view()
    missing_runs()
    batch_section(records(), models_there(view.state), show_row)
    predictions(view)
    say(call(view))
    controls(view)
    placed = picture(view)
    say(why(view))
    say_trained(view)
    onward()
    clicked_unit(view)
    attention_map(view)
    with beside:
        export_menu(parts_of(view, placed, address()))
    scorecard_section(view)
    tour(explore_steps(view))
keep_address()
