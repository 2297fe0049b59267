"""The memory of a recurrent layer: what happens to the logit when a gate is held, the state is reset or a unit is frozen.

A reset is exact: the layer reads what comes after it from a zero state, and nothing else differs. Gates are held and units are
frozen through `intervene`, step by step.
"""

import copy
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, NamedTuple

import numpy as np
import torch
from torch import Tensor, nn

from ..attribution.gradient import Target, as_input, chosen_logit, rows_per_pass
from ..errors import SeqVizError
from ..models.internals import Edit, Span, borrowed, intervene, name_probes, record
from ..models.recurrent import Recurrence

MOST_STEPS, MOST_PLACES = 400, 60
What = Literal["reset", "clamp", "freeze"]
DIRECTIONS = {"left_to_right": "", "right_to_left": "_reverse"}


class Memory(NamedTuple):
    """One recurrent layer of a model: its name, the module, its reading directions, what it has, and its steps' span."""

    layer: str
    module: Recurrence
    directions: tuple[str, ...]
    internals: tuple[str, ...]
    span: Span

    @property
    def gates(self) -> tuple[str, ...]:
        """What can be held: every gate, by its letter."""
        return tuple(name for name in self.internals if name not in "ch")

    @property
    def keeps(self) -> str | None:
        """The gate that keeps what was there: f of an LSTM, z of a GRU; None for a plain RNN."""
        return next((name for name in "fz" if name in self.internals), None)


@dataclass(frozen=True)
class Act:
    """What is done to a layer over a stretch of steps, in some of its directions.

    what : "reset" sets h (and c) to zero before the stretch's first step (read from right to left: before the step to its left);
    "clamp" holds `gate` at `value`; "freeze" keeps c and h of `unit` at what they were when the stretch was entered.
    """

    what: What
    layer: str
    directions: tuple[str, ...]
    gate: str = "f"
    value: float = 0.0
    unit: int | None = None


@dataclass(frozen=True, eq=False)
class Places:
    """An act at many places of one sequence, with what it does to the logit, and the same in control sequences.

    starts (K,), width : the stretches in steps. change (K,) : of the logit. logit : of the sequence as it is.
    control (S, K) : the change in each of S control sequences. chosen : index of the place asked for.
    """

    act: Act
    span: Span
    starts: np.ndarray
    width: int
    logit: float
    change: np.ndarray
    control: np.ndarray
    chosen: int

    @property
    def bases(self) -> np.ndarray:
        """Where the middle of each stretch lies, in bases from 0; of a reset, the border it stands on."""
        first = self.starts if self.act.what == "reset" else self.starts + (self.width - 1) / 2
        return first * self.span.stride + self.span.offset + (self.span.width - self.span.stride * (self.act.what == "reset")) / 2

    @property
    def of_chance(self) -> np.ndarray:
        """(K,): what 95 % of the control sequences' changes at a place stay below, in absolute value; at least 0.001."""
        return np.maximum(np.quantile(np.abs(self.control), 0.95, axis=0), 1e-3)


def memories_in(model: nn.Module) -> list[Memory]:
    """Return every recurrent layer; raises SeqVizError for a model without."""
    name_probes(model)
    found = []
    for name, module in model.named_modules():
        if isinstance(module, Recurrence):
            directions = tuple(d for d, suffix in DIRECTIONS.items() if suffix in module.directions())
            probes = module.left_to_right.probes()
            found.append(Memory(name, module, directions, tuple(probes), next(iter(probes.values())).span))
    if not found:
        raise SeqVizError("This model has no memory: nothing in it reads the sequence step by step.")
    return found


def memory_of(model: nn.Module, layer: str = "") -> Memory:
    """Return one recurrent layer by its name, "" the first; raises SeqVizError where there is none."""
    every = memories_in(model)
    for memory in every:
        if memory.layer == (layer or every[0].layer):
            return memory
    raise SeqVizError(f"There is no recurrent layer {layer!r}; there is {', '.join(m.layer for m in every)}.")


def steps_of(model: nn.Module, X: Tensor, memory: Memory) -> int:
    """Return how many steps a layer takes over X; raises SeqVizError where they are too many for these tests."""
    steps = record(model, X)[f"{memory.layer}.{memory.directions[0]}.h"].value.shape[2]
    if steps > MOST_STEPS:
        raise SeqVizError(f"This sequence takes {steps:,} steps; memory is tested up to {MOST_STEPS}, which is "
                          f"{MOST_STEPS * memory.span.stride:,} bases for this model.")
    return steps


def at_places(model: nn.Module, X: Tensor, target: Target, act: Act, start: int, end: int, controls: Tensor) -> Places:
    """Return what an act does at steps start ... end (excluded) of X (1, 4, L), and at every other place as wide.

    controls : (S, 4, L), sequences in which the same is done. Of more than MOST_PLACES places some are left out, evenly.
    """
    memory = memory_of(model, act.layer)
    steps = steps_of(model, X, memory)
    _check(act, memory, start, end, steps)
    width = 1 if act.what == "reset" else end - start
    every = np.arange(act.what == "reset", steps - width + 1)  # a reset before the first step resets nothing
    starts = every[np.unique(np.linspace(0, len(every) - 1, min(len(every), MOST_PLACES)).round().astype(int))]
    starts = np.union1d(starts, [start])
    logits = _logits(model, torch.cat([X, controls.to(X)]), target, act, starts, width)
    change = logits[:, 1:] - logits[:, :1]
    return Places(act, memory.span, starts, width, float(logits[0, 0]), change[0], change[1:],
                  int(np.flatnonzero(starts == start)[0]))


def _check(act: Act, memory: Memory, start: int, end: int, steps: int) -> None:
    if not 0 <= start < end <= steps:
        raise SeqVizError(f"The steps {start + 1} to {end} do not lie among the {steps} of this sequence.")
    if act.what == "clamp" and act.gate not in memory.gates:
        raise SeqVizError(f"This layer has no gate {act.gate}" + (f"; it has {', '.join(memory.gates)}." if memory.gates else
                          ": a plain RNN has none to hold. Reset its state or freeze a unit."))
    if act.unit is not None and not 0 <= act.unit < memory.module.units:
        raise SeqVizError(f"There is no unit {act.unit}; the layer has {memory.module.units}, counted from 0.")
    if not set(act.directions) <= set(memory.directions):
        raise SeqVizError("This layer reads from left to right only.")


@torch.no_grad()
def _logits(model: nn.Module, X: Tensor, target: Target, act: Act, starts: np.ndarray, width: int) -> np.ndarray:
    """Return the logits (S, 1 + K) of X (S, 4, L): as it is, and with the act at each place."""
    stretches = [(0, 0), *((int(start), int(start) + width) for start in starts)]  # the first is asked in the same way
    rows, out = [Row(n, *stretch) for n in range(len(X)) for stretch in stretches], []
    for k in range(0, len(rows), step := rows_per_pass(256, X.shape[2])):
        now = rows[k:k + step]
        out.append(chosen_logit(acted(model, X, act, now), len(now), target).cpu())
    return torch.cat(out).double().numpy().reshape(len(X), len(stretches))


class Row(NamedTuple):
    """One sequence of several, with an act over the steps start ... end (excluded); none where these are equal."""

    sequence: int
    start: int
    end: int


def acted(model: nn.Module, X: Tensor, act: Act, rows: Sequence[Row]) -> Tensor:
    """Return the model's logits (rows, ...) of the rows' sequences among X (S, 4, L), each with the act over its steps."""
    memory = memory_of(model, act.layer)
    x = as_input(X[[row.sequence for row in rows]], model)
    with borrowed(model):
        if act.what == "reset":
            at = torch.tensor([row.start for row in rows], device=x.device)
            return with_module(model, act.layer, Restarted(memory.module, at, act.directions))(x)
        with intervene(edits_of(model, X, act, rows)):
            return model(x)


def edits_of(model: nn.Module, X: Tensor, act: Act, rows: Sequence[Row]) -> dict[str, Edit]:
    """Return the edits, by probe, that clamp or freeze over the steps of each row."""
    path = lambda direction, name: f"{act.layer}.{direction}.{name}"
    if act.what == "clamp":
        return {path(d, act.gate): holding(rows, [act.value] * len(rows), act.unit) for d in act.directions}
    memory, trace, edits = memory_of(model, act.layer), record(model, X), {}
    for d in act.directions:
        for name in (n for n in "ch" if n in memory.internals):
            states = nn.functional.pad(trace[path(d, name)].value[:, act.unit], (1, 1))  # zeros where it begins
            held = [float(states[r.sequence, r.start if d == "left_to_right" else r.end + 1]) for r in rows]
            edits[path(d, name)] = holding(rows, held, act.unit)
    return edits


def holding(rows: Sequence[Row], values: Sequence[float], unit: int | None) -> Edit:
    """Return an edit of (N, units, P) that sets row n to values[n] over the steps of rows[n], of one unit or (None) of all."""
    bounds = torch.tensor([row[1:] for row in rows])
    def edit(value: Tensor, positions: range) -> Tensor:
        at = torch.arange(positions.start, positions.stop)
        inside = (at >= bounds[:, :1]) & (at < bounds[:, 1:])  # (N, P)
        mine = torch.arange(value.shape[1]) == unit if unit is not None else torch.ones(value.shape[1], dtype=torch.bool)
        chosen = (inside[:, None] & mine[:, None]).to(value.device)  # (N, units, P)
        return torch.where(chosen, torch.tensor(values).to(value)[:, None, None], value)
    return edit


def with_module(model: nn.Module, path: str, module: nn.Module) -> nn.Module:
    """Return the model with another module at `path`, sharing everything else; the model itself stays as it is."""
    root = here = _shallow(model)
    *parents, last = path.split(".")
    for name in parents:
        here._modules[name] = here = _shallow(here._modules[name])
    here._modules[last] = module
    return root


def _shallow(module: nn.Module) -> nn.Module:
    twin = copy.copy(module)
    twin._modules = dict(module._modules)
    return twin


class Restarted(nn.Module):
    """A recurrent layer that forgets everything once: in row n no state passes between the steps at[n] - 1 and at[n].

    at : (N,), 0 for a row that stays as it is. Nothing else differs: what was read before the reset is still read out.
    """

    def __init__(self, layer: Recurrence, at: Tensor, directions: Sequence[str]):
        super().__init__()
        self.layer, self.at, self.units = layer, at, layer.units
        self.reset = {DIRECTIONS[d] for d in directions}

    def forward(self, x: Tensor) -> Tensor:  # (N, P, n_in) -> (N, P, directions * units)
        parts = self.layer(x).split(self.units, dim=-1)
        return torch.cat([self._again(x, part, suffix, k) if suffix in self.reset else part
                          for k, (suffix, part) in enumerate(zip(self.layer.directions(), parts))], dim=-1)

    def _again(self, x: Tensor, whole: Tensor, suffix: str, part: int) -> Tensor:
        steps, at = torch.arange(x.shape[1], device=x.device), self.at[:, None]  # (P,), (N, 1)
        shift = at - x.shape[1] if suffix else at  # what is read anew begins where the layer begins to read
        moved = x.gather(1, (steps + shift).clamp(0, x.shape[1] - 1)[..., None].expand_as(x))
        fresh = self.layer(moved).split(self.units, dim=-1)[part]
        back = fresh.gather(1, (steps - shift).clamp(0, x.shape[1] - 1)[..., None].expand_as(whole))
        behind = (steps < at if suffix else steps >= at) & (at > 0)
        return torch.where(behind[..., None], back, whole)
