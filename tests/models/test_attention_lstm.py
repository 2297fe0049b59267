"""The LSTM with attention, from the hidden states and the pattern it shows."""

import torch
from toy_models import one_hot, random_sequences

from seqviz_core.models import intervene, make_model, record

X = torch.from_numpy(one_hot(*random_sequences(3, 42, seed=0)))


def made(**settings):
    return make_model("attention_lstm", {"units": 5, "scorer": 4, "stem_filters": 6, **settings}, n_outputs=3, length=42, seed=2)


def hidden(trace):
    return torch.cat([trace[f"lstm.{d}.h"].value for d in ("left_to_right", "right_to_left")], dim=1)  # (N, 10, 9)


def test_the_pattern_is_the_softmax_of_v_tanh_w_h_and_weighs_the_states():
    model = made()
    trace = record(model, X)
    h = hidden(trace)
    inner, _, outer = model.attention.score
    scores = torch.einsum("u,nup->np", outer.weight[0], torch.tanh(torch.einsum("uf,nfp->nup", inner.weight, h)
                                                                   + inner.bias[:, None]))
    pattern = trace["attention.pattern"].value[:, 0, 0]
    assert torch.allclose(pattern, scores.exp() / scores.exp().sum(1, keepdim=True), atol=1e-6)
    pooled = (h * pattern[:, None]).sum(-1)
    assert torch.allclose(trace.logits, pooled @ model.read_out.weight.T + model.read_out.bias, atol=1e-6)


def test_attention_can_be_put_on_one_position():
    model = made()
    only = torch.zeros(1, 1, 1, 9)
    only[..., 4] = 1
    with intervene({"attention.pattern": lambda value, positions: only.expand_as(value)}):
        trace = record(model, X)
    assert torch.allclose(trace.logits, hidden(trace)[..., 4] @ model.read_out.weight.T + model.read_out.bias, atol=1e-6)
