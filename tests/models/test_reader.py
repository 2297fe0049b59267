"""What recurrent readers share: the head per base, the name of the layer, what a stem adds."""

import pytest
import torch
from toy_models import one_hot, random_sequences

from seqviz_core.models import make_model, record

X = torch.from_numpy(one_hot(*random_sequences(3, 42, seed=0)))
READERS = ["lstm", "gru", "rnn"]


def made(name, per_position=False, **settings):
    settings = {"units": 5, "stem_filters": 6, **settings}
    return make_model(name, settings, n_outputs=3, length=42, seed=2, per_position=per_position)


@pytest.mark.parametrize("name", READERS)
def test_the_answer_per_base_is_linear_in_the_token_and_the_bases_own_column(name):
    model = made(name, per_position=True, stem_pool=4)
    trace = record(model, X)
    h = torch.cat([trace[f"{name}.{d}.h"].value for d in ("left_to_right", "right_to_left")], dim=1)  # (N, 10, 11)
    for base in (0, 3, 4, 41):
        features = torch.cat([h[..., base // 4], trace["stem"].value[..., base]], dim=1)
        assert torch.allclose(trace.logits[..., base], features @ model.read_out.linear.weight.T + model.read_out.linear.bias,
                              atol=1e-6)


def test_the_answer_per_base_without_a_stem_is_linear_in_the_hidden_state():
    model = made("gru", per_position=True, stem_filters=0, bidirectional=False)
    trace = record(model, X)
    h = trace["gru.left_to_right.h"].value
    expected = torch.einsum("nul,cu->ncl", h, model.read_out.linear.weight) + model.read_out.linear.bias[:, None]
    assert trace.logits.shape == (3, 3, 42) and torch.allclose(trace.logits, expected, atol=1e-6)


@pytest.mark.parametrize("name", READERS)
@pytest.mark.parametrize("read_out", ["last", "max", "mean", "attention"])
def test_one_base_is_enough_for_every_read_out(name, read_out):
    assert torch.isfinite(record(made(name, read_out=read_out), X[:, :, :1]).logits).all()


@pytest.mark.parametrize("name", READERS)
def test_a_last_state_has_read_the_base_where_its_direction_ends(name):
    model = made(name, read_out="last", stem_filters=0)
    for end, units in ((41, slice(0, 5)), (0, slice(5, 10))):
        changed = X.clone()
        changed[:, :, end] = changed[:, [1, 2, 3, 0], end]
        h = [torch.cat([t[f"{name}.left_to_right.h"].value[..., -1], t[f"{name}.right_to_left.h"].value[..., 0]], 1)
             for t in (record(model, X), record(model, changed))]
        assert (h[0] != h[1])[:, units].all(), end
