"""Occlusion (Zeiler & Fergus 2014): how far the logit falls when a window of bases is hidden."""

from dataclasses import dataclass

import torch
from torch import Tensor, nn

from ..settings import setting
from .gradient import Target, rows_per_pass, target_logit
from .method import attribution_method
from .references import uniform


@dataclass(frozen=True)
class OcclusionOptions:
    window: int = setting(7, "Window", help="Bases hidden at a time", low=1, high=200)
    stride: int = setting(1, "Stride", help="Bases from one window to the next; beyond the window's width some are never hidden",
                          low=1, high=200)
    hidden: str = setting("uniform", "Hidden bases become", choices=("uniform", "unknown"),
                          help="A quarter of every base, or unknown (all zero)")
    batch_size: int = setting(128, "Windows per pass", low=1, high=4096)


@attribution_method("occlusion", label="Occlusion", options=OcclusionOptions, order=5,
                    summary="Hides a window of bases and asks the model again: what is lost is shared by the window.",
                    note=lambda options: f"Fall of the logit when a window of {options.window} bases is hidden, as the mean over "
                                         "the windows that hide a base: no sharper than a window.")
@torch.inference_mode()
def occlusion(model: nn.Module, X: Tensor, target: Target, options: OcclusionOptions) -> Tensor:
    """Return, at the base present, the mean of f(x) - f(x with a window hidden) over the windows that hide it, (N, 4, L)."""
    length = X.shape[2]
    rows, inside = rows_per_pass(options.batch_size, length), windows(length, options.window, options.stride).to(X.device)
    blank = uniform(X) if options.hidden == "uniform" else torch.zeros_like(X)
    logits = torch.cat([target_logit(model, x, target) for x in X.split(rows)])
    without = lambda x, hidden: torch.cat([target_logit(model, torch.where(part[:, None], hidden, x), target)
                                           for part in inside.split(rows)])  # (W,)
    falls = [logit - without(x, hidden) for x, hidden, logit in zip(X, blank, logits)]
    return X * _mean_over_windows(torch.stack(falls), inside)[:, None]


def _mean_over_windows(falls: Tensor, inside: Tensor) -> Tensor:
    """Return (N, L): the mean of falls (N, W) over the windows that hide each base, which stand next to each other; 0 without."""
    hidden_by = inside.sum(0)  # (L,)
    first = inside.byte().argmax(0)
    total = torch.nn.functional.pad(falls.double().cumsum(1), (1, 0))  # in float64: long sums are subtracted
    return ((total[:, first + hidden_by] - total[:, first]) / hidden_by.clamp(min=1)).to(falls.dtype)


def windows(length: int, width: int, stride: int) -> Tensor:
    """Return which bases each window hides, (W, length) bool: from the first base on, the last window reaching the end."""
    starts = torch.arange(0, min(max(length - width, 0) + stride, length), stride)[:, None]
    bases = torch.arange(length)
    return (bases >= starts) & (bases < starts + width)
