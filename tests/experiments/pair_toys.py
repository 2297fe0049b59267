"""Models of one pair of motifs, solved by hand: a product, a sum, and one that sees no farther than a given distance."""

import torch
from torch import Tensor, nn

from seqviz_core.sequences import encode, one_hot_encode

FIRST, SECOND = "GGCCCGGC", "CGCGTGCGC"


def hits(X: Tensor, motif: str) -> Tensor:
    """Return (N, places): 1 where the motif stands, else 0."""
    kernel = torch.from_numpy(one_hot_encode([motif]))  # (1, 4, k)
    return (nn.functional.conv1d(X, kernel)[:, 0] > len(motif) - 0.5).float()


class Product(nn.Module):
    """logit of class 1 = 3 * (FIRST is there) * (SECOND is there); of class 0 it is 0."""

    def forward(self, X: Tensor) -> Tensor:  # (N, 4, L) -> (N, 2)
        return two(3 * hits(X, FIRST).amax(-1) * hits(X, SECOND).amax(-1))


class Sum(nn.Module):
    """logit of class 1 = 2 * (FIRST is there) + (SECOND is there)."""

    def forward(self, X: Tensor) -> Tensor:  # (N, 4, L) -> (N, 2)
        return two(2 * hits(X, FIRST).amax(-1) + hits(X, SECOND).amax(-1))


class Ordered(nn.Module):
    """logit of class 1 = 4 where FIRST stands before SECOND with `nearest` to `farthest` bases between them."""

    def __init__(self, nearest: int, farthest: int):
        super().__init__()
        self.gaps = range(nearest, farthest + 1)

    def forward(self, X: Tensor) -> Tensor:  # (N, 4, L) -> (N, 2)
        first, second = hits(X, FIRST), hits(X, SECOND)
        found = torch.zeros(len(X))
        for gap in self.gaps:
            later = second[:, len(FIRST) + gap:]
            if later.shape[1]:
                found = torch.maximum(found, (first[:, :later.shape[1]] * later).amax(-1))
        return two(4 * found)


class Counting(nn.Module):
    """logit of class 1 = how often FIRST is there."""

    def forward(self, X: Tensor) -> Tensor:  # (N, 4, L) -> (N, 2)
        return two(hits(X, FIRST).sum(-1))


def two(logit: Tensor) -> Tensor:
    """Return (N, 2) logits of two classes, the first 0."""
    return torch.stack([torch.zeros_like(logit), logit], dim=1)


def weak_backgrounds(n: int, length: int, seed: int):
    """Return codes (n, length) of A and T alone: neither motif is there by chance, not even in part."""
    generator = torch.Generator().manual_seed(seed)
    return encode(["".join("AT"[i] for i in row) for row in torch.randint(2, (n, length), generator=generator)])
