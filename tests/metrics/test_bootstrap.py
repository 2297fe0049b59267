"""Bootstrap intervals: how often they hold the mean, how wide they are, and rows drawn alike."""

import numpy as np
import pytest

from seqviz_core.metrics.bootstrap import mean_interval


def test_the_interval_is_that_of_the_mean():
    values = np.random.default_rng(0).normal(3, 2, size=(400, 50))
    low, high = mean_interval(values, 1).T
    inside = ((low < 3) & (high > 3)).mean()
    assert 0.9 < inside < 0.98 and (high - low).mean() == pytest.approx(2 * 1.96 * 2 / 50**0.5, rel=0.06)


def test_every_row_is_drawn_alike_and_the_seed_decides():
    values = np.random.default_rng(1).normal(size=(2, 3, 20))
    found = mean_interval(values, 5)
    assert found.shape == (2, 3, 2) and np.array_equal(found, mean_interval(values, 5))
    assert mean_interval(values + 1, 5) == pytest.approx(found + 1)
    assert mean_interval(values[1, 2], 5) == pytest.approx(found[1, 2])
    assert not np.allclose(found, mean_interval(values, 6))
