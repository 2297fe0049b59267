import numpy as np
import pytest

from seqviz_core.errors import SeqVizError
from seqviz_core.figures import alt_text
from seqviz_core.figures.palette import DARK, LIGHT, contrast
from seqviz_core.figures.scorecard import scorecard_heatmap, scorecard_rows
from seqviz_core.figures.table import scorecard_table

VALUES = np.array([[0.9, 0.2, 0.3], [0.4, 0.8, 0.1], [0.5, 0.3, 0.2]])
ROWS, COLUMNS = ["conv filter 3", "layer1 head 0", "Saliency"], ["GATA2", "CTCF", "<b>USF1</b>"]
NULLS = {"null": np.array([0.1, 0.15, 0.12]), "chance": np.array([0.45, 0.5, 0.4]), "n": np.array([5, 6, 7])}


def numbers(figure):
    return {(a.x, a.y): a for a in figure.layout.annotations if a.xref is None}


def test_cells_hold_the_values_and_below_them_what_chance_gives(accepted_by_plotly):
    figure = scorecard_heatmap(VALUES, ROWS, COLUMNS, **NULLS, n_channels=41)
    above, below = figure.data
    assert np.allclose(above.z, VALUES) and np.allclose(below.z, [NULLS["chance"], NULLS["null"]])
    assert (above.zmin, above.zmax) == (below.zmin, below.zmax) == (0, 1) and below.y0 > above.y0 + 3
    assert list(figure.layout.yaxis.ticktext[-2:]) == ["best by chance (of 41)", "shuffled maps"]
    assert "5 seq." in figure.layout.xaxis.ticktext[0] and accepted_by_plotly(figure)
    assert scorecard_heatmap(VALUES, ROWS, COLUMNS, **NULLS, measure="AUROC").data[0].zmin == 0.5


def test_what_is_no_better_than_chance_stands_in_brackets_and_is_not_framed():
    figure = scorecard_heatmap(VALUES, ROWS, COLUMNS, **NULLS)
    text = {place: a.text for place, a in numbers(figure).items()}
    assert (text[0, 0], text[0, 1], text[1, 1], text[2, 0]) == ("0.90", "(0.40)", "0.80", "(0.30)")
    frames = [((s.x0 + s.x1) / 2, (s.y0 + s.y1) / 2) for s in figure.layout.shapes]
    assert frames == [(0, 0), (1, 1)]  # nobody found USF1


@pytest.mark.parametrize("theme", [LIGHT, DARK], ids=lambda t: t.name)
def test_every_number_can_be_read_on_its_cell(theme):
    values = np.linspace(0, 1, 33)[None]
    flat = {name: np.zeros(33) for name in NULLS}
    figure = scorecard_heatmap(values, ["all"], [str(i) for i in range(33)], **flat, theme=theme)
    steps = np.array([[int(c[i:i + 2], 16) for i in (1, 3, 5)] for c in theme.sequential])
    for j, value in enumerate(values[0]):
        cell = [round(float(np.interp(value * 8, range(9), channel))) for channel in steps.T]
        assert contrast(numbers(figure)[j, 0].font.color, "#" + "".join(f"{c:02x}" for c in cell)) >= 4.5


def test_the_rows_shown_are_the_named_the_best_and_the_strongest():
    values = np.array([[0.1, 0.2], [0.9, 0.3], [0.8, 0.4], [0.3, 0.7], [0.95, 0.99]])
    assert scorecard_rows(values) == [4, 1, 2, 3, 0]
    assert scorecard_rows(values, always=[4]) == [4, 1, 3, 2, 0] and scorecard_rows(values, always=[4], most=2) == [4, 1]
    assert scorecard_rows(values[:1], always=[0]) == [0]


def test_alt_text_names_the_best_and_who_was_missed():
    text = alt_text(scorecard_heatmap(VALUES, ROWS, COLUMNS, **NULLS))
    assert text == ("Scorecard of 3 channels by AUPRC; found best: GATA2 by conv filter 3 (0.90, null 0.10), "
                    "CTCF by layer1 head 0 (0.80, null 0.15); found by none: &lt;b&gt;USF1&lt;/b&gt;.")


def test_names_carry_no_markup_and_numbers_that_do_not_fit_are_said():
    figure = scorecard_heatmap(VALUES, ["<script>", *ROWS[1:]], COLUMNS, **NULLS)
    figure.layout.meta = None
    assert "<script>" not in figure.to_json() and "<b>USF1" not in figure.to_json()
    with pytest.raises(SeqVizError, match=r"2 channels and 3 motifs needs as many values; these have shape \(3, 3\)"):
        scorecard_heatmap(VALUES, ROWS[:2], COLUMNS, **NULLS)


def test_the_table_has_a_row_for_each_channel_and_motif():
    table = scorecard_table(ROWS, ["feature_map", "attention", "attribution"], COLUMNS, {"auprc": VALUES},
                            {"null_auprc": NULLS["null"], "n_sequences": NULLS["n"]})
    assert {len(column) for column in table.values()} == {9}
    row = {name: column[5] for name, column in table.items()}
    assert row == {"channel": "layer1 head 0", "kind": "attention", "motif": "<b>USF1</b>", "auprc": 0.1, "null_auprc": 0.12,
                   "n_sequences": 7}
