"""Curves against scikit-learn; areas, recall at a false discovery rate and the prevalence identity by hand."""

import math

import numpy as np
import pytest
from sklearn import metrics as oracle

from seqviz_core.metrics import (
    auroc,
    average_precision,
    pr_curve,
    pr_trapezoid,
    precision_at_prevalence,
    ranking_figures,
    recall_at_fdr,
    roc_curve,
    top_k_accuracy,
)


@pytest.fixture(params=[3, 10**6], ids=["ties", "no ties"])
def ranking(request):
    rng = np.random.default_rng(1)
    return rng.integers(request.param, size=200).astype(float), rng.random(200) < 0.3


def test_roc_curve_against_scikit_learn_and_its_area(ranking):
    curve, (fpr, tpr, thresholds) = roc_curve(*ranking), oracle.roc_curve(ranking[1], ranking[0], drop_intermediate=False)
    assert np.allclose(curve.x, fpr) and np.allclose(curve.y, tpr) and np.array_equal(curve.threshold, thresholds)
    assert np.trapezoid(curve.y, curve.x) == pytest.approx(auroc(*ranking), abs=1e-12)


def test_pr_curve_against_scikit_learn_and_its_area(ranking):
    curve, (precision, recall, thresholds) = pr_curve(*ranking), oracle.precision_recall_curve(ranking[1], ranking[0])
    assert np.allclose(curve.x, recall[-2::-1]) and np.allclose(curve.y, precision[-2::-1])
    assert np.array_equal(curve.threshold, thresholds[::-1])
    assert np.diff(curve.x, prepend=0) @ curve.y == pytest.approx(average_precision(*ranking), abs=1e-12)
    assert pr_trapezoid(*ranking) == pytest.approx(oracle.auc(recall, precision), abs=1e-12)


def test_the_two_areas_under_a_pr_curve_differ_by_hand():
    """Precision 1/2 at recall 1: steps give 1/2, the straight line from (0, 1) gives 3/4."""
    assert average_precision([1, 1], [1, 0]) == 0.5 and pr_trapezoid([1, 1], [1, 0]) == 0.75


def test_recall_at_fdr_by_hand():
    """Down the list + + - + - -: false shares 0, 0, 1/3, 1/4, 2/5, 1/2."""
    scores, labels = [6, 5, 4, 3, 2, 1], [1, 1, 0, 1, 0, 0]
    assert [recall_at_fdr(scores, labels, f) for f in (0.05, 0.25, 0.5)] == [2 / 3, 1, 1]
    assert recall_at_fdr([1, 1, 1], [1, 0, 0], 0.5) == 0  # all or nothing: two thirds would be false
    assert math.isnan(recall_at_fdr([1.0, 2.0], [0, 0], 0.1))


def test_precision_from_prevalence_by_hand_and_from_counts(ranking):
    assert precision_at_prevalence(1.0, 0.01, 0.001) == pytest.approx(0.0909, abs=1e-4)  # ten false for each true one
    roc, pr, share = roc_curve(*ranking), pr_curve(*ranking), ranking[1].mean()
    assert np.allclose(precision_at_prevalence(roc.y[1:], roc.x[1:], share), pr.y)
    assert np.isnan(precision_at_prevalence(0.0, 0.0, 0.5))


def test_the_figures_of_one_sort_are_those_of_the_functions(ranking):
    found = ranking_figures(*ranking, (0.05, 0.5))
    one_by_one = auroc(*ranking), average_precision(*ranking), top_k_accuracy(*ranking)
    assert found[:3] == pytest.approx(one_by_one, abs=1e-12) and found.prevalence == ranking[1].mean()
    assert found.recall_at_fdr == tuple(recall_at_fdr(*ranking, fdr) for fdr in (0.05, 0.5))


def test_figures_that_are_not_defined():
    assert np.isnan(ranking_figures([1.0, 2.0], [0, 0], (0.1,))[:3]).all()
    only = ranking_figures([1.0, 2.0], [1, 1], (0.1,))
    assert math.isnan(only.auroc) and only[1:] == (1, 1, (1,), 1)
    assert np.isnan(ranking_figures([], [], ())[:3]).all()
