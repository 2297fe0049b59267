"""Parts of Enformer (Avsec et al. 2021): convolution blocks, attention pooling, attention with bases of the distance."""

import math

import torch
from torch import Tensor, nn

from .internals import Probe, Span
from .layers import SameConv1d
from .positions import HeadBias, by_distance

BASES = 3  # families of functions of the distance: exponential, central mask, gamma


class NormConv(nn.Sequential):
    """Batch normalisation, GELU, convolution with as many positions as come in."""

    def __init__(self, channels: int, filters: int, width: int):
        super().__init__(nn.BatchNorm1d(channels), nn.GELU(), SameConv1d(channels, filters, width))


class Residual(nn.Module):
    """Adds what a module makes of its input to the input."""

    def __init__(self, module: nn.Module):
        super().__init__()
        self.module = module

    def forward(self, x: Tensor) -> Tensor:
        return x + self.module(x)


class PairPooling(nn.Module):
    """Weighted mean of each two neighbours, channel by channel; the weights are a softmax of a learned score.

    It begins with about twice the value as score, a soft maximum. A last single position goes through as it is.
    """

    def __init__(self, channels: int):
        super().__init__()
        self.score = nn.Conv1d(channels, channels, 1, bias=False)

    def initialise(self, generator: torch.Generator) -> None:
        """Set the score to twice the value, plus noise with standard deviation 0.01."""
        with torch.no_grad():
            noise = 0.01 * torch.randn(self.score.weight.shape, generator=generator)
            nn.init.dirac_(self.score.weight).mul_(2).add_(noise)

    def forward(self, x: Tensor) -> Tensor:  # (N, C, P) -> (N, C, ceil(P / 2))
        odd = x.shape[-1] % 2
        score = nn.functional.pad(self.score(x), (0, odd), value=-math.inf)
        x = nn.functional.pad(x, (0, odd))
        first = torch.sigmoid(score[..., ::2] - score[..., 1::2])  # the softmax of two
        return first * x[..., ::2] + (1 - first) * x[..., 1::2]


class DistanceAttention(nn.Module):
    """Self-attention that asks for content and for distance: ((q + u) k + (q + v) W f(i - j)) / sqrt(key).

    f : `distance_features` that reach over the `tokens` of a training sequence.
    """

    def __init__(self, width: int, heads: int, key: int, tokens: int, span: Span, dropout: float):
        super().__init__()
        self.heads, self.tokens, self.features = heads, tokens, width // heads
        self.query, self.key = (nn.Linear(width, heads * key, bias=False) for _ in range(2))
        self.value = nn.Linear(width, width, bias=False)
        self.distance = nn.Linear(self.features, heads * key, bias=False)
        self.content, self.place = HeadBias(heads, key), HeadBias(heads, key)
        self.out = nn.Linear(width, width)
        self.pattern = Probe("attention", ("sequence", "head", "query", "key"), span)
        self.dropout = nn.Dropout(dropout)

    def forward(self, x: Tensor) -> Tensor:  # (N, P, width) -> (N, P, width)
        q, k, v = (self._by_head(part(x)) for part in (self.query, self.key, self.value))  # each (N, head, P, d)
        q = q / math.sqrt(q.shape[-1])
        f = self._by_head(self.distance(distance_features(x.shape[1], self.features, self.tokens, like=x))[None])
        scores = self.content(q) @ k.transpose(-2, -1) + by_distance(self.place(q) @ f.transpose(-2, -1))
        mixed = self.dropout(self.pattern(scores.softmax(-1))) @ v
        return self.out(mixed.transpose(1, 2).flatten(2))

    def _by_head(self, x: Tensor) -> Tensor:  # (N, P, head * d) -> (N, head, P, d)
        return x.unflatten(-1, (self.heads, -1)).transpose(1, 2)


class EnformerLayer(nn.Module):
    """Attention and a two-layer perceptron, each added to what came in, normalised before."""

    def __init__(self, width: int, heads: int, key: int, tokens: int, span: Span, dropout: float):
        super().__init__()
        self.norm1, self.norm2 = nn.LayerNorm(width), nn.LayerNorm(width)
        self.attention = DistanceAttention(width, heads, key, tokens, span, dropout / 8)
        self.dropout1 = nn.Dropout(dropout)
        self.mlp = nn.Sequential(nn.Linear(width, 2 * width), nn.Dropout(dropout), nn.ReLU(), nn.Linear(2 * width, width),
                                 nn.Dropout(dropout))
        self.embedding = Probe("embedding", ("sequence", "feature", "position"), span)

    def forward(self, x: Tensor) -> Tensor:  # (N, P, width) -> (N, P, width)
        x = x + self.dropout1(self.attention(self.norm1(x)))
        x = x + self.mlp(self.norm2(x))
        return self.embedding(x.transpose(1, 2)).transpose(1, 2)


def distance_features(tokens: int, features: int, reach: int, *, like: Tensor) -> Tensor:
    """Return (2 tokens - 1, features) functions of the distances -(tokens - 1) ... tokens - 1 (Avsec et al. 2021, Methods).

    features : a multiple of 6: three families, each as it is and with the sign of the distance.
    reach : tokens of a training sequence; the slowest functions stretch over it.
    """
    n = features // (2 * BASES)
    distance = torch.arange(-(tokens - 1), tokens, device=like.device, dtype=torch.float64)[:, None]
    d = distance.abs()
    half_lives = 2.0 ** _steps(3, math.log2(reach), n, d)
    exponential = torch.exp(-math.log(2) * d / half_lives)
    central = (2.0 ** _steps(1, n, n, d) - 1 > d).to(d.dtype)
    basis = torch.cat([exponential, central, _gamma(d, n, reach)], dim=1)
    return torch.cat([basis, basis * distance.sign()], dim=1).to(like.dtype)


def _gamma(d: Tensor, n: int, reach: int) -> Tensor:
    """Return (distances, n) densities of gamma laws with means up to `reach`, each distance's largest set to 1."""
    deviation = reach / (2 * n)
    mean = _steps(reach / n, reach, n, d)
    shape, rate = (mean / deviation) ** 2, mean / deviation ** 2
    log_density = torch.xlogy(shape - 1, d) - rate * d + shape * rate.log() - torch.lgamma(shape)
    density = log_density.exp() + 1e-8
    return density / density.amax(1, keepdim=True)


def _steps(start: float, end: float, n: int, like: Tensor) -> Tensor:
    return torch.linspace(start, end, n, device=like.device, dtype=like.dtype)
