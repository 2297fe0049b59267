"""The square map of pair knock-outs."""

import numpy as np
import plotly.graph_objects as go
import pytest

from seqviz_core.errors import SeqVizError
from seqviz_core.figures import alt_text
from seqviz_core.figures.interactions import interaction_heatmap, interactions_table

NAMES = ["GATA2 1 to 7", "<b>x</b>", "SP1 30 to 40"]
VALUES = np.array([[np.nan, 4, -0.5], [4, np.nan, np.nan], [-0.5, np.nan, np.nan]])
KINDS = [["additive", "synergy", "redundancy"], ["synergy", "", ""], ["redundancy", "", ""]]


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_the_lower_half_is_drawn_with_numbers(theme):
    fig = interaction_heatmap(VALUES, NAMES, KINDS, theme=theme)
    go.Figure(fig.to_dict())  # plotly validates what the builder does not
    heat = fig.data[0]
    assert np.asarray(heat.z).shape == (2, 2) and np.asarray(heat.z)[0, 0] == 4 and np.isnan(np.asarray(heat.z)[1, 1])
    assert interaction_heatmap(VALUES, NAMES, KINDS, least=9).data[0].zmax == 9
    assert (heat.zmin, heat.zmax) == (-4, 4) and heat.customdata[0][0].endswith("4 logit, synergy")
    assert sorted(a["text"] for a in fig.layout.annotations) == ["4", "−0.5"]
    assert alt_text(fig).startswith("Interactions of 3 parts; the largest is 4, of GATA2 1 to 7 and &lt;b&gt;x")


def test_the_table_has_a_row_a_pair():
    interval = np.stack([VALUES - 1, VALUES + 1], -1)
    table = interactions_table(VALUES, interval, NAMES, KINDS)
    assert table["part"] == ["GATA2 1 to 7"] * 2 and table["interaction"] == [4, -0.5] and table["low"] == [3, -1.5]
    assert table["kind"] == ["synergy", "redundancy"]


@pytest.mark.parametrize("names", [NAMES[:1], NAMES[:2]])
def test_names_that_do_not_fit_are_refused(names):
    with pytest.raises(SeqVizError, match="at least two parts"):
        interaction_heatmap(VALUES, names, KINDS)
