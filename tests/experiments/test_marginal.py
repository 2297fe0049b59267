"""A whole insertion experiment: every thing that can be varied, its control, its sentence, and as a piece of work."""

from dataclasses import replace

import numpy as np
import pytest

from seqviz_core.errors import SeqVizError
from seqviz_core.experiments.insertion import Curve, bayes_score, logit_score, odds_score
from seqviz_core.experiments.marginal import (
    VARIES,
    Marginal,
    Plan,
    bayes_run,
    fitted,
    marginal_from,
    marginalise,
    marginalise_run,
    plan_from_json,
    plan_to_json,
)
from seqviz_core.experiments.marginal_words import conclude, effect_words, half_way, n_words, null_words, number, pattern_words
from seqviz_core.experiments.patterns import iupac_motif
from seqviz_core.motifs import find_motif
from seqviz_core.training import find_run
from tests.experiments.pair_toys import FIRST, SECOND, Ordered, Product, Sum

A, B = iupac_motif(FIRST), iupac_motif(SECOND)
PLAN = Plan("itself", A, B, n=30, length=60)


@pytest.mark.parametrize("vary", VARIES)
def test_the_control_does_nothing_where_the_pattern_does_everything(vary):
    plan = replace(PLAN, vary=vary, copies=3)
    found = marginalise(logit_score(Product() if vary == "pair" else Sum(), 1), plan)
    assert found.effect.mean.max() > 1.9 and np.abs(found.null.mean).max() < 0.5
    assert found.effect.n == 30 and len(found.effect.x) == len(found.null.x)
    text = conclude(plan, "the toy", "b", found, None)
    assert text.endswith(".") and "the toy" in text


def test_by_itself_is_both_strands():
    found = marginalise(logit_score(Sum(), 1), PLAN)
    assert found.effect.mean[0] == 2 and found.effect.mean[1] == 0  # GGCCCGGC is not its own reverse complement


def test_the_order_of_a_pair():
    plan = replace(PLAN, vary="pair", farthest=8)
    right, wrong = (marginalise(logit_score(Ordered(0, 30), 1), replace(plan, swapped=s)).effect.mean for s in (False, True))
    np.testing.assert_array_equal(right, 4)
    np.testing.assert_array_equal(wrong, 0)


def test_a_sum_is_said_to_just_add_up():
    plan = replace(PLAN, vary="pair", gaps=(1, 2), farthest=4)
    found = marginalise(logit_score(Sum(), 1), plan)
    assert "by 0 at every gap, so the two just add up" in conclude(plan, "the toy", "b", found, None)
    together = marginalise(logit_score(Sum(), 1), replace(plan, together=True))
    np.testing.assert_array_equal(together.effect.mean, 3)


def test_the_bayes_classifier_reads_the_same_sequences():
    run = find_run("cnn")
    task, model = run.spec.make_task(), run.load_model()
    plan = Plan("itself", task.motifs[0], n=40, length=100)
    alone = marginalise(bayes_score(task, 0), replace(plan, control=False))
    bayes = alone.effect
    np.testing.assert_array_equal(bayes.mean, marginalise(bayes_score(task, 0), plan).effect.mean)
    assert alone.null is None and "shuffled" not in conclude(plan, "the toy", "GATA2", alone, None)
    text = conclude(plan, "the CNN model", "GATA2", marginalise(odds_score(model, "softmax", 0), plan), bayes)
    assert text.startswith("The consensus of GATA2 raises the CNN model's log odds of GATA2 by ")
    assert f"The Bayes classifier says {number(bayes.mean[0])}." in text


def test_as_many_copies_and_as_far_apart_as_fit():
    assert fitted(replace(PLAN, vary="copies", copies=20)).copies == 60 // 8
    assert fitted(replace(PLAN, vary="pair", farthest=500)).farthest == 60 - 17
    with pytest.raises(SeqVizError, match="has 8 bases and the backgrounds have 7"):
        fitted(replace(PLAN, length=7))
    with pytest.raises(SeqVizError, match="need 17 bases; the backgrounds have 16"):
        fitted(replace(PLAN, vary="pair", length=16))
    with pytest.raises(SeqVizError, match="needs a second motif"):
        marginalise(logit_score(Sum(), 1), replace(PLAN, vary="pair", second=None))
    with pytest.raises(SeqVizError, match="cannot start at base 58 of 60"):
        marginalise(logit_score(Sum(), 1), replace(PLAN, position=57))


def test_one_background_works():
    plan = replace(PLAN, n=1)
    found = marginalise(logit_score(Sum(), 1), plan)
    assert "one background has no interval" in n_words(plan) and effect_words(found.effect.at(0)) == "2.00"
    assert "nan" not in conclude(plan, "the toy", "b", found, None)


def test_a_plan_survives_json():
    plan = Plan("pair", find_motif("MA0035.5"), B, 1.0, "-", 7, 80, 0.4, ("ACGT" * 20,), 3, 5, 2, 9, (1, 4), True, True, False)
    assert plan_from_json(plan_to_json(plan)) == plan
    assert plan_from_json(plan_to_json(PLAN)) == PLAN


def test_as_a_piece_of_work_it_is_the_same():
    plan, told = Plan("copies", A, n=20, length=100, copies=2), []
    files = marginalise_run({"run": "cnn", "index": 2, "plan": plan_to_json(plan)}, lambda share, words: told.append(share))
    ours, run = marginal_from(files["marginal.json"]), find_run("cnn")
    expected = marginalise(odds_score(run.load_model(), "softmax", 2), plan)
    np.testing.assert_allclose(ours.effect.mean, expected.effect.mean, atol=1e-5)
    np.testing.assert_allclose(ours.null.high, expected.null.high, atol=1e-5)
    assert told == sorted(told) and 0 < max(told) < 1
    one = marginal_from(marginalise_run({"run": "cnn", "index": 2, "plan": plan_to_json(replace(plan, n=1))},
                                        lambda share, words: None)["marginal.json"])
    assert np.isnan(one.effect.low).all() and one.effect.n == 1


def test_the_bayes_classifier_as_a_piece_of_work_is_the_same():
    plan, told = Plan("position", A, n=10, length=100, control=False), []
    args = {"run": "cnn", "index": 2, "plan": plan_to_json(plan)}
    ours = marginal_from(bayes_run(args, lambda share, words: told.append(share))["marginal.json"])
    expected = marginalise(bayes_score(find_run("cnn").spec.make_task(), 2), plan)
    np.testing.assert_allclose(ours.effect.mean, expected.effect.mean, atol=1e-9)
    assert ours.null is None and told == sorted(told) and 0 < max(told) < 1


@pytest.mark.parametrize("vary", VARIES)
def test_the_seed_decides_everything(vary):
    score = odds_score(find_run("cnn").load_model(), "softmax", 2)
    plan = replace(PLAN, vary=vary, n=5, length=100, strength=1.0, copies=3)
    one, again, other = (marginalise(score, replace(plan, seed=seed)) for seed in (3, 3, 4))
    for a, b, c in zip(one, again, other):
        assert np.array_equal(a.mean, b.mean) and np.array_equal(a.low, b.low) and not np.array_equal(a.mean, c.mean)


def test_the_passes_are_what_a_model_reads():
    for vary in VARIES:
        read, plan = [], replace(PLAN, vary=vary, farthest=40)
        marginalise(lambda codes, read=read: (read.append(len(codes)), np.zeros(len(codes)))[1], plan)
        assert sum(read) == plan.passes


def test_words():
    assert pattern_words(PLAN) == FIRST and pattern_words(replace(PLAN, vary="pair")) == f"{FIRST} and {SECOND}"
    assert pattern_words(replace(PLAN, first=find_motif("MA0095.4"), strength=1.0)) == "sampled sites of Yy1"
    assert "none here" in null_words(replace(PLAN, first=iupac_motif("AAAA")))
    assert "in an order of its own" in null_words(PLAN)
    assert [number(v) for v in (-0.001, -1.234, 12.34, 1234.5)] == ["0.00", "\u22121.23", "12.3", "1,234"]


def test_half_of_the_effect_by_hand():
    curve = lambda *mean: Curve(np.array([0.0, 2.0, 4.0]), np.array(mean), np.zeros(3), np.zeros(3), 9)
    assert half_way(curve(0.0, 4.0, 12.0)) == 2.5 and half_way(curve(7.0, 8.0, 12.0)) is None
    assert half_way(curve(0.0, 1.0, -1.0)) is None


def test_an_effect_around_zero_is_not_said_to_raise_anything():
    curve = lambda mean: Curve(np.array([0.0, 1.0]), np.full(2, mean), np.full(2, mean - 1), np.full(2, mean + 1), 9)
    said = lambda mean: conclude(PLAN, "the toy", "b", Marginal(curve(mean), curve(0.0)), None)
    assert "hardly changes the toy's" in said(0.5) and "raises" in said(2.0)
    assert f"lowers the toy's log odds of b by {number(2)} (1.00 to 3.00)" in said(-2.0)
