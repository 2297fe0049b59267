"""Attention tests: toys whose answers are known by hand, masks equal to editing the weights, an independent tau."""

import math
from dataclasses import replace

import numpy as np
import pytest
import torch
from scipy.stats import kendalltau
from torch import nn
from toy_models import linear_model, one_hot, random_sequences

from seqviz_core.attribution import At
from seqviz_core.attribution.references import shuffles
from seqviz_core.checks.attention_edges import edge_test, key_test
from seqviz_core.checks.attention_masks import (
    HeadOf,
    Mask,
    asked_again,
    by_token,
    heads_in,
    mask_changes,
    masking,
    own_bases,
    pattern_of,
    settled,
    tokens_of,
)
from seqviz_core.checks.attention_says import edge_says, first_site, heads_say, keys_say, swaps_say, what_it_does
from seqviz_core.checks.attention_swaps import MOST_JSD, jsd, swaps, tvd
from seqviz_core.checks.attention_tests import LEAST, head_tests, share_of_chance
from seqviz_core.errors import SeqVizError
from seqviz_core.metrics.kendall import kendall_tau, tau_of_chance
from seqviz_core.models import Probe, Span, record
from seqviz_core.models.attention import AttentionConfig, AttentionEncoder
from seqviz_core.models.attention_lstm import AttentionLSTM, AttentionLSTMConfig
from seqviz_core.models.internals import intervene, name_probes

SCORE, VALUE = torch.tensor([0.5, -1.0, 2.0, 0.0]), torch.tensor([1.0, 2.0, -3.0, 5.0])  # of A, C, G, T


class Attended(nn.Module):
    """One query; logits = (0, sum of softmax(score of the base) times the base's value): what is attended is the answer."""

    def __init__(self, constant: bool = False):
        super().__init__()
        self.constant = constant  # values alike at every key: the weights do not matter, whatever they are
        self.scale = nn.Parameter(torch.ones(1))
        self.pattern = Probe("attention", ("sequence", "head", "query", "key"), Span())
        name_probes(self)

    def forward(self, X):  # (N, 4, L) -> (N, 2)
        scores = (X * SCORE[:, None]).sum(1)  # (N, L)
        a = self.pattern(scores.softmax(-1)[:, None, None])[:, 0, 0]
        values = torch.ones_like(scores) * X.mean((1, 2))[:, None] if self.constant else (X * VALUE[:, None]).sum(1)
        logit = self.scale * (a * values).sum(-1)
        return torch.stack([torch.zeros_like(logit), logit], dim=1)


ATTENDED, IGNORES, HEAD = Attended(), Attended(constant=True), HeadOf("pattern", 0)
X = torch.from_numpy(one_hot("ACGTGCA"))


def by_hand(sequence: str) -> tuple[np.ndarray, np.ndarray]:
    """The weights and the values of Attended, written apart from it."""
    score, value = dict(zip("ACGT", SCORE.tolist())), dict(zip("ACGT", VALUE.tolist()))
    weights = np.exp([score[b] for b in sequence])
    return weights / weights.sum(), np.array([value[b] for b in sequence])


def encoder(seed: int = 0, **settings) -> AttentionEncoder:
    torch.manual_seed(seed)
    config = AttentionConfig(**{"width": 8, "layers": 2, "heads": 2, "stem_width": 5, "stem_pool": 2} | settings)
    return name_probes(AttentionEncoder(config, 3, 20)).eval()


def sequences(n: int, length: int = 20, seed: int = 0) -> torch.Tensor:
    return torch.from_numpy(one_hot(*random_sequences(n, length, seed)))


def test_a_masked_key_of_the_attended_toy_is_what_the_hand_says():
    a, v = by_hand("ACGTGCA")
    logit = (a * v).sum()
    expected = [(logit - a[k] * v[k]) / (1 - a[k]) - logit for k in range(7)]
    (layer,) = record(ATTENDED, X).of_kind("attention")
    assert mask_changes(ATTENDED, X, 1, layer, [Mask(0, k, k + 1) for k in range(7)]) == pytest.approx(expected, abs=1e-5)
    whole = mask_changes(ATTENDED, X, 1, layer, [Mask(0, 0, 7)])
    assert whole == pytest.approx([-logit], abs=1e-5)


def test_the_head_and_its_uniform_attention_by_hand():
    a, v = by_hand("ACGTGCA")
    (test,) = head_tests(ATTENDED, X, 1, (2, 3))
    assert test.on_site == pytest.approx(a[2], abs=1e-6) and test.keys == range(2, 3)
    assert test.moved == pytest.approx(np.delete(a, 2), abs=1e-6)
    assert test.without == pytest.approx(-(a * v).sum(), abs=1e-5)
    assert test.uniform == pytest.approx(v.mean() - (a * v).sum(), abs=1e-5)
    assert test.planted and test.mass_of_chance == pytest.approx(np.quantile(np.delete(a, 2), 0.95), abs=1e-6)


def test_keys_of_the_attended_toy_have_tau_leave_one_out_and_gradient_by_hand():
    keys = key_test(ATTENDED, X, 1, HEAD)
    a, v = by_hand("ACGTGCA")
    assert keys.weight == pytest.approx(a, abs=1e-6)
    # d logit / d x[base, k] = a_k (v_k (one value) + ...): for the observed base, a_k v_b + s_b a_k (v_k - logit)
    logit = (a * v).sum()
    score = np.array([dict(zip("ACGT", SCORE.tolist()))[b] for b in "ACGTGCA"])
    assert keys.gradient == pytest.approx(np.abs(a * v + score * a * (v - logit)), abs=1e-5)
    assert keys.taus["masked key"] == pytest.approx(kendalltau(a.round(6), np.abs(keys.change)).statistic, abs=0.15)


def test_a_token_left_out_by_hand():
    sequence = random_sequences(1, 30, 5)[0]
    x = torch.from_numpy(one_hot(sequence))
    keys, logit = key_test(ATTENDED, x, 1, HEAD), lambda bases: float(np.multiply(*by_hand(bases)).sum())
    sigmoid = lambda z: 1 / (1 + math.exp(-z))  # of two classes, the first with a logit of 0: TVD is the change of the second
    others = ["".join("ACGT"[int(c)] for c in other.argmax(0)) for other in shuffles(x[0], 4, 0)]
    expected = [np.mean([abs(sigmoid(logit(sequence[:k] + o[k] + sequence[k + 1:])) - sigmoid(logit(sequence))) for o in others])
                for k in range(30)]
    assert keys.left_out == pytest.approx(expected, abs=1e-5) and max(expected) > 0.01


def test_attention_that_ignores_its_weights_is_found_out():
    x = sequences(1, 40)
    (layer,) = record(IGNORES, x).of_kind("attention")
    changes = mask_changes(IGNORES, x, 1, layer, [Mask(0, k, k + 1) for k in range(40)])
    assert np.abs(changes).max() < 1e-6
    (test,) = head_tests(IGNORES, x, 1)
    assert not test.matters and abs(test.uniform) < 1e-6
    edge = edge_test(IGNORES, x, 1, HEAD, 0, int(pattern_of(record(IGNORES, x), HEAD)[0].argmax()))
    assert edge.weight > 0.05 and abs(edge.change) < 1e-6 and "Attention is a hypothesis" in edge_says(edge)
    swapped = swaps(IGNORES, x, 1, HEAD)
    assert swapped.median_tvd < 1e-6 and swapped.uniform[1][0] < 1e-6
    distance, change, _ = (float(part[0]) for part in swapped.adversarial)
    assert change < 1e-6 and distance == pytest.approx(swapped.most, abs=1e-5) and 0.65 < distance <= MOST_JSD
    assert "is not needed" in swaps_say(swapped, "head 1")
    assert math.isnan(key_test(IGNORES, x, 1, HEAD).taus["masked key"])
    assert "not at all" in keys_say(key_test(IGNORES, x, 1, HEAD), "head 1")


def test_attention_that_is_the_answer_does_not_let_itself_be_swapped():
    ATTENDED.scale.data.fill_(10.0)
    try:
        swapped = swaps(ATTENDED, X, 1, HEAD)
    finally:
        ATTENDED.scale.data.fill_(1.0)
    assert swapped.adversarial[1][0] <= swapped.same < swapped.median_tvd
    # all on the key of least weight (C) would answer 20 instead of about -13
    assert swapped.adversarial[0][0] < swapped.most - 0.05


def test_the_search_never_says_more_than_a_pattern_it_found():
    model, x = encoder(), sequences(1)
    for head in heads_in(record(model, x)):
        found = swaps(model, x, 0, head)
        assert found.adversarial[1][0] <= found.same and 0 <= found.adversarial[0][0] <= found.most + 1e-6 <= MOST_JSD + 2e-6


def test_masking_a_head_is_zeroing_its_columns_of_the_output():
    model, x = encoder(), sequences(1)
    tests = {t.head: t for t in head_tests(model, x, 1)}
    for head in heads_in(record(model, x)):
        edited = encoder()
        out = edited.get_submodule(head.probe.removesuffix(".pattern")).out
        out.weight.data[:, head.head * 4:(head.head + 1) * 4] = 0
        assert tests[head].without == pytest.approx((edited(x) - model(x))[0, 1].item(), abs=1e-5)


def test_masking_an_edge_is_a_score_of_minus_infinity():
    model, x = encoder(layers=1, heads=1), sequences(1)
    edge = edge_test(model, x, 2, HeadOf("layer1.attention.pattern", 0), 3, 6)
    attention = model.layer1.attention
    normal = attention.scores

    def without(q, k):
        scores = normal(q, k).clone()
        scores[:, 0, 3, 6] = -math.inf
        return scores

    expected = model(x)
    attention.scores = without
    assert edge.change == pytest.approx((model(x) - expected)[0, 2].item(), abs=1e-5)
    assert len(edge.random[0]) == 99 and len(edge.alike[0]) == 99  # 10 x 10 tokens but for the edge itself


def test_rows_of_a_sweep_do_not_talk_and_rows_without_a_mask_stay():
    model, x = encoder(), sequences(1)
    layer = record(model, x).of_kind("attention")[1]
    masks = [Mask(1, k, k + 2, 3, 5) for k in range(8)]
    together = mask_changes(model, x, 0, layer, masks)
    with torch.no_grad(), intervene({layer.name: masking(masks[5:6])}):
        alone = model(x)
    assert together[5] == pytest.approx((alone - model(x))[0, 0].item(), abs=1e-5)
    pattern = torch.rand(1, 2, 5, 5).softmax(-1)
    edited = masking([Mask(1, 0, 2, 1, 2)])(pattern, range(5))
    assert torch.equal(edited[0, 0], pattern[0, 0]) and torch.equal(edited[0, 1, 2:], pattern[0, 1, 2:])
    assert edited[0, 1, 1].sum().item() == pytest.approx(1) and (edited[0, 1, 1, :2] == 0).all()


def test_more_rows_than_one_pass_holds_come_out_in_order(monkeypatch):
    model, x = encoder(), sequences(1)
    layer = record(model, x).of_kind("attention")[0]
    masks = [Mask(0, k, k + 1) for k in range(10)]
    expected = mask_changes(model, x, 0, layer, masks)
    monkeypatch.setattr("seqviz_core.checks.attention_masks.AT_ONCE", 3 * layer.value[0].numel())
    assert mask_changes(model, x, 0, layer, masks) == pytest.approx(expected, abs=1e-5)
    assert len(asked_again(model, x, layer, 7, lambda rows: masking([Mask(0, 0, 0)] * (rows.stop - rows.start)))) == 7


def test_jsd_and_tvd_by_hand():
    p, q = torch.tensor([[0.5, 0.5, 0.0]]), torch.tensor([[0.5, 0.0, 0.5]])
    m = [0.5, 0.25, 0.25]
    kl = 0.5 * math.log(0.5 / m[0]) + 0.5 * math.log(0.5 / m[1])
    assert jsd(p, q).item() == pytest.approx(kl, abs=1e-6)
    assert jsd(torch.eye(2)[:1], torch.eye(2)[1:]).item() == pytest.approx(math.log(2), abs=1e-6)
    assert jsd(p, p).item() == 0
    assert tvd(torch.tensor([0.7, 0.2, 0.1]), torch.tensor([0.1, 0.2, 0.7])).item() == pytest.approx(0.6)


@pytest.mark.parametrize("seed", range(5))
def test_tau_is_scipys(seed):
    rng = np.random.default_rng(seed)
    x, y = rng.integers(0, 8, 30), rng.integers(0, 8, 30) if seed % 2 else rng.random(30)
    assert kendall_tau(x, y) == pytest.approx(kendalltau(x, y).statistic, abs=1e-12)


def test_tau_without_order_and_by_chance():
    assert math.isnan(kendall_tau(np.ones(4), np.arange(4)))
    n = 40  # variance of tau of unrelated rankings: 2 (2n + 5) / (9 n (n - 1))
    ranks = np.arange(n)
    assert tau_of_chance(ranks, ranks) == pytest.approx(1.96 * math.sqrt(2 * (2 * n + 5) / (9 * n * (n - 1))), rel=0.15)
    half = ranks < n // 2  # S varies by n1 n2 (n + 1) / 3 with so many ties, and is divided by the root of both numbers of pairs
    spread = math.sqrt(n**2 / 4 * (n + 1) / 3) / math.sqrt(n * (n - 1) / 2 * n**2 / 4)
    assert tau_of_chance(ranks, half) == pytest.approx(1.96 * spread, rel=0.15)
    assert math.isnan(tau_of_chance(ranks, np.zeros(n)))


def test_tokens_and_the_bases_they_stand_for():
    span = AttentionEncoder(AttentionConfig(), 2, 100).stem.span
    assert (span.stride, span.offset, span.width) == (5, -9, 23) and own_bases(span) == Span(5, 0, 5)
    assert tokens_of(0, 5, span, 20) == range(0, 1) and tokens_of(4, 6, span, 20) == range(0, 2)
    assert tokens_of(98, 100, span, 20) == range(19, 20) and tokens_of(66, 76, span, 20) == range(13, 16)
    assert by_token(np.arange(23.0), span, 5).tolist() == [10, 35, 60, 85, 20 + 21 + 22]
    assert by_token(np.arange(6.0), Span(), 6).tolist() == [0, 1, 2, 3, 4, 5]


def test_a_planted_site_against_the_same_stretch_moved():
    x = torch.from_numpy(one_hot("A" * 12 + "GGG" + "A" * 12))
    (test,) = head_tests(ATTENDED, x, 1, (12, 15))
    assert test.looks and test.matters and len(test.moved) == 20  # 25 places, less 5 that overlap the site
    assert what_it_does(test) == "looks there and uses it"
    (idle,) = head_tests(IGNORES, x, 1, (12, 15))
    assert idle.looks and not idle.matters and what_it_does(idle) == "lights up, does nothing"
    said = heads_say([idle], "the planted site")
    assert "The only head looks at the planted site" in said and "lights up and does nothing" in said
    weak = replace(idle, change=0.5, changes_moved=np.full(20, 0.6))
    assert what_it_does(weak) == "lights up, does no more than elsewhere"
    assert "lights up and does no more than elsewhere (read-out, head 1: +0.50" in heads_say([weak], "the planted site")
    (away,) = head_tests(ATTENDED, x, 1, (3, 6))
    assert not away.looks


def test_a_partner_is_looked_at_by_the_tokens_of_the_other_site_only():
    model, x = encoder(layers=1), sequences(1)
    (test, _) = head_tests(model, x, 0, (12, 16), (2, 6))
    pattern = pattern_of(record(model, x), test.head)
    assert test.keys == range(6, 8) and test.on_site == pytest.approx(pattern[1:3, 6:8].sum(1).mean())
    layer = record(model, x).of_kind("attention")[0]
    assert test.change == pytest.approx(mask_changes(model, x, 0, layer, [Mask(0, 6, 8, 1, 3)])[0], abs=1e-6)
    assert len(test.moved) == 9 - 3 - 3  # nine places of two tokens, less those on the site or on the tokens that look


def test_a_pooled_read_out_and_a_model_that_answers_per_base():
    torch.manual_seed(0)
    pooled = AttentionLSTM(AttentionLSTMConfig(units=4, stem_filters=6, stem_width=5, stem_pool=2), 3, 20).eval()
    (test,) = head_tests(pooled, sequences(1), 2, (4, 8))
    assert test.keys == range(2, 4) and len(test.moved) == 9 - 3  # nine places of two tokens, three of them on the site
    assert len(edge_test(pooled, sequences(1), 2, test.head, 0, 3).random[0]) == 9  # one query and ten keys
    torch.manual_seed(0)
    per_base = AttentionEncoder(AttentionConfig(width=8, heads=2, stem_width=5, stem_pool=2), 3, 20, per_position=True).eval()
    x = sequences(1)
    target = settled(per_base, x, 1)
    assert target == At(1, int(per_base(x)[0, 1].argmax())) and settled(per_base, x, At(2, 5)) == At(2, 5)
    layer = record(per_base, x).of_kind("attention")[0]
    one = mask_changes(per_base, x, At(2, 5), layer, [Mask(0, 0, 10)])[0]
    with torch.no_grad():
        plain = per_base(x)[0, 2, 5].item()
    with torch.no_grad(), intervene({layer.name: masking([Mask(0, 0, 10)])}):
        assert one == pytest.approx(per_base(x)[0, 2, 5].item() - plain, abs=1e-5)
    assert swaps(per_base, x, At(2, 5), HeadOf(layer.name, 0), "positions").adversarial[1][0] <= 0.01


def test_wrong_questions_are_one_sentence():
    with pytest.raises(SeqVizError, match="has no attention"):
        head_tests(linear_model(length=20), sequences(1), 0)
    with pytest.raises(SeqVizError, match="There is no edge from token 11 to token 1; there are 10 tokens that look"):
        edge_test(encoder(), sequences(1), 0, HeadOf("layer1.attention.pattern", 0), 10, 0)
    with pytest.raises(SeqVizError, match="There is no head 3"):
        key_test(encoder(), sequences(1), 0, HeadOf("layer1.attention.pattern", 2))
    with pytest.raises(SeqVizError, match="500 tokens; attention is tested up to 120, which is 240 bases"):
        head_tests(encoder(layers=1), sequences(1, 1000), 0)


def test_first_site_and_shares_of_chance():
    assert first_site(np.array([0, 1, 1, 0, 1], bool)) == (1, 3) and first_site(np.array([0, 1, 1], bool)) == (1, 3)
    assert first_site(None) is None and first_site(np.zeros(3, bool)) is None
    assert share_of_chance(np.arange(100.0)) == pytest.approx(0.05, abs=0.011)
    assert share_of_chance(np.full(10, LEAST / 2), LEAST) == 0
    assert share_of_chance(np.arange(10.0)) == 0.1  # of ten the largest always is
