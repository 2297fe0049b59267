"""Gates and states of a recurrent layer before and after something was done to them."""

from typing import NamedTuple

import numpy as np
import torch
from torch import Tensor, nn

from ..models.internals import intervene, record, recording
from .memory import Act, Memory, Row, edits_of, memory_of
from .memory_lag import inputs_of


class Inside(NamedTuple):
    """One internal of one direction by its letter, (units, P) each: as it is, and with the act."""

    direction: str
    name: str
    before: np.ndarray
    after: np.ndarray


def before_and_after(model: nn.Module, X: Tensor, act: Act, start: int, end: int) -> list[Inside]:
    """Return every internal of the directions that the act is in, on X (1, 4, L), with the act over steps start ... end."""
    memory, trace = memory_of(model, act.layer), record(model, X)
    if act.what == "reset":
        after = _restarted(memory, inputs_of(model, X, memory), start)
    else:
        with intervene(edits_of(model, X, act, [Row(0, start, end)])):
            after = {name: a.value[0].numpy() for name, a in record(model, X).activations.items()}
    path = lambda d, name: f"{memory.layer}.{d}.{name}"
    return [Inside(d, name, trace[path(d, name)].value[0].numpy(), after[path(d, name)])
            for d in act.directions for name in memory.internals]


@torch.no_grad()
def _restarted(memory: Memory, x: Tensor, at: int) -> dict[str, np.ndarray]:
    """Return the internals (units, P) of a layer that reads x (1, P, n_in) on both sides of a border apart."""
    parts = []
    for part in (x[:, :at], x[:, at:]):
        if part.shape[1]:
            with recording() as recorded:
                memory.module(part)
            parts.append({name: a.value[0].cpu().numpy() for name, a in recorded.items()})
    return {name: np.concatenate([part[name] for part in parts], axis=1) for name in parts[0]}
