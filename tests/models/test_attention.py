"""The attention model: what positional encoding is for, its read-outs, its tokens."""

import pytest
import torch
from toy_models import one_hot, random_sequences

from seqviz_core.errors import SeqVizError
from seqviz_core.models import intervene, make_model, record, zero_channel
from seqviz_core.models.positions import POSITIONS

X = torch.from_numpy(one_hot(*random_sequences(3, 40, seed=0)))


def made(**settings):
    return make_model("attention", {"width": 8, "heads": 2, "stem_pool": 4, "stem_width": 3, **settings},
                      n_outputs=3, length=40, seed=2)


def shuffled(model, order=None):
    """Return the logits where the stem's ten tokens come in another order."""
    order = torch.randperm(10, generator=torch.Generator().manual_seed(0)) if order is None else order
    pool, model.stem.pool = model.stem.pool, torch.nn.Sequential(model.stem.pool, Reorder(order))
    try:
        return record(model, X).logits
    finally:
        model.stem.pool = pool


class Reorder(torch.nn.Module):
    def __init__(self, order):
        super().__init__()
        self.order = order

    def forward(self, x):
        return x[..., self.order]


@pytest.mark.parametrize("read_out", ["max", "mean", "attention"])
def test_without_positions_the_order_of_the_tokens_is_nothing_to_it(read_out):
    blind = made(positions="none", read_out=read_out)
    assert torch.allclose(shuffled(blind), record(blind, X).logits, atol=1e-5)


@pytest.mark.parametrize("positions", [name for name in POSITIONS if name != "none"])
def test_every_encoding_sees_the_order_of_the_tokens(positions):
    model = made(positions=positions, read_out="mean")
    assert (shuffled(model) - record(model, X).logits).abs().max() > 2e-4


def test_alibi_knows_distances_and_no_direction():
    backwards = torch.arange(9, -1, -1)
    alibi, relative = made(positions="alibi", read_out="mean"), made(positions="relative", read_out="mean")
    assert torch.allclose(shuffled(alibi, backwards), record(alibi, X).logits, atol=1e-6)
    assert (shuffled(relative, backwards) - record(relative, X).logits).abs().max() > 2e-4


def test_learned_positions_end_where_training_ended():
    model = made(positions="learned")
    assert torch.isfinite(record(model, X[..., :1]).logits).all()
    with pytest.raises(SeqVizError, match="40 bases"):
        record(model, torch.cat([X, X], dim=-1))


def test_the_answer_per_base_is_linear_in_the_token_and_the_bases_own_column():
    model = make_model("attention", {"width": 8, "heads": 2, "stem_pool": 4}, n_outputs=3, length=40, seed=2, per_position=True)
    trace = record(model, X)
    tokens = model.norm(trace["layer2.embedding"].value.transpose(1, 2)).transpose(1, 2)  # (N, width, tokens)
    for base in (0, 3, 4, 39):
        features = torch.cat([tokens[..., base // 4], trace["stem"].value[..., base]], dim=1)
        expected = features @ model.read_out.linear.weight.T + model.read_out.linear.bias
        assert torch.allclose(trace.logits[..., base], expected, atol=1e-5)


@pytest.mark.parametrize("read_out", ["max", "mean", "attention"])
def test_logits_are_the_read_out_of_the_last_embedding(read_out):
    model = made(read_out=read_out)
    trace = record(model, X)
    tokens = model.norm(trace["layer2.embedding"].value.transpose(1, 2))  # (N, tokens, width)
    weights = {"max": None, "mean": torch.full((3, 10, 1), 0.1)}.get(read_out)
    if read_out == "attention":
        weights = trace["pooling.pattern"].value[:, 0].transpose(1, 2)
    pooled = tokens.max(1).values if weights is None else (tokens * weights).sum(1)
    assert torch.allclose(trace.logits, pooled @ model.read_out.weight.T + model.read_out.bias, atol=1e-5)


def test_a_head_can_be_switched_off_and_each_layer_has_its_own_probes():
    model = made(layers=3, stem_pool=1)
    trace = record(model, X)
    patterns = [a.name for a in trace.of_kind("attention")]
    assert len(patterns) == 3 and all(trace[name].value.shape == (3, 2, 40, 40) for name in patterns)
    assert [a.value.shape for a in trace.of_kind("embedding")] == [(3, 8, 40)] * 3
    with intervene({patterns[0]: zero_channel(1)}):
        without = record(model, X)
    assert not without[patterns[0]].value[:, 1].any() and not torch.equal(without.logits, trace.logits)
