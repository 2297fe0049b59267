"""Building blocks that several architectures share: activations, convolution stem, read-out, self-attention."""

import math

import torch
from torch import Tensor, nn

from ..errors import SeqVizError
from .internals import Probe, Span

ACTIVATIONS = ("relu", "exponential", "sigmoid", "tanh", "softplus", "linear", "elu")


class Exponential(nn.Module):
    """exp(x): first-layer activation of Koo & Ploenzke 2021; its filters tend to hold whole motifs."""

    def forward(self, x: Tensor) -> Tensor:
        return torch.exp(x)


def make_activation(name: str) -> nn.Module:
    """Return a fresh activation module; one per use, since some explanations put rules on modules."""
    return {"relu": nn.ReLU, "exponential": Exponential, "sigmoid": nn.Sigmoid, "tanh": nn.Tanh,
            "softplus": nn.Softplus, "linear": nn.Identity, "elu": nn.ELU}[name]()


class SameConv1d(nn.Conv1d):
    """Convolution over the bases with as many positions as bases: unit p is centred on base p (see `same_span`).

    For odd widths this is `nn.Conv1d(padding="same")`; for even ones too, without its warning and its copy.
    """

    def __init__(self, channels: int, filters: int, width: int, *, dilation: int = 1, bias: bool = True):
        super().__init__(channels, filters, width, dilation=dilation, bias=bias)
        self.left, self.right = (width - 1) // 2 * dilation, width // 2 * dilation

    def forward(self, x: Tensor) -> Tensor:  # (N, channels, L) -> (N, filters, L)
        return super().forward(nn.functional.pad(x, (self.left, self.right)))


class GlobalMaxPool(nn.Module):
    """The largest value along the last axis, (..., P) -> (...): the best hit, wherever it stands."""

    def forward(self, x: Tensor) -> Tensor:
        return x.amax(-1)


class GlobalMeanPool(nn.Module):
    """The mean along the last axis, (..., P) -> (...)."""

    def forward(self, x: Tensor) -> Tensor:
        return x.mean(-1)


class Stem(nn.Module):
    """Convolution over the bases, activation, max-pooling; the probe `feature_map` sees the map before pooling."""

    def __init__(self, filters: int, width: int, activation: str, pool: int):
        super().__init__()
        span = same_span(width)
        self.conv = SameConv1d(4, filters, width)
        self.activation = make_activation(activation)
        self.probe = Probe("feature_map", ("sequence", "filter", "position"), span)
        self.pool = nn.MaxPool1d(pool, ceil_mode=True) if pool > 1 else nn.Identity()
        self.span = span.then(pool, stride=pool)

    def forward(self, X: Tensor) -> Tensor:  # (N, 4, L) -> (N, filters, ceil(L / pool))
        return self.pool(self.map_of(X))

    def map_of(self, X: Tensor) -> Tensor:  # (N, 4, L) -> (N, filters, L)
        """Return the map before pooling, for a model that needs both."""
        return self.probe(self.activation(self.conv(X)))


class FlattenTo(nn.Module):
    """Flattens maps (N, C, P) to (N, C * positions), so that each position has weights of its own behind it.

    A shorter map is filled up with zeros on the right; a longer one raises SeqVizError: nothing was learned for its end.
    """

    def __init__(self, positions: int, length: int):
        super().__init__()
        self.positions, self.length = positions, length

    def forward(self, x: Tensor) -> Tensor:  # (N, C, P) -> (N, C * positions)
        missing = self.positions - x.shape[-1]
        if missing < 0:
            raise SeqVizError(f"This model has weights of its own for each position and reads at most {self.length:,} bases.")
        return (nn.functional.pad(x, (0, missing)) if missing else x).flatten(1)


def same_span(width: int) -> Span:
    """Return the span of a convolution with "same" padding: as many positions as bases, unit p centred on base p."""
    return Span(1, -((width - 1) // 2), width)


class AttentionPooling(nn.Module):
    """Weighted mean over positions; the weights are a softmax of one learned score per position."""

    def __init__(self, features: int, span: Span):
        super().__init__()
        self.score = nn.Linear(features, 1)
        self.pattern = Probe("attention", ("sequence", "head", "query", "key"), span)

    def forward(self, x: Tensor) -> Tensor:  # (N, features, P) -> (N, features)
        scores = self.score(x.transpose(1, 2)).transpose(1, 2)  # (N, 1, P)
        pattern = self.pattern(scores.softmax(-1)[:, None])  # (N, 1 head, 1 query, P)
        return (x * pattern[:, 0]).sum(-1)


class SelfAttention(nn.Module):
    """Multi-head self-attention, softmax(q k / sqrt(d)) v, written out so that its pattern has a name."""

    def __init__(self, width: int, heads: int, span: Span):
        super().__init__()
        self.heads = heads
        self.query_key_value = nn.Linear(width, 3 * width)
        self.out = nn.Linear(width, width)
        self.pattern = Probe("attention", ("sequence", "head", "query", "key"), span)

    def forward(self, x: Tensor) -> Tensor:  # (N, P, width) -> (N, P, width)
        n, p, width = x.shape
        q, k, v = self.query_key_value(x).view(n, p, 3, self.heads, -1).permute(2, 0, 3, 1, 4)  # each (N, head, P, d)
        mixed = self.pattern(self.scores(q, k).softmax(-1)) @ v  # (N, head, P, d)
        return self.out(mixed.transpose(1, 2).reshape(n, p, width))

    def scores(self, q: Tensor, k: Tensor) -> Tensor:  # (N, head, P, d) twice -> (N, head, query, key)
        """Return how much each query asks for each key, before the softmax; positions.py has kinds that know distances."""
        return q @ k.transpose(-2, -1) / math.sqrt(q.shape[-1])


class TransformerLayer(nn.Module):
    """Self-attention and a two-layer perceptron, each added to what came in, normalised before (pre-norm)."""

    def __init__(self, width: int, heads: int, span: Span, dropout: float, attention: type[SelfAttention] = SelfAttention):
        super().__init__()
        self.norm1, self.norm2 = nn.LayerNorm(width), nn.LayerNorm(width)
        self.attention = attention(width, heads, span)
        self.mlp = nn.Sequential(nn.Linear(width, 2 * width), nn.GELU(), nn.Linear(2 * width, width))
        self.dropout1, self.dropout2 = nn.Dropout(dropout), nn.Dropout(dropout)
        self.embedding = Probe("embedding", ("sequence", "feature", "position"), span)

    def forward(self, x: Tensor) -> Tensor:  # (N, P, width) -> (N, P, width)
        x = x + self.dropout1(self.attention(self.norm1(x)))
        x = x + self.dropout2(self.mlp(self.norm2(x)))
        return self.embedding(x.transpose(1, 2)).transpose(1, 2)


def sinusoidal_positions(n: int, width: int, *, like: Tensor) -> Tensor:
    """Return (n, width) sines and cosines of wavelengths 2 pi to 2 pi 10,000 (Vaswani et al. 2017, section 3.5)."""
    return waves(torch.arange(n, device=like.device, dtype=torch.float64), width).to(like.dtype)


def waves(position: Tensor, width: int) -> Tensor:
    """Return (n, width) float64 sines and cosines of positions (n,) float64, which may be negative."""
    rate = torch.exp(-math.log(10_000) * torch.arange(0, width, 2, device=position.device, dtype=torch.float64) / width)
    angles = position[:, None] * rate  # (n, ceil(width / 2))
    return torch.stack([angles.sin(), angles.cos()], dim=-1).flatten(1)[:, :width]
