"""Sufficient parts and pair knock-outs against detectors built by hand, and against trying everything."""

from itertools import combinations

import numpy as np
import pytest
import torch
from toy_models import Linear, TwoMotifs, conv_model, one_hot, random_sequences

from seqviz_core.attribution.gradient import explained_logits
from seqviz_core.errors import SeqVizError
from seqviz_core.experiments import sufficiency
from seqviz_core.experiments.ablation import Criterion
from seqviz_core.experiments.replacing import Part, Replacer, free_starts
from seqviz_core.experiments.sufficiency import pair_knockouts, smallest_sufficient

SEQUENCE = random_sequences(1, 80, 5)[0]
A, B = "GATAAGCC", "CACGTGTA"
BOTH = SEQUENCE[:10] + A + SEQUENCE[18:40] + B + SEQUENCE[48:]
PARTS = [Part("A", 10, 18), Part("else", 25, 33), Part("B", 40, 48)]


def x_of(sequence: str) -> torch.Tensor:
    return torch.from_numpy(one_hot(sequence)[0])


@pytest.mark.parametrize("greedy", [False, True])
def test_an_and_needs_both(monkeypatch, greedy):
    monkeypatch.setattr(sufficiency, "EXACT", 0 if greedy else 8)
    found = smallest_sufficient(TwoMotifs((A, B), "and"), x_of(BOTH), 0, PARTS)
    assert found.kept == (0, 2) and found.exact is not greedy and not found.alone.any()
    assert (found.logits == 3).all() and found.whole == -1
    assert (found.null == -1).all() and found.null_enough == 0


@pytest.mark.parametrize("greedy", [False, True])
def test_of_an_or_each_is_enough(monkeypatch, greedy):
    monkeypatch.setattr(sufficiency, "EXACT", 0 if greedy else 8)
    found = smallest_sufficient(TwoMotifs((A, B), "or"), x_of(BOTH), 0, PARTS)
    assert found.kept in ((0,), (2,)) and found.alone.tolist() == [True, False, True]


def test_where_all_parts_are_not_enough_that_is_said():
    found = smallest_sufficient(TwoMotifs((A, B), "and"), x_of(BOTH), 0, PARTS[:2])
    assert found.kept is None and found.tried == 4 and (found.logits == -1).all()


def test_where_shuffles_are_called_too_nothing_is_needed():
    found = smallest_sufficient(TwoMotifs((A, B), "and", off=-1.0), x_of(BOTH), 0, PARTS)
    assert found.kept == () and found.tried == 1 and not found.null.size and np.isnan(found.null_enough)


@pytest.mark.parametrize("seed", [3, 4, 5, 6])
def test_the_enumeration_agrees_with_trying_everything_here(seed):
    model, x = conv_model(seed).eval(), x_of(BOTH)
    parts = [Part("", s, s + 10) for s in range(0, 60, 12)]
    found = smallest_sufficient(model, x, 0, parts, n=6, seed=2, criterion=Criterion("logit", 0.3))
    fill = Replacer(x, 6, 2)
    logit, whole = explained_logits(model, x[None], 0)[0], explained_logits(model, fill.whole, 0).mean()
    mean = {s: explained_logits(model, fill.only([parts[i] for i in s]), 0).mean()
            for k in range(6) for s in combinations(range(5), k)}
    enough = [s for s in mean if not (logit - mean[s] > 0.3 * (logit - whole) and logit > whole)]
    smallest = [s for s in enough if len(s) == min(map(len, enough))]
    assert found.kept == max(smallest, key=mean.get) != ()


def test_a_linear_model_keeps_its_largest_parts():
    weight, x = torch.zeros(2, 4, 80), x_of(SEQUENCE)
    for strength, part in ((4, PARTS[0]), (1, PARTS[1]), (2, PARTS[2])):
        weight[0, :, part.start:part.end] = strength * x[:, part.start:part.end]
    found = smallest_sufficient(Linear(weight), x, 0, PARTS, n=40, criterion=Criterion("logit", 0.25))
    assert found.kept == (0, 2)  # 4 + 2 of 7 is at least three quarters, 4 alone is not


def test_a_linear_model_has_no_interaction():
    weight = torch.randn(2, 4, 80, generator=torch.Generator().manual_seed(0))
    found = pair_knockouts(Linear(weight), x_of(SEQUENCE), 0, PARTS)
    off = ~np.eye(3, dtype=bool)
    assert np.abs(found.interaction[off]).max() < 1e-5 and np.isnan(found.interaction[~off]).all()
    assert {found.kind(i, j) for i, j in np.argwhere(off)} == {"additive"}
    assert found.both[0, 2] == pytest.approx(found.single[0] + found.single[2], abs=1e-5)


def test_the_parts_of_an_and_are_in_synergy_and_those_of_an_or_make_up_for_each_other():
    """AND: each loss alone costs 4, both cost 4: -4 - (-4) - (-4) = 4. OR: none alone, both 4: -4."""
    both = pair_knockouts(TwoMotifs((A, B), "and"), x_of(BOTH), 0, PARTS)
    assert both.single.tolist() == [-4, 0, -4] and both.both[0, 2] == -4
    assert both.interaction[0, 2] == both.interaction[2, 0] == 4 and both.interaction[0, 1] == 0
    assert both.kind(0, 2) == "synergy" and both.kind(0, 1) == "additive"
    assert len(both.null) == 20 and not both.null.any()
    either = pair_knockouts(TwoMotifs((A, B), "or"), x_of(BOTH), 0, PARTS)
    assert either.single.tolist() == [0, 0, 0] and either.interaction[0, 2] == -4 and either.kind(0, 2) == "redundancy"


def test_what_random_spans_do_too_is_no_interaction():
    """Every filter's maximum makes some interaction of any two places: what is not beyond that is additive."""
    x, model = x_of(BOTH), conv_model(5).eval()
    found = pair_knockouts(model, x, 0, PARTS, n=20, seed=1)
    top, fill = int(np.abs(found.single).argmax()), Replacer(x, 20, 1)
    value = lambda X: explained_logits(model, X[:5], 0)
    starts = np.random.default_rng([1, 3]).choice(free_starts(80, 8, PARTS), size=20, replace=False)
    place = Part("", int(starts[0]), int(starts[0]) + 8)
    by_hand = (value(fill.without([PARTS[top], place])) - value(fill.without([PARTS[top]])) - value(fill.without([place]))
               + value(x[None]))
    assert found.null[0] == pytest.approx(by_hand.mean(), abs=1e-5) and np.abs(found.null).max() > 0
    for i, j in ((0, 1), (0, 2), (1, 2)):
        beyond = abs(found.interaction[i, j]) > np.abs(found.null).max()
        assert beyond or found.kind(i, j) == "additive"


def test_parts_that_share_bases_have_no_interaction_to_speak_of():
    found = pair_knockouts(TwoMotifs((A, B), "and"), x_of(BOTH), 0, [Part("", 10, 18), Part("", 15, 25), Part("", 40, 48)])
    assert np.isnan(found.interaction[0, 1]) and found.interaction[0, 2] == 4


def test_a_part_outside_is_told():
    for function in (smallest_sufficient, pair_knockouts):
        with pytest.raises(SeqVizError, match="does not lie inside"):
            function(TwoMotifs((A, B), "and"), x_of(BOTH), 0, [Part("", 75, 85)])
