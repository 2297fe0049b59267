"""In-silico mutagenesis: every single-base mutant, in batches."""

from dataclasses import dataclass

import torch
from torch import Tensor, nn

from ..settings import setting
from .gradient import rows_per_pass, target_logit
from .method import attribution_method


@dataclass(frozen=True)
class ISMOptions:
    batch_size: int = setting(128, "Mutants per pass", low=1, high=4096)


def over_mean_base(values: Tensor, X: Tensor) -> Tensor:
    """Return (N, L): the logit minus its mean over the four bases at that position; 0 where the base is unknown.

    That is minus the sum of the three mutants' deltas over four (mean-centred, as tangermeme does), not over three: the
    scale on which a linear model gives the same letters as the corrected gradient and as integrated gradients.
    """
    return -values.mean(1) * X.sum(1)


@attribution_method("ism", label="In-silico mutagenesis", options=ISMOptions, observe=over_mean_base, order=4,
                    summary="Changes each base to each other base and asks the model again.",
                    note=lambda options: "Change of the logit for each mutation; a letter's height is the logit with this "
                                         "base minus the mean over all four bases at its place.")
@torch.inference_mode()
def ism(model: nn.Module, X: Tensor, target: int, options: ISMOptions) -> Tensor:
    """Return logit(mutant) - logit(X) for every base at every position, (N, 4, L); exactly 0 at the base that is there.

    At an unknown base nothing is there: all four values say what the logit gains when that base becomes known.
    """
    values, rows = torch.zeros_like(X), rows_per_pass(options.batch_size, X.shape[2])
    logits = torch.cat([target_logit(model, x, target) for x in X.split(rows)])
    for x, logit, out in zip(X, logits, values):
        for base, position in zip(*(index.split(rows) for index in (x == 0).nonzero(as_tuple=True))):
            out[base, position] = target_logit(model, mutants(x, base, position), target) - logit
    return values


def mutants(x: Tensor, base: Tensor, position: Tensor) -> Tensor:
    """Return (M, 4, L): copies of x (4, L), copy m with base[m] at position[m] instead of what was there."""
    copies = x.repeat(len(base), 1, 1)
    row = torch.arange(len(base), device=x.device)
    copies[row, :, position] = 0
    copies[row, base, position] = 1
    return copies
