"""GRU and plain RNN: what is recovered beside the fused kernel, against PyTorch's cells run by hand and the formulas."""

import pytest
import torch
from torch import nn

from seqviz_core.models import intervene, recording, set_positions, zero_channel
from seqviz_core.models.architecture import initialise
from seqviz_core.models.cells import GatedGRU, TanhRNN
from seqviz_core.models.internals import Span, name_probes

X = torch.randn(3, 23, 5, generator=torch.Generator().manual_seed(1))
DIRECTIONS = [("", "left_to_right"), ("_reverse", "right_to_left")]


def make(cell, bidirectional=True, keep_bias=1.0):
    settings = {"keep_bias": keep_bias} if cell is GatedGRU else {}
    layer = cell(5, 7, bidirectional=bidirectional, span=Span(), **settings)
    initialise(layer, seed=0)
    return name_probes(layer)


def run(layer, x=X, edits=None):
    with torch.no_grad(), recording() as recorded, intervene(edits or {}):
        h = layer(x)
    return h, {name: a.value.transpose(1, 2) for name, a in recorded.items()}  # (N, P, units)


@pytest.mark.parametrize("suffix, direction", DIRECTIONS)
@pytest.mark.parametrize("cell, oracle", [(GatedGRU, nn.GRUCell), (TanhRNN, nn.RNNCell)])
def test_hidden_states_are_those_of_pytorchs_cell(cell, oracle, suffix, direction):
    layer, by_hand = make(cell), oracle(5, 7)
    for name in ("weight_ih", "weight_hh", "bias_ih", "bias_hh"):
        setattr(by_hand, name, getattr(layer.fused, f"{name}_l0{suffix}"))
    out, seen = run(layer)
    h = torch.zeros(3, 7)
    for t in reversed(range(23)) if suffix else range(23):
        h = by_hand(X[:, t], h)
        assert (seen[f"{direction}.h"][:, t] - h).abs().max() < 1e-6
    assert torch.equal(out[..., 7:] if suffix else out[..., :7], seen[f"{direction}.h"])


@pytest.mark.parametrize("suffix, direction", DIRECTIONS)
def test_a_grus_gates_give_its_state(suffix, direction):
    """Reset and update gate lie in (0, 1); h = (1 - z) n + z h before, and n sees the past only through r."""
    layer = make(GatedGRU)
    _, seen = run(layer)
    r, z, n, h = (seen[f"{direction}.{name}"] for name in "rznh")
    assert all(((gate > 0) & (gate < 1)).all() for gate in (r, z)) and (n.abs() < 1).all()
    h_before = torch.roll(h, -1 if suffix else 1, dims=1)
    h_before[:, -1 if suffix else 0] = 0
    assert ((1 - z) * n + z * h_before - h).abs().max() < 1e-6
    w, u, b, b_past = layer.weights(suffix)
    candidate = torch.tanh(X @ w[14:].T + b[14:] + r * (h_before @ u[14:].T + b_past[14:]))
    assert (candidate - n).abs().max() < 1e-6


@pytest.mark.parametrize("cell, probes", [(GatedGRU, "rznh"), (TanhRNN, "h")])
def test_an_edit_that_changes_nothing_changes_nothing(cell, probes):
    layer = make(cell)
    plain, seen = run(layer)
    for name in probes:
        edited, seen_too = run(layer, edits={f"left_to_right.{name}": lambda value, positions: value})
        assert (plain - edited).abs().max() < 1e-6
        assert all((seen[other] - seen_too[other]).abs().max() < 1e-6 for other in seen)


def test_an_update_gate_held_at_one_keeps_the_state():
    _, seen = run(make(GatedGRU, bidirectional=False), edits={"left_to_right.z": set_positions(8, 23, 1.0)})
    h = seen["left_to_right.h"]
    assert torch.equal(h[:, 22], h[:, 7]) and not torch.equal(h[:, 7], h[:, 6])


def test_a_reset_gate_held_at_zero_hides_the_past_from_the_candidate():
    layer = make(GatedGRU, bidirectional=False)
    other = torch.cat([X[:, :10] + 1, X[:, 10:]], dim=1)
    closed = {"left_to_right.r": lambda value, positions: value * 0}
    n, n_other = (run(layer, x, closed)[1]["left_to_right.n"] for x in (X, other))
    assert torch.equal(n[:, 10:], n_other[:, 10:]) and not torch.equal(n[:, :10], n_other[:, :10])
    assert not torch.equal(run(layer, X)[1]["left_to_right.n"][:, 10], run(layer, other)[1]["left_to_right.n"][:, 10])


def test_a_plain_state_cut_at_one_position_forgets():
    layer = make(TanhRNN, bidirectional=False)
    other = torch.cat([X[:, :10] + 1, X[:, 10:]], dim=1)
    cut = {"left_to_right.h": set_positions(9, 10, 0.0)}
    a, b = run(layer, X, cut)[0], run(layer, other, cut)[0]
    assert torch.equal(a[:, 10:], b[:, 10:]) and not torch.equal(a[:, :9], b[:, :9])
    h, _ = run(layer, edits={"left_to_right.h": zero_channel(2)})
    assert not h[..., 2].any() and h[..., [0, 1, 3, 4, 5, 6]].any()


@pytest.mark.parametrize("keep_bias", [0.0, 2.0])
def test_keep_bias_sets_the_update_gate_at_rest(keep_bias):
    _, seen = run(make(GatedGRU, bidirectional=False, keep_bias=keep_bias), torch.zeros(1, 1, 5))
    assert torch.allclose(seen["left_to_right.z"], torch.sigmoid(torch.tensor(keep_bias)))
