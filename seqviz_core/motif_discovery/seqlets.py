"""Where an attribution map says something: stretches that carry more of it than chance would gather (seqlets).

The light version of TF-MoDISco's first step (Shrikumar et al. 2018, arXiv 1811.00416): the window sum of the attribution at the
base present, in units of the map's own root mean square, against the same sums after the values of each map were shuffled
along the sequence. `patterns` groups what is found.
"""

from typing import NamedTuple

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

WINDOW, FLANK = 11, 8
"""Bases summed, and bases added on either side, so that a longer motif still lies in its seqlet."""
SEQLET = WINDOW + 2 * FLANK


class Seqlets(NamedTuple):
    """Seqlets, strongest first.

    row : (M,) which map
    start : (M,) first base of the SEQLET bases; below 0, or too near the end, where the flank runs over the edge
    score : (M,) sum of the window over the root mean square of its map
    """

    row: np.ndarray
    start: np.ndarray
    score: np.ndarray


def find_seqlets(observed: np.ndarray, rng: np.random.Generator, *, fdr: float = 0.05) -> Seqlets:
    """Return the windows of positive attribution that stand out, of maps (N, L) of the value at the base present.

    fdr : how many of them may be chance: shuffled maps' peaks as high as the threshold, over the maps' own.
    No two windows of a map overlap. Short maps (L < WINDOW) have none.
    """
    spread = np.sqrt((observed.astype(np.float64) ** 2).mean(axis=1, keepdims=True))
    scaled = np.divide(observed, spread, out=np.zeros(observed.shape), where=spread > 0)
    row, start, score = _peaks(scaled)
    chance = np.sort(_peaks(rng.permuted(scaled, axis=1))[2])
    order = np.argsort(-score, kind="stable")
    false = len(chance) - np.searchsorted(chance, score[order])  # shuffled peaks at least as high
    rate = false / np.arange(1, len(order) + 1)
    kept = order[:len(order) - int((rate <= fdr)[::-1].argmax())] if (rate <= fdr).any() else order[:0]
    return Seqlets(row[kept], start[kept] - FLANK, score[kept])


def _peaks(values: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Map, start and sum of windows of each map: the highest, then the highest that overlaps with none taken, as long as one
    sums to more than 0."""
    if values.shape[1] < WINDOW or not len(values):
        return np.zeros(0, int), np.zeros(0, int), np.zeros(0)
    left = sliding_window_view(values, WINDOW, axis=1).sum(-1)  # (N, L - WINDOW + 1)
    maps, found = np.arange(len(values)), []
    while len(maps):
        start = left[maps].argmax(1)
        score = left[maps, start]
        maps, start, score = (array[score > 0] for array in (maps, start, score))
        found.append((maps, start, score))
        struck = start[:, None] + np.arange(1 - WINDOW, WINDOW)
        left[maps[:, None], struck.clip(0, left.shape[1] - 1)] = -np.inf
    return tuple(np.concatenate(arrays) for arrays in zip(*found))


def cut_out(values: np.ndarray, row: np.ndarray, start: np.ndarray, width: int = SEQLET) -> np.ndarray:
    """Return (M, 4, width): the stretches of values (N, 4, L) that begin at `start`; zeros beyond the ends of the sequence."""
    places = start[:, None] + np.arange(width)  # (M, width)
    inside = (places >= 0) & (places < values.shape[2])
    stretches = values[row[:, None], :, places.clip(0, values.shape[2] - 1)]  # (M, width, 4)
    return np.where(inside[:, :, None], stretches, 0).transpose(0, 2, 1)
