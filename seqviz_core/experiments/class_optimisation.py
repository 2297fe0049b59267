"""The sequence a class likes best: gradient ascent on the input, as in the Deep Motif Dashboard (Lanchantin et al. 2017).

The input is kept a matrix of base probabilities (PPM) throughout, the softmax of free numbers, so that it never leaves what
a sequence could be on average. A penalty keeps columns that do not matter flat.
"""

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


def optimise_class(model: nn.Module, target: Target, length: int,
                   options: ClassOptimisationOptions = ClassOptimisationOptions()) -> OptimisedClass:
    """Return the PPM X (4, length) that gradient ascent finds for max over X of logit(X) - strength * penalty(X).

    penalty : l2, sum (X - 1/4)^2; or entropy, sum over columns of log 4 - H(column), in nats.
    The start is nearly flat; seed and options alone decide the result. Raises SeqVizError for settings out of bounds, a
    target that the model does not have, and where the logit never moved, because no unit answers near the start.
    """
    check_settings(options)
    if length < 1:
        raise SeqVizError(f"The length is {length}; it has to be 1 or more.")
    start = 0.1 * torch.randn(1, 4, length, generator=torch.Generator().manual_seed(options.seed), dtype=torch.float64)
    with torch.inference_mode(False), torch.enable_grad(), borrowed(model), cudnn_off(device_of(model)):
        free = as_input(start, model).requires_grad_()
        adam = torch.optim.Adam([free], lr=options.learning_rate)
        path = []
        for _ in range(options.steps):
            logit, penalty = _scored(model, free, target, options.penalty)
            path.append((logit.item(), penalty.item()))
            free.grad = -gradient_of(logit - options.strength * penalty, free)
            adam.step()
        with torch.no_grad():
            logit, penalty = _scored(model, free, target, options.penalty)
        path.append((logit.item(), penalty.item()))
    logits, penalties = np.array(path, dtype=np.float32).T
    if (logits == logits[0]).all():
        raise SeqVizError("No base changes this logit near a sequence of equal parts, so there is no way up.")
    return OptimisedClass(free.detach().softmax(1)[0].cpu().float().numpy(), logits, penalties)


def _scored(model: nn.Module, free: Tensor, target: Target, penalty: Penalty) -> tuple[Tensor, Tensor]:
    """Return the logit of softmax(free) (1,) and its penalty (1,)."""
    X = free.softmax(1)
    missing = ((X - 0.25) ** 2).sum((1, 2)) if penalty == "l2" else (X * (free.log_softmax(1) + np.log(4))).sum((1, 2))
    return target_logit(model, X, target), missing
