"""Ablation against arithmetic by hand, tangermeme, and planted truth."""

import numpy as np
import pytest
import torch
from tangermeme.ablate import ablate as tangermeme_ablate
from toy_models import Linear, TwoMotifs, conv_model, linear_model, one_hot, random_sequences

from seqviz_core.attribution import At
from seqviz_core.attribution.references import shuffles
from seqviz_core.errors import SeqVizError
from seqviz_core.experiments.ablation import Criterion, ablate
from seqviz_core.experiments.replacing import FILLERS, Part, Replacer, free_starts, tiles

SEQUENCE = random_sequences(1, 60, 3)[0]
A, B = "GATAAGCC", "CACGTGTA"
BOTH = SEQUENCE[:10] + A + SEQUENCE[18:40] + B + SEQUENCE[48:]
PARTS = [Part("A", 10, 18), Part("B", 40, 48)]


def x_of(sequence: str) -> torch.Tensor:
    return torch.from_numpy(one_hot(sequence)[0])


def test_a_linear_model_by_hand():
    """The cost is the weight of the bases that stood there, minus the mean weight of those of the shuffles."""
    model, x = linear_model(1, length=60), x_of(SEQUENCE)
    found = ablate(model, x, 1, [Part("", 5, 15)], n=30, seed=4)
    w, S = model.weight[1].detach(), shuffles(x, 30, 4)
    costs = (w * x)[:, 5:15].sum() - (w * S)[:, :, 5:15].sum((1, 2))
    assert np.allclose(found.logit - found.logits[0], costs, atol=1e-4)
    assert found.cost[0] == pytest.approx(float(costs.mean()), abs=1e-4)
    assert found.whole == pytest.approx(float((w * S).sum((1, 2)).mean()) + 0.5, abs=1e-4)


@pytest.mark.parametrize("filler", FILLERS)
def test_as_tangermeme_ablates_given_the_same_shuffles(filler):
    model, x = conv_model(2).eval(), x_of(SEQUENCE)
    fill = Replacer(x, 12, 7, filler)
    for start, end in ((0, 9), (20, 37), (50, 60)):
        given = lambda X, start, end, n, random_state: fill.without([Part("", start, end)])[None]
        before, after = tangermeme_ablate(model, x[None], start, end, n=12, shuffle_fn=given, device="cpu")
        found = ablate(model, x, 1, [Part("", start, end)], n=12, seed=7, filler=filler)
        assert found.logit == pytest.approx(float(before[0, 1]), abs=1e-5)
        assert np.allclose(found.logits[0], after[0, :, 1], atol=1e-5)


@pytest.mark.parametrize("filler", FILLERS)
def test_only_the_part_is_replaced_and_by_bases(filler):
    x = x_of(SEQUENCE[:30] + "NN" + SEQUENCE[32:])
    filled = Replacer(x, 9, 0, filler).without([Part("", 25, 40)])
    kept = np.r_[0:25, 40:60]
    assert torch.equal(filled[:, :, kept], x[:, kept].expand(9, -1, -1))
    assert torch.equal(filled.sum(1), x.sum(0).expand(9, -1))  # never zeros where a base is known, and N stays N
    if filler != "sequence":
        assert torch.equal(filled.sum(2), x.sum(1).expand(9, -1))  # its own letters
    assert not torch.equal(filled[0], filled[1])


def test_only_keeps_the_parts_alone():
    x = x_of(SEQUENCE)
    fill = Replacer(x, 5, 1)
    kept = fill.only([Part("", 0, 4), Part("", 20, 30), Part("", 28, 33)])
    inside = np.r_[0:4, 20:33]
    assert torch.equal(kept[..., inside], x[:, inside].expand(5, -1, -1))
    outside = np.setdiff1d(np.arange(60), inside)
    assert torch.equal(kept[..., outside], fill.whole[..., outside])
    assert torch.equal(fill.only([]), fill.whole) and torch.equal(fill.only([Part("", 0, 60)]), x.expand(5, -1, -1))


def test_both_parts_of_an_and_are_necessary_and_random_spans_cost_nothing():
    found = ablate(TwoMotifs((A, B), "and"), x_of(BOTH), 0, [*PARTS, Part("else", 25, 33)], n=20)
    assert found.logit == 3 and found.called
    assert found.cost.tolist() == [4, 4, 0] and found.lost.tolist() == [1, 1, 0]
    assert found.necessary.tolist() == [True, True, False]
    assert found.interval[0].tolist() == [4, 4]
    assert [null.where for null in found.nulls] == ["elsewhere"] * 3 and not any(null.costs.any() for null in found.nulls)


def test_neither_part_of_an_or_is_necessary():
    found = ablate(TwoMotifs((A, B), "or"), x_of(BOTH), 0, PARTS, n=20)
    assert found.cost.tolist() == [0, 0] and not found.necessary.any()


def test_by_the_logit_a_share_of_what_stands_above_shuffles_must_go():
    weight = torch.zeros(2, 4, 60)
    x = x_of(SEQUENCE)
    weight[0, :, 10:20], weight[0, :, 30:40] = 3 * x[:, 10:20], x[:, 30:40]  # logit 0 is 30 + 10
    parts = [Part("big", 10, 20), Part("small", 30, 40)]
    found = ablate(Linear(weight), x, 0, parts, n=40, criterion=Criterion("logit", 0.5))
    assert found.logit == 40 and found.necessary.tolist() == [True, False]
    assert ablate(Linear(weight), x, 0, parts, n=40, criterion=Criterion("logit", 0.1)).necessary.all()
    assert not ablate(Linear(weight), x, 0, parts, n=40, criterion=Criterion("logit", 0.9)).necessary.any()


def test_where_there_is_no_call_to_lose_the_logit_decides():
    found = ablate(TwoMotifs((A, B), "and", off=5.0), x_of(BOTH), 0, PARTS)
    assert not found.called and found.criterion.by == "logit" and found.necessary.all()


def test_the_null_lies_off_all_parts_and_has_their_width():
    starts = free_starts(60, 7, PARTS)
    assert all(not any(max(s, p.start) < min(s + 7, p.end) for p in PARTS) for s in starts)
    assert set(range(54)) - set(starts) == set(range(4, 18)) | set(range(34, 48))
    model = linear_model(3, length=60)
    found = ablate(model, x_of(BOTH), 0, PARTS, n=20)
    assert len(found.nulls[0].costs) == 20 and found.nulls[0] is found.nulls[1]


def test_where_there_is_no_room_the_null_is_in_shuffles():
    x, model = x_of(BOTH), TwoMotifs((A, B), "and")
    found = ablate(model, x, 0, [Part("", 0, 60), Part("", 10, 18)], n=8)
    assert [null.where for null in found.nulls] == ["shuffles"] * 2 and len(found.nulls[0].costs) == 5
    assert found.cost[0] == 4 and found.nulls[0].mean == 0  # a shuffle has no word to lose


def test_tiles_cover_the_sequence():
    assert [(t.start, t.end) for t in tiles(25, 10, 5)] == [(0, 10), (5, 15), (10, 20), (15, 25)]
    assert [(t.start, t.end) for t in tiles(23, 10, 10)] == [(0, 10), (10, 20), (13, 23)]
    found = ablate(TwoMotifs((A, B), "and"), x_of(BOTH), 0, tiles(60, 10, 5), n=6)
    touching = [any(max(t.start, p.start) < min(t.end, p.end) for p in PARTS) for t in found.parts]
    assert (found.cost > 0).tolist() == [bool(c) and t for c, t in zip(found.cost, touching)] and found.cost.max() == 4


def test_a_short_span_has_few_shuffles_of_its_own():
    x = x_of("TTTT" + SEQUENCE)
    assert ablate(linear_model(length=64), x, 0, [Part("", 0, 4)], filler="pairs").unchanged.tolist() == [1]
    assert ablate(linear_model(length=64), x, 0, [Part("", 0, 4)]).unchanged[0] < 0.5


def test_at_one_base_of_a_model_that_answers_per_base():
    class PerBase(torch.nn.Module):
        def forward(self, X):
            return X  # logits (N, 4, L): the base itself

    x = x_of(SEQUENCE)
    base = int(x[:, 30].argmax())
    found = ablate(PerBase(), x, At(base, 30), [Part("", 28, 33), Part("", 5, 10)], head="positions", n=40)
    same = float((shuffles(x, 40, 0)[:, base, 30]).mean())
    assert found.cost.tolist() == pytest.approx([1 - same, 0]) and found.lost.tolist() == pytest.approx([1 - same, 0])


@pytest.mark.parametrize(("sequence", "parts", "match"), [
    (SEQUENCE, [], "no part"),
    (SEQUENCE, [Part("", 55, 61)], "56 to 61 does not lie inside the sequence, which has bases 1 to 60"),
    (SEQUENCE, [Part("", 9, 9)], "10 to 9 holds no base"), ("NNNN", [Part("", 0, 2)], "Every base of this sequence is unknown"),
    ("AC", [Part("", 0, 1)], "too short"), ("AAAAAAAA", [Part("", 0, 4)], "repeats the same bases"),
])
def test_what_cannot_be_taken_out_is_told(sequence, parts, match):
    with pytest.raises(SeqVizError, match=match):
        ablate(conv_model(width=1), x_of(sequence), 0, parts)


@pytest.mark.parametrize(("width", "step"), [(61, 1), (0, 1), (5, 0)])
def test_tiles_that_do_not_fit_are_told(width, step):
    with pytest.raises(SeqVizError, match="do not fit"):
        tiles(60, width, step)
