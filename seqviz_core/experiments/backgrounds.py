"""The sequences something is put into: random ones with a GC content, or dinucleotide shuffles of given ones."""

from collections.abc import Sequence

import numpy as np

from ..datasets.background import draw_background


def backgrounds(n: int, length: int, *, gc: float = 0.5, sequences: Sequence[str] = (), seed: int = 0) -> np.ndarray:
    """Return (n, length) uint8 codes: independent bases with this share of G and C, or shuffles where `sequences` are given.

    A shuffle is of a window of a random one of them, and keeps its dinucleotide counts. The same seed gives the same ones.
    Raises SeqVizError where no given sequence has `length` known bases in a row.
    """
    kind = "shuffled" if sequences else "GC content"
    text = "".join(f">{i}\n{sequence}\n" for i, sequence in enumerate(sequences, 1))
    return draw_background(n, length, kind, gc, text, np.random.default_rng((seed, 1)))


def background_words(n: int, gc: float, shuffled: int) -> str:
    """Return e.g. "100 random backgrounds (GC 50 %)" or "100 shuffles of 3 sequences"."""
    s = "s" * (n != 1)
    if not shuffled:
        return f"{n:,} random background{s} (GC {100 * gc:.3g} %)"
    return f"{n:,} dinucleotide shuffle{s} of {'one sequence' if shuffled == 1 else f'{shuffled:,} sequences'}"
