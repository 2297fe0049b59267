"""Logistic regression to the optimum: of classes (multinomial), or of each label by itself."""

from collections.abc import Callable
from typing import NamedTuple

import numpy as np
import torch
from torch import Tensor

from ..scoring import loss_of

PENALTIES = (1e-1, 1e-2, 1e-3, 1e-4)
WEAK = 1e-4
"""The penalty of a model with few features, which keeps separable data finite and changes nothing else."""

Features = Callable[[Tensor], Tensor]
"""`features(W)` is the product X W, (M, outputs), of weights W (features, outputs)."""


class Logistic(NamedTuple):
    """Weights (features, outputs) and biases (outputs,)."""

    weights: Tensor
    bias: Tensor

    @torch.no_grad()
    def logits(self, features: Features) -> np.ndarray:
        """Return (M, outputs)."""
        return (features(self.weights) + self.bias).numpy()


def dense(table: np.ndarray) -> Features:
    """Return the features of a table (M, features)."""
    matrix = torch.from_numpy(np.ascontiguousarray(table, dtype=np.float32))
    return lambda weights: matrix @ weights


def fit_logistic(features: Features, labels: np.ndarray, size: int, outputs: int, penalty: float = WEAK,
                 start: Logistic | None = None) -> Logistic:
    """Return the minimum of mean cross-entropy + penalty * sum of squared weights, by L-BFGS.

    labels : (M,) class indices, or (M, outputs) float of 0 and 1, whose cross-entropies are added up: each label has a
        model of its own. What is below 0 is not asked for.
    """
    y = torch.from_numpy(labels)
    models = outputs if y.is_floating_point() else 1  # `loss_of` takes the mean over labels
    start = start or Logistic(torch.zeros(size, outputs), torch.zeros(outputs))
    model = Logistic(*(part.detach().clone().requires_grad_() for part in start))
    optimizer = torch.optim.LBFGS(list(model), max_iter=60, tolerance_grad=1e-5, tolerance_change=1e-7,
                                  line_search_fn="strong_wolfe")

    def closure() -> Tensor:
        optimizer.zero_grad()
        loss = models * loss_of(features(model.weights) + model.bias, y) + penalty * model.weights.square().sum()
        loss.backward()
        return loss

    optimizer.step(closure)
    return Logistic(*(part.detach() for part in model))


def best_penalty(features: Callable[[slice], Features], labels: np.ndarray, size: int, outputs: int) -> float:
    """Return the penalty with the lowest loss on the first fifth, fitting on the rest: from strong to weak until it rises."""
    cut = max(1, len(labels) // 5)
    held_out, kept, y = features(slice(None, cut)), features(slice(cut, None)), torch.from_numpy(labels[:cut])
    best, lowest, model = PENALTIES[0], float("inf"), None
    for penalty in PENALTIES:
        model = fit_logistic(kept, labels[cut:], size, outputs, penalty, start=model)
        loss = loss_of(torch.from_numpy(model.logits(held_out)), y).item()
        if loss >= lowest:
            break
        best, lowest = penalty, loss
    return best
