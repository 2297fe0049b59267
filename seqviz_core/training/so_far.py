"""What a reader could know at a unit: the GC so far, whether a planted site lies behind it, how far it has come.

A unit has read the bases up to the end of its span; one that reads from right to left, those from its span's start on.
"""

from typing import TYPE_CHECKING

import numpy as np
import torch
from torch import Tensor

from ..models.internals import Span
from .config import POSITION, SEEN

if TYPE_CHECKING:
    from ..datasets import Sites


def reads_leftwards(probe: str) -> bool:
    """Return whether a probe, by its name, belongs to a direction that reads from the last base to the first."""
    return "right_to_left" in probe


def bases_read(span: Span, units: int, length: int, leftwards: bool) -> Tensor:
    """Return (units,) int64: how many of `length` bases each unit has read in its direction, up to the last one it sees."""
    start = torch.arange(units) * span.stride + span.offset
    return length - start.clamp(0, length) if leftwards else (start + span.width).clamp(0, length)


def first_seen(sites: "Sites", n: int, length: int) -> np.ndarray:
    """Return (n, 2) int64: the bases read until the first planted site has been read whole, rightwards and leftwards.

    length + 1 where a sequence has no site.
    """
    first = np.full((n, 2), length + 1, dtype=np.int64)
    np.minimum.at(first[:, 0], sites.sequence, sites.end)
    np.minimum.at(first[:, 1], sites.sequence, length - sites.start)
    return first


def so_far(target: str, X: Tensor, read: Tensor, leftwards: bool, first: Tensor | None = None) -> Tensor:
    """Return (N, P) float32: one of SO_FAR at P units that have read `read` (P,) bases of X (N, 4, L); nan where undefined.

    GC: the share of G and C among the known bases read, nan before the first of them. SEEN: 0 or 1. POSITION: bases read / L.
    first : (N, 2) of `first_seen`, for SEEN.
    """
    length = X.shape[-1]
    read = read.to(X.device)
    if target == POSITION:
        return (read / length).expand(len(X), -1)
    if target == SEEN:
        return (read >= first[:, int(leftwards), None].to(X.device)).float()
    X = X.flip(-1) if leftwards else X
    sums = torch.stack([X[:, 1] + X[:, 2], X.sum(1)]).cumsum(-1)  # (2, N, L): G and C, all known
    strong, known = torch.nn.functional.pad(sums, (1, 0))[..., read]
    return torch.where(known > 0, strong / known, torch.nan)
