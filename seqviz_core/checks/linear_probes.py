"""Linear probes: what can be read off numbers by a weighted sum (Alain and Bengio 2016), and how well on rows not seen.

A number is read by ridge regression, a class by logistic regression whose classes weigh alike. Both are solved to the optimum,
on features that have mean 0 and spread 1 on the rows they learn from, in float64.
"""

from dataclasses import dataclass
from typing import Literal

import numpy as np
import torch
from torch.nn import functional as F

from .skill import Interval

Metric = Literal["R2", "accuracy"]
RIDGE = (1e-1, 1e0, 1e1, 1e2, 1e3)
"""Penalties a ridge regression chooses from, on a fifth of what it learns from."""
LOGISTIC = 10.0
RESAMPLES, NEWTON_STEPS = 200, 30
_SPREADLESS = 1e-9


@dataclass(frozen=True, eq=False)
class Truth:
    """What a probe is asked to tell of M rows. values : (M,) floats, or with `classes` > 0 class indices.

    group : (M,) the sequence of each row; the rows of one are never learned from and asked about. learn : (M,) booleans.
    """

    values: np.ndarray
    group: np.ndarray
    learn: np.ndarray
    classes: int = 0

    @property
    def metric(self) -> Metric:
        return "accuracy" if self.classes else "R2"

    @property
    def chance(self) -> float:
        """What the best constant answer scores."""
        return 1 / self.classes if self.classes else 0.0


def told_by(features: np.ndarray, truth: Truth) -> np.ndarray:
    """Return (M,) what a probe that learned from `truth.learn` tells of every row: a number, or a class index.

    features : (M, d).
    """
    H = standardised(features, truth.learn)
    if truth.classes:
        weights, bias = logistic(H[truth.learn], truth.values[truth.learn].astype(np.int64), truth.classes, LOGISTIC)
        return (H @ weights + bias).argmax(axis=1).astype(np.float64)
    y = truth.values
    weights, bias = ridge(H[truth.learn], y[truth.learn], best_ridge(H, truth))
    return H @ weights + bias


def score(told: np.ndarray, truth: Truth, rows: np.ndarray | None = None, seed: int = 0) -> Interval:
    """Return how well `told` (M,) is right on the rows not learned from (or of those the `rows` (M,) that are True).

    R2 = 1 - sum of squared errors / sum of squares about the rows' own mean. Accuracy: the mean, over the classes that occur,
    of the share told right. The interval is of RESAMPLES bootstraps of whole sequences. nan where it is not defined.
    """
    asked = ~truth.learn if rows is None else ~truth.learn & rows
    _, group = np.unique(truth.group[asked], return_inverse=True)
    columns = _class_columns if truth.classes else _number_columns
    sums = columns(told[asked], truth.values[asked], group, truth.classes)  # (sequences, K)
    if not len(sums):
        return Interval(*[float("nan")] * 3)
    n = len(sums)
    drawn = np.random.default_rng(seed).multinomial(n, np.full(n, 1 / n), size=RESAMPLES)
    together = np.concatenate([sums.sum(axis=0, keepdims=True), drawn @ sums])
    values = _recall(together) if truth.classes else _r2(together)
    finite = values[1:][np.isfinite(values[1:])]
    low, high = np.quantile(finite, [0.025, 0.975]) if len(finite) else (np.nan, np.nan)
    return Interval(float(values[0]), float(low), float(high))


def ridge(H: np.ndarray, y: np.ndarray, penalty: float) -> tuple[np.ndarray, float]:
    """Return weights (d,) and bias that minimise sum (y - H w - b)^2 + penalty |w|^2. H : (M, d). y : (M,)."""
    mean, centre = H.mean(axis=0), y.mean()
    centred = H - mean
    weights = np.linalg.solve(centred.T @ centred + penalty * np.eye(H.shape[1]), centred.T @ (y - centre))
    return weights, float(centre - mean @ weights)


def best_ridge(H: np.ndarray, truth: Truth) -> float:
    """Return the penalty with the smallest error on a fifth of the sequences to learn from, the rest of them fitted."""
    groups = np.unique(truth.group[truth.learn])
    held = truth.learn & np.isin(truth.group, groups[::5])
    fitted = truth.learn & ~held
    if not fitted.any():
        return RIDGE[-1]
    mean, centre = H[fitted].mean(axis=0), truth.values[fitted].mean()
    spectrum, axes = np.linalg.eigh((H[fitted] - mean).T @ (H[fitted] - mean))
    pulled = axes.T @ ((H[fitted] - mean).T @ (truth.values[fitted] - centre))  # (d,)
    rotated = (H[held] - mean) @ axes
    errors = [np.square(truth.values[held] - centre - rotated @ (pulled / (np.maximum(spectrum, 0) + penalty))).sum()
              for penalty in RIDGE]
    return RIDGE[int(np.argmin(errors))]


def logistic(H: np.ndarray, y: np.ndarray, classes: int, penalty: float) -> tuple[np.ndarray, np.ndarray]:
    """Return weights (d, classes) and biases (classes,) that minimise the sum of weighted cross-entropies + penalty/2 |w|^2.

    Each row weighs M / (classes there * rows of its class), so that every class counts alike. Of two classes by Newton's method,
    of more by L-BFGS. H : (M, d). y : (M,).
    """
    count = np.bincount(y, minlength=classes)
    each = len(y) / (max(np.count_nonzero(count), 1) * np.maximum(count, 1))
    if classes == 2:  # the two rows mirror each other, so their difference v has the penalty |v|^2 / 4
        v = _newton(np.column_stack([H, np.ones(len(H))]), y, each[y], penalty / 2)
        return np.outer(v[:-1], [-0.5, 0.5]), v[-1] * np.array([-0.5, 0.5])
    return _lbfgs(H, y, torch.from_numpy(each), classes, penalty)


def _newton(H: np.ndarray, y: np.ndarray, weight: np.ndarray, penalty: float) -> np.ndarray:
    """Return v (d + 1,) that minimises the weighted cross-entropies of y with logits H v, + penalty/2 |v|^2 but for the last."""
    sign, shrink = 2.0 * y - 1, np.append(np.full(H.shape[1] - 1, penalty), 1e-10)
    loss = lambda v: weight @ np.logaddexp(0, -sign * (H @ v)) + shrink @ v**2 / 2
    v = np.zeros(H.shape[1])
    for _ in range(NEWTON_STEPS):
        p = 1 / (1 + np.exp(-np.clip(H @ v, -500, 500)))
        gradient = H.T @ (weight * (p - y)) + shrink * v
        step = np.linalg.solve((H.T * (weight * p * (1 - p))) @ H + np.diag(shrink + 1e-9), gradient)
        size = next((s for s in (1, 0.5, 0.25, 0.1, 0.01) if loss(v - s * step) <= loss(v)), 0.0)
        v = v - size * step
        if np.abs(size * step).max() < 1e-8 or not size:
            break
    return v


def _lbfgs(H: np.ndarray, y: np.ndarray, weight: torch.Tensor, classes: int, penalty: float) -> tuple[np.ndarray, np.ndarray]:
    features, labels = torch.from_numpy(np.ascontiguousarray(H, dtype=np.float64)), torch.from_numpy(y)
    W = torch.zeros(H.shape[1], classes, dtype=torch.float64, requires_grad=True)
    b = torch.zeros(classes, dtype=torch.float64, requires_grad=True)
    optimizer = torch.optim.LBFGS([W, b], max_iter=100, tolerance_grad=1e-6, tolerance_change=1e-10, history_size=20,
                                  line_search_fn="strong_wolfe")

    def closure() -> torch.Tensor:
        optimizer.zero_grad()
        loss = F.cross_entropy(features @ W + b, labels, weight=weight, reduction="sum") + penalty / 2 * W.square().sum()
        loss = loss / len(y)
        loss.backward()
        return loss

    optimizer.step(closure)
    return W.detach().numpy(), b.detach().numpy()


def standardised(features: np.ndarray, learn: np.ndarray) -> np.ndarray:
    """Return features (M, d) float64 with mean 0 and spread 1 over the rows learned from; what is constant there becomes 0."""
    features = features.astype(np.float64)
    mean, spread = features[learn].mean(axis=0), features[learn].std(axis=0)
    varies = spread > _SPREADLESS * (1 + np.abs(mean))
    return np.where(varies, (features - mean) / np.where(varies, spread, 1), 0.0)


def _number_columns(told: np.ndarray, true: np.ndarray, group: np.ndarray, classes: int) -> np.ndarray:
    """Return (sequences, 4): rows, sum, sum of squares, sum of squared errors."""
    columns = np.stack([np.ones_like(true), true, true**2, (told - true) ** 2], axis=1)
    sums = np.zeros((group.max(initial=-1) + 1, 4))
    np.add.at(sums, group, columns)
    return sums


def _r2(sums: np.ndarray) -> np.ndarray:
    n, total, squares, errors = sums.T
    spread = squares - total**2 / n
    return np.where(spread > 1e-9 * squares, 1 - errors / np.where(spread > 0, spread, 1), np.nan)


def _class_columns(told: np.ndarray, true: np.ndarray, group: np.ndarray, classes: int) -> np.ndarray:
    """Return (sequences, 2 * classes): rows of each class, and those told right."""
    sums = np.zeros((group.max(initial=-1) + 1, 2 * classes))
    np.add.at(sums, (group, true.astype(int)), 1)
    np.add.at(sums, (group, classes + true.astype(int)), told == true)
    return sums


def _recall(sums: np.ndarray) -> np.ndarray:
    there, right = np.split(sums, 2, axis=1)
    shares = np.divide(right, there, out=np.full_like(right, np.nan, dtype=float), where=there > 0)
    known = np.isfinite(shares).sum(axis=1)
    return np.where(known > 1, np.nansum(shares, axis=1) / np.maximum(known, 1), np.nan)
