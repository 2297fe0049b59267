"""What scanning with the true motifs says, per sequence and per base: a strong reference that needs no training.

Scores are log2(P(window | motif) / P(window | background)), as `motifs.scan` gives them. Per base this is the ceiling that
attributions are held against: Koo & Ploenzke (2021) task 3 is `regulatory_code`.
"""

from collections.abc import Sequence

import numpy as np

from ..errors import SeqVizError
from ..motifs import Motif, scan


def best_pwm_scores(codes: np.ndarray, motifs: Sequence[Motif], both_strands: bool,
                    background: Sequence[float] | None = None) -> np.ndarray:
    """Return (N, M) float32: the highest log odds (bits) of each motif anywhere in each sequence of `codes` (N, L).

    Raises SeqVizError where a motif is longer than the sequences.
    """
    scores = np.empty((len(codes), len(motifs)), dtype=np.float32)
    for index, motif in enumerate(motifs):
        scores[:, index] = _windows(codes, motif, both_strands, background).max(axis=1)
    return scores


def pwm_scan_per_base(codes: np.ndarray, motifs: Sequence[Motif], both_strands: bool,
                      background: Sequence[float] | None = None) -> np.ndarray:
    """Return (N, L) float32: each base gets the highest log odds (bits) of all the windows, of any motif, that cover it.

    codes : uint8 (N, L). Raises SeqVizError where a motif is longer than the sequences.
    """
    per_base = np.full(codes.shape, -np.inf, dtype=np.float32)
    for motif in motifs:
        windows = _windows(codes, motif, both_strands, background)
        for offset in range(motif.width):
            covered = per_base[:, offset:offset + windows.shape[1]]
            np.maximum(covered, windows, out=covered)
    return per_base


def _windows(codes: np.ndarray, motif: Motif, both_strands: bool, background: Sequence[float] | None) -> np.ndarray:
    """Return (N, starts): the log odds of the better strand."""
    if motif.width > codes.shape[1]:
        raise SeqVizError(f"{motif.name} has {motif.width} columns; the sequences have {codes.shape[1]} bases.")
    scores = scan(motif, codes, background)  # (N, 2, starts)
    return scores.max(axis=1) if both_strands else scores[:, 0]
