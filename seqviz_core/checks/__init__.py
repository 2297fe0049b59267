"""Whether to trust what a figure shows: scores against the planted truth, each beside its null."""

from .channels import Channel, Channels, attribution_channels, targets_of, trace_channels
from .scorecard import Scorecard, model_scorecard, planted_columns, scorecard
from .truth import TruthScore, spread, truth_by_sequence, truth_score

__all__ = ["Channel", "Channels", "Scorecard", "TruthScore", "attribution_channels", "model_scorecard", "planted_columns",
           "scorecard", "spread", "targets_of", "trace_channels", "truth_by_sequence", "truth_score"]
