"""How one unit of a recurrent layer takes one step: the sums in its gates, and what they make of its state."""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import NamedTuple

import torch
from torch import Tensor, nn

from ...errors import SeqVizError
from ...models.internals import probes_of
from ...models.recurrent import Direction, Recurrence, Weights
from .tape import Pass, Place
from .terms import Terms, terms_of
from .unit import Unit
from .views import Source, source_of

MOST = 3
"""Inputs and units of a gate told one by one; the rest is summed."""


@dataclass(frozen=True, eq=False)
class Gate:
    """One gate at one step: value = squash(input + bias + reset x (memory + memory_bias)).

    input, memory : weights times x_t, and times h of the step before. reset : the GRU's reset gate where it weighs what is
        remembered (its candidate), else None, and then memory_bias is 0 and `bias` has both.
    squash : "sigmoid" or "tanh". value : what was recorded.
    """

    letter: str
    input: Terms
    memory: Terms
    bias: float
    reset: float | None
    memory_bias: float
    squash: str
    value: float

    @property
    def remembered(self) -> float:
        """What the memory adds to the sum."""
        return self.memory.total if self.reset is None else self.reset * (self.memory.total + self.memory_bias)

    @property
    def total(self) -> float:
        return self.input.total + self.remembered + self.bias


class Factor(NamedTuple):
    name: str
    value: float


@dataclass(frozen=True)
class Equation:
    """A state after the step: the sum of products of factors. value : what was recorded."""

    letter: str
    products: tuple[tuple[Factor, ...], ...]
    value: float

    @property
    def total(self) -> float:
        return sum(math.prod(factor.value for factor in product) for product in self.products)


@dataclass(frozen=True, eq=False)
class GateTerms:
    """One step of one unit. letter : the gate or state that was asked for; direction : "left to right" or "right to left".

    first : nothing was read before, so that all that is remembered is 0.
    """

    unit: Unit
    letter: str
    direction: str
    first: bool
    gates: tuple[Gate, ...]
    equations: tuple[Equation, ...]

    @property
    def value(self) -> float:
        """What was recorded of the gate or state that was asked for."""
        return next(part.value for part in (*self.gates, *self.equations) if part.letter == self.letter)


class _Step(NamedTuple):
    """What one step of one unit is computed from: x (n_in,), h_before (units,), and the unit's own numbers now and before."""

    x: Tensor
    h_before: Tensor
    now: Mapping[str, float]
    before: Mapping[str, float]
    places: tuple[Place, ...]


def gate_terms(unit: Unit, pass_: Pass, model: nn.Module) -> GateTerms:
    """Return the sums behind a gate or a state; raises SeqVizError for a cell whose formula is not known here."""
    layer, suffix, direction, letter = _layer_of(model, unit.probe)
    gates = [name for name, kind in layer.internals.items() if kind == "gate"]
    cell = next((cell for cell, names in _CELLS.items() if set(names) == set(layer.internals)), None)
    if cell is None:
        raise SeqVizError(f"The formula of a cell with {', '.join(layer.internals)} is not known here.")
    step, first = _step(unit, pass_, layer, suffix, direction)
    w = Weights(*(t.detach().double().cpu() for t in layer.weights(suffix)))
    packed = gates or ["h"]  # PyTorch packs a gate's rows in the order in which the cell names them
    found = [_gate(pass_, step, w, name, k * layer.units + unit.row) for k, name in enumerate(packed)]
    reads = "right to left" if suffix else "left to right"
    return GateTerms(unit, letter, reads, first, tuple(found), _EQUATIONS[cell](step.now, step.before))


def _layer_of(model: nn.Module, probe: str) -> tuple[Recurrence, str, Direction, str]:
    """Return the recurrent layer that a probe belongs to, its direction (by suffix and itself), and the probe's letter."""
    wanted = probes_of(model)[probe]
    for layer in model.modules():
        for suffix, direction in layer.directions().items() if isinstance(layer, Recurrence) else ():
            for letter, own in direction.probes().items():
                if own is wanted:
                    return layer, suffix, direction, letter
    raise SeqVizError(f"{probe!r} belongs to no recurrent layer whose sums are known here.")


def _step(unit: Unit, pass_: Pass, layer: Recurrence, suffix: str, direction: Direction) -> tuple[_Step, bool]:
    x, t, row = _input(pass_, layer), unit.position, unit.row
    values = {letter: pass_.recorded[probe.name].value[0].double().cpu() for letter, probe in direction.probes().items()}
    previous = t + 1 if suffix else t - 1
    first = not 0 <= previous < unit.positions
    zero = torch.zeros(layer.units, dtype=torch.float64)
    at = lambda letter: zero if first else values[letter][:, previous]  # (units,)
    step = _Step(x[0, t].detach().double().cpu(), at("h"), {n: v[row, t].item() for n, v in values.items()},
                 {n: at(n)[row].item() for n in values}, tuple(Place(x, (0, t, c)) for c in range(x.shape[-1])))
    return step, first


def _input(pass_: Pass, layer: Recurrence) -> Tensor:
    """Return what the layer's fused kernel was given, (1, P, n_in)."""
    weight = layer.fused.weight_ih_l0
    for call, _ in pass_.calls.values():
        if any(isinstance(arg, (list, tuple)) and any(t is weight for t in arg) for arg in call.args):
            return call.args[0]
    raise SeqVizError("What the recurrent layer reads was not met in this pass.")


def _gate(pass_: Pass, step: _Step, w: Weights, letter: str, row: int) -> Gate:
    weighed = letter == "n" and "r" in step.now  # the GRU's candidate
    inputs = terms_of(step.x, w.ih[row], MOST, lambda c: (source_of(pass_, step.places[c], f"input {c}"), 0))
    memory = terms_of(step.h_before, w.hh[row], MOST, lambda u: (Source(f"unit {u}", None), 0))
    bias, memory_bias = w.b_ih[row].item(), w.b_hh[row].item()
    squash = "tanh" if letter in "gnh" else "sigmoid"
    if weighed:
        return Gate(letter, inputs, memory, bias, step.now["r"], memory_bias, squash, step.now[letter])
    return Gate(letter, inputs, memory, bias + memory_bias, None, 0.0, squash, step.now[letter])


def _lstm(now: Mapping[str, float], before: Mapping[str, float]) -> tuple[Equation, ...]:
    f = lambda name: Factor(name, now[name])
    return (Equation("c", ((f("f"), Factor("c before", before["c"])), (f("i"), f("g"))), now["c"]),
            Equation("h", ((f("o"), Factor("tanh(c)", math.tanh(now["c"]))),), now["h"]))


def _gru(now: Mapping[str, float], before: Mapping[str, float]) -> tuple[Equation, ...]:
    return (Equation("h", ((Factor("1 − z", 1 - now["z"]), Factor("n", now["n"])),
                           (Factor("z", now["z"]), Factor("h before", before["h"]))), now["h"]),)


_CELLS = {"LSTM": "ifgoch", "GRU": "rznh", "RNN": "h"}
_EQUATIONS = {"LSTM": _lstm, "GRU": _gru, "RNN": lambda now, before: ()}
