"""How long a model takes, measured once: what the long computations say before they start."""

import time
from collections.abc import Callable

import numpy as np

from ...attribution import At, attribute
from ...attribution.gradient import explained_logits, rows_per_pass
from ..cached import Loaded, computed

TRIED = 96  # sequences
INLINE = 1.0  # seconds up to which an answer comes at once, without a button


def seconds_per_row(loaded: Loaded, length: int, target: int | At) -> float:
    """Return the seconds that one of many sequences of `length` bases takes on an idle core."""
    return computed(_row_timed, loaded, length, target)


def seconds_of_mutagenesis(loaded: Loaded, length: int, target: int | At) -> float:
    """Return the seconds that all single substitutions of `length` bases take; where it would be long, at most so many."""
    most = 3 * length * seconds_per_row(loaded, length, target)
    return most if most > INLINE / 2 else min(most, computed(_mutagenesis_timed, loaded, length, target))


def _row_timed(loaded: Loaded, length: int, target: int | At) -> float:
    rows = min(TRIED, rows_per_pass(TRIED, length))
    return _quickest(lambda X: explained_logits(loaded.model, X, target), rows, length) / rows


def _mutagenesis_timed(loaded: Loaded, length: int, target: int | At) -> float:
    return _quickest(lambda X: attribute("ism", loaded.model, X, target), 1, length)


def _quickest(ask: Callable[[np.ndarray], object], rows: int, length: int) -> float:
    """Return the least time this thread was at work in one of three runs: what others do meanwhile is not counted."""
    X = np.eye(4, dtype=np.float32)[:, np.random.default_rng(0).integers(0, 4, (rows, length))].transpose(1, 0, 2)
    took = []
    for _ in range(3):
        start = time.thread_time()
        ask(X)
        took.append(time.thread_time() - start)
    return min(took)
