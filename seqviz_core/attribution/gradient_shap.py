"""GradientSHAP, or expected gradients (Erion et al. 2021, Nat Mach Intell 3:620): one random step on each of many paths."""

from dataclasses import dataclass

import torch
from torch import Tensor, nn

from ..settings import setting
from .gradient import Target, input_gradient
from .method import attribution_method, over_bases
from .references import shuffles


@dataclass(frozen=True)
class GradientShapOptions:
    n_references: int = setting(10, "Shuffles", help="References the paths start from", low=1, high=100)
    samples: int = setting(100, "Samples", help="Points, each drawn on the path from one of the shuffles", low=1, high=2000)
    seed: int = setting(0, "Seed of shuffles and points", low=0, high=2**31 - 1)
    batch_size: int = setting(64, "Sequences per pass", low=1, high=4096)


@attribution_method("gradient_shap", label="GradientSHAP", options=GradientShapOptions, observe=over_bases, order=3,
                    summary="Integrated gradients by chance: random points between shuffles and the sequence, noisier.",
                    note=lambda options: f"Mean over {options.samples} random points between {options.n_references} dinucleotide "
                                         "shuffles and the sequence; the letters add up only roughly, the fewer points the less.")
def gradient_shap(model: nn.Module, X: Tensor, target: Target, options: GradientShapOptions) -> Tensor:
    """Return the mean of (x - x0) * d logit / d x at x0 + a (x - x0), over shuffles x0 and a in [0, 1], (N, 4, L).

    Its expectation is that of integrated gradients over the same shuffles, which is complete; a sample is not.
    """
    return torch.stack([_one_sequence(model, x, target, options) for x in X])


def _one_sequence(model: nn.Module, x: Tensor, target: Target, options: GradientShapOptions) -> Tensor:
    x0 = shuffles(x, options.n_references, options.seed)
    starts = x0[torch.arange(options.samples) % options.n_references]  # (S, 4, L)
    points = starts + steps(options.samples, options.seed).to(x)[:, None, None] * (x - starts)
    return ((x - starts) * input_gradient(model, points, target, options.batch_size)).mean(0)


def steps(n: int, seed: int) -> Tensor:
    """Return how far along its path each of n points lies, (n,): one drawn from each n-th of [0, 1], in random order."""
    generator = torch.Generator().manual_seed(seed)
    strata = torch.randperm(n, generator=generator)
    return (strata + torch.rand(n, generator=generator, dtype=torch.float64)) / n
