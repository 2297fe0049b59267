"""The `@architecture` decorator, the registry it fills, and how a model is made from it."""

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import torch
from torch import nn

from ..registry import Registry
from ..settings import check_settings, config_from
from .internals import name_probes


@dataclass(frozen=True)
class Architecture:
    """Code that makes models. `learning_rate` (Adam) and `epochs` are what its teaching preset trains well with."""

    name: str
    label: str
    summary: str
    good_for: str
    config: type
    presets: Mapping[str, Any]
    learning_rate: float
    epochs: int
    build: Callable[[Any, int, int], nn.Module]

    def make(self, config: Any, *, n_outputs: int, length: int, seed: int) -> nn.Module:
        """Return a model with named probes and weights drawn from `seed`; the global random state is not touched.

        Raises SeqVizError where a setting is out of bounds or does not fit the length.
        """
        check_settings(config)
        with torch.device("meta"):  # no memory, no random numbers
            model = self.build(config, n_outputs, length)
        model = model.to_empty(device="cpu")
        initialise(model, seed)
        return name_probes(model).eval()


ARCHITECTURES: Registry[Architecture] = Registry("architecture")


def architecture(name: str, *, label: str, summary: str, good_for: str, config: type, presets: Mapping[str, Any],
                 learning_rate: float, epochs: int, order: int = 100) -> Callable[[type[nn.Module]], type[nn.Module]]:
    """Register an `nn.Module` class whose constructor takes (config, n_outputs, length).

    A model whose first layer is a convolution over the bases says so: `first_conv` is the nn.Conv1d, `first_map` the name of
    the probe on its activated map, before any pooling. Elsewhere both are None or absent.
    """
    def register(build: type[nn.Module]) -> type[nn.Module]:
        entry = Architecture(name, label, summary, good_for, config, presets, learning_rate, epochs, build)
        ARCHITECTURES.register(name, entry, origin=build.__module__, order=order)
        return build
    return register


def make_model(name: str, settings: Mapping[str, Any], *, n_outputs: int, length: int, seed: int) -> nn.Module:
    """Return a model of architecture `name` from a mapping of its settings (missing ones take their default)."""
    entry = ARCHITECTURES[name]
    return entry.make(config_from(entry.config, settings), n_outputs=n_outputs, length=length, seed=seed)


def initialise(model: nn.Module, seed: int) -> None:
    """Fill every parameter of `model` from one generator, by PyTorch's own default laws.

    Convolutions and linear layers: uniform within 1/sqrt(fan in). A module with an `initialise(generator)` method
    fills itself; anything else with parameters must have a `reset_parameters()` that draws nothing (normalisation).
    """
    generator = torch.Generator().manual_seed(seed)
    done: set[nn.Module] = set()
    for module in model.modules():
        if module in done:
            continue
        if hasattr(module, "initialise"):
            module.initialise(generator)
            done.update(module.modules())
        elif isinstance(module, (nn.Conv1d, nn.Linear)):
            fan_in = module.weight[0].numel()
            fill_uniform(module.parameters(recurse=False), 1 / math.sqrt(fan_in), generator)
        elif list(module.parameters(recurse=False)):
            module.reset_parameters()


@torch.no_grad()
def fill_uniform(parameters: Any, bound: float, generator: torch.Generator) -> None:
    """Fill each parameter in place from the uniform law on [-bound, bound]."""
    for parameter in parameters:
        parameter.uniform_(-bound, bound, generator=generator)


def count_parameters(model: nn.Module) -> int:
    """Return how many numbers training decides."""
    return sum(p.numel() for p in model.parameters())
