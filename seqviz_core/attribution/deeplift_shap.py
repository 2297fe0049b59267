"""DeepLIFT-SHAP (Lundberg & Lee 2017): DeepLIFT as the mean over references, here shuffles of the sequence itself."""

from dataclasses import dataclass

import torch
from torch import Tensor, nn

from ..settings import setting
from .deeplift import no_rule, shared
from .gradient import Target
from .method import Completed, attribution_method, over_bases
from .references import against_shuffles, shuffles


@dataclass(frozen=True)
class DeepLiftShapOptions:
    n_references: int = setting(20, "Shuffles", help="References the result is the mean over", low=1, high=200)
    seed: int = setting(0, "Seed of the shuffles", low=0, high=2**31 - 1)
    batch_size: int = setting(64, "Sequences per pass", low=1, high=4096)


@attribution_method("deeplift_shap", label="DeepLIFT-SHAP", options=DeepLiftShapOptions, complete=True, supports=no_rule,
                    observe=over_bases, order=3,
                    summary="DeepLIFT against many shuffles of the sequence: what any such sequence has counts for nothing.",
                    note=lambda options: f"{against_shuffles(options.n_references)}; a letter's height is the sum over the four "
                                         "bases, so that the letters add up.")
def deeplift_shap(model: nn.Module, X: Tensor, target: Target, options: DeepLiftShapOptions) -> Completed:
    """Return the mean of (x - x0) * multipliers over the shuffles x0 of each sequence x, (N, 4, L).

    The values sum to f(x) - mean f(x0) but for rounding.
    """
    X0 = torch.stack([shuffles(x, options.n_references, options.seed) for x in X])  # (N, R, 4, L)
    return shared(model, X, X0, target, options.batch_size)
