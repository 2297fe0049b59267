"""Linear probes against scikit-learn, hand arithmetic, and what random numbers give."""

import numpy as np
import pytest
from sklearn.linear_model import LogisticRegression, Ridge
from sklearn.metrics import balanced_accuracy_score, r2_score

from seqviz_core.checks.linear_probes import Truth, logistic, ridge, score, standardised, told_by

RNG = np.random.default_rng(5)
GROUP = np.repeat(np.arange(120), 5)
LEARN = GROUP < 60


@pytest.mark.parametrize("penalty", [0.1, 10.0, 1e4])
def test_ridge_is_scikit_learns(penalty):
    H, y = RNG.normal(size=(80, 7)) * 3 + 1, RNG.normal(size=80) + 4
    weights, bias = ridge(H, y, penalty)
    theirs = Ridge(alpha=penalty).fit(H, y)
    assert np.allclose(weights, theirs.coef_, atol=1e-8) and bias == pytest.approx(theirs.intercept_, abs=1e-8)


@pytest.mark.parametrize("classes", [2, 4])
@pytest.mark.parametrize("penalty", [0.5, 10.0])
def test_logistic_is_scikit_learns(classes, penalty):
    H = RNG.normal(size=(200, 6))
    y = (H[:, :classes] + RNG.normal(size=(200, classes)) + np.arange(classes)).argmax(axis=1)
    weights, bias = logistic(H, y, classes, penalty)
    scale = 2 if classes == 2 else 1  # two rows of weights, of which scikit-learn has the difference: half the penalty each
    theirs = LogisticRegression(C=scale / penalty, class_weight="balanced", tol=1e-10, max_iter=5000).fit(H, y)
    ours = np.exp(H @ weights + bias)
    assert np.abs(ours / ours.sum(axis=1, keepdims=True) - theirs.predict_proba(H)).max() < 1e-5


def test_scores_are_scikit_learns():
    numbers, told = RNG.normal(size=600), RNG.normal(size=600)
    assert score(told, Truth(numbers, GROUP, LEARN)).value == pytest.approx(r2_score(numbers[~LEARN], told[~LEARN]))
    classes, guess = RNG.choice(3, p=[0.7, 0.2, 0.1], size=600).astype(float), RNG.choice(3, size=600).astype(float)
    assert score(guess, Truth(classes, GROUP, LEARN, 3)).value == pytest.approx(
        balanced_accuracy_score(classes[~LEARN], guess[~LEARN]))


def test_the_interval_is_of_whole_sequences():
    """Where all rows of a sequence err alike, repeating each row ten times changes nothing."""
    true, told = RNG.normal(size=(2, 120))
    one = score(told, Truth(true, np.arange(120), np.arange(120) < 60))
    tenfold = lambda values: np.repeat(values, 10)
    ten = score(tenfold(told), Truth(tenfold(true), tenfold(np.arange(120)), tenfold(np.arange(120) < 60)))
    assert one == pytest.approx(ten) and one.low < one.value < one.high


def test_what_is_there_by_construction_is_found_and_noise_is_not():
    H = RNG.normal(size=(600, 8))
    number, kind = H @ np.arange(8.0) + 3, (H[:, 2] > 0).astype(float)
    assert score(told_by(H, Truth(number, GROUP, LEARN)), Truth(number, GROUP, LEARN)).value > 0.9999
    assert score(told_by(H, Truth(kind, GROUP, LEARN, 2)), Truth(kind, GROUP, LEARN, 2)).value > 0.93
    for noise, classes, chance in ((RNG.normal(size=600), 0, 0.0), (RNG.integers(0, 2, 600).astype(float), 2, 0.5)):
        found = score(told_by(H, Truth(noise, GROUP, LEARN, classes)), Truth(noise, GROUP, LEARN, classes))
        assert found.low < chance + 0.03 and abs(found.value - chance) < 0.1
        assert Truth(noise, GROUP, LEARN, classes).chance == chance


def test_split_by_sequence_a_probe_cannot_remember_sequences():
    """Every sequence has a mark of its own and a random answer: asked of rows of sequences it has learned, a probe would know."""
    marks, answer = np.repeat(RNG.normal(size=(120, 80)), 5, axis=0), np.repeat(RNG.integers(0, 2, 120).astype(float), 5)
    by_row, by_sequence = Truth(answer, GROUP, RNG.random(600) < 0.5, 2), Truth(answer, GROUP, LEARN, 2)
    assert score(told_by(marks, by_row), by_row).value > 0.85
    assert score(told_by(marks, by_sequence), by_sequence).low < 0.5


def test_dead_units_and_constant_targets():
    H = np.concatenate([np.full((600, 1), 7.0), RNG.normal(size=(600, 1))], axis=1)
    assert (standardised(H, LEARN)[:, 0] == 0).all()
    number = Truth(H[:, 1] * 2, GROUP, LEARN)
    assert score(told_by(H, number), number).value > 0.9999
    constant = Truth(np.ones(600), GROUP, LEARN)
    assert np.isnan(score(told_by(H, constant), constant).value)
    one_class = Truth(np.zeros(600), GROUP, LEARN, 2)
    assert np.isnan(score(told_by(H, one_class), one_class).value)
