"""Scores of classifiers and of rankings. NumPy only.

Arguments that recur:

scores (N,) : real numbers, larger for "more likely positive"; only their order matters.
labels (N,) : true or 1 for positives; where classes are meant, their indices.
predicted (N,) : the class index that was called.
logits (N, C) : logits or log probabilities, a column for each class.
probabilities : between 0 and 1.

Equal scores are never put in an order: they count half (AUROC), share one threshold (average precision, curves, recall at
a false discovery rate) or are broken at random in expectation (top-k). Where a score is not defined, because the labels
hold a single class, the answer is nan, never a made-up number.
"""

from .calibration import Reliability, brier, calibration_error, reliability, sigmoid, softmax
from .classes import log_odds, macro_auroc, mean_over_classes
from .curves import (
    Curve,
    RankingFigures,
    pr_curve,
    pr_trapezoid,
    precision_at_prevalence,
    ranking_figures,
    recall_at_fdr,
    roc_curve,
)
from .decisions import accuracy, balanced_accuracy, confusion, mcc
from .ranking import auroc, average_precision, top_k_accuracy
from .rows import RankedRows, auroc_ranked, auroc_rows, average_precision_ranked, average_precision_rows, rank_rows

__all__ = ["Curve", "RankedRows", "RankingFigures", "Reliability", "accuracy", "auroc", "auroc_ranked", "auroc_rows",
           "average_precision", "average_precision_ranked", "average_precision_rows", "balanced_accuracy", "brier",
           "calibration_error", "confusion", "log_odds", "macro_auroc", "mcc", "mean_over_classes", "pr_curve", "pr_trapezoid",
           "precision_at_prevalence", "rank_rows", "ranking_figures", "recall_at_fdr", "reliability", "roc_curve", "sigmoid",
           "softmax", "top_k_accuracy"]
