"""The AUROC with its interval: against the AUROC, the bootstrap, and intervals worked out by hand."""

import numpy as np
import pytest
import torch

from seqviz_core.checks.skill import chance_auroc, fresh, logits_of, loss, rows_of, skill_of
from seqviz_core.datasets import make_task
from seqviz_core.metrics import auroc
from seqviz_core.training import find_run
from seqviz_core.training.scoring import scores_of
from tests.toy_models import linear_model, one_hot, random_sequences


def pair(scores) -> np.ndarray:
    """Two logits whose log odds are the scores."""
    return np.stack([np.zeros(len(scores)), scores], axis=1)


def test_the_standard_error_by_hand():
    # positives 3, 1; negatives 2, 0: placements 1, 1/2 of the positives and 1/2, 1 of the negatives; AUROC 3/4
    # variances 1/8 each, so Var = 1/8 / 2 + 1/8 / 2 = 1/8 (DeLong et al., equation 3 with m = n = 2)
    found = skill_of(pair(np.array([3.0, 1.0, 2.0, 0.0])), np.array([1, 1, 0, 0]))
    assert found.auroc == pytest.approx(0.75)
    assert found.accuracy == pytest.approx(0.75)  # above 0 means class 1; 0 itself is a tie, which class 0 wins
    assert (found.parts**2).sum() == pytest.approx(1 / 8)
    assert found.interval.high - found.interval.value == pytest.approx(1.96 * (1 / 8) ** 0.5)


@pytest.mark.parametrize("head", ["two classes", "five classes", "labels", "bases"])
def test_auroc_and_accuracy_are_those_of_the_scores(head):
    rng = np.random.default_rng(1)
    logits = rng.normal(size={"two classes": (60, 2), "five classes": (60, 5), "labels": (60, 3), "bases": (12, 3, 20)}[head])
    labels = {"two classes": rng.integers(0, 2, 60), "five classes": rng.integers(0, 5, 60),
              "labels": rng.integers(0, 2, (60, 3)).astype(np.float32), "bases": rng.integers(0, 3, (12, 20))}[head]
    logits[0] = logits[1]  # a tie
    if head != "two classes":
        labels[3] = -1
    found, scores = skill_of(logits, labels), scores_of(logits, labels)
    assert found.auroc == pytest.approx(scores.auroc) and found.accuracy == pytest.approx(scores.accuracy)
    assert found.parts.shape == (len(logits),)


def test_the_interval_of_a_loss_is_that_of_the_bootstrap():
    rng = np.random.default_rng(2)
    labels = rng.integers(0, 2, 300)
    before = labels + rng.normal(size=300)
    after = before + 0.7 * rng.normal(size=300)
    drawn = []
    for _ in range(800):
        rows = rng.integers(0, 300, 300)
        drawn.append(auroc(before[rows], labels[rows] == 1) - auroc(after[rows], labels[rows] == 1))
    found = loss(skill_of(pair(before), labels), skill_of(pair(after), labels))
    assert (found.high - found.low) / 2 / 1.96 == pytest.approx(np.std(drawn), rel=0.1)
    assert found.value == pytest.approx(np.mean(drawn), abs=0.004)


def test_nothing_changed_costs_nothing_for_sure():
    labels = np.arange(20) % 2
    skill = skill_of(pair(np.random.default_rng(0).normal(size=20)), labels)
    assert loss(skill, skill) == (0, 0, 0)


def test_one_class_has_no_auroc():
    assert np.isnan(skill_of(pair(np.arange(4.0)), np.ones(4, dtype=int)).auroc)


def test_chance_stays_close_to_a_half_and_closer_with_more_sequences():
    few, many = (chance_auroc(np.arange(n) % 2, 2) for n in (40, 1000))
    # Var of a random AUROC: (m + n + 1) / (12 m n); one-sided 95 %: 1.645 standard deviations
    assert few == pytest.approx(0.5 + 1.645 * (41 / (12 * 20 * 20)) ** 0.5, abs=0.03)
    assert 0.5 < many < few


def test_rows_keep_their_sites():
    data = make_task("one_motif", {}).sample(20, 1)
    part = rows_of(data, slice(5, 12))
    assert len(part) == 7 and (part.codes == data.codes[5:12]).all() and (part.labels == data.labels[5:12]).all()
    assert [part.sites_of(row) for row in range(7)] == [data.sites_of(row + 5) for row in range(7)]


def test_given_data_are_those_not_learned_from():
    run = find_run("cnn")
    assert len(fresh(run, run.spec.make_task(), 13, 1)) == 13


def test_logits_are_the_model_s_in_eval_mode():
    model, X = linear_model(length=30).train(), one_hot(*random_sequences(9, 30, 1))
    found = logits_of(model, X)
    assert model.training
    model.eval()
    assert np.allclose(found, model(torch.from_numpy(X)).detach().numpy(), atol=1e-6)
