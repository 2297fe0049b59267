"""Several classes against scikit-learn."""

import math

import numpy as np
import pytest
from sklearn.metrics import roc_auc_score

from seqviz_core.metrics import auroc, average_precision, log_odds, macro_auroc, mean_over_classes


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


def test_labels_of_one_class_have_no_auroc():
    assert math.isnan(macro_auroc(np.eye(3), [1, 1, 1]))


def test_the_mean_is_over_the_columns_asked_for_that_have_a_score():
    scores, positive = np.array([[1, 9, 0], [0, 5, 1], [2, 7, 2.0]]), np.array([[1, 0, 0], [0, 0, 0], [0, 0, 1]], dtype=bool)
    assert mean_over_classes(auroc, scores, positive, range(3)) == (0.5 + 1) / 2  # column 1 has no positive
    assert mean_over_classes(average_precision, scores, positive, [0]) == 0.5
    assert math.isnan(mean_over_classes(auroc, scores, positive, [1]))


def test_logits_of_a_single_class_are_refused():
    with pytest.raises(ValueError, match="2 classes"):
        macro_auroc(np.zeros((4, 1)), np.zeros(4, dtype=int))
