"""Scores against hand arithmetic and scikit-learn."""

import math

import numpy as np
import pytest
from sklearn.metrics import average_precision_score, roc_auc_score

from seqviz_core.metrics import accuracy, auroc, average_precision, log_odds, macro_auroc


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
    assert math.isnan(macro_auroc(np.eye(3), [1, 1, 1]))


@pytest.mark.parametrize("levels", [3, 40, 10**9])
def test_against_scikit_learn_with_and_without_ties(levels):
    rng = np.random.default_rng(levels)
    for n in (5, 60, 700):
        labels = rng.permutation(np.arange(n) % 3 == 0)
        scores = rng.integers(levels, size=n) - levels / 2
        assert auroc(scores, labels) == pytest.approx(roc_auc_score(labels, scores), abs=1e-12)
        assert average_precision(scores, labels) == pytest.approx(average_precision_score(labels, scores), abs=1e-12)


def test_macro_auroc_against_scikit_learn():
    rng = np.random.default_rng(0)
    labels = rng.integers(5, size=400)
    logits = rng.normal(size=(400, 5)) + 1.5 * np.eye(5)[labels] + 10 * rng.normal(size=(400, 1))  # rows shifted at will
    p = np.exp(logits - logits.max(1, keepdims=True))
    p /= p.sum(1, keepdims=True)
    assert macro_auroc(logits, labels) == pytest.approx(roc_auc_score(labels, p, multi_class="ovr", average="macro"), abs=1e-12)


def test_macro_auroc_of_two_classes_is_the_plain_one():
    rng = np.random.default_rng(1)
    logits, labels = rng.normal(size=(99, 2)), rng.integers(2, size=99)
    assert macro_auroc(logits, labels) == pytest.approx(auroc(logits[:, 1] - logits[:, 0], labels), abs=1e-15)


def test_macro_auroc_leaves_out_absent_classes():
    logits = np.array([[2.0, 0, 0], [1.0, 3, 0], [0, 2.0, 0]])
    assert macro_auroc(logits, [0, 1, 1]) == 1.0


def test_macro_auroc_ranks_what_probabilities_would_round_to_one():
    logits = np.array([[60.0, 0, -1], [50.0, 0, -1], [0.0, 9, 0], [0.0, 0, 9]])  # softmax of rows 0 and 1: exactly 1
    assert log_odds(logits)[0, 0] > log_odds(logits)[1, 0]
    assert macro_auroc(logits, [0, 0, 1, 2]) == 1.0


def test_accuracy_by_hand():
    assert accuracy([[0.1, 0.9], [0.8, 0.2], [0.5, 0.5]], [1, 1, 0]) == pytest.approx(2 / 3)
    assert math.isnan(accuracy(np.empty((0, 2)), np.empty(0, dtype=int)))


def test_bad_input_is_refused():
    with pytest.raises(ValueError, match="nan"):
        auroc([0.1, np.nan], [0, 1])
    with pytest.raises(ValueError, match="one length"):
        average_precision([0.1, 0.2, 0.3], [0, 1])
    with pytest.raises(ValueError, match="2 classes"):
        macro_auroc(np.zeros((4, 1)), np.zeros(4, dtype=int))
