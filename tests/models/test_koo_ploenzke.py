"""The local and the distributed network: the first layer's seven activations, and how many positions each layer has."""

import pytest
import torch
from toy_models import one_hot, random_sequences

from seqviz_core.models import ARCHITECTURES, make_model, record
from seqviz_core.models.layers import ACTIVATIONS

X = torch.from_numpy(one_hot(*random_sequences(3, 200, seed=0)))
BY_HAND = {"relu": lambda x: x.clamp(min=0), "exponential": torch.exp, "sigmoid": lambda x: 1 / (1 + torch.exp(-x)),
           "tanh": torch.tanh, "softplus": lambda x: torch.log1p(torch.exp(x)), "linear": lambda x: x,
           "elu": lambda x: torch.where(x > 0, x, torch.exp(x) - 1)}


def made(n_outputs=2, **settings):
    return make_model("koo_ploenzke", settings, n_outputs=n_outputs, length=200, seed=2)


@pytest.mark.parametrize("activation", ACTIVATIONS)
def test_the_first_layer_has_the_activation_and_the_others_relu(activation):
    model = made(activation=activation, shape="distributed")
    trace = record(model, X)
    with torch.no_grad():
        before = model.conv1.norm(model.first_conv(X))
        second = model.conv2.norm(model.conv2.conv(model.conv1.after(trace["conv1"].value)))
    assert torch.allclose(trace["conv1"].value, BY_HAND[activation](before), atol=1e-5)
    assert torch.allclose(trace["conv2"].value, second.clamp(min=0), atol=1e-5)


@pytest.mark.parametrize("settings, positions", [
    ({"shape": "local"}, [200, 4]), ({"shape": "distributed"}, [200, 200, 50, 13]),
    ({"shape": "distributed", "padded": False}, [200, 200, 44, 9]), ({"shape": "deep", "padded": False}, [200, 200, 44, 9])])
def test_positions_of_each_map(settings, positions):
    model = made(**settings)
    maps = record(model, X).of_kind("feature_map")
    assert [m.value.shape[-1] for m in maps] == positions
    assert model.head[1][0].in_features == maps[-1].value.shape[1] * {4: 2, 13: 5, 9: 3}[positions[-1]]


def test_dropout_is_a_share_of_the_papers():
    entry = ARCHITECTURES["koo_ploenzke"]

    def rates(config):
        model = entry.define(config, n_outputs=1, length=200)
        return [m.p for m in model.modules() if isinstance(m, torch.nn.Dropout)]

    assert rates(entry.config(shape="distributed", dropout=1.0)) == [0.1, 0.2, 0.3, 0.4, 0.5]
    assert rates(entry.config(shape="distributed", dropout=0.5)) == pytest.approx([0.05, 0.1, 0.15, 0.2, 0.25])


def test_without_batch_normalisation_the_convolutions_have_biases():
    with_norm, without = made(), made(norm=False)
    assert with_norm.first_conv.bias is None and without.first_conv.bias is not None
    assert not [m for m in without.modules() if isinstance(m, torch.nn.BatchNorm1d)]
