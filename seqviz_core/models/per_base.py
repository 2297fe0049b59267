"""The head of a model that answers for every base although it thinks in tokens of several bases."""

import torch
from torch import Tensor, nn


class AnswerPerBase(nn.Module):
    """Logits for every base from the token over it and, where there is one, the base's own column of a finer map.

    Each token is repeated over its bases. `fine` is how many numbers the finer map has for each base; without it, all bases of
    a token get the same answer.
    """

    def __init__(self, features: int, n_outputs: int, fine: int = 0):
        super().__init__()
        self.linear = nn.Linear(features + fine, n_outputs)

    def forward(self, tokens: Tensor, stride: int, length: int, fine: Tensor | None = None) -> Tensor:
        # (N, features, P), (N, fine, L) -> (N, n_outputs, L)
        x = tokens.repeat_interleave(stride, dim=-1)[..., :length]
        if fine is not None:
            x = torch.cat([x, fine], dim=1)
        return self.linear(x.transpose(1, 2)).transpose(1, 2)
