"""Lanchantin's CNN, written out."""

import torch
from torch.nn import functional as F
from toy_models import one_hot, random_sequences

from seqviz_core.models import make_model, record

X = torch.from_numpy(one_hot(*random_sequences(3, 41, seed=0)))


def test_logits_are_three_convolutions_two_pools_and_the_best_hits():
    model = make_model("lanchantin_cnn", {"filters": 6}, n_outputs=2, length=41, seed=2)
    x = X
    for name, width, pool in (("conv1", 9, 2), ("conv2", 5, 2), ("conv3", 3, 1)):
        conv = model.get_submodule(name).conv
        x = F.conv1d(x, conv.weight, conv.bias, padding=width // 2).clamp(min=0)
        assert torch.allclose(record(model, X)[name].value, x, atol=1e-6)
        x = F.max_pool1d(x, pool, ceil_mode=True)
    expected = F.linear(x.max(-1).values, model.head[2].weight, model.head[2].bias)
    assert x.shape == (3, 6, 11) and torch.allclose(record(model, X).logits, expected, atol=1e-6)


def test_a_unit_of_the_top_sees_28_bases():
    model = make_model("lanchantin_cnn", {"filters": 6}, n_outputs=2, length=41, seed=2)
    # 9; pooled 10; 4 steps of 2: 18; pooled 20; 2 steps of 4: 28
    assert [(a.span.width, a.span.stride) for a in record(model, X).of_kind("feature_map")] == [(9, 1), (18, 2), (28, 4)]
