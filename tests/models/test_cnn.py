"""The CNN's forward pass from the map it shows, written out."""

import pytest
import torch
from toy_models import one_hot, random_sequences

from seqviz_core.models import make_model, record

X = torch.from_numpy(one_hot(*random_sequences(3, 40, seed=0)))


def made(**settings):
    return make_model("cnn", {"filters": 6, "width": 8, **settings}, n_outputs=3, length=40, seed=2)


@pytest.mark.parametrize("activation", ["relu", "exponential", "tanh"])
def test_the_map_is_the_activated_convolution(activation):
    model = made(activation=activation)
    before = torch.nn.functional.conv1d(torch.nn.functional.pad(X, (3, 4)), model.first_conv.weight, model.first_conv.bias)
    expected = {"relu": before.clamp(min=0), "exponential": before.exp(), "tanh": before.tanh()}[activation]
    assert torch.allclose(record(model, X)["conv"].value, expected, atol=1e-6)


@pytest.mark.parametrize("pool", ["max", "max and mean"])
def test_logits_are_the_read_out_of_the_pooled_map(pool):
    model = made(pool=pool)
    trace = record(model, X)
    hits = trace["conv"].value
    pooled = torch.stack([hits[:, f].max(-1).values for f in range(6)], 1)
    if pool == "max and mean":
        pooled = torch.cat([pooled, torch.stack([hits[:, f].sum(-1) / 40 for f in range(6)], 1)], 1)
    assert torch.allclose(trace.logits, pooled @ model.read_out.weight.T + model.read_out.bias, atol=1e-6)


def test_a_hidden_layer_is_a_relu_between_two_linear_maps():
    model = made(hidden=5)
    trace = record(model, X)
    first, _, last = model.read_out
    hidden = (trace["conv"].value.amax(-1) @ first.weight.T + first.bias).clamp(min=0)
    assert hidden.shape == (3, 5) and torch.allclose(trace.logits, hidden @ last.weight.T + last.bias, atol=1e-6)


def test_dropout_acts_in_training_alone():
    model = made(dropout=0.5)
    with torch.no_grad():
        assert torch.equal(model(X), model(X)) and not torch.equal(model.train()(X), model(X))
