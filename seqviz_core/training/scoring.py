"""Loss and scores of logits, by the shape of the labels: a task's head is known by what its labels look like.

softmax : labels (N,) int64, logits (N, C).
sigmoid : labels (N, C) float of 0 and 1, logits (N, C).
positions : labels (N, L) int64, logits (N, C, L); a label below 0 is not asked for (padding).
"""

import numpy as np
from torch import Tensor
from torch.nn import functional as F

from ..metrics import accuracy, auroc, macro_auroc
from .results import Scores


def loss_of(logits: Tensor, labels: Tensor) -> Tensor:
    """Return the mean cross-entropy in nats; of several labels, the mean over them too."""
    if labels.is_floating_point():
        return F.binary_cross_entropy_with_logits(logits, labels.to(logits.dtype))
    return F.cross_entropy(logits, labels)  # leaves out -100


def scores_of(logits: np.ndarray, labels: np.ndarray) -> Scores:
    """Return how well the labels were told apart: share of right calls, and the mean AUROC over classes or labels."""
    if np.issubdtype(labels.dtype, np.floating):
        areas = [auroc(logits[:, c], labels[:, c] > 0.5) for c in range(labels.shape[1])]
        defined = [area for area in areas if not np.isnan(area)]
        return Scores(float(np.mean((logits > 0) == (labels > 0.5))), float(np.mean(defined)) if defined else float("nan"))
    if labels.ndim == 2:
        asked = labels >= 0
        logits, labels = np.moveaxis(logits, 1, 2)[asked], labels[asked]  # (bases, C), (bases,)
    return Scores(accuracy(logits, labels), macro_auroc(logits, labels))
