"""The fully connected baseline, written out, and what it cannot do: know a motif that has moved."""

import torch
from torch.nn import functional as F
from toy_models import one_hot, random_sequences

from seqviz_core.models import make_model, record

X = torch.from_numpy(one_hot(*random_sequences(3, 30, seed=0)))


def made(**settings):
    return make_model("mlp", {"hidden": 8, **settings}, n_outputs=3, length=30, seed=2)


def test_logits_are_dense_layers_on_the_flat_sequence():
    model = made(layers=2)
    trace = record(model, X)
    x = X.reshape(3, 120)
    for name in ("hidden1", "hidden2"):
        linear = model.get_submodule(name).dense[0]
        x = F.linear(x, linear.weight, linear.bias).clamp(min=0)
        assert torch.allclose(trace[name].value[..., 0], x, atol=1e-6) and trace[name].span.bases(0, 30) == (0, 30)
    assert torch.allclose(trace.logits, F.linear(x, model.read_out.weight, model.read_out.bias), atol=1e-6)


def test_the_same_bases_one_position_on_are_another_thing_to_it_but_not_to_a_cnn():
    cnn = make_model("cnn", {"width": 5}, n_outputs=3, length=30, seed=2)
    moved = F.pad(X[..., :-8], (4, 4))
    same = F.pad(X[..., :-8], (3, 5))
    assert torch.allclose(record(cnn, moved).logits, record(cnn, same).logits, atol=1e-6)
    assert (record(made(), moved).logits - record(made(), same).logits).abs().max() > 1e-3
