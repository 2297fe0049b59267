"""Where sites may stand: uniform, without overlap, any number per sequence, with no rejection."""

from collections.abc import Mapping

import numpy as np


def draw_counts(law: Mapping[int, float], n: int, rng: np.random.Generator) -> np.ndarray:
    """Return (n,) numbers of sites, each drawn with the chance that `law` gives it (the chances sum to 1)."""
    return rng.choice(np.array(list(law)), n, p=list(law.values()))


def uniform_starts(length: int, widths: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Return (N, K) starts of sites in the order given, left to right; every placement without overlap equally likely.

    widths : (N, K) integers; 0 for no site, only after the sites of a row. The start of "no site" means nothing.
    A placement of k sites is a choice of k among the free letters and the sites, so k distinct numbers are drawn (Floyd's
    algorithm; Bentley & Floyd, Commun ACM 1987, 30:754), sorted, and the widths added back.
    """
    n, slots = widths.shape
    k = (widths > 0).sum(axis=1)
    places = length - widths.sum(axis=1) + k  # (N,) letters that are free, and sites
    chosen = np.full((n, slots), length + slots)
    for i in range(slots):
        top = np.where(i < k, places - k + i, 0)
        draw = rng.integers(0, top + 1)
        draw = np.where((chosen[:, :i] == draw[:, None]).any(axis=1), top, draw)
        chosen[:, i] = np.where(i < k, draw, chosen[:, i])
    chosen.sort(axis=1)
    return chosen - np.arange(slots) + widths.cumsum(axis=1) - widths
