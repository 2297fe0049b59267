"""The `@architecture` decorator, the registry it fills, and how a model is made from it."""

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

import torch
from torch import nn

from ..errors import SeqVizError
from ..registry import Registry
from ..settings import check_settings, config_from
from .internals import name_probes


class Published(NamedTuple):
    """A model as its paper defines it: settings, size of its output and input, and how many parameters that makes.

    note : the convention the count is for, where ports of the model differ (padding, biases, what is pooled).
    """

    config: Any
    n_outputs: int
    length: int
    n_parameters: int
    note: str = ""
    per_position: bool = False


@dataclass(frozen=True)
class Architecture:
    """Code that makes models.

    presets : settings that train well on sequences of 60 to 200 bases; the first is "teaching", the config's own defaults,
        which `learning_rate` (Adam) and `epochs` are for.
    published : the definitions of the literature, by name.
    per_position : whether it can answer for every base, (N, C, L), instead of once per sequence, (N, C).
    """

    name: str
    label: str
    summary: str
    description: str
    good_for: str
    not_for: str
    reference: str
    config: type
    presets: Mapping[str, Any]
    published: Mapping[str, Published]
    per_position: bool
    learning_rate: float
    epochs: int
    build: Callable[..., nn.Module]

    def define(self, config: Any, *, n_outputs: int, length: int, per_position: bool = False) -> nn.Module:
        """Return the model on the meta device: shapes and parameters, no memory, no random numbers.

        Raises SeqVizError where a setting is out of bounds or does not fit the length, and where a model that answers once
        per sequence is asked for an answer per base.
        """
        check_settings(config)
        if per_position and not self.per_position:
            able = ", ".join(a.label for a in ARCHITECTURES if a.per_position)
            raise SeqVizError(f"{self.label} gives one answer per sequence, this task asks for one per base; choose {able}.")
        with torch.device("meta"):
            return self.build(config, n_outputs, length, *([per_position] if self.per_position else []))

    def make(self, config: Any, *, n_outputs: int, length: int, seed: int, per_position: bool = False) -> nn.Module:
        """Return a model with named probes and weights drawn from `seed`; the global random state is not touched.

        Raises SeqVizError as `define` does.
        """
        model = self.define(config, n_outputs=n_outputs, length=length, per_position=per_position).to_empty(device="cpu")
        initialise(model, seed)
        return name_probes(model).eval()


ARCHITECTURES: Registry[Architecture] = Registry("architecture")


def architecture(name: str, *, label: str, summary: str, good_for: str, config: type, presets: Mapping[str, Any],
                 learning_rate: float, epochs: int, description: str = "", not_for: str = "", reference: str = "",
                 published: Mapping[str, Published] | None = None, per_position: bool = False,
                 order: int = 100) -> Callable[[type[nn.Module]], type[nn.Module]]:
    """Register an `nn.Module` class whose constructor takes (config, n_outputs, length); with `per_position`, a fourth
    argument asks for logits (N, C, L), one column for every base, instead of (N, C).

    A model whose first layer is a convolution over the bases says so: `first_conv` is the nn.Conv1d, `first_map` the name of
    the probe on its activated map, before any pooling. Elsewhere both are None or absent.
    """
    def register(build: type[nn.Module]) -> type[nn.Module]:
        entry = Architecture(name, label, summary, description, good_for, not_for, reference, config, presets,
                             published or {}, per_position, learning_rate, epochs, build)
        ARCHITECTURES.register(name, entry, origin=build.__module__, order=order)
        return build
    return register


def make_model(name: str, settings: Mapping[str, Any], *, n_outputs: int, length: int, seed: int,
               per_position: bool = False) -> nn.Module:
    """Return a model of architecture `name` from a mapping of its settings; missing ones are those of the teaching preset."""
    entry = ARCHITECTURES[name]
    config = config_from(entry.config, settings)
    return entry.make(config, n_outputs=n_outputs, length=length, seed=seed, per_position=per_position)


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
