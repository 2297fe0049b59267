"""A model layer by layer, from one forward pass without numbers (on the meta device): shapes, parameters, memory, span."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from typing import Any, NamedTuple

import torch
from torch import Tensor, nn

from .architecture import Architecture, count_parameters
from .internals import Probe, Span
from .layers import Exponential, FlattenTo, GlobalMaxPool, GlobalMeanPool

BYTES = 4
"""Of one number in single precision."""
PASSED_ON = (nn.Identity, nn.Dropout)
FOLLOWERS = {nn.BatchNorm1d: "batch normalisation", nn.LayerNorm: "layer normalisation", Exponential: "exponential",
             nn.ReLU: "ReLU", nn.Sigmoid: "sigmoid", nn.Tanh: "tanh", nn.Softplus: "softplus", nn.ELU: "ELU", nn.GELU: "GELU",
             nn.SiLU: "SiLU"}
"""What is told together with the layer before it, since it changes no shape."""
BLOCKS = {"TransformerLayer": "transformer layer, self-attention and two dense layers",
          "EnformerLayer": "transformer layer, attention by content and distance, two dense layers"}
"""Class names of blocks, channels last, that are told as one layer; others say it of themselves by their `in_words`."""
CHANNELS_LAST = (nn.Linear, nn.LayerNorm, nn.Embedding, nn.RNNBase)


@dataclass(frozen=True)
class Layer:
    """One layer, or `times` equal ones on top of each other.

    kind : what it does, in plain words.
    shape : (channels, positions) of what comes out, or (numbers,) where positions are gone.
    parameters : of one of them.
    memory : bytes of what one of them computes for one sequence: whatever goes into or comes out of a part of it, once.
    sees, stride : bases that a position sees, and bases from one position to the next, as far as a probe tells it (after the
        last of them); None where none does.
    """

    name: str
    kind: str
    shape: tuple[int, ...]
    parameters: int
    memory: int
    sees: int | None = None
    stride: int | None = None
    times: int = 1


class Totals(NamedTuple):
    """What a whole model takes: numbers that training decides, and megabytes (10^6 bytes) of weights and activations."""

    parameters: int
    weights_mb: float
    activations_mb: float


def layers_of(entry: Architecture, config: Any, *, n_outputs: int, length: int, per_position: bool = False) -> tuple[Layer, ...]:
    """Return the layers in the order of the forward pass; equal neighbours are told once, with how many they are.

    Normalisation and activation are told with the layer before them; a block with `in_words` is one layer. Nothing is
    computed and no memory taken, so it is quick for the largest model. Raises SeqVizError as `Architecture.define` does.
    """
    model = entry.define(config, n_outputs=n_outputs, length=length, per_position=per_position).eval()
    X, pass_ = torch.zeros(1, 4, length, device="meta"), _Pass()
    pass_.new_bytes(X)
    for name, module, inside in _parts(model):
        module.register_forward_hook(pass_.hook(name, inside))
        if isinstance(module, nn.RNNBase):  # without numbers torch goes step by step, seconds for a long sequence
            module.forward = partial(_states, module)
    with torch.no_grad():
        model(X)
    told = sum(layer.parameters for layer in pass_.layers)
    if missing := count_parameters(model) - told:  # weights of a module that is never called by itself
        pass_.layers.append(Layer("", "weights used elsewhere", (), missing, 0))
    return tuple(_together(pass_.layers))


def _states(module: nn.RNNBase, x: Tensor) -> tuple[Tensor, None]:
    """Return what a recurrent layer returns of x (N, P, n_in), in shape alone."""
    return x.new_empty(*x.shape[:-1], module.hidden_size * (2 if module.bidirectional else 1)), None


def totals(layers: Sequence[Layer], batch_size: int = 64) -> Totals:
    """Return parameters, megabytes of the weights, and megabytes of the activations of a batch, which training keeps."""
    parameters = sum(layer.times * layer.parameters for layer in layers)
    memory = sum(layer.times * layer.memory for layer in layers)
    return Totals(parameters, parameters * BYTES / 1e6, memory * batch_size / 1e6)


def _parts(module: nn.Module, name: str = "", inside: bool = False) -> list[tuple[str, nn.Module, bool]]:
    """Return (name, module, whether a block around it is told instead) of blocks, of what has no children or own weights."""
    block = bool(name) and (hasattr(module, "in_words") or type(module).__name__ in BLOCKS)
    parts = [part for child, m in module.named_children()
             for part in _parts(m, f"{name}.{child}" if name else child, inside or block)]
    told = block or not parts or [*module.parameters(recurse=False)]
    return [*parts, (name, module, inside)] if told else parts


@dataclass
class _Pass:
    """What the modules of one forward pass have told so far."""

    layers: list[Layer] = field(default_factory=list)
    span: Span | None = None
    last: tuple[int, ...] = ()  # shape of the tensor that came out of the last module
    inside: int = 0  # bytes that the parts of a block have computed, before the block itself is told
    seen: dict[int, Tensor] = field(default_factory=dict)

    def hook(self, name: str, inside: bool) -> Callable:
        """Return the forward hook of a module."""
        def tell(module: nn.Module, inputs: tuple, output: Any) -> None:
            x, result = inputs[0], output if isinstance(output, Tensor) else output[0]
            if inside:
                self.inside += self.new_bytes(x) + self.new_bytes(result)
                self.span = module.span if isinstance(module, Probe) else self.span
            else:
                self.meet(name, module, x, result)
            self.last = tuple(result.shape)
        return tell

    def new_bytes(self, x: Tensor) -> int:
        """Return the bytes of a tensor that has not been met before, 0 for one that has, or of which it is a view."""
        key = x.untyped_storage()._cdata
        if key in self.seen:
            return 0
        self.seen[key] = x  # held, so that the key is not used again
        return x.numel() * BYTES

    def meet(self, name: str, module: nn.Module, x: Tensor, result: Tensor) -> None:
        """Take in one call of a module; positions that have gone since the last one went by an operation that is no module."""
        if x.ndim == 2 and len(x) == 1 and len(self.last) == 3 and x.numel() < self.last[1] * self.last[2]:
            self.layers.append(Layer("", "taken together over all positions", tuple(x.shape[1:]), 0, self.new_bytes(x)))
        memory, self.inside = self.inside + self.new_bytes(x) + self.new_bytes(result), 0
        own = sum(p.numel() for p in module.parameters())
        if isinstance(module, (Probe, *PASSED_ON)):
            self.add(0, memory)
        elif type(module) in FOLLOWERS and self.layers:
            self.add(own, memory, f", {FOLLOWERS[type(module)]}")
        else:
            before = self.layers[-1].shape if self.layers else ()
            self.layers.append(Layer(name, in_words(module), _shape(module, result, before), own, memory))
        self.look(module)

    def add(self, parameters: int, memory: int, words: str = "") -> None:
        """Add to the layer that was told last."""
        if self.layers:
            last = self.layers[-1]
            self.layers[-1] = replace(last, kind=last.kind + words, parameters=last.parameters + parameters,
                                      memory=last.memory + memory)

    def look(self, module: nn.Module) -> None:
        """Follow what a position sees: a probe says it, a block's probe has said it, and pooling widens it."""
        if isinstance(module, Probe):
            self.span = module.span
        elif isinstance(module, nn.MaxPool1d) and self.span is not None:
            self.span = self.span.then(module.kernel_size, stride=module.stride, padding=module.padding)
        elif not (hasattr(module, "in_words") or type(module).__name__ in BLOCKS):
            return
        if self.span is not None and self.layers:
            self.layers[-1] = replace(self.layers[-1], sees=self.span.width, stride=self.span.stride)


def _shape(module: nn.Module, result: Tensor, before: tuple[int, ...]) -> tuple[int, ...]:
    shape = tuple(result.shape[1:])
    last = isinstance(module, CHANNELS_LAST) or type(module).__name__ in BLOCKS or shape[::-1] == before
    return shape[::-1] if last and len(shape) == 2 else shape


def _together(layers: Sequence[Layer]) -> list[Layer]:
    """Return the layers with equal neighbours as one, named after the first and the last of them."""
    told: list[Layer] = []
    for layer in layers:
        same = told and replace(layer, name="", sees=None, times=1) == replace(told[-1], name="", sees=None, times=1)
        if same:
            first = told[-1].name.split(" to ")[0]
            told[-1] = replace(told[-1], name=f"{first} to {layer.name}", sees=layer.sees, times=told[-1].times + 1)
        else:
            told.append(layer)
    return told


def in_words(module: nn.Module) -> str:
    """Return what a module does in plain words; its own `in_words` where it has them, else its class's name in words."""
    if hasattr(module, "in_words"):
        return module.in_words
    for kind, words in _WORDS:
        if isinstance(module, kind):
            return words(module)
    name = type(module).__name__
    known = FOLLOWERS.get(type(module)) or BLOCKS.get(name)
    return known or re.sub(r"(?<=[a-z])(?=[A-Z])", " ", name).lower()


def _convolution(m: nn.Conv1d) -> str:
    if m.kernel_size == (1,):
        return f"1x1 convolution, {m.out_channels} mixtures of all channels"
    dilation = f", dilation {m.dilation[0]}" if m.dilation != (1,) else ""
    return f"convolution, {m.out_channels} filter{'s' * (m.out_channels != 1)} of width {m.kernel_size[0]}{dilation}"


def _pooling(m: nn.MaxPool1d) -> str:
    step = f", every {m.stride}" if m.stride != m.kernel_size else ""
    return f"max-pooling over {m.kernel_size}{step}"


def _recurrent(m: nn.RNNBase) -> str:
    kind = {"LSTM": "LSTM", "GRU": "GRU"}.get(m.mode, "plain RNN")
    return f"{kind}, {m.hidden_size} units{', both directions' if m.bidirectional else ''}"


def _dense(m: nn.Linear) -> str:
    return f"fully connected, {m.out_features} unit{'s' if m.out_features > 1 else ''}"


_WORDS: tuple[tuple[type, Callable[[Any], str]], ...] = (
    (nn.Conv1d, _convolution), (nn.MaxPool1d, _pooling), (nn.RNNBase, _recurrent), (nn.Linear, _dense),
    (FlattenTo, lambda m: "laid out as one list"), (GlobalMaxPool, lambda m: "largest value over all positions"),
    (GlobalMeanPool, lambda m: "mean over all positions"),
)
