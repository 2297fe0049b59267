"""The columns of a motif that say something."""

from typing import NamedTuple

from .motif import Motif

CLIP_BITS, CLIP_FLANK = 0.5, 3
"""What Koo & Eddy (2019, PLoS Comput Biol 15:e1007560) keep of a filter before they compare it with a library."""


class Clipped(NamedTuple):
    """A stretch of a motif, under the same id and name; `start` is its first column's place in the motif."""

    motif: Motif
    start: int


def clip(motif: Motif, bits: float = CLIP_BITS, flank: int = CLIP_FLANK) -> Clipped | None:
    """Return the columns from the first to the last of more than `bits` information, and up to `flank` on either side.

    None where no column says that much. Without clipping, TOMTOM finds what a filter does not read to be significantly like
    the empty stretches inside some known motifs.
    """
    telling = (motif.information_content() > bits).nonzero()[0]
    if not len(telling):
        return None
    start, end = max(int(telling[0]) - flank, 0), min(int(telling[-1]) + flank + 1, motif.width)
    return Clipped(Motif(motif.id, motif.name, motif.counts[:, start:end]), start)
