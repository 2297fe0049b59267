"""Try something on a model before it is asked for: what it does is found by running it, not by guessing from its modules."""

from collections.abc import Callable

import torch
from torch import Tensor, nn

from ..errors import SeqVizError
from ..models.internals import borrowed, device_of
from .gradient import as_input, cudnn_off

LENGTHS = (60, 20, 5)
"""Bases of the trial sequence; the next is tried where a model cannot read so many."""


def first_that_runs(model: nn.Module, run: Callable[[Tensor], str | None]) -> str | None:
    """Return what `run` says of a trial sequence (1, 4, length): the reason why a method is not sound on `model`, or None.

    None too where the model runs on no trial sequence: what is wrong with it is said when it is asked for real.
    """
    with torch.inference_mode(False), torch.enable_grad(), borrowed(model), cudnn_off(device_of(model)):
        for length in LENGTHS:
            try:
                return run(as_input(_sequence(length), model))
            except (RuntimeError, SeqVizError):
                continue
    return None


def _sequence(length: int) -> Tensor:
    """Return a random one-hot sequence (1, 4, length), the same each time."""
    codes = torch.randint(0, 4, (1, length), generator=torch.Generator().manual_seed(0))
    return nn.functional.one_hot(codes, 4).transpose(1, 2).float()
