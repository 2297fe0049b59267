import numpy as np
import pytest

from seqviz_core.errors import SeqVizError
from seqviz_core.figures import alt_text
from seqviz_core.figures.matrices import MotifCell, agreement_heatmap, cell_text, motif_matrix

FOUND, PART, MISSED = MotifCell("found", 0.93, 2, "covers 0.93"), MotifCell("in part", 0.5, 1), MotifCell("missed", 0.4, 0)
CELLS = [[FOUND, MISSED], [PART, FOUND], [MISSED, MISSED]]
VALUES = np.array([[1, 0.8, -0.3], [0.8, 1, 0.02], [-0.3, 0.02, 1]])
CHANCE = np.array([[np.nan, 0.1, 0.1], [0.1, np.nan, 0.1], [0.1, 0.1, np.nan]])


def test_motifs_against_runs_darker_where_more_is_covered(accepted_by_plotly):
    figure = motif_matrix(CELLS, ["GATA2", "CTCF", "SP1"], ["CNN", "LSTM, seed 2"], ["1 of 3", "1 of 3"])
    assert figure.data[0].z.tolist() == [[pytest.approx(0.93), 0], [0.5, pytest.approx(0.93)], [0, 0]]
    texts = {(a.x, a.y): a.text for a in figure.layout.annotations}
    assert texts[0, 0] == "found 0.93, 2 filters" and texts[0, 1] == "in part 0.50, 1 filter" and texts[1, 2] == "missed"
    assert texts[1, 3.3] == "1 of 3"
    assert "LSTM<br>seed 2" in figure.layout.xaxis.ticktext and figure.layout.yaxis.range[0] > figure.layout.yaxis.range[1]
    assert figure.data[0].customdata[0][0] == "GATA2, CNN: covers 0.93"
    assert accepted_by_plotly(figure) and accepted_by_plotly(motif_matrix(CELLS, "abc", "de", theme="dark"))


def test_motif_alt_names_what_was_missed_and_units_may_be_patterns():
    text = alt_text(motif_matrix(CELLS, ["GATA2", "CTCF", "SP1"], ["CNN", "LSTM"]))
    assert text == "Planted motifs: CNN found 1 of 3 and missed SP1; LSTM found 1 of 3 and missed GATA2, SP1."
    assert cell_text(PART, "pattern") == "in part 0.50, 1 pattern"


def test_many_runs_get_narrower_columns_and_stay_readable():
    widths = [motif_matrix([[FOUND] * n], ["GATA2"], [str(k) for k in range(n)]).layout.width for n in (1, 3, 8)]
    assert widths[0] < widths[1] < widths[2] <= 800


def test_the_lower_triangle_is_drawn_with_brackets_where_chance_reaches_it(accepted_by_plotly):
    figure = agreement_heatmap(VALUES, ["CNN, ISM", "LSTM, ISM", "GRU, ISM"], CHANCE)
    z = figure.data[0].z
    assert np.isnan(z[np.triu_indices(3)]).all() and z[1, 0] == pytest.approx(0.8) and z[2, 0] == pytest.approx(-0.3)
    texts = {(int(a.y), int(a.x)): a.text for a in figure.layout.annotations}
    assert texts == {(1, 0): "0.80", (2, 0): "(\u22120.30)", (2, 1): "(0.02)"}
    assert (figure.data[0].zmin, figure.data[0].zmax) == (-1, 1)
    assert accepted_by_plotly(figure)


def test_truth_stands_beside_its_null_in_the_row_of_its_map():
    figure = agreement_heatmap(VALUES, ["a", "b", "c"], CHANCE, truth=[(0.9, 0.1), (0.5, 0.2), (0.3, 0.3)])
    side = {a.y: a.text for a in figure.layout.annotations if a.xref == "paper" and a.yref != "paper"}
    assert side[1] == "0.50 (null 0.20)" and [a.text for a in figure.layout.annotations].count("truth AUPRC") == 1


def test_agreement_alt_names_the_most_and_the_least_alike():
    assert alt_text(agreement_heatmap(VALUES, ["a", "b", "c"], CHANCE)) == (
        "Agreement of 3 maps: most agree a and b (r 0.80); least a and c (r -0.30).")
    assert "no pair" in alt_text(agreement_heatmap(np.ones((1, 1)), ["a"], np.full((1, 1), np.nan)))


def test_what_does_not_fit_is_one_sentence_and_names_are_no_markup():
    with pytest.raises(SeqVizError, match="3 motifs and 1 runs"):
        motif_matrix(CELLS, ["a", "b", "c"], ["x"])
    with pytest.raises(SeqVizError, match="2 x 2"):
        agreement_heatmap(VALUES, ["a", "b"], CHANCE)
    figure = agreement_heatmap(VALUES, ["<b>a", "b", "c"], CHANCE)
    assert "<b>a" not in figure.to_json()
