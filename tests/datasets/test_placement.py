"""Sites at uniform places: against all placements written out."""

from collections import Counter
from itertools import product

import numpy as np
import pytest

from seqviz_core.datasets.placement import draw_counts, uniform_starts


def placements(length, widths):
    """Every way to put sites of these widths, in this order, without overlap."""
    ranges = [range(length - w + 1) for w in widths]
    return {starts for starts in product(*ranges) if all(a + w <= b for a, w, b in zip(starts, widths, starts[1:]))}


@pytest.mark.parametrize("length, widths", [(8, (2,)), (8, (2, 3)), (9, (3, 2, 1)), (6, (3, 3)), (7, (1, 1, 1, 1))])
def test_every_placement_is_equally_likely(length, widths):
    possible, n = placements(length, widths), 20_000
    seen = Counter(map(tuple, uniform_starts(length, np.tile(widths, (n, 1)), np.random.default_rng(0)).tolist()))
    assert set(seen) == possible
    expected = n / len(possible)
    chi_square = sum((count - expected) ** 2 / expected for count in seen.values())
    freedom = len(possible) - 1
    assert chi_square < freedom + 5 * np.sqrt(2 * freedom) + 1e-9


def test_rows_may_have_any_number_of_sites_of_any_width():
    rng = np.random.default_rng(1)
    counts = rng.integers(0, 5, 3000)
    widths = np.where(np.arange(4) < counts[:, None], rng.integers(1, 6, (3000, 4)), 0)
    starts = uniform_starts(20, widths, rng)
    for row in range(3000):
        k = counts[row]
        edges = np.column_stack([starts[row, :k], starts[row, :k] + widths[row, :k]]).ravel()
        assert (np.diff(edges) >= 0).all() and (k == 0 or (edges[0] >= 0 and edges[-1] <= 20))


def test_counts_follow_their_law():
    law = {0: 0.2, 3: 0.5, 4: 0.3}
    seen = np.bincount(draw_counts(law, 10_000, np.random.default_rng(0)), minlength=5) / 10_000
    assert seen == pytest.approx([0.2, 0, 0, 0.5, 0.3], abs=0.025)
