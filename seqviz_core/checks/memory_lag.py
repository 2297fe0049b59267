"""How far back a trained recurrent layer remembers: measured by its gradient and its states, and as its gate promises."""

import math
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor, nn

from ..attribution.gradient import as_input, cudnn_off
from ..attribution.references import shuffles
from ..models.internals import borrowed, record
from .memory import DIRECTIONS, Memory, steps_of, with_module

N_SHUFFLES = 8


@dataclass(frozen=True, eq=False)
class Lag:
    """What one direction of a layer remembers of one sequence, by the lag in steps; `stride` bases a step.

    gradient (P,) : ||d h_T / d x_(T - lag)||, T the last step it reads (see experiments.gradient_lag). gate (units,) : the mean
    over the sequence of the gate that keeps; None for a plain RNN. left (K,) : how far the states lag steps behind the planted
    site differ from those of a sequence without it; None where none is planted.
    """

    direction: str
    stride: int
    gradient: np.ndarray
    gate: np.ndarray | None
    left: np.ndarray | None

    @property
    def promised(self) -> float:
        """Half-life in bases by the mean gate: stride * ln 2 * tau with tau = -1 / ln(mean f); nan without a gate."""
        return float(self.stride * half_life(self.gate.mean())) if self.gate is not None else float("nan")

    @property
    def by_unit(self) -> np.ndarray:
        """(units,): half-life in bases of each unit by its own mean gate."""
        return self.stride * half_life(self.gate) if self.gate is not None else np.zeros(0)

    @property
    def measured(self) -> float:
        """Bases after which the gradient has fallen to half for good; infinite where it has not within the sequence."""
        return self.stride * halved(self.gradient)

    def after(self, bases: int) -> tuple[float, float, float]:
        """Return what is left `bases` later, as shares: by the mean gate, of the gradient and of the site's trace; else nan."""
        step = round(bases / self.stride)
        at = lambda values: float(values[step] / values.max()) if values is not None and step < len(values) else float("nan")
        return float(self.gate.mean() ** step) if self.gate is not None else float("nan"), at(self.gradient), at(self.left)

    @property
    def site_left(self) -> float:
        """Bases after which the planted site's trace has fallen to half for good; nan where none is planted."""
        return self.stride * halved(self.left) if self.left is not None else float("nan")


def half_life(keep: np.ndarray | float) -> np.ndarray | float:
    """Return ln 2 * tau = -ln 2 / ln(keep): steps after which something multiplied by `keep` at each step is halved."""
    keep = np.clip(np.asarray(keep, dtype=np.float64), 1e-12, 1 - 1e-12)
    return -math.log(2) / np.log(keep)


def halved(values: np.ndarray) -> float:
    """Return the lag from which on values (P,) stay at or below half of their largest, between two lags by interpolation."""
    values = np.asarray(values, dtype=np.float64)
    half = values.max() / 2
    above = np.flatnonzero(values > half)
    if not len(above) or above[-1] == len(values) - 1:
        return math.inf
    last = int(above[-1])
    return last + (values[last] - half) / (values[last] - values[last + 1])


def lags(model: nn.Module, X: Tensor, memory: Memory, site: tuple[int, int] | None = None, seed: int = 0) -> dict[str, Lag]:
    """Return what each direction remembers of X (1, 4, L). site : bases (0-based, end excluded) of what is to be remembered."""
    steps_of(model, X, memory)
    trace, x = record(model, X), inputs_of(model, X, memory)
    without = sequences_without(X, site, seed) if site else None
    others = record(model, without) if without is not None else None
    found = {}
    for direction in memory.directions:
        value = lambda t, name, d=direction: t[f"{memory.layer}.{d}.{name}"].value.double().numpy()
        gate = value(trace, memory.keeps)[0].mean(axis=1) if memory.keeps else None
        left = None
        if others is not None:
            apart = np.linalg.norm(value(others, "h") - value(trace, "h"), axis=1).mean(axis=0)  # (P,)
            left = _behind(apart, site, memory, direction)
        found[direction] = Lag(direction, memory.span.stride, gradient_by_lag(memory, x, direction), gate, left)
    return found


def sequences_without(X: Tensor, site: tuple[int, int], seed: int = 0, n: int = N_SHUFFLES) -> Tensor:
    """Return (n, 4, L): X (1, 4, L) with the bases of a site replaced by those of dinucleotide shuffles of the sequence."""
    without = X.expand(n, -1, -1).clone()
    without[..., site[0]:site[1]] = shuffles(X[0], n, seed)[..., site[0]:site[1]]
    return without


def _behind(apart: np.ndarray, site: tuple[int, int], memory: Memory, direction: str) -> np.ndarray | None:
    """Return apart (P,) from the last step that holds bases of the site onwards, as the layer reads; None where that is none."""
    span = memory.span
    middle = np.arange(len(apart)) * span.stride + span.offset + (span.width - 1) / 2
    if direction == "right_to_left":
        behind = np.flatnonzero(middle <= site[0])
        return apart[:behind[-1] + 1][::-1] if len(behind) > 1 else None
    behind = np.flatnonzero(middle >= site[1] - 1)
    return apart[behind[0]:] if len(behind) > 1 else None


def inputs_of(model: nn.Module, X: Tensor, memory: Memory) -> Tensor:
    """Return what the layer reads of X (N, 4, L), (N, P, n_in)."""
    heard = _Heard(memory.module)
    with borrowed(model), torch.no_grad():
        with_module(model, memory.layer, heard)(as_input(X, model))
    return heard.x


class _Heard(nn.Module):
    def __init__(self, layer: nn.Module):
        super().__init__()
        self.layer, self.units, self.x = layer, layer.units, torch.empty(0)

    def forward(self, x: Tensor) -> Tensor:
        self.x = x.detach()
        return self.layer(x)


def gradient_by_lag(memory: Memory, x: Tensor, direction: str) -> np.ndarray:
    """Return float64 (P,): ||d h_T / d x_(T - lag)||, Frobenius norm, of one direction; x (1, P, n_in), T the last step it reads.

    The same as `experiments.gradient_lag.norms_by_lag`, in either direction and with one backward pass for all units.
    """
    units, layer = memory.module.units, memory.module
    with cudnn_off(x.device), torch.enable_grad():
        rows = x.detach().expand(units, -1, -1).clone().requires_grad_()
        part = list(layer.directions()).index(DIRECTIONS[direction])
        h = layer(rows).split(units, dim=-1)[part][:, 0 if DIRECTIONS[direction] else -1]  # (units, units)
        gradient = torch.autograd.grad(h.diagonal().sum(), rows)[0].double()  # (units, P, n_in)
    norms = gradient.square().sum((0, 2)).sqrt().cpu().numpy()
    return norms if DIRECTIONS[direction] else norms[::-1].copy()
