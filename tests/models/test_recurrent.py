"""The LSTM's gates against identities, `nn.LSTMCell` and the fused `nn.LSTM`."""

import pytest
import torch
from torch import nn

from seqviz_core.models import intervene, recording, set_positions, zero_channel
from seqviz_core.models.architecture import initialise
from seqviz_core.models.internals import Span, name_probes
from seqviz_core.models.recurrent import GATES, GatedLSTM, linear_scan


def make(bidirectional: bool = True, forget_bias: float = 1.0) -> GatedLSTM:
    layer = GatedLSTM(5, 7, bidirectional=bidirectional, forget_bias=forget_bias, span=Span())
    initialise(layer, seed=0)
    return name_probes(layer)


def run(layer, x, edits=None):
    with torch.no_grad(), recording() as recorded, intervene(edits or {}):
        h = layer(x)
    return h, {name: a.value.transpose(1, 2) for name, a in recorded.items()}  # (N, P, units)


@pytest.fixture
def x():
    return torch.randn(3, 23, 5, generator=torch.Generator().manual_seed(1))


@pytest.mark.parametrize("direction", ["left_to_right", "right_to_left"])
def test_gates_are_in_their_ranges_and_give_h(x, direction):
    layer = make()
    h, seen = run(layer, x)
    gates = {name: seen[f"{direction}.{name}"] for name in (*GATES, "c", "h")}
    for name in "ifo":
        assert ((gates[name] > 0) & (gates[name] < 1)).all()
    assert (gates["g"].abs() < 1).all()
    half = h[..., :7] if direction == "left_to_right" else h[..., 7:]
    assert (gates["o"] * gates["c"].tanh() - half).abs().max() < 1e-6
    assert torch.equal(gates["h"], half)


@pytest.mark.parametrize("suffix, direction", [("", "left_to_right"), ("_reverse", "right_to_left")])
def test_cell_state_is_that_of_an_lstm_cell_run_by_hand(x, suffix, direction):
    layer = make()
    cell = nn.LSTMCell(5, 7)
    for name in ("weight_ih", "weight_hh", "bias_ih", "bias_hh"):
        setattr(cell, name, getattr(layer.fused, f"{name}_l0{suffix}"))
    _, seen = run(layer, x)
    h = c = torch.zeros(3, 7)
    for t in reversed(range(23)) if suffix else range(23):
        h, c = cell(x[:, t], (h, c))
        assert (seen[f"{direction}.c"][:, t] - c).abs().max() < 1e-6
        assert (seen[f"{direction}.h"][:, t] - h).abs().max() < 1e-6


def test_linear_scan_is_the_recurrence():
    generator = torch.Generator().manual_seed(0)
    a, b = torch.rand(2, 37, 3, generator=generator), torch.randn(2, 37, 3, generator=generator)
    y, expected = torch.zeros(2, 3), []
    for t in range(37):
        y = a[:, t] * y + b[:, t]
        expected.append(y)
    assert (linear_scan(a, b) - torch.stack(expected, 1)).abs().max() < 1e-5


def test_an_edit_that_changes_nothing_changes_nothing(x):
    layer = make()
    plain, seen = run(layer, x)
    edited, seen_too = run(layer, x, {"left_to_right.f": lambda value, positions: value,
                                      "right_to_left.c": lambda value, positions: value})
    assert (plain - edited).abs().max() < 1e-6
    assert all((seen[name] - seen_too[name]).abs().max() < 1e-6 for name in seen)


def test_a_closed_input_gate_leaves_an_empty_memory(x):
    h, seen = run(make(bidirectional=False), x, {"left_to_right.i": lambda value, positions: value * 0})
    assert not h.any() and not seen["left_to_right.c"].any()


def test_a_forget_gate_clamped_to_zero_at_one_position_cuts_the_past(x):
    layer = make(bidirectional=False)
    changed = x.clone()
    changed[:, :10] = 0.5
    cut = {"left_to_right.f": set_positions(10, 11, 0.0), "left_to_right.h": set_positions(9, 10, 0.0)}
    a, b = run(layer, x, cut)[0], run(layer, changed, cut)[0]
    assert torch.allclose(a[:, 10:], b[:, 10:], atol=1e-7) and not torch.allclose(a[:, :9], b[:, :9])


def test_a_zeroed_unit_is_zero_and_only_it(x):
    h, seen = run(make(bidirectional=False), x, {"left_to_right.h": zero_channel(2)})
    assert not h[..., 2].any() and h[..., [0, 1, 3, 4, 5, 6]].any()


@pytest.mark.parametrize("forget_bias", [0.0, 1.0, 3.0])
def test_forget_bias_sets_the_gate_at_rest(forget_bias):
    layer = make(bidirectional=False, forget_bias=forget_bias)
    _, seen = run(layer, torch.zeros(1, 1, 5))
    assert torch.allclose(seen["left_to_right.f"], torch.sigmoid(torch.tensor(forget_bias)))
