import numpy as np
import plotly.graph_objects as go
import pytest

from seqviz_core.errors import SeqVizError
from seqviz_core.figures import alt_text
from seqviz_core.figures.attention import attention_heatmap
from seqviz_core.figures.kinds import SiteMark

PATTERN = np.full((25, 25), 0.01, dtype=np.float32)
PATTERN[3, 10] = 0.76


def test_cells_lie_over_the_bases_they_stand_for_and_the_scale_begins_at_zero(accepted_by_plotly):
    figure = attention_heatmap(PATTERN, 100, span=(4, -2, 11))
    trace, = figure.data
    assert (trace.x0, trace.dx, trace.y0, trace.dy) == (4, 4, 4, 4)
    assert (trace.zmin, trace.zmax) == (0, pytest.approx(0.76)) and trace.z.dtype == np.float32
    assert attention_heatmap(PATTERN, 100, zmax=1.0).data[0].zmax == 1
    assert accepted_by_plotly(figure)


def test_that_check_can_fail(accepted_by_plotly):
    figure = attention_heatmap(PATTERN, 100)
    broken = go.Figure({"data": [], "layout": {**figure.to_dict()["layout"], "hovermoed": "x"}}, _validate=False)
    with pytest.raises(ValueError, match="hovermoed"):
        accepted_by_plotly(broken)


def test_it_is_square_with_position_1_at_the_upper_left():
    layout = attention_heatmap(PATTERN, 100, span=(4, -2, 11)).layout
    inside = layout.width - layout.margin.l - layout.margin.r, layout.height - layout.margin.t - layout.margin.b
    assert inside[0] == inside[1] and layout.yaxis.scaleanchor == "x"
    assert tuple(layout.xaxis.range) == (0.5, 100.5) and tuple(layout.yaxis.range) == (100.5, 0.5)


def test_the_row_of_the_query_is_framed():
    # base 41 (position 42) lies in the column whose middle is 4 + 4 * 10 = 44, which fills 42 ... 46; position 41 in 38 ... 42
    for query, frame in ((42, (42, 46)), (40, (38, 42)), (0, (2, 6)), (99, (98, 102))):
        shape = attention_heatmap(PATTERN, 100, span=(4, -2, 11), query=query).layout.shapes[-1]
        assert (shape.y0, shape.y1) == frame, query


def test_sites_are_marked_along_both_edges_and_their_names_escaped():
    layout = attention_heatmap(PATTERN, 100, sites=[SiteMark("<b>GATA1</b>", 34, 41)]).layout
    assert (layout.shapes[0].x0, layout.shapes[0].x1) == (layout.shapes[1].y0, layout.shapes[1].y1) == (34.5, 41.5)
    assert layout.annotations[0].text == "&lt;b&gt;GATA1&lt;/b&gt;"


def test_alt_text_names_the_strongest_cell():
    assert alt_text(attention_heatmap(PATTERN, 100, span=(4, -2, 11))) == (
        "Attention map of 25 by 25 positions; the strongest, 0.76, is from position 16 to position 44.")


@pytest.mark.parametrize("bad", [np.zeros(5), np.zeros((0, 0)), np.full((2, 2), np.inf)])
def test_what_is_no_map_is_one_sentence(bad):
    with pytest.raises(SeqVizError, match="attention map"):
        attention_heatmap(bad, 100)
