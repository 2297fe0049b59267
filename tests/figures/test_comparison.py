import numpy as np
import pytest

from seqviz_core.errors import SeqVizError
from seqviz_core.figures import alt_text
from seqviz_core.figures.comparison import DASHES, Curve, CurvePanel, ScoreRow, dash_of, learning_curves, room_for, score_dots
from seqviz_core.figures.palette import model_colour

ROWS = [ScoreRow("CNN", "Ten factors: accuracy", "cnn", 0.9, 0.88, 0.93, {"ceiling": 0.94, "kmer": 0.8, "gc": 0.1}),
        ScoreRow("GRU", "One motif: accuracy", "gru", 0.6, 0.6, 0.6, {"ceiling": 0.9}),
        ScoreRow("LSTM", "Ten factors: accuracy", "lstm", 0.7, 0.69, 0.72)]
NAMES = {"ceiling": "Bayes ceiling", "kmer": "6-mer baseline", "gc": "GC content only"}
UP, DOWN = np.array([0.5, 0.7, 0.9]), np.array([0.9, np.nan, 0.6])


def test_every_run_has_its_score_interval_and_references_on_one_line(accepted_by_plotly):
    figure = score_dots(ROWS, NAMES)
    dots, *marks = figure.data
    assert list(dots.x) == [0.9, 0.7, 0.6] and np.allclose(dots.error_x.array, [0.03, 0.02, 0])
    assert np.allclose(dots.error_x.arrayminus, [0.02, 0.01, 0])
    line = dict(zip(dots.customdata, dots.y))
    assert line["CNN"] < line["LSTM"] < line["GRU"], "rows of one group stand together"
    found = {mark.name: dict(zip(mark.customdata, zip(mark.x, mark.y))) for mark in marks}
    assert found == {"Bayes ceiling": {"CNN": (0.94, line["CNN"]), "GRU": (0.9, line["GRU"])},
                     "6-mer baseline": {"CNN": (0.8, line["CNN"])}, "GC content only": {"CNN": (0.1, line["CNN"])}}
    assert accepted_by_plotly(figure) and accepted_by_plotly(score_dots(ROWS, NAMES, theme="dark"))


def test_groups_have_heads_above_their_rows_and_numbers_stand_at_the_right():
    figure = score_dots(ROWS, NAMES)
    at = {a.text: a.y for a in figure.layout.annotations}
    assert at["0.900 of 0.940"] == figure.data[0].y[0] and "0.700" in at
    assert at["Ten factors: accuracy"] < at["0.900 of 0.940"] < at["0.700"] < at["One motif: accuracy"] < at["0.600 of 0.900"]
    assert figure.layout.xaxis.range[0] == pytest.approx(0.06) and figure.layout.xaxis.range[1] > 1
    assert list(figure.data[0].marker.color) == [model_colour(a) for a in ("cnn", "lstm", "gru")]


def test_scores_alt_text_and_hostile_names():
    figure = score_dots([ScoreRow("<b>x</b>", "<i>t</i>", "cnn", 0.5, 0.5, 0.5)], {})
    assert "0.500" in alt_text(figure) and "<b>x" not in figure.to_json() and "<i>" not in figure.to_json()
    with pytest.raises(SeqVizError, match="no run"):
        score_dots([], {})


def test_room_for_names_grows_with_the_longest_up_to_a_limit():
    assert room_for(["ab"]) < room_for(["ab", "abcdefgh"]) < room_for(["a" * 30]) == room_for(["a" * 90])


def curves(*architectures: str) -> list[Curve]:
    return [Curve(f"{a} {k}", a, np.arange(1, 4), UP) for k, a in enumerate(architectures)]


def test_one_panel_a_task_with_its_own_ceiling(accepted_by_plotly):
    panels = [CurvePanel("Ten factors", curves("cnn", "lstm"), 0.95), CurvePanel("One motif", curves("cnn"), None)]
    figure = learning_curves(panels, metric="accuracy", x="epochs")
    assert [t.yaxis for t in figure.data] == ["y", "y", "y2"] and np.allclose(figure.data[2].y, UP)
    assert [(s.yref, s.y0) for s in figure.layout.shapes] == [("y", 0.95)]
    assert figure.layout.yaxis.domain[0] > figure.layout.yaxis2.domain[1] and figure.layout.yaxis2.domain[0] >= 0
    texts = [a.text for a in figure.layout.annotations]
    assert {"cnn 0 0.900", "lstm 1 0.900", "Bayes ceiling 0.950", "One motif: accuracy on validation sequences"} <= set(texts)
    assert accepted_by_plotly(figure)


def test_lines_of_one_colour_are_told_apart_by_their_dashes_and_so_are_their_names():
    assert dash_of(["cnn", "lstm", "cnn", "cnn"]) == ["solid", "solid", "dash", "dot"]
    assert len(set(dash_of(["cnn"] * 8))) == 8
    figure = learning_curves([CurvePanel("t", curves("cnn", "cnn", "lstm"))], metric="AUROC", x="seconds")
    assert [t.line.dash for t in figure.data] == ["solid", "dash", "solid"]
    assert f"{DASHES['dash']} cnn 1 0.900" in [a.text for a in figure.layout.annotations]
    alone = learning_curves([CurvePanel("t", curves("cnn", "lstm"))], metric="AUROC", x="seconds")
    assert "cnn 0 0.900" in [a.text for a in alone.layout.annotations]


def test_a_run_that_diverged_can_be_drawn_and_the_last_finite_score_is_told():
    figure = learning_curves([CurvePanel("t", [Curve("a", "cnn", np.arange(3.0), DOWN)], 0.95)], metric="AUROC", x="seconds")
    assert "a 0.600" in [a.text for a in figure.layout.annotations] and np.isfinite(figure.layout.yaxis.range).all()
    assert tuple(figure.layout.xaxis.range) == pytest.approx((-0.04, 2))
    gone = Curve("b", "cnn", np.arange(2.0), np.full(2, np.nan))
    assert "b" in alt_text(learning_curves([CurvePanel("t", [gone])], metric="AUROC", x="epochs"))


def test_no_epoch_at_all_is_one_sentence():
    with pytest.raises(SeqVizError, match="None of these runs"):
        learning_curves([CurvePanel("t", [])], metric="accuracy", x="epochs")
