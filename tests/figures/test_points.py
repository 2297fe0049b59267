"""Scatters and bars: points and rows are what was given, with their nulls."""

import numpy as np
import pytest

from seqviz_core.errors import SeqVizError
from seqviz_core.figures.points import Bar, Cloud, bar_figure, bars_table, scatter_figure

X = np.array([0.1, 0.5, -0.2])


def test_a_scatter_has_its_points_with_their_names(accepted_by_plotly):
    figure = scatter_figure([Cloud("CNN", X, 2 * X, "#8a4fd0", ["a", "<b>", "c"])], x="weight", y="change", alt="a")
    assert list(figure.data[0].y) == list(np.float32(2 * X)) and figure.data[0].customdata[1] == "&lt;b&gt;"
    assert not figure.data[0].showlegend and accepted_by_plotly(figure)


def test_two_clouds_have_a_legend_and_the_diagonal_runs_over_both(accepted_by_plotly):
    figure = scatter_figure([Cloud("a", X, X), Cloud("b", X + 1, X)], x="x", y="y", alt="a", diagonal=True)
    assert all(cloud.showlegend for cloud in figure.data)
    assert (figure.layout.shapes[0].x0, figure.layout.shapes[0].x1) == (-0.2, 1.5) and accepted_by_plotly(figure)


def test_bars_stand_in_the_order_given_with_whiskers_and_nulls(accepted_by_plotly):
    bars = [Bar("filter 3", 0.4, low=0.3, high=0.6, null=0.05), Bar("filter 1", -0.1)]
    figure = bar_figure(bars, x="drop of AUROC", alt="a", null="silent filters")
    rows, nulls = figure.data
    assert list(rows.x) == [0.4, -0.1] and list(figure.layout.yaxis.ticktext) == ["filter 3", "filter 1"]
    assert rows.error_x.array[0] == pytest.approx(0.2) and rows.error_x.arrayminus[0] == pytest.approx(0.1)
    assert list(nulls.x) == [0.05] and list(nulls.y) == [0] and nulls.name == "silent filters"
    assert accepted_by_plotly(figure)
    assert bars_table(bars, "drop", "null") == {"name": ["filter 3", "filter 1"], "drop": [0.4, -0.1], "low": [0.3, None],
                                                "high": [0.6, None], "null": [0.05, None]}


@pytest.mark.parametrize("draw", [lambda: scatter_figure([Cloud("a", X[:0], X[:0])], x="x", y="y", alt="a"),
                                  lambda: bar_figure([], x="x", alt="a")])
def test_nothing_to_draw_is_a_sentence(draw):
    with pytest.raises(SeqVizError, match="There is no"):
        draw()
