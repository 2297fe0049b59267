"""Saliency (Simonyan et al. 2013) with its sign."""

from dataclasses import dataclass

from torch import Tensor, nn

from ..settings import setting
from .gradient import input_gradient
from .method import attribution_method


@dataclass(frozen=True)
class SaliencyOptions:
    batch_size: int = setting(64, "Sequences per pass", low=1, high=4096)


@attribution_method("saliency", label="Saliency", options=SaliencyOptions, correctable=True, cost="instant", order=0,
                    summary="The slope of the logit for all four bases; its letters are the slope at the base that is there.",
                    note=lambda options: "Gradient of the logit with respect to each of the four bases.")
def saliency(model: nn.Module, X: Tensor, target: int, options: SaliencyOptions) -> Tensor:
    """Return the signed gradient d logit / d X for all four bases, (N, 4, L): a hypothetical attribution."""
    return input_gradient(model, X, target, options.batch_size)
