"""A model's layers in the order in which it uses them, and copies of it with some of them made random."""

import copy
from collections.abc import Callable, Sequence
from itertools import pairwise
from typing import Any, NamedTuple

import torch
from torch import Tensor, nn
from torch.overrides import TorchFunctionMode

from ..attribution.following import tensors_in
from ..attribution.gradient import as_input
from ..errors import SeqVizError
from ..models.internals import borrowed

MOST_LAYERS = 10
Fresh = Callable[[int], nn.Module]
"""`fresh(seed)` returns the same architecture with weights as before training."""


class Layer(NamedTuple):
    """Weights that are made random together: their names in the model's state_dict, buffers of the same modules too."""

    name: str
    tensors: tuple[str, ...]


@torch.no_grad()
def layers_of(model: nn.Module, X: Tensor, most: int = MOST_LAYERS) -> list[Layer]:
    """Return the layers that hold weights, in the order in which reading X (N, 4, L) first uses them, at most `most`.

    A layer is a module's own weights; scales and shifts alone (normalisation) belong to the layer before them, and of a deep
    model neighbours of one block are one layer. Raises SeqVizError for a model without weights.
    """
    order, modules = _order_of_use(model, X), dict(model.named_modules())
    owners = list(dict.fromkeys(name.rpartition(".")[0] for name in sorted(order, key=order.get)))
    if not owners:
        raise SeqVizError("This model has no weights that could be made random.")
    groups: list[list[str]] = []
    for owner in owners:
        flat = all(p.ndim < 2 for p in modules[owner].parameters(recurse=False))
        if flat and groups:
            groups[-1].append(owner)
        else:
            groups.append([owner])
    groups = _merged(groups, most)
    return [Layer(name, tuple(t for owner in group for t in _tensors(modules[owner], owner)))
            for name, group in zip(_names(groups), groups)]


def randomised(model: nn.Module, layers: Sequence[Layer], seed: int, fresh: Fresh | None = None) -> nn.Module:
    """Return a copy of the model with these layers made random, in eval mode; the model itself stays as it is.

    fresh : the architecture's own initialiser; None permutes the values within each tensor, which keeps their mean and spread.
    """
    changed = _copy(model).eval()
    state, source = changed.state_dict(), None if fresh is None else fresh(seed).state_dict()
    generator = torch.Generator().manual_seed(seed)
    with torch.no_grad():
        for name in (name for layer in layers for name in layer.tensors):
            old = state[name]
            new = _permuted(old, generator) if source is None else source[name]
            if new.shape != old.shape:
                raise SeqVizError(f"{name} has the shape {tuple(new.shape)} in a new model, not {tuple(old.shape)}.")
            old.copy_(new)
    return changed


def _permuted(values: Tensor, generator: torch.Generator) -> Tensor:
    return values.flatten()[torch.randperm(values.numel(), generator=generator)].view(values.shape)


class _Uses(TorchFunctionMode):
    """Writes down which parameters torch functions are handed, in order."""

    def __init__(self, parameters: dict[int, str]):
        super().__init__()
        self.parameters, self.met = parameters, {}

    def __torch_function__(self, func: Callable, types: Any, args: tuple = (), kwargs: dict | None = None) -> Any:
        out = func(*args, **(kwargs or {}))
        met = [self.parameters[id(t)] for t in tensors_in((args, kwargs or {})) if id(t) in self.parameters]
        if any(True for _ in tensors_in(out)):  # not where only the shape or the kind of a parameter is asked for
            for name in met:
                self.met.setdefault(name, len(self.met))
        return out


def _order_of_use(model: nn.Module, X: Tensor) -> dict[str, float]:
    """Return the place of every parameter; one that no function of Python was handed comes after the one registered before."""
    names = {id(p): name for name, p in model.named_parameters()}
    X = as_input(X[:1], model)
    with borrowed(model), _Uses(names) as uses:
        model(X)
    order, last = dict(uses.met), -1.0
    for name in names.values():
        last = order.setdefault(name, last + 1e-6)
    return order


def _tensors(module: nn.Module, owner: str) -> list[str]:
    own = [*module._parameters, *(name for name in module._buffers if name not in module._non_persistent_buffers_set)]
    there = [name for name in own if (module._parameters.get(name) is not None or module._buffers.get(name) is not None)]
    return [f"{owner}.{name}".lstrip(".") for name in there]


def _merged(groups: list[list[str]], most: int) -> list[list[str]]:
    """Join neighbours of the deepest common block, and at last any neighbours, until at most `most` groups are left."""
    while len(groups) > most:
        depth = [_shared(a, b) for a, b in pairwise(groups)]
        sizes = [len(a) + len(b) for a, b in pairwise(groups)]
        at = min(range(len(depth)), key=lambda i: (-depth[i], sizes[i], i))
        groups = [*groups[:at], groups[at] + groups[at + 1], *groups[at + 2:]]
    return groups


def _shared(one: list[str], other: list[str]) -> int:
    """Return how many leading parts all of these names have in common."""
    parts = [name.split(".") for name in (*one, *other)]
    return next((i for i, column in enumerate(zip(*parts)) if len(set(column)) > 1), min(map(len, parts)))


def _names(groups: list[list[str]]) -> list[str]:
    """Return the block that a group's modules share, or where another group has it too, the group's first module."""
    shared = [".".join(g[0].split(".")[:_shared(g[:1], g[1:])]) for g in groups]
    return [(block if block and shared.count(block) == 1 else g[0]) or "own weights" for block, g in zip(shared, groups)]


def _copy(model: nn.Module) -> nn.Module:
    try:
        return copy.deepcopy(model)
    except (RuntimeError, TypeError) as error:
        raise SeqVizError("This model cannot be copied, and its own weights must not be made random.") from error
