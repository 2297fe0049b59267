"""How far back a recurrent layer can learn: the gradient of its last state against the input some steps earlier."""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor

from ..models.architecture import initialise
from ..models.cells import GatedGRU, TanhRNN
from ..models.internals import Span
from ..models.recurrent import GatedLSTM, Recurrence

BASES = 4
FITTED = 50  # lags 0 to this: far above what float64 rounds to zero

CELLS: dict[str, Callable[[int], Recurrence]] = {
    "plain RNN": lambda units: TanhRNN(BASES, units, bidirectional=False, span=Span()),
    **{f"LSTM, forget bias {bias}": lambda units, bias=bias: GatedLSTM(BASES, units, bidirectional=False, forget_bias=float(bias),
                                                                       span=Span()) for bias in (0, 1, 3)},
    "GRU": lambda units: GatedGRU(BASES, units, bidirectional=False, keep_bias=0.0, span=Span()),
}
"""The cells that are compared, each made from its number of units; the GRU with its update gate half open, as PyTorch's."""


@dataclass(frozen=True, eq=False)
class GradientLag:
    """What `gradient_lag` measured of one cell.

    norms : float64 (lags,), the mean over seeds and sequences of ||d h_T / d x_(T - lag)||, Frobenius norm.
    factor : by how much it changes from one step to the next further back; 1 keeps it.
    time_constant : steps after which it has fallen to 1/e, -1 / ln(factor); infinite where it does not fall.
    """

    cell: str
    norms: np.ndarray
    factor: float

    @property
    def time_constant(self) -> float:
        return -1 / math.log(self.factor) if self.factor < 1 else math.inf


def gradient_lag(cell: str, *, units: int = 32, length: int = 200, seeds: Sequence[int] = range(5),
                 n_sequences: int = 4) -> GradientLag:
    """Return how the gradient of an untrained cell of CELLS fades with the lag, on random bases, one cell for each seed.

    Bengio et al. 1994; the experiment of Hochreiter & Schmidhuber 1997. In float64, since a plain RNN's gradient falls below
    what float32 can hold within 200 steps.
    """
    norms = []
    for seed in seeds:
        layer = CELLS[cell](units)
        initialise(layer, seed)
        generator = torch.Generator().manual_seed(seed)
        codes = torch.randint(0, BASES, (n_sequences, length), generator=generator)
        norms.append(norms_by_lag(layer.double(), torch.nn.functional.one_hot(codes, BASES).double()))
    mean = np.mean(norms, axis=0)
    return GradientLag(cell, mean, factor_per_step(mean))


def norms_by_lag(layer: Recurrence, x: Tensor) -> np.ndarray:
    """Return float64 (P,): the mean over sequences of ||d h_T / d x_(T - lag)||, for lags 0 ... P - 1.

    x : (N, P, n_in), what the layer reads; T is the last position, and a reverse direction is left out.
    """
    x = x.detach().requires_grad_()
    last = layer(x)[:, -1, :layer.units]  # (N, units)
    squares = torch.zeros(x.shape[:2], dtype=x.dtype, device=x.device)
    for unit in range(layer.units):
        squares += torch.autograd.grad(last[:, unit].sum(), x, retain_graph=True)[0].square().sum(-1)
    return squares.sqrt().mean(0).flip(0).double().cpu().numpy()


def factor_per_step(norms: np.ndarray) -> float:
    """Return exp(slope) of the straight line through log norm against lag, over the lags 0 to FITTED."""
    lags = np.arange(min(len(norms), FITTED + 1))
    return float(np.exp(np.polyfit(lags, np.log(norms[lags]), 1)[0]))
