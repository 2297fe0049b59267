"""Input x gradient (Shrikumar et al. 2016)."""

from dataclasses import dataclass

from torch import Tensor, nn

from ..settings import setting
from .gradient import input_gradient
from .method import attribution_method


@dataclass(frozen=True)
class InputXGradientOptions:
    batch_size: int = setting(64, "Sequences per pass", low=1, high=4096)


@attribution_method("input_x_gradient", label="Input x gradient", options=InputXGradientOptions, cost="instant", order=1,
                    summary="The slope at the base that is there alone: the letters of saliency without correction.",
                    note=lambda options: "Gradient of the logit times the one-hot sequence.")
def input_x_gradient(model: nn.Module, X: Tensor, target: int, options: InputXGradientOptions) -> Tensor:
    """Return X * d logit / d X, (N, 4, L): zero at the bases that are not there.

    It is the observed part of saliency, so the gradient correction is found there.
    """
    return X * input_gradient(model, X, target, options.batch_size)
