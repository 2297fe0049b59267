"""What a model makes of every prefix and every suffix of a sequence: where, read from one end, it makes up its mind.

The temporal output of the Deep Motif Dashboard (Lanchantin et al. 2017, arXiv 1608.03644), there for recurrent models; what is
not shown is kept as unknown bases or as background here, so that every model reads a sequence of the same length.
"""

from dataclasses import dataclass
from typing import Literal

import numpy as np
import torch
from torch import Tensor, nn

from ..attribution.gradient import Target, as_input, rows_per_pass, target_logit
from ..attribution.references import shuffles
from ..errors import SeqVizError
from ..models.internals import borrowed

Rest = Literal["unknown", "background"]


@dataclass(frozen=True, eq=False)
class TemporalOutput:
    """Logits of the parts of one sequence.

    prefixes : float32 (L,), entry i is the logit of bases 0 ... i (included); the last one is the whole sequence's.
    suffixes : float32 (L,), entry i is the logit of bases i ... L - 1; the first one is the whole sequence's.
    nothing : the logit where no base of the sequence is shown.
    """

    prefixes: np.ndarray
    suffixes: np.ndarray
    nothing: float


@torch.inference_mode()
def temporal_output(model: nn.Module, X: np.ndarray | Tensor, target: Target, *, rest: Rest = "unknown", n_backgrounds: int = 10,
                    seed: int = 0, batch_size: int = 64) -> TemporalOutput:
    """Return logit `target` of every prefix and every suffix of the one-hot sequence X (1, 4, L).

    rest : what stands where the sequence is not shown: "unknown" bases (all zero), or "background", the bases of
        `n_backgrounds` dinucleotide shuffles of the sequence, as the mean of their logits.
    Raises SeqVizError where X is not one sequence, or the model has no such output.
    """
    X = torch.as_tensor(X)
    if X.ndim != 3 or X.shape[:2] != (1, 4):
        raise SeqVizError(f"The temporal output is of one sequence (1, 4, L), not of {tuple(X.shape)}.")
    if rest not in ("unknown", "background") or n_backgrounds < 1:
        raise SeqVizError("The rest is 'unknown' or 'background', of at least one shuffle.")
    x = as_input(X, model)[0]
    backgrounds = torch.zeros_like(x)[None] if rest == "unknown" else shuffles(x, n_backgrounds, seed)  # (B, 4, L)
    length = x.shape[1]
    place = torch.arange(length, device=x.device)
    first = torch.zeros_like(place)
    start, end = torch.cat([first, place, first[:1]]), torch.cat([place + 1, first + length, first[:1]])  # both ways, nothing
    with borrowed(model):
        each = (_logits(model, x, background, start, end, target, batch_size) for background in backgrounds)
        logits = sum(each) / len(backgrounds)
    prefixes, suffixes, nothing = logits.split([length, length, 1])
    return TemporalOutput(prefixes.cpu().float().numpy(), suffixes.cpu().float().numpy(), nothing.item())


def _logits(model: nn.Module, x: Tensor, background: Tensor, start: Tensor, end: Tensor, target: Target,
            batch_size: int) -> Tensor:
    """Return the logit of x (4, L) from `start` (M,) to `end` (M,), excluded, and of the background elsewhere, (M,)."""
    rows, place = rows_per_pass(batch_size, x.shape[1]), torch.arange(x.shape[1], device=x.device)
    shown = (((place >= a[:, None]) & (place < b[:, None]))[:, None] for a, b in zip(start.split(rows), end.split(rows)))
    return torch.cat([target_logit(model, torch.where(part, x, background), target) for part in shown])
