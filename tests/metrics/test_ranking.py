"""Scores against hand arithmetic and scikit-learn."""

import math

import numpy as np
import pytest
from sklearn.metrics import average_precision_score, roc_auc_score

from seqviz_core.metrics import auroc, average_precision, top_k_accuracy


def test_auroc_by_hand():
    # pairs (positive, negative): .8>.3, .8>.5, .5>.3 count 1; .5=.5 counts half -> 3.5 / 4
    assert auroc([0.3, 0.5, 0.5, 0.8], [0, 0, 1, 1]) == 3.5 / 4
    assert auroc([1, 2, 3, 4], [1, 1, 0, 0]) == 0.0


def test_average_precision_by_hand():
    # thresholds .9 (1 of 1, R 1/2), then the tied pair at .5 (2 of 3, R 1): 1/2 * 1 + 1/2 * 2/3
    assert average_precision([0.9, 0.5, 0.5, 0.1], [1, 0, 1, 0]) == pytest.approx(0.5 + 1 / 3)
    assert average_precision([4, 3, 2, 1], [0, 0, 0, 1]) == 0.25


def test_constant_scores_are_chance_not_zero():
    labels = [1, 0, 0, 0, 1]
    assert auroc(np.full(5, 0.7), labels) == 0.5
    assert average_precision(np.full(5, 0.7), labels) == pytest.approx(2 / 5)


def test_single_class_is_undefined():
    assert math.isnan(auroc([1.0, 2.0], [1, 1])) and math.isnan(auroc([1.0, 2.0], [0, 0]))
    assert math.isnan(average_precision([1.0, 2.0], [0, 0])) and average_precision([1.0, 2.0], [1, 1]) == 1.0


@pytest.mark.parametrize("levels", [3, 40, 10**9])
def test_against_scikit_learn_with_and_without_ties(levels):
    rng = np.random.default_rng(levels)
    for n in (5, 60, 700):
        labels = rng.permutation(np.arange(n) % 3 == 0)
        scores = rng.integers(levels, size=n) - levels / 2
        assert auroc(scores, labels) == pytest.approx(roc_auc_score(labels, scores), abs=1e-12)
        assert average_precision(scores, labels) == pytest.approx(average_precision_score(labels, scores), abs=1e-12)


def test_bad_input_is_refused():
    with pytest.raises(ValueError, match="nan"):
        auroc([0.1, np.nan], [0, 1])
    with pytest.raises(ValueError, match="one length"):
        average_precision([0.1, 0.2, 0.3], [0, 1])


def test_top_k_by_hand():
    """Three positives, so the three highest are called: 9 and 7 are right, 8 is not."""
    assert top_k_accuracy([9, 8, 7, 6, 1], [1, 0, 1, 1, 0]) == pytest.approx(2 / 3)
    assert math.isnan(top_k_accuracy([1.0, 2.0], [0, 0])) and top_k_accuracy([1.0, 2.0], [1, 1]) == 1


def test_top_k_of_ties_is_the_mean_over_their_orders():
    rng = np.random.default_rng(0)
    scores, labels = rng.integers(4, size=60).astype(float), rng.random(60) < 0.3
    broken = [top_k_accuracy(scores + 1e-3 * rng.permutation(60) / 60, labels) for _ in range(3000)]
    assert top_k_accuracy(scores, labels) == pytest.approx(np.mean(broken), abs=0.01)
    assert top_k_accuracy(np.zeros(60), labels) == pytest.approx(labels.mean())
