"""The logit that is explained, and its gradient with respect to the sequence; what the gradient methods share."""

import threading
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from typing import NamedTuple

import numpy as np
import torch
from torch import Tensor, nn

from ..errors import SeqVizError
from ..models.internals import borrowed, device_of

MOST_BASES = 2**14
"""Bases that one pass holds at the most: attention needs memory for the square of a sequence's length."""


def rows_per_pass(batch_size: int, length: int) -> int:
    """Return how many sequences of `length` bases go through the model at once: `batch_size`, fewer of long ones, at least 1."""
    return max(1, min(batch_size, MOST_BASES // length))


def as_input(X: Tensor, model: nn.Module) -> Tensor:
    """Return a copy of X with the model's dtype, on the model's device: no graph, no inference tensor."""
    tensors = (t for group in (model.parameters(), model.buffers()) for t in group if t.is_floating_point())
    dtype = next((t.dtype for t in tensors), X.dtype if X.is_floating_point() else torch.float32)
    return torch.empty(X.shape, dtype=dtype, device=device_of(model)).copy_(X)


class At(NamedTuple):
    """The logit of class `target` at base `position` (0-based), of a model that answers for every base."""

    target: int
    position: int


Target = int | At


def target_logit(model: nn.Module, X: Tensor, target: Target) -> Tensor:
    """Return the explained logit of each sequence, (N,). Raises SeqVizError where the model has no such output.

    For a model that answers for every base, a class alone means its largest logit along the sequence.
    """
    return chosen_logit(model(X), len(X), target)


def chosen_logit(logits: Tensor, n: int, target: Target) -> Tensor:
    """Return the explained one of the logits of n sequences, (n,); see `target_logit`."""
    if logits.ndim not in (2, 3) or len(logits) != n:
        raise SeqVizError(f"The model returns {tuple(logits.shape)} for {n} sequences; it needs one row of logits for each.")
    index, position = target if isinstance(target, At) else (target, None)
    if index >= logits.shape[1]:
        raise SeqVizError(f"There is no class {index}; the model has {logits.shape[1]}, counted from 0.")
    if position is None:
        return logits[:, index] if logits.ndim == 2 else logits[:, index].amax(-1)
    if logits.ndim == 2:
        raise SeqVizError("This model answers once for the whole sequence; there is no logit of a single position.")
    if not 0 <= position < logits.shape[2]:
        raise SeqVizError(f"There is no position {position}; the sequence has {logits.shape[2]}, counted from 0.")
    return logits[:, index, position]


@torch.no_grad()
def explained_logits(model: nn.Module, X: np.ndarray | Tensor, target: Target, batch_size: int = 256) -> np.ndarray:
    """Return the explained logit of each sequence of X (N, 4, L), float64 (N,): the model in eval mode, some rows at a time.

    X may hold thousands of sequences. Raises SeqVizError as `target_logit` does.
    """
    X = torch.as_tensor(X)
    with borrowed(model):
        parts = [target_logit(model, as_input(x, model), target) for x in X.split(rows_per_pass(batch_size, X.shape[2]))]
    return torch.cat(parts).double().cpu().numpy()


def gradient_of(logit: Tensor, X: Tensor) -> Tensor:
    """Return d logit / d X, shaped as X, from logit (N,) computed from it; rows are independent.

    Raises SeqVizError where no gradient runs back to X: zeros would claim that one had been measured.
    """
    gradient = torch.autograd.grad(logit.sum(), X, allow_unused=True)[0] if logit.requires_grad else None
    if gradient is None:
        raise SeqVizError("No gradient runs from this output back to the sequence; in-silico mutagenesis needs none.")
    return gradient


def input_gradient(model: nn.Module, X: Tensor, target: int, batch_size: int) -> Tensor:
    """Return d logit / d X for all four bases, (N, 4, L); the parameters' `.grad` is not touched."""
    batches = (x.detach().requires_grad_() for x in X.split(rows_per_pass(batch_size, X.shape[2])))
    return torch.cat([gradient_of(target_logit(model, x, target), x) for x in batches])


_lock = threading.Lock()
_users = 0
_flags = ExitStack()


@contextmanager
def cudnn_off(device: torch.device) -> Iterator[None]:
    """Within the block cuDNN is off, if `device` is a GPU: its LSTM refuses a backward pass in eval mode.

    The switch belongs to the whole process, so the first thread that enters turns it and the last that leaves turns it back.
    """
    global _users
    if device.type != "cuda":
        yield
        return
    with _lock:
        if _users == 0:
            _flags.enter_context(torch.backends.cudnn.flags(enabled=False))
        _users += 1
    try:
        yield
    finally:
        with _lock:
            _users -= 1
            if _users == 0:
                _flags.close()
