"""Every function call of one forward pass, so that a number of it can be followed back to what it was computed from.

Nothing is put on the model, and each thread writes down its own pass.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple

import torch
from torch import Tensor, nn
from torch.overrides import TorchFunctionMode

from ...attribution.following import name_of, tensors_in
from ...models import Activation
from ...models.internals import borrowed, device_of, recording

ALL = slice(None)
Index = tuple[int | slice, ...]


class Call(NamedTuple):
    """One call: the function's bare name, what it was given, and which of its outputs a tensor is."""

    name: str
    args: tuple
    kwargs: dict
    output: int

    def given(self, place: int, name: str, default: Any = None) -> Any:
        """Return an argument by its place or its name."""
        return self.args[place] if len(self.args) > place else self.kwargs.get(name, default)


class Place(NamedTuple):
    """One number of a tensor; with ALL in its index, a row of them."""

    tensor: Tensor
    index: Index

    @property
    def value(self) -> Tensor:
        """What stands there, float64, on the CPU."""
        return self.tensor[self.index].detach().double().cpu()


class _Tape(TorchFunctionMode):
    """Within the block, every call is written down by the id of what it returned, which is held so that no id comes twice."""

    def __init__(self) -> None:
        super().__init__()
        self.calls: dict[int, tuple[Call, Tensor]] = {}

    def __torch_function__(self, func: Callable, types: Any, args: tuple = (), kwargs: dict | None = None) -> Any:
        out, name = func(*args, **(kwargs or {})), name_of(func)
        if name == "iter":  # q, k, v = stacked
            out = list(out)
        for k, tensor in enumerate(tensors_in(out)):
            if not any(tensor is given for given in tensors_in(args)):  # dropout returns what it is given in eval mode
                self.calls[id(tensor)] = Call(name, args, kwargs or {}, k), tensor
        return iter(out) if name == "iter" else out


@dataclass(frozen=True, eq=False)
class Pass:
    """One forward pass over X (1, 4, L): its calls, what its probes recorded, and which tensors these were given.

    calls : by the id of what a call returned. shown : id of the tensor that a probe was given -> the probe's name.
    weights : id of a weight -> the dotted path of its module.
    """

    X: Tensor
    calls: Mapping[int, tuple[Call, Tensor]]
    recorded: Mapping[str, Activation]
    shown: Mapping[int, str]
    weights: Mapping[int, str]
    first_map: str | None
    _from_X: dict[int, bool] = field(default_factory=dict)

    def call(self, tensor: Tensor) -> Call | None:
        """Return the call that returned a tensor; None for X and for the weights."""
        entry = self.calls.get(id(tensor))
        return None if entry is None else entry[0]

    def given(self, probe: str) -> Tensor:
        """Return the tensor that a probe was given."""
        return self.call(self.recorded[probe].value).args[0]

    def depends(self, value: Any) -> bool:
        """Return whether something is a tensor that was computed from the sequence."""
        if not isinstance(value, Tensor):
            return False
        if id(value) not in self._from_X:
            call = self.call(value)
            self._from_X[id(value)] = value is self.X or (
                call is not None and any(self.depends(t) for t in tensors_in((call.args, call.kwargs))))
        return self._from_X[id(value)]


@torch.no_grad()
def run(model: nn.Module, X: Tensor) -> Pass:
    """Return everything that one forward pass over X (1, 4, L) computed, in eval mode."""
    X = X.detach().clone().to(device_of(model))
    with borrowed(model), recording() as recorded, _Tape() as tape:
        model(X)
    shown = {id(tape.calls[id(a.value)][0].args[0]): name for name, a in recorded.items()}  # a probe keeps a detached view
    weights = {id(p): name.rpartition(".")[0] for name, p in model.named_parameters()}
    return Pass(X, tape.calls, recorded, shown, weights, getattr(model, "first_map", None))
