"""Curves of an effect: what is drawn is what was given, each line named, and the numbers come along."""

import numpy as np
import pytest

from seqviz_core.errors import SeqVizError
from seqviz_core.figures import alt_text
from seqviz_core.figures.lines import Line, line_figure, lines_table, told
from seqviz_core.figures.palette import LIGHT

X = np.arange(5)
CNN = Line("CNN", X, X * 0.5, "#8a4fd0", X * 0.5 - 0.1, X * 0.5 + 0.2)
BAYES = Line("Bayes classifier", X, X * 1.0, dash="dash")
NULL = Line("shuffled motif <b>", X, -X * 0.1, dash="dot")


def drawn(**more):
    return line_figure([CNN, BAYES, NULL], x="distance (bases)", y="change of the logit", alt="Curves.", **more)


def test_lines_and_their_band_are_what_was_given(accepted_by_plotly):
    figure = drawn()
    band, *lines = figure.data
    assert [list(line.y) for line in lines] == [list(np.float32(line.y)) for line in (CNN, BAYES, NULL)]
    assert list(band.y) == list(np.float32([*CNN.high, *CNN.low[::-1]])) and band.fill == "toself"
    assert accepted_by_plotly(figure) and alt_text(figure) == "Curves."


def test_truth_is_dashed_in_the_truths_colour_and_a_null_is_muted():
    _, cnn, bayes, null = drawn().data
    assert (cnn.line.color, bayes.line.color, null.line.color) == ("#8a4fd0", LIGHT.truth, LIGHT.muted)
    assert (cnn.line.dash, bayes.line.dash, null.line.dash) == ("solid", "dash", "dot")


def test_every_line_is_named_at_its_end_and_markup_is_text():
    names = [a.text for a in drawn().layout.annotations]
    assert names == ["CNN", "Bayes classifier", "shuffled motif &lt;b&gt;"]


def test_marks_and_zero_are_lines_of_their_own(accepted_by_plotly):
    figure = drawn(marks=[(2, "planted spacing")])
    upright, zero = figure.layout.shapes
    assert (upright.x0, upright.x1) == (2, 2) and (zero.y0, zero.y1) == (0, 0)
    assert figure.layout.annotations[0].text == "planted spacing" and accepted_by_plotly(figure)
    assert len(drawn(zero=False).layout.shapes) == 0


def test_a_log_axis_takes_the_exponents_of_what_is_above_zero(accepted_by_plotly):
    figure = line_figure([Line("f", X, 10.0 ** -X)], x="lag", y="norm", alt="a", log_y=True)
    low, high = figure.layout.yaxis.range
    assert figure.layout.yaxis.type == "log" and low < -4 and 0 < high < 0.5 and accepted_by_plotly(figure)


def test_gaps_stay_gaps_and_nothing_is_refused():
    gap = Line("gap", X, np.array([1, np.nan, 2, 3, np.nan]))
    assert np.isnan(line_figure([gap], x="x", y="y", alt="a").data[0].y[1])
    with pytest.raises(SeqVizError, match="no curve"):
        line_figure([Line("none", X, np.full(5, np.nan))], x="x", y="y", alt="a")


def test_the_numbers_are_one_row_a_point():
    table = lines_table([CNN, BAYES], "distance", "change")
    assert list(table["curve"]) == ["CNN"] * 5 + ["Bayes classifier"] * 5
    assert table["change"][2] == 1.0 and table["low"][2] == 0.9 and np.isnan(table["low"][7])
    assert told(BAYES) == "Bayes classifier from 0 to 4"
