"""SmoothGrad (Smilkov et al. 2017, arXiv 1706.03825): the mean gradient over noisy copies of the sequence."""

from dataclasses import dataclass

import torch
from torch import Tensor, nn

from ..settings import setting
from .gradient import Target, input_gradient
from .method import attribution_method
from .references import known_bases


@dataclass(frozen=True)
class SmoothGradOptions:
    samples: int = setting(50, "Noisy copies", low=1, high=1000)
    noise: float = setting(0.15, "Noise", help="Its standard deviation; a base is 1 where it is there and 0 where not",
                           low=0.0, high=1.0)
    seed: int = setting(0, "Seed of the noise", low=0, high=2**31 - 1)
    batch_size: int = setting(64, "Sequences per pass", low=1, high=4096)


@attribution_method("smoothgrad", label="SmoothGrad", options=SmoothGradOptions, correctable=True, order=1,
                    summary="Saliency as the mean over slightly noisy copies of the sequence: kinks of the model count less.",
                    note=lambda options: f"Mean gradient of the logit over {options.samples} copies of the sequence with normal "
                                         f"noise of standard deviation {options.noise:g} on every known base.")
def smoothgrad(model: nn.Module, X: Tensor, target: Target, options: SmoothGradOptions) -> Tensor:
    """Return the mean over e ~ N(0, noise^2) of d logit / d x at x + e, (N, 4, L): a hypothetical attribution.

    The noise depends on the seed and the length alone; unknown bases stay unknown.
    """
    generator = torch.Generator().manual_seed(options.seed)
    noise = options.noise * torch.randn(options.samples, *X.shape[1:], generator=generator, dtype=torch.float64).to(X)
    copies = (x + noise * known_bases(x) for x in X)
    return torch.stack([input_gradient(model, many, target, options.batch_size).mean(0) for many in copies])
