"""How well a motif fits every window of every sequence, on both strands."""

from collections.abc import Sequence

import numpy as np

from .motif import Motif, base_frequencies

_SYMBOLS = 5  # A, C, G, T, unknown
_STEP = 3  # columns looked up at once: 125 table entries


def scan(motif: Motif, codes: np.ndarray, background: Sequence[float] | None = None) -> np.ndarray:
    """Return log2(P(window | motif) / P(window | background)), float32 (N, 2, L - k + 1), of codes (N, L).

    P(window | motif) is from `motif.ppm()`, the probabilities sample_sites draws from, whatever the background.
    Index 0 of the second axis is the + strand, 1 the - strand: the site is the reverse complement of the window, at the
    window's (forward) start. An unknown base adds 0, as if its column were not there. Sequences shorter than the motif
    have no windows: (N, 2, 0).
    """
    forward = motif.ppm()
    strands = [np.log2(p / base_frequencies(background)[:, None]) for p in (forward, forward[::-1, ::-1])]  # each (4, k)
    width, length = motif.width, codes.shape[1]
    scores = np.zeros((len(codes), 2, max(length - width + 1, 0)), dtype=np.float32)
    windows = scores.shape[2]
    words = {size: _words(codes, size) for size in {min(_STEP, width), width % _STEP} - {0}} if windows else {}
    for start in range(0, width, _STEP) if windows else ():
        size = min(_STEP, width - start)
        here = words[size][:, start:start + windows]
        for strand, weights in enumerate(strands):
            scores[:, strand] += _table(weights[:, start:start + size])[here]
    return scores


def _words(codes: np.ndarray, size: int) -> np.ndarray:
    """Each run of `size` codes as one number, (N, L - size + 1), the first code the most significant."""
    length = codes.shape[1] - size + 1
    words = np.zeros((len(codes), length), dtype=np.intp)
    for i in range(size):
        words *= _SYMBOLS
        words += codes[:, i:i + length]
    return words


def _table(weights: np.ndarray) -> np.ndarray:
    """The sum of the columns' weights (4, size) for every word, float32 (5^size,)."""
    table = np.zeros(1)
    for column in np.vstack([weights, np.zeros(weights.shape[1])]).T:  # (5,): an unknown base weighs 0
        table = (table[:, None] + column).ravel()
    return table.astype(np.float32)
