"""Guided backpropagation (Springenberg et al. 2015, arXiv 1412.6806): kept as a warning."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor, nn

from ..errors import SeqVizError
from ..settings import setting
from .following import Following, name_of
from .gradient import Target, gradient_of, rows_per_pass, target_logit
from .method import attribution_method
from .trial import first_that_runs


@dataclass(frozen=True)
class GuidedBackpropOptions:
    batch_size: int = setting(64, "Sequences per pass", low=1, high=4096)


NO_RELU = "it has no ReLU to guide through, and would be plain saliency."


def _no_relu(model: nn.Module) -> str | None:
    def tried(x: Tensor) -> str | None:
        guide = Guide()
        with Following(x, guide):
            model(x)
        return None if guide.met else NO_RELU
    return first_that_runs(model, tried)


class Guide:
    """A rule that drops the negative part of the gradient at each ReLU; `met` says whether there was one."""

    met = False

    def __call__(self, func: Callable, args: tuple, kwargs: dict, sources: list[Tensor]) -> Any:
        out = func(*args, **kwargs)
        if name_of(func) == "relu":
            self.met = True
            if out.requires_grad:
                out.register_hook(lambda gradient: gradient.clamp(min=0))
        return out


@attribution_method("guided_backprop", label="Guided backpropagation", options=GuidedBackpropOptions, supports=_no_relu,
                    cost="instant", order=8,
                    summary="A warning, not advice: sharp pictures that hardly change when the model's weights are made random, "
                            "so they fail the sanity checks of Adebayo et al. 2018.",
                    note=lambda options: "Gradient of the logit that drops everything negative at each ReLU; it says little "
                                         "about what the model has learned (Adebayo et al. 2018).")
def guided_backprop(model: nn.Module, X: Tensor, target: Target, options: GuidedBackpropOptions) -> Tensor:
    """Return the gradient of the logit, (N, 4, L), with what is below zero dropped on its way back through every ReLU."""
    return torch.cat([_guided(model, x, target) for x in X.split(rows_per_pass(options.batch_size, X.shape[2]))])


def _guided(model: nn.Module, X: Tensor, target: Target) -> Tensor:
    X, guide = X.detach().requires_grad_(), Guide()
    with Following(X, guide):
        logit = target_logit(model, X, target)
    gradient = gradient_of(logit, X)
    if not guide.met:
        raise SeqVizError(f"Guided backpropagation does not apply to this model: {NO_RELU}")
    return gradient
