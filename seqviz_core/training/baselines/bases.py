"""Baselines for tasks with a class at every base: what a few bases around it tell, without any model of the whole."""

from collections.abc import Callable
from typing import TYPE_CHECKING

import numpy as np

from ...motifs import Motif, scan
from ...sequences import UNKNOWN
from ..results import Scores
from ..scoring import at_known_bases, flat, scores_of
from .logistic import dense, fit_logistic
from .motif_scores import composition, on_both_strands
from .words import gc_features

if TYPE_CHECKING:
    from ...datasets import Dataset

FLANK, GC_FLANK = 5, 25  # bases on each side
WINDOW_NAME = f"{2 * FLANK + 1}-base window baseline"
LOWEST = -10.0
"""Log odds (bits) below which all windows are as bad as none."""
MOST_VALUES = 5_000_000
"""Features at a time: what is fitted on, and how much of the test is looked at at once."""

Featured = Callable[[np.ndarray], np.ndarray]
"""codes (N, L) -> float32 (N, L, features)."""


def base_window_baseline(train: "Dataset", test: "Dataset", flank: int = FLANK) -> Scores:
    """Return the scores on `test` of a multinomial logistic regression on which base stands at each place around a base.

    flank : bases on each side; one that is unknown or beyond an end is none of the four.
    """
    return _per_base_scores(lambda codes: window_features(codes, flank), train, test)


def local_gc_baseline(train: "Dataset", test: "Dataset", flank: int = GC_FLANK) -> Scores:
    """Return the scores on `test` of a logistic regression on the GC content within `flank` bases, and its square."""
    return _per_base_scores(lambda codes: gc_features(local_gc(codes, flank)), train, test)


def motifs_around_baseline(train: "Dataset", test: "Dataset") -> Scores:
    """Return the scores on `test` of a logistic regression on the log odds of every planted motif's windows over a base.

    One feature for each motif, strand and column of the motif under the base, so that the fit finds which column it is
    that a label stands for. Both strands where `train` holds sites on both.
    """
    background, both = composition(train.codes), on_both_strands(train)

    def features(codes: np.ndarray) -> np.ndarray:
        return np.concatenate([shifted_scores(codes, motif, background, both) for motif in train.motifs], axis=2)

    return _per_base_scores(features, train, test)


def window_features(codes: np.ndarray, flank: int) -> np.ndarray:
    """Return float32 (N, L, 4 (2 flank + 1)): the one-hot bases from `flank` before to `flank` after."""
    padded = np.pad(codes, ((0, 0), (flank, flank)), constant_values=UNKNOWN)
    windows = np.lib.stride_tricks.sliding_window_view(padded, 2 * flank + 1, axis=1)  # (N, L, 2 flank + 1)
    return (windows[..., None] == np.arange(4)).reshape(*codes.shape, -1).astype(np.float32)


def local_gc(codes: np.ndarray, flank: int) -> np.ndarray:
    """Return (N, L): the share of G and C among the known bases within `flank`; nan where none is known."""
    def within(mask: np.ndarray) -> np.ndarray:
        sums = np.pad(mask, ((0, 0), (1, 0))).cumsum(axis=1, dtype=np.int32)
        place = np.arange(codes.shape[1])
        return sums[:, np.minimum(place + flank + 1, len(place))] - sums[:, np.maximum(place - flank, 0)]

    known = within(codes < UNKNOWN).astype(np.float64)
    return np.divide(within((codes == 1) | (codes == 2)), known, out=np.full(codes.shape, np.nan), where=known > 0)


def shifted_scores(codes: np.ndarray, motif: Motif, background: np.ndarray, both: bool) -> np.ndarray:
    """Return float32 (N, L, width * strands): feature s of base i is the score (bits) of the window that starts at i - s.

    Scores below LOWEST, and windows that run over an end, count as LOWEST; on a scale of ten bits.
    """
    width = motif.width
    windows = np.maximum(scan(motif, codes, background=background)[:, : 2 if both else 1], LOWEST)  # (N, strands, starts)
    padded = np.pad(windows, ((0, 0), (0, 0), (width - 1, width - 1)), constant_values=LOWEST)
    columns = np.lib.stride_tricks.sliding_window_view(padded, width, axis=2)[..., ::-1]  # (N, strands, L, width)
    return np.moveaxis(columns, 1, 2).reshape(*codes.shape, -1).astype(np.float32) / 10


def _per_base_scores(features: Featured, train: "Dataset", test: "Dataset") -> Scores:
    """Fit on as many of the first sequences as fit into MOST_VALUES; predict part by part."""
    length, classes = train.codes.shape[1], len(train.classes)
    size = features(train.codes[:1]).shape[2]
    rows = max(1, MOST_VALUES // (size * length))
    codes, labels = train.codes[:rows], at_known_bases(train.labels[:rows], train.codes[:rows])
    table, known = flat(np.moveaxis(features(codes), 2, 1), labels)  # (bases, features), (bases,)
    model = fit_logistic(dense(table), known, size, classes)
    parts = [model.logits(dense(features(test.codes[i:i + rows]).reshape(-1, size))) for i in range(0, len(test.codes), rows)]
    logits = np.concatenate(parts).reshape(len(test.codes), -1, classes)
    return scores_of(np.moveaxis(logits, 2, 1), at_known_bases(test.labels, test.codes))
