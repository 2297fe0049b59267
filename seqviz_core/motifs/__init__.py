"""Motifs: counts and what follows from them, the bundled JASPAR library, files, scanning, matching."""

from .clip import CLIP_BITS, CLIP_FLANK, Clipped, clip
from .files import read_motifs, write_jaspar, write_meme
from .hits import Hit, Hits, hits
from .library import JasparRelease, find_motif, jaspar, jaspar_release
from .motif import PSEUDOCOUNT, Motif, base_frequencies, sample_sites
from .scan import scan
from .tomtom import TomtomMatch, TomtomMatches, library_with, tomtom

__all__ = [
    "CLIP_BITS", "CLIP_FLANK", "PSEUDOCOUNT", "Clipped", "Hit", "Hits", "JasparRelease", "Motif",
    "TomtomMatch", "TomtomMatches", "base_frequencies", "clip", "find_motif", "hits", "jaspar", "jaspar_release", "library_with",
    "read_motifs", "sample_sites", "scan", "tomtom", "write_jaspar", "write_meme",
]
