"""What is put into a sequence: sites of a motif, from sampled ones to its consensus, typed IUPAC letters, and their shuffles."""

import math

import numpy as np

from ..errors import SeqVizError
from ..motifs import Motif, base_frequencies

CONSENSUS = math.inf
IUPAC = {"A": "A", "C": "C", "G": "G", "T": "T", "U": "T", "R": "AG", "Y": "CT", "S": "CG", "W": "AT", "K": "GT", "M": "AC",
         "B": "CGT", "D": "AGT", "H": "ACT", "V": "ACG", "N": "ACGT"}
LONGEST = 200  # bases of a typed pattern
_SITES = 1000  # that the counts of a typed motif stand for: the usual pseudocount hardly matters


def iupac_motif(text: str) -> Motif:
    """Return the motif of typed IUPAC letters; where a letter stands for several bases, each is as likely.

    Raises SeqVizError at the first letter that is none, or where nothing or too much is typed.
    """
    letters = "".join(text.split()).upper()
    if not letters:
        raise SeqVizError("No pattern is typed. Type bases or IUPAC letters, such as TGASTCA.")
    if len(letters) > LONGEST:
        raise SeqVizError(f"The pattern has {len(letters):,} letters; at most {LONGEST} are taken.")
    for column, letter in enumerate(letters, 1):
        if letter not in IUPAC:
            raise SeqVizError(f"The pattern, letter {column}: {letter!r} is not a base. Use A, C, G, T, U or IUPAC codes "
                              "(R Y S W K M B D H V N).")
    counts = [[_SITES / len(IUPAC[letter]) if base in IUPAC[letter] else 0.0 for letter in letters] for base in "ACGT"]
    return Motif("typed", letters, counts)


def draw_sites(motif: Motif, n: int, seed: int, strength: float = 1.0) -> np.ndarray:
    """Return n sites, codes (n, k): each column drawn from p^strength, scaled to sum to 1.

    strength : 0 is random bases, 1 sites as a generator plants them, CONSENSUS the likeliest base of each column (drawn where
    several are). The same seed draws with the same random numbers at any strength.
    """
    p = motif.ppm()
    p = (p >= p.max(axis=0) * (1 - 1e-9)).astype(float) if strength == CONSENSUS else p**strength
    steps = (p / p.sum(axis=0)).cumsum(axis=0)[:3]  # (3, k)
    chance = np.random.default_rng((seed, 2)).random((n, motif.width))
    return (chance[None] >= steps[:, None]).sum(axis=0).astype(np.uint8)


def shuffled_sites(sites: np.ndarray, seed: int) -> np.ndarray:
    """Return sites (n, k) with the letters of each in random order: as many of every base, and no pattern."""
    return np.random.default_rng((seed, 3)).permuted(sites, axis=1)


def mean_bits(motif: Motif, sites: np.ndarray) -> float:
    """Return how well sites (n, k) match on average: sum over columns of log2(p / a quarter), bits."""
    weights = np.log2(motif.ppm() / base_frequencies()[:, None])  # (4, k)
    return float(weights[sites, np.arange(motif.width)].sum(axis=1).mean())
