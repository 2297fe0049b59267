import numpy as np
import pytest

from seqviz_core.errors import SeqVizError
from seqviz_core.figures import alt_text
from seqviz_core.figures.curves import POINTS, pr_figure, reliability_figure, roc_figure
from seqviz_core.figures.table import curves_table
from seqviz_core.metrics import average_precision, pr_curve, roc_curve

ROC = {"your CNN": (np.array([0, 0, 0.5, 1]), np.array([0, 0.8, 1, 1])), "GC only": (np.array([0, 1]), np.array([0, 1]))}
AREAS = {"your CNN": 0.9, "GC only": 0.5}
RNG = np.random.default_rng(0)
MANY, LABELS = RNG.normal(size=20_000), RNG.random(20_000) < 0.1


def test_roc_lines_are_the_points_named_with_their_area(accepted_by_plotly):
    figure = roc_figure(ROC, AREAS)
    assert [line.name for line in figure.data] == ["your CNN 0.900", "GC only 0.500"]
    assert np.allclose(figure.data[0].x, ROC["your CNN"][0]) and np.allclose(figure.data[0].y, ROC["your CNN"][1])
    diagonal = figure.layout.shapes[0]
    assert (diagonal.x0, diagonal.y0, diagonal.x1, diagonal.y1, diagonal.line.dash) == (0, 0, 1, 1, "dash")
    assert accepted_by_plotly(figure) and figure.data[0].line.color != figure.data[1].line.color


def test_the_steps_drawn_have_the_average_precision_as_their_area(accepted_by_plotly):
    scores, labels = RNG.integers(20, size=200), RNG.random(200) < 0.3
    figure = pr_figure({"model": pr_curve(scores, labels)[:2]}, {"model": 0.4}, labels.mean())
    line = figure.data[0]
    assert line.line.shape == "vh" and line.x[0] == 0  # first up or down, then along: a precision holds from the recall before
    assert np.diff(line.x) @ line.y[1:] == pytest.approx(average_precision(scores, labels), abs=1e-5)
    assert figure.layout.shapes[0].y0 == figure.layout.shapes[0].y1 == labels.mean() and accepted_by_plotly(figure)
    assert f"share of positives {labels.mean():.3f}" == figure.layout.annotations[0].text


def test_long_curves_are_thinned_and_keep_their_course():
    curve = roc_curve(MANY + LABELS, LABELS)
    line = roc_figure({"m": curve[:2]}, {"m": 0.7}).data[0]
    assert len(line.x) <= POINTS + 2 and (line.x[0], line.y[0], line.x[-1], line.y[-1]) == (0, 0, 1, 1)
    assert np.abs(np.interp(curve.x, line.x, line.y) - curve.y).max() < 0.01


def test_reliability_is_points_on_a_diagonal(accepted_by_plotly):
    figure = reliability_figure([0.1, 0.9], [0.2, 0.8], [100, 25], error=0.1, name="your CNN")
    points = figure.data[0]
    assert np.allclose(points.x, [0.1, 0.9]) and np.allclose(points.y, [0.2, 0.8]) and points.customdata.tolist() == [100, 25]
    assert tuple(points.marker.size) == (24, 15)  # area grows with how many
    assert points.name == "your CNN, calibration error 0.100" and accepted_by_plotly(figure)


def test_alt_texts_are_one_sentence():
    assert alt_text(roc_figure(ROC, AREAS)) == "ROC curves, area your CNN 0.900, GC only 0.500; guessing has 0.50."
    assert "guessing has 0.100" in alt_text(pr_figure(ROC, AREAS, 0.1))
    assert "calibration error is 0.100" in alt_text(reliability_figure([0.1], [0.2], [1], error=0.1))


def test_names_carry_no_markup_and_lengths_must_fit():
    assert "<b>" not in roc_figure({"<b>m</b>": ROC["GC only"]}, {"<b>m</b>": 0.5}).to_json()
    with pytest.raises(SeqVizError, match="these are 2 and 4"):
        roc_figure({"m": (ROC["your CNN"][0], ROC["GC only"][1])}, {"m": 0.5})
    with pytest.raises(SeqVizError, match="as many observed"):
        reliability_figure([0.1], [0.2, 0.3], [1], error=0.1)


def test_the_table_has_a_row_for_each_point():
    table = curves_table(ROC, ("false_positive_rate", "true_positive_rate"))
    assert table["curve"].tolist() == ["your CNN"] * 4 + ["GC only"] * 2
    assert table["true_positive_rate"].tolist() == [0, 0.8, 1, 1, 0, 1] and set(curves_table({}, ("x",))) == {"curve", "x"}
