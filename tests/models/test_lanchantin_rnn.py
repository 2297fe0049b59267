"""The RNN and the CNN-RNN of the Deep Motif Dashboard: mean over time, and the published sizes with one bias a gate."""

import pytest
import torch
from toy_models import one_hot, random_sequences

from seqviz_core.models import ARCHITECTURES, make_model, record

X = torch.from_numpy(one_hot(*random_sequences(3, 42, seed=0)))


@pytest.mark.parametrize("name", ["lanchantin_rnn", "lanchantin_cnn_rnn"])
def test_logits_are_linear_in_the_mean_of_the_hidden_states_at_every_base(name):
    model = make_model(name, {"units": 5}, n_outputs=2, length=42, seed=0)
    trace = record(model, X)
    h = torch.cat([trace[f"lstm.{d}.h"].value for d in ("left_to_right", "right_to_left")], dim=1)
    assert h.shape == (3, 10, 42)
    assert torch.allclose(trace.logits, h.sum(-1) / 42 @ model.read_out.weight.T + model.read_out.bias, atol=1e-6)
    assert (model.first_conv is None) == (name == "lanchantin_rnn")


@pytest.mark.parametrize("name, published", [("lanchantin_rnn", 9_602), ("lanchantin_cnn_rnn", 46_082)])
def test_without_pytorchs_second_biases_it_has_the_published_size(name, published):
    paper, = ARCHITECTURES[name].published.values()
    model = ARCHITECTURES[name].define(paper.config, n_outputs=paper.n_outputs, length=paper.length)
    assert sum(p.numel() for key, p in model.named_parameters() if "bias_hh" not in key) == published
