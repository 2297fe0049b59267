"""How self-attention is told where its tokens stand: places added to the tokens, or distances inside the attention.

By itself attention gives the same answer for tokens in any order. POSITIONS has the ways out of that, by name.
"""

import torch
from torch import Tensor, nn

from ..errors import SeqVizError
from .internals import Span
from .layers import SelfAttention, sinusoidal_positions, waves


class SinusoidalPositions(nn.Module):
    """Adds sines and cosines of the token's place (Vaswani et al. 2017)."""

    def forward(self, x: Tensor) -> Tensor:  # (N, P, width) -> (N, P, width)
        return x + sinusoidal_positions(x.shape[1], x.shape[2], like=x)


class LearnedPositions(nn.Module):
    """Adds a learned vector for each place; raises SeqVizError for a sequence longer than those it was trained on."""

    def __init__(self, width: int, tokens: int, length: int):
        super().__init__()
        self.table, self.length = nn.Parameter(torch.empty(tokens, width)), length

    def initialise(self, generator: torch.Generator) -> None:
        """Fill the table from the normal law with standard deviation 0.02."""
        with torch.no_grad():
            self.table.normal_(0, 0.02, generator=generator)

    def forward(self, x: Tensor) -> Tensor:  # (N, P, width) -> (N, P, width)
        if x.shape[1] > len(self.table):
            raise SeqVizError(f"This model learned places for {self.length:,} bases and reads no longer sequence.")
        return x + self.table[:x.shape[1]]


class RotaryAttention(SelfAttention):
    """Turns pairs of numbers in q and k by angles that grow with the place: q k then knows i - j only (Su et al. 2021)."""

    def scores(self, q: Tensor, k: Tensor) -> Tensor:
        table = sinusoidal_positions(q.shape[2], q.shape[3], like=q)  # (P, d)
        return super().scores(turned(q, table), turned(k, table))


def turned(x: Tensor, table: Tensor) -> Tensor:
    """Return x (N, head, P, d) with each pair of neighbouring numbers turned by the angle whose sine and cosine `table` has."""
    sine, cosine = table[:, 0::2], table[:, 1::2]  # (P, d / 2)
    a, b = x[..., 0::2], x[..., 1::2]
    return torch.stack([a * cosine - b * sine, a * sine + b * cosine], dim=-1).flatten(-2)


class ALiBiAttention(SelfAttention):
    """Lowers the score by slope x distance, with a slope for each head: 2^(-8/h), 2^(-16/h), ... (Press et al. 2022).

    The distance counts in both directions, since the whole sequence is seen.
    """

    def scores(self, q: Tensor, k: Tensor) -> Tensor:
        slopes = 2.0 ** (-8 / self.heads * torch.arange(1, self.heads + 1, device=q.device, dtype=q.dtype))
        return super().scores(q, k) - slopes[:, None, None] * distances(q.shape[2], q.device).abs()


class RelativeAttention(SelfAttention):
    """Asks for content and for distance: ((q + u) k + (q + v) W r(i - j)) / sqrt(d), r sines and cosines (Dai et al. 2019)."""

    def __init__(self, width: int, heads: int, span: Span):
        super().__init__(width, heads, span)
        self.content, self.place = HeadBias(heads, width // heads), HeadBias(heads, width // heads)
        self.distance = nn.Linear(width, width, bias=False)

    def scores(self, q: Tensor, k: Tensor) -> Tensor:
        p, width = q.shape[2], self.distance.in_features
        table = waves(torch.arange(-(p - 1), p, device=q.device, dtype=torch.float64), width).to(q.dtype)
        r = self.distance(table).view(2 * p - 1, self.heads, -1).transpose(0, 1)  # (head, 2P - 1, d)
        return super().scores(self.content(q), k) + by_distance(super().scores(self.place(q), r))


class HeadBias(nn.Module):
    """Adds one learned vector a head to every query; it begins near zero."""

    def __init__(self, heads: int, d: int):
        super().__init__()
        self.bias = nn.Parameter(torch.empty(heads, 1, d))

    def initialise(self, generator: torch.Generator) -> None:
        """Fill it from the normal law with standard deviation 0.02."""
        with torch.no_grad():
            self.bias.normal_(0, 0.02, generator=generator)

    def forward(self, q: Tensor) -> Tensor:  # (N, head, P, d) -> (N, head, P, d)
        return q + self.bias


def distances(tokens: int, device: torch.device) -> Tensor:
    """Return (tokens, tokens) integers: query's place minus key's place."""
    place = torch.arange(tokens, device=device)
    return place[:, None] - place


def by_distance(scores: Tensor) -> Tensor:
    """Return (N, head, query, key) from scores (N, head, query, 2P - 1) of the distances i - j = -(P - 1) ... P - 1."""
    tokens = scores.shape[2]
    index = distances(tokens, scores.device) + tokens - 1
    return scores.gather(-1, index.expand(*scores.shape[:2], tokens, tokens))


POSITIONS: dict[str, type[SelfAttention]] = {
    "sinusoidal": SelfAttention, "none": SelfAttention, "learned": SelfAttention, "rotary": RotaryAttention,
    "alibi": ALiBiAttention, "relative": RelativeAttention}
"""Name of a positional encoding -> the attention that goes with it."""


def make_positions(name: str, width: int, tokens: int, length: int) -> tuple[type[SelfAttention], nn.Module]:
    """Return the kind of attention and the module that adds places to tokens (N, P, width), which may do nothing."""
    added = {"sinusoidal": SinusoidalPositions, "learned": lambda: LearnedPositions(width, tokens, length)}
    return POSITIONS[name], added.get(name, nn.Identity)()


def check_positions(name: str, width: int, heads: int) -> None:
    """Raise SeqVizError where the heads do not divide the width, or leave single numbers that cannot be turned in pairs."""
    if width % heads:
        raise SeqVizError(f"Heads per layer: {heads} does not divide the token width {width}.")
    if name == "rotary" and width // heads % 2:
        raise SeqVizError(f"Rotary positions turn pairs of numbers, and {heads} heads leave {width // heads} of {width} to each; "
                          "choose a width and heads that leave an even number.")
