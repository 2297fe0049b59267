"""What a sequence is compared with: shuffles of itself, a quarter of every base, nothing known."""

import numpy as np
import torch
from torch import Tensor

from ..sequences import UNKNOWN, dinucleotide_shuffle, one_hot_encode


def shuffles(x: Tensor, n: int, seed: int) -> Tensor:
    """Return n dinucleotide shuffles of the sequence x (4, L), (n, 4, L); they depend on x and the seed alone.

    An unknown base of x stays unknown in every shuffle, so it gets no share.
    """
    known = known_bases(x).cpu().numpy()
    codes = np.full((n, x.shape[1]), UNKNOWN, dtype=np.uint8)
    if known.any():
        present = x.argmax(0).cpu().numpy().astype(np.uint8)[known]
        codes[:, known] = dinucleotide_shuffle(present, n, seed)
    return torch.from_numpy(one_hot_encode(codes)).to(x)


def uniform(x: Tensor) -> Tensor:
    """Return a quarter of every base where x (..., 4, L) knows the base, and nothing elsewhere; shaped as x."""
    return (0.25 * known_bases(x)).unsqueeze(-2).expand(x.shape).to(x.dtype)


def known_bases(x: Tensor) -> Tensor:
    """Return whether each base of x (..., 4, L) is known, (..., L)."""
    return x.sum(-2) > 0


def against_shuffles(n: int) -> str:
    """Return the words for a comparison with n shuffles."""
    return f"Compared with {n} dinucleotide {'shuffle' if n == 1 else 'shuffles'} of the sequence"
