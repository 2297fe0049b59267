"""The oracle: every mutant written out and run from end to end, apart from the code under test."""

import torch
from torch import Tensor, nn

from seqviz_core.attribution.gradient import Target, target_logit


@torch.no_grad()
def naive_ism(model: nn.Module, X: Tensor, target: Target, batch_size: int = 64) -> Tensor:
    """Return logit(mutant) - logit(X) for every base at every position, (N, 4, L)."""
    out = torch.zeros_like(X)
    for x, values in zip(X, out):
        places = [(a, i) for i in range(x.shape[1]) for a in range(4) if x[a, i] == 0]
        for start in range(0, len(places), batch_size):
            part = places[start:start + batch_size]
            mutants = x.repeat(len(part), 1, 1)
            for mutant, (a, i) in zip(mutants, part):
                mutant[:, i] = 0
                mutant[a, i] = 1
            logits = target_logit(model, mutants, target) - target_logit(model, x[None], target)
            for (a, i), logit in zip(part, logits):
                values[a, i] = logit
    return out
