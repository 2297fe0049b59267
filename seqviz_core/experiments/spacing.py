"""Two motifs: what they do together at each distance and in each order, and what that is beyond the sum of the two.

I(AB) - I(A) - I(B), each site of the single ones standing where it stands in the pair: 0 for a model that adds up sites.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from ..errors import SeqVizError
from .insertion import Curve, Score, change, curve_of, written


@dataclass(frozen=True, eq=False)
class PairCurve:
    """At each gap: the effect of both sites, and how much of it is no sum of the two."""

    together: Curve
    interaction: Curve


def pair_start(length: int, widths: Sequence[int], farthest: int) -> int:
    """Return where the left site starts at every gap, so that the pair at gap `farthest` stands in the middle.

    Raises SeqVizError where it does not fit.
    """
    needed = sum(widths) + farthest
    if needed > length:
        raise SeqVizError(f"Two motifs of {widths[0]} and {widths[1]} bases, {farthest:,} apart, need {needed:,} bases; the "
                          f"backgrounds have {length:,}.")
    return (length - needed) // 2


def by_gap(score: Score, codes: np.ndarray, left: np.ndarray, right: np.ndarray, gaps: Sequence[int],
           start: int | None = None) -> PairCurve:
    """Return the effects of sites `left` (N, k) and `right` (N, m), the right one `gaps` bases behind the end of the left one.

    start : of the left site at every gap; without it the widest pair stands in the middle.
    """
    widths = left.shape[-1], right.shape[-1]
    start = pair_start(codes.shape[1], widths, max(gaps)) if start is None else start
    alone = written(codes, left, start)
    behind = [start + widths[0] + gap for gap in gaps]
    pairs = [written(alone, right, place) for place in behind]
    rights = [written(codes, right, place) for place in behind]
    found = change(score, codes, [alone, *rights, *pairs])
    singles, both = found[1:1 + len(gaps)] + found[0], found[1 + len(gaps):]
    return PairCurve(curve_of(gaps, both), curve_of(gaps, both - singles))


def gap_grid(farthest: int, most: int, always: Sequence[int] = ()) -> list[int]:
    """Return at most about `most` gaps from 0 to `farthest`, with those of `always` that fit."""
    spread = np.unique(np.linspace(0, farthest, min(most, farthest + 1)).round().astype(int)).tolist()
    return sorted({*spread, *(gap for gap in always if 0 <= gap <= farthest)})
