"""Whether to trust what a figure shows: scores against the planted truth, each beside its null."""

from .agreement import Agreement, Pooled, Questions, agreement, observed_maps, questions
from .channels import Channel, Channels, attribution_channels, targets_of, trace_channels
from .scorecard import Scorecard, model_scorecard, planted_columns, scorecard
from .truth import TruthScore, spread, truth_by_sequence, truth_score

__all__ = ["Agreement", "Channel", "Channels", "Pooled", "Questions", "Scorecard", "TruthScore", "agreement",
           "attribution_channels", "model_scorecard", "observed_maps", "planted_columns", "questions", "scorecard", "spread",
           "targets_of", "trace_channels", "truth_by_sequence", "truth_score"]
