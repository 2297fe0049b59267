"""The picture of what probes know: bars, marks and chance are the numbers given."""

import pytest

from seqviz_core.errors import SeqVizError
from seqviz_core.figures.known import Cell, Panel, known_figure, known_table

ROWS = ["stem", "cell state <c>"]
PANELS = [Panel("GC so far", "R²", 0.0, (Cell(0.9, 0.8, 0.95, 0.5, 0.3, -0.7), Cell(-0.4, -0.5, 0.1, 0.2, 0.3, 0.0))),
          Panel("class", "accuracy", 0.25, (None, Cell(0.6, 0.5, 0.7, 0.3, 0.4, 0.2)))]


def test_a_panel_for_each_target_and_a_bar_for_each_row(accepted_by_plotly):
    figure = known_figure(ROWS, PANELS, colour="#8a4fd0", alt="a")
    bars = [trace for trace in figure.data if trace.type == "bar"]
    assert [list(bar.x) for bar in bars] == [[0.9, -0.1], [0.6]] and [list(bar.y) for bar in bars] == [[0, 1], [1]]
    assert bars[0].error_x.array[0] == pytest.approx(0.05) and bars[0].error_x.arrayminus[0] == pytest.approx(0.1)
    assert "-0.40" in bars[0].customdata[1] and "&lt;c&gt;" in figure.layout.yaxis.ticktext[1]  # what is cut off is told
    marks = [trace for trace in figure.data if trace.type == "scatter"]
    assert [list(mark.x) for mark in marks] == [[0.5, 0.2], [0.3, 0.3], [-0.1, 0.0], [0.3], [0.4], [0.2]]
    assert [mark.showlegend for mark in marks] == [True] * 3 + [False] * 3
    (chance,) = figure.layout.shapes
    assert chance.x0 == chance.x1 == 0.25 and chance.xref == "x2"
    assert figure.layout.xaxis.domain[1] < figure.layout.xaxis2.domain[0] and accepted_by_plotly(figure)


def test_the_table_has_every_number_uncut():
    table = known_table(ROWS, PANELS)
    assert table["internal"] == ["stem", "cell state <c>", "cell state <c>"] and table["value"] == [0.9, -0.4, 0.6]
    assert table["score"] == ["R²", "R²", "accuracy"] and table["target"][2] == "class"
    assert table["control"] == [-0.7, 0.0, 0.2] and table["constant answer"] == [0.0, 0.0, 0.25]


@pytest.mark.parametrize(("rows", "panels"), [([], PANELS), (ROWS, [])])
def test_nothing_to_draw_is_a_sentence(rows, panels):
    with pytest.raises(SeqVizError, match="no probe"):
        known_figure(rows, panels, colour="#8a4fd0", alt="a")
