"""Motifs: counts and what follows from them, the bundled JASPAR library, files, scanning, matching."""

from .files import read_motifs, write_jaspar, write_meme
from .library import JasparRelease, find_motif, jaspar, jaspar_release
from .match import MIN_OVERLAP, Match, match_motif
from .motif import PSEUDOCOUNT, Motif, base_frequencies, sample_sites
from .scan import scan

__all__ = [
    "MIN_OVERLAP", "PSEUDOCOUNT", "JasparRelease", "Match", "Motif", "base_frequencies", "find_motif", "jaspar", "jaspar_release",
    "match_motif", "read_motifs", "sample_sites", "scan", "write_jaspar", "write_meme",
]
