"""Motifs: counts and what follows from them, the bundled JASPAR library, files, scanning, matching."""

from .library import JasparRelease, find_motif, jaspar, jaspar_release
from .motif import PSEUDOCOUNT, Motif, base_frequencies, sample_sites
from .scan import scan

__all__ = [
    "PSEUDOCOUNT", "JasparRelease", "Motif", "base_frequencies", "find_motif", "jaspar", "jaspar_release", "sample_sites", "scan",
]
