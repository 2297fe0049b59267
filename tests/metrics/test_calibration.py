"""Probabilities against scikit-learn, scipy and hand arithmetic."""

import math

import numpy as np
import pytest
from scipy import special
from sklearn.calibration import calibration_curve
from sklearn.metrics import brier_score_loss

from seqviz_core.metrics import brier, calibration_error, reliability, sigmoid, softmax


def test_calibration_error_by_hand():
    """Two bins: two at 0.2 of which one comes true (gap 0.3), two at 0.9 and 0.7 that both do (gap 0.2)."""
    assert calibration_error([0.2, 0.2, 0.9, 0.7], [1, 0, 1, 1], bins=2) == pytest.approx(0.25)
    assert math.isnan(calibration_error([], []))


def test_reliability_against_scikit_learn():
    rng = np.random.default_rng(0)
    p = rng.random(500)
    outcomes = rng.random(500) < p**2
    observed, predicted = calibration_curve(outcomes, p, n_bins=15)
    found = reliability(p, outcomes)
    assert np.allclose(found.observed, observed) and np.allclose(found.predicted, predicted) and found.n.sum() == 500
    assert ((found.low <= found.predicted) & (found.predicted <= found.high)).all()


def test_the_last_bin_holds_one_and_empty_bins_are_left_out():
    found = reliability([0.0, 1.0, 1.0], [0, 1, 0], bins=10)
    assert found.low.tolist() == [0, 0.9] and found.n.tolist() == [1, 2] and found.observed.tolist() == [0, 0.5]
    with pytest.raises(ValueError, match="between 0 and 1"):
        reliability([1.2], [1])


def test_who_means_what_he_says_has_no_error():
    rng = np.random.default_rng(0)
    p = rng.random(40_000)
    honest, boastful = calibration_error(p, rng.random(40_000) < p), calibration_error(p, rng.random(40_000) < 0.5)
    assert honest < 0.02 and boastful == pytest.approx(0.25, abs=0.02)  # mean of |p - 1/2|


def test_brier_against_scikit_learn_and_two_classes_are_one_column():
    rng = np.random.default_rng(0)
    labels, p = rng.integers(2, size=80), rng.random(80)
    assert brier(p, labels) == pytest.approx(brier_score_loss(labels, p))
    assert brier(np.stack([1 - p, p], axis=1), labels) == pytest.approx(brier(p, labels))
    assert brier(np.eye(3), [0, 1, 2]) == 0 and brier(np.eye(3), [1, 2, 0]) == 1


def test_softmax_and_sigmoid_against_scipy():
    logits = np.random.default_rng(0).normal(size=(6, 5)) * 300
    assert np.allclose(softmax(logits), special.softmax(logits, axis=1))
    assert np.allclose(sigmoid(logits), special.expit(logits), atol=1e-15)
