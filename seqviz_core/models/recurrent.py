"""Recurrent layers that run fused and still tell their gates.

Nobody records: PyTorch's fused kernel, nothing else. Somebody records: the same fused run, then every gate pre-activation from
one matmul of x_t and h_(t-1), both known. Somebody intervenes on a gate or a state: the recurrence, step by step.
A cell says how: `recover` for the whole sequence, `step` for one position. The LSTM is here, GRU and plain RNN are in cells.py.
"""

import math
from collections.abc import Callable, Mapping
from typing import ClassVar, NamedTuple

import torch
from torch import Tensor, nn

from .architecture import fill_uniform
from .internals import Probe, Span, is_recording

GATES = ("i", "f", "g", "o")  # PyTorch's packed order
AXES = ("sequence", "unit", "position")
EditOne = Callable[[str, Tensor], Tensor]
"""`edit(name, value)`: the value of one internal at one step, (N, units), as somebody wants it."""


class Weights(NamedTuple):
    """The weights of one direction, gates packed as PyTorch does: (gates * units, n_in), (gates * units, units) and biases."""

    ih: Tensor
    hh: Tensor
    b_ih: Tensor
    b_hh: Tensor


class Direction(nn.Module):
    """The probes of one reading direction."""

    def __init__(self, internals: Mapping[str, str], span: Span):
        super().__init__()
        for name, kind in internals.items():
            self.add_module(name, Probe(kind, AXES, span))

    def probes(self) -> dict[str, Probe]:
        """Return the probes by what they hold: i, f, g, o, c, h for an LSTM."""
        return dict(self.named_children())

    def edited(self) -> bool:
        """Return whether somebody intervenes on any of them."""
        return any(probe.edit() for probe in self.probes().values())

    def record(self, values: Mapping[str, Tensor]) -> None:
        """Write all of them down, each given as (N, P, units), in their probes' axes."""
        for name, probe in self.probes().items():
            probe.record(values[name].transpose(1, 2))  # (N, units, P)


class Recurrence(nn.Module):
    """One recurrent layer, one- or bidirectional, with a probe on each gate and state of each direction.

    internals : what a cell has, by name, and which kind each is; the last is the hidden state h.
    """

    internals: ClassVar[Mapping[str, str]]

    def __init__(self, fused: nn.RNNBase, span: Span):
        super().__init__()
        self.units, self.fused = fused.hidden_size, fused
        self.left_to_right = Direction(self.internals, span)
        self.right_to_left = Direction(self.internals, span) if fused.bidirectional else None

    def initialise(self, generator: torch.Generator) -> None:
        """Fill the weights as PyTorch does: uniform within 1/sqrt(units)."""
        fill_uniform(self.fused.parameters(), 1 / math.sqrt(self.units), generator)

    def directions(self) -> dict[str, Direction]:
        """Return the directions by the suffix of their weights in PyTorch."""
        both = {"": self.left_to_right, "_reverse": self.right_to_left}
        return {suffix: direction for suffix, direction in both.items() if direction is not None}

    def forward(self, x: Tensor) -> Tensor:  # (N, P, n_in) -> (N, P, directions * units)
        if any(direction.edited() for direction in self.directions().values()):
            return torch.cat([self._step_by_step(x, *pair) for pair in self.directions().items()], dim=-1)
        h, _ = self.fused(x)
        if is_recording():
            for part, (suffix, direction) in zip(h.split(self.units, dim=-1), self.directions().items()):
                values = self.recover(_flip(suffix, x), _flip(suffix, part), self.weights(suffix))
                direction.record({name: _flip(suffix, value) for name, value in values.items()})
        return h

    def weights(self, suffix: str) -> Weights:
        """Return the weights of one direction, by its suffix."""
        return Weights(*(getattr(self.fused, f"{name}_l0{suffix}") for name in ("weight_ih", "weight_hh", "bias_ih", "bias_hh")))

    def recover(self, x: Tensor, h: Tensor, w: Weights) -> dict[str, Tensor]:
        """Return all internals, each (N, P, units), from inputs x (N, P, n_in) and outputs h (N, P, units) in reading order."""
        raise NotImplementedError

    def step(self, x: Tensor, state: Mapping[str, Tensor], w: Weights, edit: EditOne) -> dict[str, Tensor]:
        """Return all internals after reading x (N, n_in), each (N, units), every one of them through `edit`."""
        raise NotImplementedError

    def _step_by_step(self, x: Tensor, suffix: str, direction: Direction) -> Tensor:
        w, probes, length = self.weights(suffix), direction.probes(), x.shape[1]
        now = dict.fromkeys(self.internals, x.new_zeros(len(x), self.units))
        steps: dict[int, dict[str, Tensor]] = {}
        for t in reversed(range(length)) if suffix else range(length):
            steps[t] = now = self.step(x[:, t], now, w, lambda name, value, t=t: _edit_at(probes[name], value, t))
        values = {name: torch.stack([steps[t][name] for t in range(length)], dim=1) for name in self.internals}
        direction.record(values)
        return values["h"]


class GatedLSTM(Recurrence):
    """Long short-term memory: input, forget, candidate and output gate, cell state c and hidden state h = o tanh(c).

    A forget bias of 0 forgets as fast as a plain RNN; 1 or more keeps evidence (Jozefowicz et al. 2015).
    """

    internals: ClassVar[Mapping[str, str]] = {**dict.fromkeys(GATES, "gate"), "c": "state", "h": "state"}

    def __init__(self, n_in: int, units: int, *, bidirectional: bool, forget_bias: float, span: Span):
        super().__init__(nn.LSTM(n_in, units, batch_first=True, bidirectional=bidirectional), span)
        self.forget_bias = forget_bias

    def initialise(self, generator: torch.Generator) -> None:
        """Fill the weights as `nn.LSTM` does, then set the forget gate's two biases to the forget bias and 0."""
        super().initialise(generator)
        set_gate_bias(self.fused, slice(self.units, 2 * self.units), self.forget_bias)

    def recover(self, x: Tensor, h: Tensor, w: Weights) -> dict[str, Tensor]:
        i, f, g, o = _lstm_gates(x, before(h), w).values()
        return {"i": i, "f": f, "g": g, "o": o, "c": linear_scan(f, i * g), "h": h}

    def step(self, x: Tensor, state: Mapping[str, Tensor], w: Weights, edit: EditOne) -> dict[str, Tensor]:
        gates = {name: edit(name, gate) for name, gate in _lstm_gates(x, state["h"], w).items()}
        c = edit("c", gates["f"] * state["c"] + gates["i"] * gates["g"])
        return {**gates, "c": c, "h": edit("h", gates["o"] * c.tanh())}


def _lstm_gates(x: Tensor, h_before: Tensor, w: Weights) -> dict[str, Tensor]:
    parts = (x @ w.ih.T + h_before @ w.hh.T + (w.b_ih + w.b_hh)).chunk(4, dim=-1)
    return {name: part.tanh() if name == "g" else part.sigmoid() for name, part in zip(GATES, parts)}


def before(h: Tensor) -> Tensor:
    """Return the state each step started from: h (N, P, units) one position later, zeros at the first."""
    return torch.cat([torch.zeros_like(h[:, :1]), h[:, :-1]], dim=1)


@torch.no_grad()
def set_gate_bias(fused: nn.RNNBase, gate: slice, to: float) -> None:
    """Set the two biases of one gate, whose rows are `gate`, to `to` and 0 in every direction."""
    for name, parameter in fused.named_parameters():
        if name.startswith("bias"):
            parameter[gate] = to if name.startswith("bias_ih") else 0.0


def linear_scan(a: Tensor, b: Tensor) -> Tensor:
    """Return y with y_t = a_t y_(t-1) + b_t along dimension 1 and y_(-1) = 0, in log2(P) doubling steps."""
    shift, length = 1, a.shape[1]
    while shift < length:
        b = torch.cat([b[:, :shift], b[:, shift:] + a[:, shift:] * b[:, :-shift]], dim=1)
        a = torch.cat([a[:, :shift], a[:, shift:] * a[:, :-shift]], dim=1)
        shift *= 2
    return b


def _edit_at(probe: Probe, value: Tensor, t: int) -> Tensor:
    edit = probe.edit()
    return edit(value[..., None], range(t, t + 1))[..., 0] if edit else value


def _flip(suffix: str, value: Tensor) -> Tensor:
    return value.flip(1) if suffix else value
