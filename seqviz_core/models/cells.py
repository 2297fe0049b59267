"""The LSTM's relatives: the gated recurrent unit (GRU) and the plain RNN; how they run and are read is in recurrent.py."""

from collections.abc import Mapping
from typing import ClassVar

import torch
from torch import Tensor, nn

from .internals import Span
from .recurrent import EditOne, Recurrence, Weights, before, set_gate_bias


class GatedGRU(Recurrence):
    """Gated recurrent unit (Cho et al. 2014): h_t = (1 - z) n + z h_(t-1), n = tanh(W x + b + r (U h_(t-1) + b')).

    The update gate z keeps what was there, as an LSTM's forget gate does; `keep_bias` is where it starts. The reset gate r
    decides how much of the past the candidate n sees. This is PyTorch's form, r behind the matmul.
    """

    internals: ClassVar[Mapping[str, str]] = {"r": "gate", "z": "gate", "n": "gate", "h": "state"}  # PyTorch's packed order

    def __init__(self, n_in: int, units: int, *, bidirectional: bool, keep_bias: float, span: Span):
        super().__init__(nn.GRU(n_in, units, batch_first=True, bidirectional=bidirectional), span)
        self.keep_bias = keep_bias

    def initialise(self, generator: torch.Generator) -> None:
        """Fill the weights as `nn.GRU` does, then set the update gate's two biases to the keep bias and 0."""
        super().initialise(generator)
        set_gate_bias(self.fused, slice(self.units, 2 * self.units), self.keep_bias)

    def recover(self, x: Tensor, h: Tensor, w: Weights) -> dict[str, Tensor]:
        return {**_gru_gates(x, before(h), w, lambda name, value: value), "h": h}

    def step(self, x: Tensor, state: Mapping[str, Tensor], w: Weights, edit: EditOne) -> dict[str, Tensor]:
        gates = _gru_gates(x, state["h"], w, edit)
        return {**gates, "h": edit("h", (1 - gates["z"]) * gates["n"] + gates["z"] * state["h"])}


def _gru_gates(x: Tensor, h_before: Tensor, w: Weights, edit: EditOne) -> dict[str, Tensor]:
    x_r, x_z, x_n = (x @ w.ih.T + w.b_ih).chunk(3, dim=-1)
    h_r, h_z, h_n = (h_before @ w.hh.T + w.b_hh).chunk(3, dim=-1)
    r, z = edit("r", (x_r + h_r).sigmoid()), edit("z", (x_z + h_z).sigmoid())
    return {"r": r, "z": z, "n": edit("n", torch.tanh(x_n + r * h_n))}


class TanhRNN(Recurrence):
    """Plain recurrent network (Elman 1990): h_t = tanh(W x + U h_(t-1) + b); no gate, nothing protects what it remembers."""

    internals: ClassVar[Mapping[str, str]] = {"h": "state"}

    def __init__(self, n_in: int, units: int, *, bidirectional: bool, span: Span):
        super().__init__(nn.RNN(n_in, units, batch_first=True, bidirectional=bidirectional), span)

    def recover(self, x: Tensor, h: Tensor, w: Weights) -> dict[str, Tensor]:
        return {"h": h}

    def step(self, x: Tensor, state: Mapping[str, Tensor], w: Weights, edit: EditOne) -> dict[str, Tensor]:
        return {"h": edit("h", torch.tanh(x @ w.ih.T + state["h"] @ w.hh.T + w.b_ih + w.b_hh))}
