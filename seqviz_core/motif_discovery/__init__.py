"""From what a model has learned back to motifs: the patterns its first-layer filters fire on."""

from .coverage import GOOD_MATCH, Coverage, coverage
from .filters import FilterMotif, annotate_filters, filter_motifs, first_map

__all__ = ["GOOD_MATCH", "Coverage", "FilterMotif", "annotate_filters", "coverage", "filter_motifs", "first_map"]
