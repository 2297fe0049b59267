"""The rule verdict on models whose rule is known by construction."""

from dataclasses import replace

import numpy as np
import pytest
import torch

from seqviz_core.datasets import DATASETS, make_task
from seqviz_core.experiments.insertion import Effect, bayes_score, logit_score
from seqviz_core.experiments.planted_rule import PlantedRule, planted_rule
from seqviz_core.experiments.rule_verdict import (
    ENOUGH,
    AtGap,
    Finding,
    RuleVerdict,
    grade_of,
    rule_verdict,
    sees_at_most,
    verdict_of,
)
from seqviz_core.experiments.rule_words import conclude_rule, finding_words
from seqviz_core.experiments.rule_work import rule_passes, rule_verdict_run, verdict_from
from seqviz_core.models import make_model
from seqviz_core.motifs import Motif
from seqviz_core.sequences import encode
from seqviz_core.training import find_run
from tests.experiments.pair_toys import FIRST, SECOND, Counting, Ordered, Product, Sum

LENGTH = 70
MOTIFS = tuple(Motif(name, name, 1e6 * np.eye(4)[encode([letters])[0]].T) for name, letters in (("A", FIRST), ("B", SECOND)))
PAIR = PlantedRule(1, MOTIFS, ("order", "spacing"), (6, 14))
BOTH = PlantedRule(1, MOTIFS, ("and",), (10, 10))


def scaled(model, factor=10):
    """A score large enough to count: four nats are less than a hundredfold change of the odds."""
    score = logit_score(model, 1)
    return lambda codes: factor * score(codes)


def ask(model, rule, **options):
    return verdict_of(scaled(model), rule, LENGTH, scaled(Ordered(*PAIR.gaps)) if rule is PAIR else None, **options)


def test_the_model_that_is_the_rule_follows_everywhere():
    found = ask(Ordered(6, 14), PAIR)
    assert [f.grade for f in found.findings] == ["follows", "follows"] and found.reach == 14
    assert [at.gap for at in found.at_gaps] == list(range(6, 15))
    assert conclude_rule("The toy", found).startswith(
        "The toy follows the rule (the order) at every planted spacing, 6 to 14 bases. It minds the distance")


@pytest.mark.parametrize("limit", [6, 9, 13])
def test_a_limited_receptive_field_gives_up_exactly_there(limit):
    found = ask(Ordered(0, limit), PAIR)
    assert found.reach == limit and {at.grade for at in found.at_gaps if at.gap > limit} == {"does not follow"}
    assert f"up to {limit} bases apart; the planted spacing is 6 to 14 bases" in conclude_rule("The toy", found)


def test_a_model_without_a_limit_follows_the_order_and_not_the_spacing():
    found = ask(Ordered(0, LENGTH), PAIR)
    assert {f.aspect: f.grade for f in found.findings} == {"order": "follows", "spacing": "does not follow"}
    assert "It does not mind the distance" in conclude_rule("The toy", found)


@pytest.mark.parametrize("model", [Product(), Sum()])
def test_a_model_that_sees_no_order_follows_at_no_spacing(model):
    found = ask(model, PAIR)
    assert found.reach is None and found.findings[0].grade == "does not follow"
    assert found.findings[0].effect.mean == 0
    assert "follows the rule (the order) at no spacing" in conclude_rule("The toy", found)


def test_a_model_that_fails_in_the_middle_is_told_with_the_spacings_it_keeps():
    found = ask(Ordered(10, 14), PAIR)
    assert found.reach is None and [at.gap for at in found.at_gaps if at.grade == "follows"] == list(range(10, 15))
    assert "at 5 of 9 planted spacings that were asked (10, 11, 12, 13, 14)" in conclude_rule("The toy", found)


def test_a_product_follows_and_and_a_sum_does_not():
    product, total = ask(Product(), BOTH), ask(Sum(), BOTH)
    assert product.findings[0].grade == "follows" and product.findings[0].effect.mean == 30
    assert total.findings[0].grade == "does not follow" and total.findings[0].effect.mean == 0
    assert "no Bayes curve" in conclude_rule("The toy", product)


def test_where_one_site_counts_the_interaction_is_negative():
    rule = PlantedRule(1, MOTIFS, ("and",), (10, 10), sign=-1)
    assert ask(Product(), rule).findings[0].grade == "does not follow"
    against = lambda codes: -scaled(Product())(codes)
    assert verdict_of(against, rule, LENGTH, None).findings[0].grade == "follows"


def test_many_copies_against_few():
    rule = PlantedRule(1, MOTIFS[:1], ("number",), few=2, many=5)
    found = ask(Counting(), rule)
    assert found.findings[0].effect.mean == 30 and found.at_gaps == ()
    assert conclude_rule("The toy", found).startswith("The toy follows the planted rule, the number of sites: ")


def test_grades():
    effect = lambda mean, width: Effect(mean, mean - width, mean + width, 50)
    assert grade_of(effect(5, 6), 10) == "does not follow"  # the interval holds zero
    assert grade_of(effect(1, 0.5), 1.9) == "follows" and grade_of(effect(0.9, 0.5), 1.9) == "in part"
    assert grade_of(effect(ENOUGH, 0.5), 50) == "follows" and grade_of(effect(ENOUGH - 0.1, 0.5), 50) == "in part"
    assert grade_of(effect(-3, 0.5), -5) == "follows" and grade_of(effect(3, 0.5), -5) == "does not follow"
    assert grade_of(Effect(3, np.nan, np.nan, 1), 5) == "follows"  # one background


def test_tasks_and_their_rules():
    pair = planted_rule(make_task("motif_pair", {"min_gap": 3, "max_gap": 9}), 0)
    assert (pair.index, pair.gaps, pair.aspects) == (1, (3, 9), ("order", "spacing"))
    assert planted_rule(DATASETS["motif_pair"].presets["order only"], 1).aspects == ("order",)
    assert planted_rule(DATASETS["enhancer_promoter"].presets["exactly one"], 1).sign == -1
    assert planted_rule(DATASETS["motif_counting"].presets["default"], 0).many == 3
    ten = DATASETS["in_class_danq"].presets["default"]
    assert planted_rule(ten, 0).motifs[0].name == ten.classes[0] and planted_rule(ten, 10) is None
    assert planted_rule(DATASETS["uci_promoters"].presets["default"], 1) is None


@pytest.mark.parametrize("name", ["motif_pair", "heterodimer_grammar", "enhancer_promoter", "motif_counting", "one_motif"])
def test_the_bayes_classifier_follows_the_rule_of_its_own_task(name):
    task = DATASETS[name].presets["default"]
    rule, bayes = planted_rule(task, 1), bayes_score(task, 1)
    found = verdict_of(bayes, rule, task.length, bayes, n=20)
    assert {f.grade for f in (*found.findings, *found.at_gaps)} == {"follows"}
    assert all(f.effect.mean == pytest.approx(f.bayes) for f in found.findings)
    assert all(np.sign(f.bayes) == rule.sign for f in found.findings)


def test_asked_and_other_gaps():
    rule = PlantedRule(1, MOTIFS, ("order",), (0, 40))
    assert rule.asked_gaps()[0] == 0 and rule.asked_gaps()[-1] == 40 and len(rule.asked_gaps()) == 13
    assert all(not 6 <= gap <= 14 for gap in PAIR.other_gaps(LENGTH))
    assert PAIR.other_gaps(LENGTH)[-1] == LENGTH - len(FIRST) - len(SECOND)


def test_what_a_unit_sees():
    make = lambda name, **settings: make_model(name, settings, n_outputs=2, length=100, seed=0)
    assert sees_at_most(make("cnn"), 100) == 19 and sees_at_most(make("residual"), 100) == 43
    for name in ("lstm", "attention", "dragonn", "mlp"):
        assert sees_at_most(make(name), 100) is None


def test_what_the_ends_of_a_sequence_tell_is_told():
    """Of a pair 60 bases apart, in the middle of 90, a unit that sees 40 bases sees one site with an end, never both sites."""
    follows = Effect(9.0, 8.0, 10.0, 50)
    gaps = tuple(AtGap(gap, follows, 10.0, "follows") for gap in (5, 20, 60))
    found = RuleVerdict(PAIR, (Finding("order", follows, 10.0, "follows"),), gaps, 40, 50, 90)
    assert found.from_the_ends == (60,) and "At 60 a unit sees less than half of the pair" in conclude_rule("It", found)
    far = replace(found, length=400)  # too far from the ends
    assert far.from_the_ends == () and replace(found, sees=None).from_the_ends == ()
    assert "end of the sequence" not in conclude_rule("It", far)


def test_an_untrained_model_does_not_follow_and_its_span_is_told():
    task = DATASETS["motif_pair"].presets["default"]
    torch.manual_seed(0)
    model = make_model("residual", {}, n_outputs=2, length=120, seed=0)
    found = rule_verdict(model, task, 1, n=10)
    assert found.whole_up_to == 43 - 23
    assert "sees 43 bases, so both motifs whole up to 20 bases apart" in conclude_rule("It", found)
    assert found.findings[0].grade != "follows" and "Bayes" in finding_words(found.findings[0])
    assert rule_verdict(model, DATASETS["uci_promoters"].presets["default"], 1) is None


def test_as_a_piece_of_work_it_is_the_same():
    run, told = find_run("cnn"), []
    files = rule_verdict_run({"run": "cnn", "index": 1}, lambda share, words: told.append(share))
    expected = rule_verdict(run.load_model(), run.spec.make_task(), 1)
    found = verdict_from(files["verdict.json"], expected.rule)
    assert found.findings[0].effect.mean == pytest.approx(expected.findings[0].effect.mean, abs=1e-5)
    assert (found.sees, found.n, found.length) == (19, expected.n, 100) and told
    assert found.findings[0].grade == expected.findings[0].grade == "follows"  # the shipped CNN knows CTCF


def test_the_passes_are_about_what_a_model_reads():
    for rule, tolerance in ((PAIR, 0.2), (BOTH, 0.3), (PlantedRule(1, MOTIFS[:1], ("presence",)), 0.1)):
        read = []
        verdict_of(lambda codes, read=read: (read.append(len(codes)), np.zeros(len(codes)))[1], rule, LENGTH, None)
        assert sum(read) == pytest.approx(rule_passes(rule), rel=tolerance)
