"""Calls against hand arithmetic and scikit-learn."""

import math

import numpy as np
import pytest
from sklearn.metrics import balanced_accuracy_score, confusion_matrix, matthews_corrcoef

from seqviz_core.metrics import accuracy, balanced_accuracy, confusion, mcc


def test_accuracy_by_hand():
    assert accuracy([[0.1, 0.9], [0.8, 0.2], [0.5, 0.5]], [1, 1, 0]) == pytest.approx(2 / 3)
    assert math.isnan(accuracy(np.empty((0, 2)), np.empty(0, dtype=int)))


def test_mcc_by_hand():
    # 3 true and 1 false positive, 2 true and 1 false negative: (3 * 2 - 1 * 1) / sqrt(4 * 4 * 3 * 3)
    assert mcc([1, 1, 1, 1, 0, 0, 0], [1, 1, 1, 0, 0, 0, 1]) == pytest.approx(5 / 12)


@pytest.mark.parametrize("classes", [2, 3, 11])
def test_against_scikit_learn(classes):
    rng = np.random.default_rng(classes)
    labels = rng.integers(classes, size=300)
    predicted = np.where(rng.random(300) < 0.6, labels, rng.integers(classes, size=300))
    assert mcc(predicted, labels) == pytest.approx(matthews_corrcoef(labels, predicted), abs=1e-12)
    assert balanced_accuracy(predicted, labels) == pytest.approx(balanced_accuracy_score(labels, predicted), abs=1e-12)
    assert np.array_equal(confusion(predicted, labels, classes), confusion_matrix(labels, predicted))


def test_calling_the_larger_class_is_worth_nothing():
    labels = np.array([0] * 99 + [1])
    assert accuracy(np.tile([1.0, 0.0], (100, 1)), labels) == 0.99
    assert mcc(np.zeros(100, int), labels) == 0 and balanced_accuracy(np.zeros(100, int), labels) == 0.5


def test_labels_of_one_class_tell_nothing():
    assert math.isnan(mcc([0, 1], [1, 1])) and math.isnan(balanced_accuracy([0, 1], [1, 1]))
