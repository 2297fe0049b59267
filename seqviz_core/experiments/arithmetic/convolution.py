"""How one unit of a feature map is computed: windows times filters, bias, batch normalisation, shortcut, activation."""

from dataclasses import dataclass, replace
from typing import NamedTuple

import numpy as np
import torch
from torch import Tensor

from ...errors import SeqVizError
from .tape import Call, Index, Pass, Place
from .terms import Terms, terms_of
from .unit import Unit, letters_of
from .views import Source, behind, source_of

ACTIVATIONS = {"relu": "ReLU", "exp": "exp", "sigmoid": "sigmoid", "tanh": "tanh", "softplus": "softplus", "elu": "ELU",
               "gelu": "GELU", "silu": "SiLU", "leaky_relu": "leaky ReLU"}
MOST = 12
"""Terms told one by one; the rest is summed."""


@dataclass(frozen=True, eq=False)
class Window:
    """What a filter on the bases lies on.

    letters : as the filter reads them, k of them, "-" beyond the ends of the sequence; on the other strand their complements,
        backwards. bases : the 0-based base under each, -1 beyond the ends.
    weights (4, k) : the filter, order ACGT. products (k,) : weight of the letter that is there, 0 beyond the ends.
    """

    letters: str
    bases: np.ndarray
    weights: np.ndarray
    products: np.ndarray

    @property
    def reverse(self) -> bool:
        """Whether it is read on the other strand."""
        there = self.bases[self.bases >= 0]
        return len(there) > 1 and there[0] > there[-1]


@dataclass(frozen=True, eq=False)
class Convolution:
    """One convolution at one place: `scale` x (sum of its terms + bias).

    name : of the layer. window : for one that reads the bases. terms : its strongest summands, for any.
    scale : what batch normalisation multiplies it with, 1 without.
    """

    name: str
    window: Window | None
    terms: Terms
    bias: float
    scale: float = 1.0

    @property
    def total(self) -> float:
        return self.scale * (self.terms.total + self.bias)


@dataclass(frozen=True, eq=False)
class ConvolutionTerms:
    """value = activation(sum of the convolutions + what shortcuts add + shift).

    shift : what batch normalisation adds. shortcuts : what is added as it came in, with how it is called. activation : "" for
    none. value : what was recorded.
    """

    unit: Unit
    convolutions: tuple[Convolution, ...]
    shortcuts: tuple[tuple[str, float], ...]
    normalised: bool
    shift: float
    activation: str
    value: float

    @property
    def before(self) -> float:
        """The sum that the activation is given."""
        return sum(c.total for c in self.convolutions) + sum(v for _, v in self.shortcuts) + self.shift


@dataclass(frozen=True, eq=False)
class _Sum:
    convolutions: tuple[Convolution, ...] = ()
    shortcuts: tuple[tuple[str, float], ...] = ()
    normalised: bool = False
    shift: float = 0.0

    def plus(self, other: "_Sum") -> "_Sum":
        return _Sum(self.convolutions + other.convolutions, self.shortcuts + other.shortcuts,
                    self.normalised or other.normalised, self.shift + other.shift)

    def times(self, scale: float) -> "_Sum":
        return _Sum(tuple(replace(c, scale=scale * c.scale) for c in self.convolutions),
                    tuple((name, scale * value) for name, value in self.shortcuts), self.normalised, scale * self.shift)


def convolution_terms(unit: Unit, pass_: Pass) -> ConvolutionTerms:
    """Return the sum behind a unit of a feature map; raises SeqVizError where no convolution makes it."""
    start = Place(pass_.given(unit.probe), (0, unit.row, unit.position))
    place, activation = behind(pass_, start, own=start.tensor), ""
    call = pass_.call(place.tensor)
    if call is not None and call.name in ACTIVATIONS:
        activation, place = ACTIVATIONS[call.name], Place(call.args[0], place.index)
    found = _expanded(pass_, place, own=start.tensor)
    if not found.convolutions:
        made = f"{call.name!r}" if call else "the sequence itself"
        raise SeqVizError(f"There is no sum of weights and inputs right behind {unit.probe!r}: it comes from {made}.")
    return ConvolutionTerms(unit, found.convolutions, found.shortcuts, found.normalised, found.shift, activation,
                            start.value.item())


def _expanded(pass_: Pass, place: Place, own: Tensor | None = None) -> _Sum:
    """Return what a number is the sum of, down to convolutions, and to what other probes show, which is a shortcut."""
    place = behind(pass_, place, own)
    if place is None:
        return _Sum()
    call = pass_.call(place.tensor) if place.tensor is own or id(place.tensor) not in pass_.shown else None
    expand = _EXPAND.get(call.name) if call is not None else None
    if expand is None:
        return _Sum(shortcuts=((source_of(pass_, place, "what came in").label, place.value.item()),))
    return expand(pass_, call, place.index)


def _add(pass_: Pass, call: Call, index: Index) -> _Sum:
    first, second = call.args
    if not (isinstance(first, Tensor) and isinstance(second, Tensor) and first.shape == second.shape):
        raise SeqVizError("The sum behind this unit mixes tensors of different shapes, which cannot be shown.")
    return _expanded(pass_, Place(first, index)).plus(_expanded(pass_, Place(second, index)))


def _batch_norm(pass_: Pass, call: Call, index: Index) -> _Sum:
    """y = scale x + shift, scale = weight / sqrt(variance + eps), shift = bias - scale mean (Ioffe & Szegedy 2015)."""
    channel = index[1]
    at = lambda k, name, otherwise: otherwise if (t := call.given(k, name)) is None else t[channel].double().item()
    scale = at(3, "weight", 1.0) / (at(2, "running_var", 1.0) + call.given(7, "eps", 1e-5)) ** 0.5
    shift = at(4, "bias", 0.0) - scale * at(1, "running_mean", 0.0)
    inside = _expanded(pass_, Place(call.args[0], index)).times(scale)
    return replace(inside, normalised=True, shift=inside.shift + shift)


def _conv(pass_: Pass, call: Call, index: Index) -> _Sum:
    weight, bias, row = call.args[1], call.given(2, "bias"), index[1]
    taps, w = _taps(pass_, call, index), weight[row].detach().double().cpu()  # (channels, k)
    inputs = taps.inputs()

    def source(i: int) -> tuple[Source, int]:
        channel, k = divmod(i, len(taps.columns))
        return (source_of(pass_, taps.place(channel, k), f"hidden channel {taps.channels[channel]}"),
                taps.columns[k] - taps.middle)

    terms = terms_of(inputs.flatten(), w.flatten(), MOST, source)
    return _Sum((Convolution(pass_.weights.get(id(weight), "convolution"), _window(pass_, taps, inputs, w), terms,
                             0.0 if bias is None else bias[row].item()),))


class _Taps(NamedTuple):
    """What one filter lies on: `channels` of row `batch` of x, at the positions `columns`; beyond the ends there are zeros.

    middle : the unit's own position in x.
    """

    x: Tensor
    batch: int
    channels: range
    columns: list[int]
    middle: int

    def place(self, channel: int, k: int) -> Place | None:
        """Return the place under one weight; None beyond the ends."""
        at = self.columns[k]
        return Place(self.x, (self.batch, self.channels[channel], at)) if 0 <= at < self.x.shape[-1] else None

    def inputs(self) -> Tensor:
        """Return (channels, k), float64."""
        padded = torch.zeros(len(self.channels), len(self.columns), dtype=torch.float64)
        for k, at in enumerate(self.columns):
            if 0 <= at < self.x.shape[-1]:
                padded[:, k] = self.x[self.batch, self.channels.start:self.channels.stop, at]
        return padded


def _taps(pass_: Pass, call: Call, index: Index) -> _Taps:
    (x, weight), (batch, row, position) = call.args[:2], index
    (filters, channels, width), before = weight.shape, pass_.call(x)
    stride, dilation = _one(call.given(3, "stride", 1)), _one(call.given(5, "dilation", 1))
    first = position * stride - _left(call.given(4, "padding", 0), width, dilation)
    group = row // (filters // call.given(6, "groups", 1)) * channels
    padded = before.given(1, "pad")[0] if before is not None and before.name == "pad" else 0
    return _Taps(x, batch, range(group, group + channels), [first + k * dilation for k in range(width)],
                 position * stride + padded)


def _window(pass_: Pass, taps: _Taps, inputs: Tensor, weights: Tensor) -> Window | None:
    """Return the window where what the convolution is given are the bases, in whatever order; None for a deeper layer."""
    if len(taps.channels) != 4:
        return None
    places = [taps.place(0, k) for k in range(len(taps.columns))]
    origins = [place and behind(pass_, place) for place in places]
    if not all(origin is None or origin.tensor is pass_.X for origin in origins):
        return None
    bases = np.array([-1 if origin is None else origin.index[2] for origin in origins])
    letters = "".join("-" if base < 0 else letter for base, letter in zip(bases, letters_of(inputs), strict=True))
    return Window(letters, bases, weights.numpy(), (inputs * weights).sum(0).numpy())


def _one(size: int | tuple[int, ...]) -> int:
    return size[0] if isinstance(size, (tuple, list)) else size


def _left(padding: int | str | tuple[int, ...], width: int, dilation: int) -> int:
    return {"same": dilation * (width - 1) // 2, "valid": 0}[padding] if isinstance(padding, str) else _one(padding)


_EXPAND = {"add": _add, "batch_norm": _batch_norm, "conv1d": _conv}
