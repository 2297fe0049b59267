"""Whether a model calls a class, as a number: how far the class is ahead of what would be called instead."""

from typing import Literal, NamedTuple

import numpy as np
import torch
from torch import Tensor, nn

from ..attribution.gradient import At, Target, as_input, chosen_logit, rows_per_pass
from ..errors import SeqVizError
from ..models.internals import borrowed

Head = Literal["softmax", "sigmoid", "positions"]
"""As of a task: one of several classes, each label by itself, or one of several classes at every base."""


class Answers(NamedTuple):
    """Of each of N sequences: the class's logit, and its margin, above 0 where the class is called; float64 (N,)."""

    logit: np.ndarray
    margin: np.ndarray


def margin(logits: Tensor, target: Target, head: Head) -> Tensor:
    """Return how far a class is ahead, (N,), of logits (N, C) or (N, C, L): above 0 it is called.

    Of several classes it is the class's logit minus the largest other one; of a label by itself its logit, which is 0 where its
    probability is 0.5. A class alone, in a model that answers per base, is called where it is called at any base.
    Raises SeqVizError where a model of one class has no other.
    """
    index, position = target if isinstance(target, At) else (target, None)
    if head != "sigmoid":
        if logits.shape[1] < 2:
            raise SeqVizError("This model has one class: it can call nothing else.")
        chosen_logit(logits, len(logits), target)  # refuses a target that is not there
        others = [i for i in range(logits.shape[1]) if i != index]
        logits, index = (logits[:, index] - logits[:, others].amax(1))[:, None], 0
    return chosen_logit(logits, len(logits), index if position is None else At(index, position))


class Margin(nn.Module):
    """A model whose one logit is the margin of a class, or where `away` what is missing until the class is called no more.

    So whatever takes a model, mutagenesis say, asks for the call itself.
    """

    def __init__(self, model: nn.Module, target: Target, head: Head, away: bool = False):
        super().__init__()
        self.model, self.target, self.head, self.sign = model, target, head, -1 if away else 1

    def forward(self, X: Tensor) -> Tensor:  # (N, 4, L) -> (N, 1)
        return self.sign * margin(self.model(X), self.target, self.head)[:, None]


@torch.no_grad()
def answers(model: nn.Module, X: np.ndarray | Tensor, target: Target, head: Head, batch_size: int = 256) -> Answers:
    """Return the class's logit and margin for each sequence of X (N, 4, L); the margin of a model's only class is nan.

    Raises SeqVizError for a target that the model does not have.
    """
    X, logits, margins = torch.as_tensor(X), [], []
    with borrowed(model):
        for x in X.split(rows_per_pass(batch_size, X.shape[2])):
            out = model(as_input(x, model))
            logits.append(chosen_logit(out, len(x), target))
            alone = head != "sigmoid" and out.shape[1] < 2
            margins.append(torch.full_like(logits[-1], torch.nan) if alone else margin(out, target, head))
    return Answers(*(torch.cat(parts).double().cpu().numpy() for parts in (logits, margins)))
