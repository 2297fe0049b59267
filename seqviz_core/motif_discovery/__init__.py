"""From what a model has learned back to motifs: what its filters fire on, and what its attributions repeat."""

from .filters import FilterMotif, filter_motifs, first_map
from .found import FoundMotif
from .modisco import modisco_motifs, why_no_modisco
from .patterns import Explained, SeqletMotif, explain, seqlet_motifs
from .recovery import MATCH_E, Measures, Named, Planted, Recovery, recovery

__all__ = [
    "MATCH_E", "Explained", "FilterMotif", "FoundMotif", "Measures", "Named", "Planted", "Recovery", "SeqletMotif",
    "explain", "filter_motifs", "first_map", "modisco_motifs", "recovery", "seqlet_motifs", "why_no_modisco",
]
