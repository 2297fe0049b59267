import numpy as np
import pytest

from seqviz_core.errors import SeqVizError
from seqviz_core.figures import alt_text
from seqviz_core.figures.strips import spread
from seqviz_core.figures.training import training_curve

EPOCH, LOSS, SCORE = [1, 2, 3], [2.0, 1.0, 0.5], [0.6, 0.8, 0.946]
REFERENCES = {"ceiling": 0.961, "baseline": 0.94, "chance": 0.5}


def test_three_lines_in_two_panels_with_the_numbers_that_went_in(accepted_by_plotly):
    figure = training_curve(EPOCH, LOSS, [2.1, 1.2, 0.7], SCORE, **REFERENCES)
    score, valid, train = figure.data
    assert (score.yaxis, valid.yaxis, train.yaxis) == ("y", "y2", "y2")
    assert np.allclose(score.y, SCORE) and np.allclose(train.y, LOSS) and np.allclose(valid.y, [2.1, 1.2, 0.7])
    assert figure.layout.yaxis.domain[0] > figure.layout.yaxis2.domain[1]
    assert accepted_by_plotly(figure)


def test_what_can_be_reached_is_dashed_and_named_with_its_value_at_the_right_end():
    layout = training_curve(EPOCH, LOSS, LOSS, SCORE, **REFERENCES).layout
    assert [s.y0 for s in layout.shapes] == [0.961, 0.94, 0.5] and {s.line.dash for s in layout.shapes} == {"dash"}
    ends = {a.text: a for a in layout.annotations if a.x == 1}
    assert {"Bayes ceiling 0.961", "6-mer baseline 0.940", "chance 0.500", "validation AUROC 0.946"} <= set(ends)
    assert layout.yaxis.range[0] == pytest.approx(0.45) and layout.yaxis.range[1] > 1


def test_labels_of_lines_that_end_together_do_not_overlap():
    layout = training_curve(EPOCH, LOSS, LOSS, SCORE, **REFERENCES).layout
    upper = sorted(a.yshift for a in layout.annotations if a.x == 1 and a.y == layout.yaxis.domain[0])
    assert len(upper) == 4 and min(np.diff(upper)) >= 12.99 and upper[-1] <= 190


def test_spread_moves_as_little_as_it_must_and_keeps_the_order():
    assert spread([10, 50], 13, 0, 100) == [10, 50]
    assert spread([50, 52], 10, 0, 100) == [50, 60]
    assert spread([98, 99, 20], 10, 0, 100) == [90, 100, 20]
    assert spread([0, 0, 0], 50, 0, 60) == [0, 30, 60]
    assert spread([], 10, 0, 100) == []


def test_the_axis_holds_all_planned_epochs_from_the_start():
    live = training_curve([1], [2.0], [2.1], [0.6], n_epochs=20).layout
    done = training_curve(list(range(1, 21)), *[np.ones(20)] * 3, n_epochs=20).layout
    assert tuple(live.xaxis.range) == tuple(done.xaxis.range) and live.height == done.height


def test_the_best_epoch_is_ringed_on_both_panels():
    rings = [t for t in training_curve(EPOCH, LOSS, [2, 1.5, 1.4], SCORE, best_epoch=2).data if t.mode == "markers"]
    assert [(r.x.item(), r.y.item()) for r in rings] == [(2, pytest.approx(0.8)), (2, pytest.approx(1.5))]
    assert not [t for t in training_curve(EPOCH, LOSS, LOSS, SCORE, best_epoch=9).data if t.mode == "markers"]


def test_before_the_first_epoch_it_says_so():
    figure = training_curve([], [], [], [], **REFERENCES, n_epochs=10)
    assert "The first epoch has not ended yet." in [a.text for a in figure.layout.annotations]
    assert alt_text(figure) == "Learning curve without any epoch yet: Bayes ceiling 0.961, 6-mer baseline 0.94, chance 0.5."


def test_a_diverged_run_can_still_be_drawn():
    figure = training_curve(EPOCH, [2, np.nan, np.nan], [2, np.inf, np.nan], [0.5, np.nan, np.nan], chance=0.5)
    assert np.isfinite([*figure.layout.yaxis.range, *figure.layout.yaxis2.range]).all()
    assert any(a.text == "training 2.000" for a in figure.layout.annotations)


def test_alt_text_and_hostile_names():
    figure = training_curve(EPOCH, LOSS, LOSS, SCORE, metric="<b>AUROC</b>", baseline=0.9, baseline_name="<script>")
    assert "from 0.6 to 0.946" in alt_text(figure)
    figure.layout.meta = None
    assert "<b>" not in figure.to_json() and "<script>" not in figure.to_json()


def test_series_of_different_lengths_are_one_sentence():
    with pytest.raises(SeqVizError, match="3, 2, 3 and 3 epochs"):
        training_curve(EPOCH, LOSS[:2], LOSS, SCORE)
