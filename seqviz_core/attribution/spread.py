"""From the positions of an internal to the bases they see."""

import torch
from torch import Tensor

from ..models.internals import Span


def spread_evenly(values: Tensor, span: Span, length: int) -> Tensor:
    """Return (N, length): each position's value in equal shares to the bases it sees, so that the sum stays the same.

    values : (N, P). Position p sees bases p * stride + offset ... + width, cut off at the ends of the sequence.
    """
    first = torch.arange(values.shape[1], device=values.device) * span.stride + span.offset  # (P,)
    start, end = first.clamp(0, length - 1), (first + span.width).clamp(1, length)  # as Span.bases
    share = values.double() / (end - start)
    steps = values.new_zeros(len(values), length + 1, dtype=torch.float64)
    steps.index_add_(1, start, share).index_add_(1, end, -share)  # a share begins at `start` and ends at `end`
    return steps.cumsum(1)[:, :length].to(values.dtype)
