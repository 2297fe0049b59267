"""How long a model takes, measured once: what the long computations say before they start."""

import time

import numpy as np

from ...attribution import At
from ...attribution.gradient import explained_logits, rows_per_pass
from ..cached import Loaded, computed

TRIED = 16  # sequences
INLINE = 1.0  # seconds up to which an answer comes at once, without a button


def seconds_per_row(loaded: Loaded, length: int, target: int | At) -> float:
    """Return the seconds that one of many sequences of `length` bases takes."""
    return computed(_timed, loaded, length, target)


def _timed(loaded: Loaded, length: int, target: int | At) -> float:
    rows = min(TRIED, rows_per_pass(TRIED, length))
    X = np.eye(4, dtype=np.float32)[:, np.random.default_rng(0).integers(0, 4, (rows, length))].transpose(1, 0, 2)
    took = []
    for _ in range(2):  # the first pass warms up
        start = time.perf_counter()
        explained_logits(loaded.model, X, target)
        took.append(time.perf_counter() - start)
    return took[-1] / rows
