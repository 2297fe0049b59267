import numpy as np
import pytest
import torch

from seqviz_core.attribution.spread import spread_evenly
from seqviz_core.models.internals import Span


def test_hand_arithmetic():
    """Position 0 sees base 0 only (its window begins two bases early), position 1 sees bases 1 to 3."""
    span = Span(stride=3, offset=-2, width=3)
    np.testing.assert_allclose(spread_evenly(torch.tensor([[5.0, 6.0]]), span, 4), [[5, 2, 2, 2]])


@pytest.mark.parametrize("span", [Span(), Span(1, -4, 9), Span(5, 0, 5), Span(4, -3, 30), Span(1, 0, 200)])
def test_equals_one_position_at_a_time_and_keeps_the_sum(span):
    values = torch.randn(2, -(-50 // span.stride), generator=torch.Generator().manual_seed(0), dtype=torch.float64)
    expected = np.zeros((2, 50))
    for p in range(values.shape[1]):
        start, end = span.bases(p, 50)
        expected[:, start:end] += values[:, p, None].numpy() / (end - start)
    spread = spread_evenly(values, span, 50)
    np.testing.assert_allclose(spread, expected, atol=1e-12)
    np.testing.assert_allclose(spread.sum(1), values.sum(1), atol=1e-12)
