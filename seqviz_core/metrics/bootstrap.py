"""Intervals of means by the bootstrap (Efron 1979, Ann Stat 7:1): the same mean of values drawn again with replacement."""

from collections.abc import Sequence

import numpy as np

RESAMPLES = 1000


def mean_interval(values: np.ndarray, seed: int | Sequence[int]) -> np.ndarray:
    """Return the 95 % interval (..., 2) of the mean of values (..., n): percentiles of RESAMPLES means.

    Every row is drawn alike, so that rows of paired values stay paired.
    """
    n = values.shape[-1]
    counts = np.random.default_rng(seed).multinomial(n, np.full(n, 1 / n), size=RESAMPLES)
    return np.moveaxis(np.percentile(values @ counts.T / n, [2.5, 97.5], axis=-1), 0, -1)
