"""Many rows at once against one row at a time in scikit-learn."""

import numpy as np
import pytest
from sklearn.metrics import average_precision_score, roc_auc_score

from seqviz_core.metrics import auroc_ranked, auroc_rows, average_precision_ranked, average_precision_rows, rank_rows


@pytest.mark.parametrize("levels", [2, 7, 10**6])
def test_against_scikit_learn_row_by_row(levels):
    rng = np.random.default_rng(levels)
    scores = rng.integers(levels, size=(3, 8, 41)).astype(np.float32)
    positive = rng.random((8, 41)) < 0.3  # the same for each of the three channels
    for channel, areas, precisions in zip(scores, auroc_rows(scores, positive), average_precision_rows(scores, positive)):
        assert areas == pytest.approx([roc_auc_score(p, s) for s, p in zip(channel, positive)], abs=1e-12)
        assert precisions == pytest.approx([average_precision_score(p, s) for s, p in zip(channel, positive)], abs=1e-12)


def test_one_ranking_serves_many_sets_of_positives():
    rng = np.random.default_rng(0)
    scores, sets = rng.normal(size=(5, 30)), rng.random((4, 5, 30)) < 0.2
    ranked = rank_rows(scores)
    for of_ranking, of_scores in ((auroc_ranked, auroc_rows), (average_precision_ranked, average_precision_rows)):
        one_by_one = [of_scores(scores, positive) for positive in sets]
        assert np.array_equal(of_ranking(ranked, sets), one_by_one, equal_nan=True)


def test_groups_of_equal_scores_by_hand():
    first, last = rank_rows(np.array([[2.0, 5.0, 2.0, 1.0]]))
    assert (first.tolist(), last.tolist()) == ([[1, 0, 1, 3]], [[2, 0, 2, 3]])


def test_rows_of_one_class_are_nan_and_leave_the_others_alone():
    scores, positive = np.arange(4.0) * np.ones((3, 1)), np.array([[0, 0, 0, 1], [0, 0, 0, 0], [1, 1, 1, 1]])
    assert np.array_equal(auroc_rows(scores, positive), [1, np.nan, np.nan], equal_nan=True)
    assert np.array_equal(average_precision_rows(scores, positive), [1, np.nan, 1], equal_nan=True)


def test_nan_is_refused():
    with pytest.raises(ValueError, match="nan"):
        rank_rows(np.array([[0.0, np.nan]]))
