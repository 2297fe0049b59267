"""Pins and maps of substitutions: every number where it belongs, valid for plotly, nothing outside."""

import numpy as np
import plotly.graph_objects as go
import pytest

from seqviz_core.errors import SeqVizError
from seqviz_core.figures.kinds import SiteMark
from seqviz_core.figures.substitution_maps import SubstitutionMap, maps_figure
from seqviz_core.figures.variants import Pins, variants_figure

VALUES = np.arange(32.0).reshape(4, 8) - 12
BASES = "ACGTNACG"


def pins(**changed):
    given = {"name": "CNN <b>", "colour": "#8a4fd0", "x": np.array([11.0, 14.5, 90.0]), "y": np.array([-3.0, 1.0, 2.0]),
             "names": ["11A>C", "14_15insT", "90C>G"], "symbols": ["circle", "triangle-up", "circle"]}
    return Pins(**{**given, **changed})


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_it_is_valid_and_says_what_it_shows(theme):
    sites = [SiteMark("GATA1", 11, 14, "-")]
    figure = variants_figure([pins(), pins(name="LSTM")], VALUES, BASES, start=10, sites=sites, band=0.5, alt="what", theme=theme)
    go.Figure(figure.to_dict())
    heat, cells, letters, *rest = figure.data
    assert heat.z == pytest.approx(VALUES) and heat.x0 == 11 and (heat.zmin, heat.zmax) == (-19, 19)
    assert len(cells.x) == 7 * 3  # not the base that is there, not the unknown one
    assert cells.customdata[0] == "11A>C" and cells.text[0] == "11 A\u2192C: \u22124" and cells.y[0] == 1
    assert "".join(letters.text) == "ACGTACG" and list(letters.y) == [0, 1, 2, 3, 0, 1, 2]
    heads = [trace for trace in rest if trace.mode == "markers"]
    assert [list(h.customdata) for h in heads] == [["11A>C", "14_15insT"]] * 2  # what lies outside is not drawn
    assert heads[0].x[0] < 11 < heads[1].x[0] and list(heads[0].y) == [-3, 1]
    assert "<b>" not in heads[0].name and figure.layout.meta["alt"] == "what"
    texts = [a.text for a in figure.layout.annotations]
    assert "GATA1 \u2190" in texts and any("95 %" in text for text in texts) and "11A&gt;C" in texts


def test_without_pins_or_changes_it_still_stands():
    figure = variants_figure([pins(x=np.zeros(0), y=np.zeros(0), names=[], symbols=[])], np.zeros((4, 8)), BASES)
    go.Figure(figure.to_dict())
    assert figure.layout.yaxis.range[0] < 0 < figure.layout.yaxis.range[1]
    unread = variants_figure([pins(y=np.array([np.nan, 1.0, 1.0]))], VALUES, BASES, start=10)
    assert list([t for t in unread.data if t.type == "scatter" and t.mode == "markers"][1].customdata) == ["14_15insT"]


def test_a_map_that_does_not_fit_is_refused():
    with pytest.raises(SeqVizError, match="4 x 8 values; these have shape"):
        variants_figure([], VALUES[:, :5], BASES)
    with pytest.raises(SeqVizError, match="4 x 8 values"):
        maps_figure([SubstitutionMap("one", VALUES[:3])], BASES)
    with pytest.raises(SeqVizError):
        maps_figure([], BASES)


def test_maps_share_a_ruler_and_have_scales_of_their_own():
    other = np.full((4, 8), np.nan)
    other[2, 3] = 0.5
    figure = maps_figure([SubstitutionMap("Measured", VALUES), SubstitutionMap("Predicted", other)], BASES, start=4)
    go.Figure(figure.to_dict())
    one, two = figure.data
    assert one.zmax == -one.zmin and 18 < one.zmax <= 19 and two.zmax == 0.5 and np.isnan(two.z[0, 0])
    assert one.x0 == two.x0 == 5 and (one.yaxis, two.yaxis) == ("y", "y2")
    assert figure.layout.yaxis.domain[0] > figure.layout.yaxis2.domain[1]
    go.Figure(maps_figure([SubstitutionMap("None", np.full((4, 8), np.nan))], BASES).to_dict())
