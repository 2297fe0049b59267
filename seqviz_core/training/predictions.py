"""What a finished run says of its test sequences, and the curves behind its figures."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import torch

from ..metrics import Curve, Reliability, auroc, average_precision, pr_curve, reliability, roc_curve
from .fit import predict_logits
from .runs import Run
from .scoring import at_known_bases, confidences, one_against_rest
from .worker import TEST, draw


class Predictions(NamedTuple):
    """Logits of the test sequences and their labels, both by the task's head (see scoring.py)."""

    logits: np.ndarray
    labels: np.ndarray
    classes: tuple[str, ...]


class ClassCurves(NamedTuple):
    """One class or label against the rest: its curves and their areas (average precision), and the share of positives."""

    name: str
    roc: Curve
    pr: Curve
    auroc: float
    auprc: float
    prevalence: float


def run_predictions(run: Run) -> Predictions:
    """Return what a run's model says of the sequences that it was tested on, drawn again from its seed.

    Raises SeqVizError for a run without weights.
    """
    model, data = run.load_model(), draw(run.spec, run.spec.make_task(), TEST)
    return Predictions(predict_logits(model, torch.from_numpy(data.codes)), at_known_bases(data.labels, data.codes), data.classes)


def class_curves(logits: np.ndarray, labels: np.ndarray, classes: Sequence[str]) -> list[ClassCurves]:
    """Return the curves of every yes-or-no question that the run's figures are means over, in the order of the classes."""
    return [ClassCurves(classes[q.column], roc_curve(q.scores, q.positive), pr_curve(q.scores, q.positive),
                        auroc(q.scores, q.positive), average_precision(q.scores, q.positive), float(np.mean(q.positive)))
            for q in one_against_rest(logits, labels)]


def reliability_of(logits: np.ndarray, labels: np.ndarray) -> Reliability:
    """Return what came true of what was said: of the class that is called, or of each label."""
    return reliability(*confidences(logits, labels))
