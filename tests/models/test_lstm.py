"""The LSTM's read-outs from the hidden states it shows, written out; a stem is optional."""

import pytest
import torch
from toy_models import one_hot, random_sequences

from seqviz_core.models import make_model, record

X = torch.from_numpy(one_hot(*random_sequences(3, 42, seed=0)))


def made(**settings):
    return make_model("lstm", {"units": 5, "stem_filters": 6, **settings}, n_outputs=3, length=42, seed=2)


def over_positions(trace, read_out, directions):
    """Return (N, features) from the recorded hidden states, each (N, units, P)."""
    h = [trace[f"lstm.{d}.h"].value for d in directions]
    if read_out == "last":  # where each direction ends: at the right end, and at the left end
        return torch.cat([h[0][..., -1], *(part[..., 0] for part in h[1:])], dim=1)
    both = torch.cat(h, dim=1)
    if read_out == "attention":
        return (both * trace["attention.pattern"].value[:, 0]).sum(-1)
    return both.max(-1).values if read_out == "max" else both.sum(-1) / both.shape[-1]


@pytest.mark.parametrize("directions", [["left_to_right"], ["left_to_right", "right_to_left"]], ids=len)
@pytest.mark.parametrize("read_out", ["last", "max", "mean", "attention"])
def test_logits_are_the_read_out_of_the_hidden_states(read_out, directions):
    model = made(read_out=read_out, bidirectional=len(directions) == 2)
    trace = record(model, X)
    features = over_positions(trace, read_out, directions)
    assert features.shape == (3, 5 * len(directions))
    assert torch.allclose(trace.logits, features @ model.read_out.weight.T + model.read_out.bias, atol=1e-6)


def test_a_last_state_has_read_the_whole_sequence_in_both_directions():
    model, changed = made(read_out="last", stem_filters=0), X.clone()
    changed[:, :, 20] = changed[:, [1, 2, 3, 0], 20]
    features = [over_positions(record(model, x), "last", ["left_to_right", "right_to_left"]) for x in (X, changed)]
    assert (features[0] != features[1]).all()


def test_without_a_stem_it_reads_the_bases():
    model = made(stem_filters=0)
    assert model.first_conv is None and model.first_map is None
    trace = record(model, X)
    assert trace.of_kind("feature_map") == [] and trace["lstm.left_to_right.i"].value.shape == (3, 5, 42)
    with_stem = made(stem_pool=5)
    assert with_stem.first_map in record(with_stem, X).activations and with_stem.first_conv is with_stem.stem.conv
    assert record(with_stem, X)["lstm.left_to_right.i"].value.shape == (3, 5, 9)
