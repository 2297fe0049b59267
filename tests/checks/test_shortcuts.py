"""Shortcuts: the task with a GC leak is caught and the clean one is not; a model that reads GC is told from one that does not."""

import numpy as np
import pytest
import torch
from torch import Tensor, nn

from seqviz_core.checks.gc_use import GC_STEP, gc_use, measure_gc, read_gc, with_gc
from seqviz_core.checks.shortcuts import Rule, Rules, each_rule, measure, read_rules
from seqviz_core.checks.skill import Interval
from seqviz_core.checks.symmetry_says import rules_say, use_says
from seqviz_core.datasets import Dataset, make_task
from seqviz_core.datasets.task import Sites
from seqviz_core.sequences import encode, gc_content
from seqviz_core.training.baselines import bayes_scores, gc_baseline
from tests.toy_models import conv_model

NOTHING = Sites(*(np.zeros(0, dtype=int) for _ in range(5)))


class ReadsGC(nn.Module):
    """logits = (0, strength * (GC content - 1/2))."""

    def __init__(self, strength: float):
        super().__init__()
        self.strength = strength

    def forward(self, X: Tensor) -> Tensor:  # (N, 4, L) -> (N, 2)
        gc = X[:, 1:3].sum((1, 2)) / X.shape[2]
        return torch.stack([torch.zeros_like(gc), self.strength * (gc - 0.5)], 1)


def rules_of(name: str) -> Rules:
    task = make_task(name, {})
    train, test = task.sample(600, 1), task.sample(400, 2)
    ceiling = bayes_scores(task, test).auroc
    found = tuple(each_rule(train, test, task.head, (1, 2, 3)))
    return Rules(found, Interval(ceiling, ceiling, ceiling), ceiling, 0.55, 400, 600)


def test_the_leak_is_caught_with_the_number():
    found = rules_of("gc_leak")
    assert found.solved[0].name == "GC content" and found.solved[0].auroc > 0.97
    said = rules_say(found)
    assert said.startswith(f"A GC rule alone scores {found.rules[0].auroc:.3f} AUROC (the model") and "without a motif" in said


def test_the_clean_task_is_clean():
    found = rules_of("one_motif")
    assert found.solved == [] and found.easier.auroc < 0.8
    assert rules_say(found).startswith("No rule on composition, place or length comes close")


def test_a_rule_beside_a_model_that_guesses():
    """A rule that solves the task is not told to be far from a model that does not."""
    rule, lost = Rule("GC content", "composition", 0.97), Rule("GC content", "composition", 0.51)
    made = lambda r, model: Rules((r, Rule("counts of 2-mers", "composition", 0.5), Rule("length", "length", 0.5)),
                                  Interval(model, model, model), None, 0.55, 400, 600)
    said = rules_say(made(rule, 0.49))
    assert made(rule, 0.49).solved == [rule] and said.endswith("the rule is better than guessing, the model is not.")
    assert rules_say(made(lost, 0.52)) == ("Neither the model 0.520 nor any rule without a motif (at best 0.510 AUROC) is better "
                                           "than guessing.")
    assert "No rule on composition" in rules_say(made(lost, 0.9)) and "100% of what" in rules_say(made(rule, 0.97))


def test_the_rules_are_the_baselines():
    task = make_task("one_motif", {})
    train, test = task.sample(200, 1), task.sample(200, 2)
    found = {r.name: r.auroc for r in each_rule(train, test, "softmax", (2,))}
    assert found["GC content"] == gc_baseline(train, test).auroc and set(found) == {"GC content", "counts of 2-mers",
                                                                                  "which base stands where"}


def test_place_and_length_are_caught():
    rng = np.random.default_rng(1)
    labels = np.arange(300) % 2
    codes = rng.integers(0, 4, (300, 30)).astype(np.uint8)
    codes[:, 7] = labels  # A at place 8 of class 0, C of class 1
    placed = Dataset(codes, labels, NOTHING, ("a", "b"), ())
    found = {r.kind: r.auroc for r in each_rule(placed, placed, "softmax", (1,))}
    assert found["place"] == 1 and "length" not in found
    short = codes.copy()
    short[labels == 1, 20:] = 4
    found = {r.kind: r.auroc for r in each_rule(*[Dataset(short, labels, NOTHING, ("a", "b"), ())] * 2, "softmax", ())}
    assert found["length"] == 1


def test_a_class_for_every_base_has_rules_of_its_own():
    task = make_task("gene_splice", {})
    train, test = task.sample(40, 1), task.sample(30, 2)
    found = list(each_rule(train, test, "positions"))
    assert [r.kind for r in found] == ["composition", "composition", "composition", "window", "window"]
    assert found[-1].auroc > found[1].auroc


@pytest.mark.parametrize("up", [True, False])
def test_only_the_gc_content_changes(up):
    data = make_task("one_motif", {}).sample(30, 3)
    planted = data.planted_mask()
    changed, control = with_gc(data.codes, planted, up, 1)
    difference = gc_content(changed) - gc_content(data.codes)
    assert difference == pytest.approx(GC_STEP * (1 if up else -1), abs=1e-9)
    assert (gc_content(control) == gc_content(data.codes)).all()
    assert ((changed != data.codes) == (control != data.codes)).all()
    assert (changed[planted] == data.codes[planted]).all()


def test_unknown_bases_stay():
    codes = encode(["ANNNT" * 6])
    for up in (True, False):
        for made in with_gc(codes, np.zeros(codes.shape, bool), up, 1):
            assert ((made == 4) == (codes == 4)).all()


def test_a_model_that_reads_gc_is_found_with_its_slope():
    data = make_task("gc_leak", {}).sample(60, 3)
    use, = gc_use(ReadsGC(30.0), data, "softmax")
    assert use.effect.value == pytest.approx(30 * GC_STEP, rel=1e-4)
    assert use.effect.high == pytest.approx(use.effect.low, abs=1e-4)
    assert use.gap == pytest.approx(30 * np.ptp([gc_content(data.codes[data.labels == k]).mean() for k in (0, 1)]), rel=1e-4)
    assert use.used and use.correlation == pytest.approx(1, abs=1e-6) and use.correlation_chance < 0.4
    assert use_says([use]).endswith("the model goes by the GC content.") and "+3.00" in use_says([use])


def test_a_model_that_does_not_read_gc_is_found_clean():
    class ReadsSite(nn.Module):
        def forward(self, X: Tensor) -> Tensor:  # the share of A among A and T: GC has no say
            a, t = X[:, 0].sum(1), X[:, 3].sum(1)
            return torch.stack([torch.zeros_like(a), 10 * a / (a + t + 1e-9)], 1)
    codes = np.random.default_rng(1).integers(0, 4, (80, 100)).astype(np.uint8)
    labels = ((codes == 0).sum(1) > (codes == 3).sum(1)).astype(int)
    use, = gc_use(ReadsSite(), Dataset(codes, labels, NOTHING, ("off", "on"), ()), "softmax")
    assert not use.used and abs(use.effect.value) < 0.1 * use.gap
    assert use.effect.low - 0.05 < 0 < use.effect.high + 0.05


def test_every_class_of_a_model_is_asked():
    data = make_task("in_class_danq", {}).sample(40, 3)
    found = gc_use(conv_model(1, classes=11), data, "softmax")
    assert len(found) == 11 and {u.class_name for u in found} == set(data.classes)
    assert "of 11 classes" in use_says(found)


def test_the_work_writes_what_can_be_read_again():
    told = []
    files = measure({"run": "cnn", "n": 60, "n_train": 100, "seed": 1}, lambda share, said: told.append(said))
    found = read_rules(files["rules.json"])
    assert found.n == 60 and found.n_train == 100 and found.model.value > 0.97 and found.ceiling > 0.97
    assert {r.kind for r in found.rules} == {"composition", "words", "place"} and len(told) == len(found.rules)
    assert isinstance(found.rules[0], Rule)


def test_the_use_of_gc_is_work_too():
    found = read_gc(measure_gc({"run": "cnn", "n": 20, "seed": 1}, lambda share, said: None)["gc.json"])
    assert len(found) == 11 and found[0].effect.low < found[0].effect.value < found[0].effect.high and found[0].n == 20
