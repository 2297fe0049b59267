"""Building blocks that the convolutional architectures share: convolution blocks, stacks of them, dense layers, heads."""

from collections.abc import Sequence
from typing import NamedTuple

from torch import Tensor, nn

from .internals import Probe, Span
from .layers import FlattenTo, GlobalMaxPool, GlobalMeanPool, SameConv1d, make_activation

MAP_AXES = ("sequence", "filter", "position")
GLOBAL_POOLS = {"max": GlobalMaxPool, "mean": GlobalMeanPool}


class ConvLayer(NamedTuple):
    """A convolution and what follows it.

    pool, step : max-pooling over `pool` positions, every `step` (0: every `pool`, so that pools do not overlap).
        A smaller step differs from the pool by an even number.
    early_dropout : drop single positions before pooling, not whole pools after it.
    same : as many positions as come in, and a last, shorter pool counts; otherwise no padding, and it is left out.
    """

    filters: int
    width: int
    pool: int = 1
    dropout: float = 0.0
    activation: str = "relu"
    norm: bool = False
    step: int = 0
    early_dropout: bool = False
    same: bool = True
    bias: bool = True

    def positions(self, before: int) -> int:
        """Return how many positions come out of `before`."""
        if self.same:
            return -(-before // (self.step or self.pool))
        return max(before - self.width + 1, self.pool) // self.pool


class ValidConv1d(nn.Conv1d):
    """Convolution without padding: `width` - 1 positions fewer than it is given; unit p sees positions p ... p + width - 1.

    A map too short for it is filled up with zeros on the right until `at_least` positions come out.
    """

    def __init__(self, channels: int, filters: int, width: int, *, bias: bool = True, at_least: int = 1):
        super().__init__(channels, filters, width, bias=bias)
        self.shortest = width - 1 + at_least

    def forward(self, x: Tensor) -> Tensor:  # (N, channels, P) -> (N, filters, P - width + 1)
        missing = self.shortest - x.shape[-1]
        return super().forward(nn.functional.pad(x, (0, missing)) if missing > 0 else x)


class ConvBlock(nn.Module):
    """Convolution, batch normalisation, activation, max-pooling and dropout; the probe sees the map before pooling.

    span : of what comes in (Span() for bases); the attribute `span` is that of what goes out.
    """

    def __init__(self, channels: int, layer: ConvLayer, span: Span):
        super().__init__()
        filters, width, pool, same = layer.filters, layer.width, layer.pool, layer.same
        self.conv = (SameConv1d(channels, filters, width, bias=layer.bias) if same
                     else ValidConv1d(channels, filters, width, bias=layer.bias, at_least=pool))
        self.norm = nn.BatchNorm1d(filters) if layer.norm else nn.Identity()
        self.activation = make_activation(layer.activation)
        inside = span.then(width, padding=(width - 1) // 2 if same else 0)
        self.probe = Probe("feature_map", MAP_AXES, inside)
        step = layer.step or pool
        overlap = (pool - step) // 2
        after = [nn.MaxPool1d(pool, step, overlap, ceil_mode=same) if pool > 1 else nn.Identity(), nn.Dropout(layer.dropout)]
        self.after = nn.Sequential(*(reversed(after) if layer.early_dropout else after))
        self.span = inside.then(pool, stride=step, padding=overlap)

    def forward(self, x: Tensor) -> Tensor:  # (N, channels, P) -> (N, filters, layer.positions(P))
        return self.after(self.probe(self.activation(self.norm(self.conv(x)))))


class ConvStack(nn.Module):
    """Convolution blocks conv1, conv2, ... on top of each other, under the `head` that a subclass sets.

    `filters` and `positions` are the size of the map that the head gets from a sequence of `length` bases.
    """

    head: nn.Module
    first_map = "conv1"

    def __init__(self, layers: Sequence[ConvLayer], length: int):
        super().__init__()
        self.filters, self.positions, self.depth, span = 4, length, len(layers), Span()
        for i, layer in enumerate(layers):
            block = ConvBlock(self.filters, layer, span)
            self.add_module(f"conv{i + 1}", block)
            self.filters, self.positions, span = layer.filters, layer.positions(self.positions), block.span

    @property
    def first_conv(self) -> nn.Conv1d:
        return self.get_submodule("conv1.conv")

    def forward(self, X: Tensor) -> Tensor:  # (N, 4, L) -> (N, n_outputs)
        for i in range(self.depth):
            X = self.get_submodule(f"conv{i + 1}")(X)
        return self.head(X)


class ResidualUnit(nn.Module):
    """x + f(x), f being twice (batch normalisation, ReLU, dilated convolution): the unit of He et al. 2016; same positions.

    norm, skip : without them it is a plain pair of convolutions. The probe sees the sum.
    """

    def __init__(self, channels: int, width: int, dilation: int, span: Span, *, norm: bool = True, skip: bool = True):
        super().__init__()
        self.skip, self.span = skip, span
        self.in_words = (f"{'residual' if skip else 'plain'} unit, two convolutions of width {width}"
                         + (f", dilation {dilation}" if dilation > 1 else ""))
        for i in (1, 2):
            conv = SameConv1d(channels, channels, width, dilation=dilation)
            self.add_module(f"norm{i}", nn.BatchNorm1d(channels) if norm else nn.Identity())
            self.add_module(f"relu{i}", nn.ReLU())
            self.add_module(f"conv{i}", conv)
            self.span = self.span.then(width, padding=conv.left, dilation=dilation)
        self.probe = Probe("feature_map", MAP_AXES, self.span)

    def forward(self, x: Tensor) -> Tensor:  # (N, channels, P) -> (N, channels, P)
        y = self.conv1(self.relu1(self.norm1(x)))
        y = self.conv2(self.relu2(self.norm2(y)))
        return self.probe(x + y if self.skip else y)


def dense(inputs: int, units: int, *, norm: bool = False, dropout: float = 0.0) -> nn.Sequential:
    """Return a fully connected layer: linear, batch normalisation (optional), ReLU, dropout."""
    return nn.Sequential(nn.Linear(inputs, units), nn.BatchNorm1d(units) if norm else nn.Identity(), nn.ReLU(),
                         nn.Dropout(dropout))


def dense_head(filters: int, positions: int, hidden: Sequence[int], n_outputs: int, length: int, *, norm: bool = False,
               dropout: float = 0.0) -> nn.Sequential:
    """Return maps (N, filters, positions) -> logits (N, n_outputs): flattened, `hidden` dense layers, linear.

    length : bases of the longest sequence it can read, for the sentence that refuses a longer one.
    """
    sizes = [filters * positions, *hidden]
    layers = [dense(a, b, norm=norm, dropout=dropout) for a, b in zip(sizes, hidden)]
    return nn.Sequential(FlattenTo(positions, length), *layers, nn.Linear(sizes[-1], n_outputs))


def global_head(filters: int, n_outputs: int, pool: str, dropout: float = 0.0) -> nn.Sequential:
    """Return maps (N, filters, P) -> logits (N, n_outputs): the maximum or the mean over all positions, linear."""
    return nn.Sequential(GLOBAL_POOLS[pool](), nn.Dropout(dropout), nn.Linear(filters, n_outputs))


def head_for(per_position: bool, filters: int, n_outputs: int, pool: str) -> nn.Module:
    """Return the head of a map with a position for every base: logits (N, n_outputs, L) `per_position`, else `global_head`."""
    return nn.Conv1d(filters, n_outputs, 1) if per_position else global_head(filters, n_outputs, pool)
