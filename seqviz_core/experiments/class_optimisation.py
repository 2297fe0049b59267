"""The sequence a class likes best: gradient ascent on the input, as in the Deep Motif Dashboard (Lanchantin et al. 2017).

The input is kept a matrix of base probabilities (PPM) throughout, the softmax of free numbers, so that it never leaves what
a sequence could be on average. A penalty keeps columns that do not matter flat.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

import numpy as np
import torch
from torch import Tensor, nn

from ..attribution.gradient import Target, as_input, cudnn_off, gradient_of, target_logit
from ..errors import SeqVizError
from ..models.internals import borrowed, device_of
from ..settings import check_settings, setting

Penalty = Literal["l2", "entropy"]


@dataclass(frozen=True)
class ClassOptimisationOptions:
    steps: int = setting(200, "Steps", help="Steps of Adam", low=1, high=5000)
    learning_rate: float = setting(0.1, "Learning rate", low=1e-4, high=10.0)
    penalty: str = setting("l2", "Penalty", choices=("l2", "entropy"),
                           help="Squared distance from a quarter of every base, or entropy missing to it")
    strength: float = setting(0.02, "Strength of the penalty", low=0.0, high=100.0)
    seed: int = setting(0, "Seed of the start", low=0, high=2**31 - 1)


@dataclass(frozen=True, eq=False)
class OptimisedClass:
    """What the ascent came to.

    ppm : float32 (4, L), columns sum to 1.
    logits : float32 (steps + 1,), the class's logit before each step and at the end.
    penalties : float32 (steps + 1,), the penalty, without its strength, at the same points.
    """

    ppm: np.ndarray
    logits: np.ndarray
    penalties: np.ndarray


def optimise_class(model: nn.Module, target: Target, length: int, options: ClassOptimisationOptions = ClassOptimisationOptions(),
                   *, start: np.ndarray | None = None) -> OptimisedClass:
    """Return the PPM X (4, length) that gradient ascent finds for max over X of logit(X) - strength * penalty(X).

    penalty : l2, sum (X - 1/4)^2; or entropy, sum over columns of log 4 - H(column), in nats.
    start : a one-hot sequence (4, length) to climb from, each base at 0.9; without one the climb begins nearly flat. Units with
        a threshold, behind a ReLU say, may all be silent there, and little is found: then a sequence helps.
    Seed, options and start alone decide the result. Raises SeqVizError for settings out of bounds, a start of another length, a
    target that the model does not have, and where the logit never moved.
    """
    check_settings(options)
    with torch.inference_mode(False), torch.enable_grad(), borrowed(model), cudnn_off(device_of(model)):
        free = as_input(_start(length, options.seed, start), model).requires_grad_()
        logits, penalties = np.array([*_climb(model, free, target, options)], dtype=np.float32).T
    if (logits == logits[0]).all():
        raise SeqVizError("No base changes this logit near the start, so there is no way up; start from a sequence of the class.")
    return OptimisedClass(free.detach().softmax(1)[0].cpu().float().numpy(), logits, penalties)


def _climb(model: nn.Module, free: Tensor, target: Target, options: ClassOptimisationOptions) -> Iterator[tuple[float, float]]:
    """Change `free` step by step; yield the logit and the penalty before each step and at the end."""
    adam = torch.optim.Adam([free], lr=options.learning_rate)
    for _ in range(options.steps):
        logit, penalty = _scored(model, free, target, options.penalty)
        yield logit.item(), penalty.item()
        free.grad = -gradient_of(logit - options.strength * penalty, free)
        adam.step()
    logit, penalty = _scored(model, free.detach(), target, options.penalty)
    yield logit.item(), penalty.item()


def _start(length: int, seed: int, sequence: np.ndarray | None) -> Tensor:
    """Return the numbers (1, 4, length) whose softmax the climb begins with."""
    if length < 1:
        raise SeqVizError(f"The length is {length}; it has to be 1 or more.")
    free = 0.1 * torch.randn(4, length, generator=torch.Generator().manual_seed(seed), dtype=torch.float64)
    if sequence is not None:
        if np.shape(sequence) != (4, length):
            raise SeqVizError(f"The start is one sequence (4, {length}), not {np.shape(sequence)}.")
        free += np.log(27) * torch.as_tensor(np.array(sequence))  # 27 / (27 + 3) = 0.9
    return free[None]


def _scored(model: nn.Module, free: Tensor, target: Target, penalty: Penalty) -> tuple[Tensor, Tensor]:
    """Return the logit of softmax(free) (1,) and its penalty (1,)."""
    X = free.softmax(1)
    missing = ((X - 0.25) ** 2).sum((1, 2)) if penalty == "l2" else (X * (free.log_softmax(1) + np.log(4))).sum((1, 2))
    return target_logit(model, X, target), missing
