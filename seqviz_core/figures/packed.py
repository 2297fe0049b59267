"""Numbers as text: 16 bits each, or 8, so that a scene of a hundred maps still travels fast."""

from base64 import b64encode
from typing import Literal

import numpy as np

Bits = Literal[8, 16]


def packed(values: np.ndarray, bits: Bits = 16) -> dict:
    """Return {"shape", "low", "step", "bits", "data"} of finite `values`.

    data is base64 of little-endian unsigned integers q of so many bits, and a value is low + q * step. The step is the range
    over 65,534 or 65,535 (8 bits: over 254 or 255), so no number moves by more than half a step: 1e-5 (0.002) of the range.
    Where the range spans zero, zero stays exactly zero; a constant keeps its value, with step 0.
    """
    levels = 2 ** bits - 1
    values = np.asarray(values, dtype=np.float64)
    low, high = float(values.min()), float(values.max())
    spans_zero = low < 0 < high
    step = (high - low) / (levels - 1 if spans_zero else levels)
    if step == 0 or not np.isfinite(step):
        step, q = 0.0, np.zeros(values.shape)
    elif spans_zero:
        zero = round(-low / step)
        low, q = -zero * step, np.rint(values / step) + zero
    else:
        q = np.rint((values - low) / step)
    data = np.clip(q, 0, levels).astype(f"<u{bits // 8}").tobytes()
    return {"shape": list(values.shape), "low": low, "step": step, "bits": bits, "data": b64encode(data).decode()}


def packed_bytes(shape: tuple[int, ...], bits: Bits = 16) -> int:
    """Return how many characters the data of `packed` takes for values of `shape`."""
    return 4 * -(-bits // 8 * int(np.prod(shape)) // 3)


def largest_of(values: np.ndarray, size: int) -> np.ndarray:
    """Return (rows, ceil(columns / size)): of each `size` neighbouring columns the value of largest absolute size, sign kept."""
    rows, columns = values.shape
    filled = np.pad(values, ((0, 0), (0, -columns % size)), mode="edge").reshape(rows, -1, size)
    return np.take_along_axis(filled, np.abs(filled).argmax(axis=2)[..., None], axis=2)[..., 0]


def runs_of(source: np.ndarray) -> list[list[int]]:
    """Return [first, source of the first, length] of each stretch of neighbours whose sources are neighbours; -1 stays -1."""
    source = np.asarray(source, dtype=int)
    if not source.size:
        return []
    step = np.where(source[:-1] < 0, 0, 1)
    breaks = np.flatnonzero(np.diff(source) != step) + 1
    edges = [0, *breaks.tolist(), len(source)]
    return [[a, int(source[a]), b - a] for a, b in zip(edges, edges[1:])]
