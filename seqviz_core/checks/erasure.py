"""Taking out of an internal what a linear probe reads there, and asking the model its task again.

    x' = x - S^(1/2) U U^T S^(-1/2) (x - mean)

S is the covariance of the internal, U an orthonormal basis of S^(-1/2) Cov(x, target). Least squares reads nothing of the target
off x' any more, and x' is as close to x as it can be (Belrose et al. 2023). For a number, S^(-1/2) U is the direction of the
least-squares probe itself. The null takes out random directions instead, as many, drawn with every direction of the whitened
space equally likely.
"""

from collections.abc import Mapping
from contextlib import nullcontext
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import torch
from torch import Tensor, nn

from ..models import intervene
from ..models.internals import Edit
from ..sequences import UNKNOWN
from ..training.fit import predict_logits
from ..training.scoring import at_known_bases, scores_of
from .linear_probes import Interval, score, told_by
from .probe_units import Material, Question, internals, question

FLAT = 1e-8
"""Share of the largest spread below which a direction of an internal counts as constant."""
RANDOM = 20
"""Random erasures: one below all of them comes by chance once in 21."""


class Whitening(NamedTuple):
    """The mean (d,) of an internal, and its directions that vary: x -> (x - mean) @ down (d, k), and back by up (k, d)."""

    mean: np.ndarray
    down: np.ndarray
    up: np.ndarray


class Eraser(NamedTuple):
    """x -> x - (x - mean) @ read @ put: `read` (d, r) is what is looked at, `put` (r, d) what is taken off."""

    mean: np.ndarray
    read: np.ndarray
    put: np.ndarray

    @property
    def directions(self) -> int:
        return self.read.shape[1]

    def __call__(self, x: np.ndarray) -> np.ndarray:  # (M, d) -> (M, d)
        return x - (x - self.mean) @ self.read @ self.put

    def edit(self, value: Tensor, positions: range) -> Tensor:
        """Do it to every position of a probe's value (N, d, P): an `Edit` for `intervene`."""
        mean, read, put = (torch.as_tensor(part, dtype=value.dtype, device=value.device) for part in self)
        return value - torch.einsum("ndp,dr,re->nep", value - mean[:, None], read, put)


def whitening(features: np.ndarray) -> Whitening:
    """Return the whitening of features (M, d)."""
    mean, scale = features.mean(axis=0), features.std(axis=0)
    scale = np.where(scale > 0, scale, 1)  # so that small units count as much as large ones in what counts as constant
    _, spread, axes = np.linalg.svd((features - mean) / scale / np.sqrt(len(features)), full_matrices=False)
    kept = spread**2 > FLAT * max(float(spread[0]) ** 2, 1e-300)
    spread, axes = spread[kept], axes[kept]
    return Whitening(mean, axes.T / spread / scale[:, None], spread[:, None] * axes * scale)


def eraser(features: np.ndarray, asked: Question) -> Eraser:
    """Return what takes the target out of features (M, d), by the rows that are learned from; see the module's docstring."""
    learn, truth = asked.truth.learn, asked.truth
    white = whitening(features[learn])
    y = truth.values[learn]
    targets = (y[:, None] == np.arange(truth.classes)).astype(float) if truth.classes else y[:, None]
    targets = targets - targets.mean(axis=0)
    shared = ((features[learn] - white.mean) @ white.down).T @ targets / learn.sum()  # (k, classes or 1)
    basis, strength, _ = np.linalg.svd(shared, full_matrices=False)
    basis = basis[:, strength > 1e-9 * max(float(strength.max(initial=0)), 1e-300)]
    return Eraser(white.mean, white.down @ basis, basis.T @ white.up)


def random_eraser(features: np.ndarray, directions: int, rng: np.random.Generator) -> Eraser:
    """Return what takes as many random directions out of features (M, d), all of them where there are no more."""
    white = whitening(features)
    drawn = rng.normal(size=(white.down.shape[1], directions))
    basis, _ = np.linalg.qr(drawn)
    return Eraser(white.mean, white.down @ basis, basis.T @ white.up)


@dataclass(frozen=True)
class Erased:
    """What became of the task, and of the probe, when the target was taken out of an internal.

    before, after : AUROC of the task, mean over its questions. random : the same after each of RANDOM random erasures.
    told_before, told_after : what a probe scores that learned on the internal as it was, and anew on what is left.
    directions, channels : how many were taken out, and how many there are. n : sequences asked.
    """

    probe: str
    target: str
    before: float
    after: float
    random: tuple[float, ...]
    told_before: Interval
    told_after: Interval
    metric: str
    chance: float
    directions: int
    channels: int
    n: int


def erase(model: nn.Module, material: Material, probe: str, target: str, seed: int = 0, times: int = RANDOM,
          on: Material | None = None) -> Erased:
    """Take a target out of one internal wherever it passes on, and measure the task and the probe again.

    on : sequences of the model's task to measure the task on, where the material is of other ones.
    Raises SeqVizError where the material does not know the target.
    """
    on = on or material
    internal = internals(model, material, [probe])[probe]
    asked = question(target, internal, material)
    features = asked.of(internal)
    gone = eraser(features, asked)
    rng = np.random.default_rng(seed)
    nulls = [random_eraser(features[asked.truth.learn], gone.directions, rng) for _ in range(times)]
    with intervene({probe: gone.edit}):
        left = internals(model, material, [probe])[probe]
    auroc = lambda eraser: task_auroc(model, on, {probe: eraser.edit} if eraser else {})
    told = lambda features: score(told_by(features, asked.truth), asked.truth)
    return Erased(probe, target, auroc(None), auroc(gone), tuple(map(auroc, nulls)), told(features), told(asked.of(left)),
                  asked.truth.metric, asked.truth.chance, gone.directions, features.shape[1], int((~on.learn).sum()))


def task_auroc(model: nn.Module, material: Material, edits: Mapping[str, Edit]) -> float:
    """Return the AUROC of the model's own task on the sequences not learned from, with edits on its internals."""
    X = np.concatenate([part.X for part in material.parts])[~material.learn]
    with intervene(edits) if edits else nullcontext():
        logits = predict_logits(model, torch.from_numpy(X))
    codes = np.where(X.any(axis=1), 0, UNKNOWN)
    return scores_of(logits, at_known_bases(material.labels[~material.learn], codes)).auroc
