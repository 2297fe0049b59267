"""What every way of finding motifs returns of each: its counts and its instances."""

from dataclasses import dataclass

import numpy as np

from ..motifs import Motif


@dataclass(frozen=True, eq=False)
class FoundMotif:
    """A motif with the sites it was counted from.

    number : index of the filter or pattern, from 0.
    motif : counts of the bases in all its sites; None where it has no site (see `n_sites`).
    n_sites : number of sites in all sequences.
    fires_in : share of the sequences with at least one site.
    sites : int64 (M, 3): sequence, first base, strand (+1, or -1 where the site is the reverse complement of the motif);
        strongest first, at most as many as were asked for.
    strengths : float32 (M,), what those sites are ranked by: the activation, or the sum of the attribution.
    positions : int64 (L,), number of sites that start at each base.
    """

    number: int
    motif: Motif | None
    n_sites: int
    fires_in: float
    sites: np.ndarray
    strengths: np.ndarray
    positions: np.ndarray

    @property
    def name(self) -> str:
        """What it is called on the screen."""
        raise NotImplementedError
