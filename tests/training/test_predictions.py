"""The curves of a run are those of its figures."""

import numpy as np
import pytest

from seqviz_core.metrics import calibration_error
from seqviz_core.training import pretrained_store
from seqviz_core.training.predictions import class_curves, reliability_of, run_predictions
from seqviz_core.training.scoring import scores_of

RNG = np.random.default_rng(0)


def test_a_run_is_tested_on_the_same_sequences_again():
    run = pretrained_store().get("cnn")
    logits, labels, classes = run_predictions(run)
    assert logits.shape == (3000, 11) and classes == run.spec.make_task().classes
    scores = scores_of(logits, labels)
    assert scores[:2] == pytest.approx(run.status.test[:2], abs=1e-3)
    curves = class_curves(logits, labels, classes)
    assert [c.name for c in curves] == list(classes) and np.mean([c.auroc for c in curves]) == pytest.approx(scores.auroc)
    assert np.mean([c.auprc for c in curves]) == pytest.approx(scores.auprc)


def test_of_two_classes_there_is_one_curve_and_of_bases_one_for_each_rare_class():
    labels = RNG.permutation(np.arange(90) % 3 == 0).astype(np.int64)
    (curve,) = class_curves(RNG.normal(size=(90, 2)), labels, ("no", "yes"))
    assert curve.name == "yes" and curve.prevalence == pytest.approx(1 / 3) and curve.roc.y[-1] == curve.pr.x[-1] == 1
    bases = np.where(RNG.random((9, 50)) < 0.1, RNG.integers(1, 3, (9, 50)), 0)
    assert [c.name for c in class_curves(RNG.normal(size=(9, 3, 50)), bases, ("neither", "donor", "acceptor"))] == [
        "donor", "acceptor"]


def test_reliability_is_what_the_calibration_error_is_made_of():
    labels = RNG.integers(3, size=200)
    logits = RNG.normal(size=(200, 3)) + np.eye(3)[labels]
    found, p = reliability_of(logits, labels), np.exp(logits) / np.exp(logits).sum(1, keepdims=True)
    gap = np.average(np.abs(found.predicted - found.observed), weights=found.n)
    assert gap == pytest.approx(calibration_error(p.max(1), p.argmax(1) == labels))
    assert gap == pytest.approx(scores_of(logits, labels).calibration_error)
    several = (RNG.random((50, 2)) < 0.5).astype(np.float32)
    assert reliability_of(np.zeros((50, 2)), several).observed == pytest.approx(several.mean())
