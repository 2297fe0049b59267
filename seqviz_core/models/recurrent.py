"""An LSTM that runs fused and still tells its gates.

Nobody records: `nn.LSTM`, nothing else. Somebody records: the same fused run, then every gate pre-activation from one
matmul of x_t and h_(t-1), both known. Somebody intervenes on a gate or a state: the recurrence, step by step.
"""

import math
from typing import NamedTuple

import torch
from torch import Tensor, nn

from .architecture import fill_uniform
from .internals import Probe, Span, is_recording

GATES = ("i", "f", "g", "o")  # PyTorch's packed order
INTERNALS = (*GATES, "c", "h")


class Gates(NamedTuple):
    """Input, forget, candidate and output gate, cell and hidden state; each (N, P, units)."""

    i: Tensor
    f: Tensor
    g: Tensor
    o: Tensor
    c: Tensor
    h: Tensor


class Direction(nn.Module):
    """The probes of one reading direction."""

    def __init__(self, span: Span):
        super().__init__()
        axes = ("sequence", "unit", "position")
        for name in INTERNALS:
            self.add_module(name, Probe("gate" if name in GATES else "state", axes, span))

    def probes(self) -> dict[str, Probe]:
        """Return the six probes by what they hold: i, f, g, o, c, h."""
        return dict(self.named_children())

    def edited(self) -> bool:
        """Return whether somebody intervenes on any of them."""
        return any(probe.edit() for probe in self.probes().values())

    def record(self, gates: Gates) -> None:
        """Write all six down, in their probes' axes."""
        for name, probe in self.probes().items():
            probe.record(getattr(gates, name).transpose(1, 2))  # (N, units, P)


class GatedLSTM(nn.Module):
    """One LSTM layer, one- or bidirectional, with a probe on each gate and state of each direction.

    A forget bias of 0 forgets as fast as a plain RNN; 1 or more keeps evidence (Jozefowicz et al. 2015).
    """

    def __init__(self, n_in: int, units: int, *, bidirectional: bool, forget_bias: float, span: Span):
        super().__init__()
        self.units, self.forget_bias = units, forget_bias
        self.fused = nn.LSTM(n_in, units, batch_first=True, bidirectional=bidirectional)
        self.left_to_right = Direction(span)
        self.right_to_left = Direction(span) if bidirectional else None

    def initialise(self, generator: torch.Generator) -> None:
        """Fill the weights as `nn.LSTM` does, then set the forget gate's two biases to the forget bias and 0."""
        fill_uniform(self.fused.parameters(), 1 / math.sqrt(self.units), generator)
        forget = slice(self.units, 2 * self.units)
        with torch.no_grad():
            for name, parameter in self.fused.named_parameters():
                if name.startswith("bias"):
                    parameter[forget] = self.forget_bias if name.startswith("bias_ih") else 0.0

    def directions(self) -> dict[str, Direction]:
        """Return the directions by the suffix of their weights in `nn.LSTM`."""
        both = {"": self.left_to_right, "_reverse": self.right_to_left}
        return {suffix: direction for suffix, direction in both.items() if direction is not None}

    def forward(self, x: Tensor) -> Tensor:  # (N, P, n_in) -> (N, P, directions * units)
        if any(direction.edited() for direction in self.directions().values()):
            return torch.cat([self._step_by_step(x, *pair) for pair in self.directions().items()], dim=-1)
        h, _ = self.fused(x)
        if is_recording():
            for part, (suffix, direction) in zip(h.split(self.units, dim=-1), self.directions().items()):
                direction.record(_flip_back(recover_gates(*_flip(suffix, x, part), *self._weights(suffix)), suffix))
        return h

    def _weights(self, suffix: str) -> tuple[Tensor, Tensor, Tensor]:
        get = lambda name: getattr(self.fused, f"{name}_l0{suffix}")
        return get("weight_ih"), get("weight_hh"), get("bias_ih") + get("bias_hh")

    def _step_by_step(self, x: Tensor, suffix: str, direction: Direction) -> Tensor:
        w_ih, w_hh, bias = self._weights(suffix)
        n, length, _ = x.shape
        probes = direction.probes()
        c = h = x.new_zeros(n, self.units)
        steps: dict[int, tuple[Tensor, ...]] = {}
        for t in reversed(range(length)) if suffix else range(length):
            z = (x[:, t] @ w_ih.T + h @ w_hh.T + bias).chunk(4, dim=-1)
            i, f, g, o = (_edit_at(probes[name], part.tanh() if name == "g" else part.sigmoid(), t)
                          for name, part in zip(GATES, z))
            c = _edit_at(probes["c"], f * c + i * g, t)
            h = _edit_at(probes["h"], o * c.tanh(), t)
            steps[t] = (i, f, g, o, c, h)
        gates = Gates(*(torch.stack(part, dim=1) for part in zip(*(steps[t] for t in range(length)))))
        direction.record(gates)
        return gates.h


def recover_gates(x: Tensor, h: Tensor, w_ih: Tensor, w_hh: Tensor, bias: Tensor) -> Gates:
    """Return all gates and the cell state of an LSTM from its inputs x (N, P, n_in) and its outputs h (N, P, units)."""
    before = torch.cat([torch.zeros_like(h[:, :1]), h[:, :-1]], dim=1)
    z_i, z_f, z_g, z_o = (x @ w_ih.T + before @ w_hh.T + bias).chunk(4, dim=-1)
    i, f, g, o = z_i.sigmoid(), z_f.sigmoid(), z_g.tanh(), z_o.sigmoid()
    return Gates(i, f, g, o, linear_scan(f, i * g), h)


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


def _flip(suffix: str, *values: Tensor) -> tuple[Tensor, ...]:
    return tuple(v.flip(1) for v in values) if suffix else values


def _flip_back(gates: Gates, suffix: str) -> Gates:
    return Gates(*_flip(suffix, *gates))
