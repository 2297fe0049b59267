"""Self-attention against `nn.MultiheadAttention`; pooling and encodings by hand."""

import math

import pytest
import torch
from torch import nn

from seqviz_core.models import recording
from seqviz_core.models.architecture import initialise
from seqviz_core.models.internals import Span, name_probes
from seqviz_core.models.layers import (
    AttentionPooling,
    GlobalMaxPool,
    GlobalMeanPool,
    SameConv1d,
    SelfAttention,
    Stem,
    make_activation,
    sinusoidal_positions,
)


@pytest.mark.parametrize("heads", [1, 2, 4])
def test_self_attention_equals_multihead_attention(heads):
    layer = SelfAttention(12, heads, Span())
    initialise(layer, seed=2)
    oracle = nn.MultiheadAttention(12, heads, batch_first=True)
    oracle.in_proj_weight, oracle.in_proj_bias = layer.query_key_value.weight, layer.query_key_value.bias
    oracle.out_proj.weight, oracle.out_proj.bias = layer.out.weight, layer.out.bias
    x = torch.randn(3, 9, 12, generator=torch.Generator().manual_seed(0))
    with torch.no_grad(), recording() as recorded:
        name_probes(layer)
        out = layer(x)
        expected, pattern = oracle(x, x, x, average_attn_weights=False)
    assert torch.allclose(out, expected, atol=1e-6)
    assert torch.allclose(recorded["pattern"].value, pattern, atol=1e-6)
    assert torch.allclose(pattern.sum(-1), torch.ones(3, heads, 9), atol=1e-6)


@pytest.mark.parametrize("width, dilation", [(2, 1), (5, 1), (8, 1), (19, 1), (7, 4), (5, 3)])
def test_same_convolution_equals_pytorchs(width, dilation):
    layer = SameConv1d(4, 3, width, dilation=dilation)
    oracle = nn.Conv1d(4, 3, width, padding="same", dilation=dilation)
    oracle.load_state_dict(layer.state_dict())
    x = torch.randn(2, 4, 30, generator=torch.Generator().manual_seed(0))
    assert torch.allclose(layer(x), oracle(x), atol=1e-6)


def test_stem_pools_the_map_it_shows():
    stem = Stem(6, 5, "relu", 4)
    x = torch.randn(2, 4, 30, generator=torch.Generator().manual_seed(0))
    name_probes(stem)
    with recording() as recorded:
        pooled = stem(x)
    shown = next(iter(recorded.values())).value
    assert shown.shape == (2, 6, 30) and pooled.shape == (2, 6, 8)
    assert torch.equal(pooled[:, :, 1], shown[:, :, 4:8].amax(-1))
    assert stem.span == Span(stride=4, offset=-2, width=8)


def test_global_pools_by_hand():
    x = torch.tensor([[[1.0, 5.0, 3.0], [-2.0, -4.0, -9.0]]])
    assert GlobalMaxPool()(x).tolist() == [[5.0, -2.0]] and GlobalMeanPool()(x).tolist() == [[3.0, -5.0]]


def test_attention_pooling_is_the_weighted_mean():
    pooling = AttentionPooling(3, Span())
    x = torch.randn(1, 3, 4, generator=torch.Generator().manual_seed(0))
    weight = torch.softmax(torch.stack([pooling.score(x[0, :, p])[0] for p in range(4)]), 0)
    assert torch.allclose(pooling(x)[0], sum(weight[p] * x[0, :, p] for p in range(4)), atol=1e-6)


def test_sinusoidal_positions_by_hand():
    table = sinusoidal_positions(3, 4, like=torch.zeros(1))
    second = [math.sin(1), math.cos(1), math.sin(0.01), math.cos(0.01)]
    assert torch.allclose(table[0], torch.tensor([0.0, 1.0, 0.0, 1.0])) and torch.allclose(table[1], torch.tensor(second))
    assert sinusoidal_positions(5, 7, like=torch.zeros(1)).shape == (5, 7)


def test_activations_by_hand():
    x = torch.tensor([-1.0, 0.0, 2.0])
    assert torch.allclose(make_activation("exponential")(x), torch.tensor([math.exp(-1), 1.0, math.exp(2)]))
    assert torch.allclose(make_activation("relu")(x), torch.tensor([0.0, 0.0, 2.0]))
    assert torch.equal(make_activation("linear")(x), x)
