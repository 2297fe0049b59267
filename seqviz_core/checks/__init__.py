"""Whether to trust what a figure shows: scores against the planted truth, each beside its null."""

from .truth import TruthScore, spread, truth_score

__all__ = ["TruthScore", "spread", "truth_score"]
