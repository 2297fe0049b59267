"""The best any model can do: posterior log-odds of "one site of this motif somewhere" against background alone.

Lambda(x) = mean over the possible starts of product_j p[x_j, j] / background[x_j], averaged over the strands that
are possible; P(class c | x) is proportional to prior_c * Lambda_c(x), with Lambda = 1 for the background class
(likelihood ratio of a mixture; SCIENCE notes it as the Bayes ceiling of planted-motif tasks).
"""

import numpy as np

from ..motifs import Motif, scan


def log_evidence(motif: Motif, codes: np.ndarray, background: np.ndarray, *, both_strands: bool) -> np.ndarray:
    """Return (N,) natural-log Lambda of each sequence in `codes` (N, L)."""
    odds = scan(motif, codes, background=background).astype(np.float64) * np.log(2)  # (N, strand, starts)
    odds = odds.reshape(len(codes), -1) if both_strands else odds[:, 0]
    highest = odds.max(axis=1, keepdims=True)
    return highest[:, 0] + np.log(np.exp(odds - highest).mean(axis=1))
