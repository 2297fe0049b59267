"""The gradient against the lag: the product of Jacobians by hand, and the factors per step of every cell."""

import math

import numpy as np
import pytest
import torch

from seqviz_core.experiments.gradient_lag import CELLS, GradientLag, factor_per_step, gradient_lag, norms_by_lag
from seqviz_core.models import recording
from seqviz_core.models.architecture import initialise
from seqviz_core.models.internals import name_probes


@pytest.mark.parametrize("cell, factor", [("plain RNN", 0.610), ("LSTM, forget bias 0", 0.626), ("LSTM, forget bias 1", 0.848),
                                          ("LSTM, forget bias 3", 0.993), ("GRU", 0.627)])
def test_an_untrained_cell_forgets_at_the_known_rate(cell, factor):
    """32 units, 5 seeds: figures measured independently, with another program."""
    measured = gradient_lag(cell, length=60, n_sequences=2)
    assert measured.factor == pytest.approx(factor, abs=0.025) and measured.norms.shape == (60,)


def test_a_plain_rnns_gradient_is_the_product_of_its_jacobians():
    """d h_T / d x_(T - lag) = prod over t of diag(1 - h_t^2) U, times diag(1 - h^2) W at the input."""
    layer = name_probes(CELLS["plain RNN"](5))
    initialise(layer, 0)
    layer.double()
    x = torch.randn(1, 9, 4, generator=torch.Generator().manual_seed(1), dtype=torch.float64)
    with torch.no_grad(), recording() as seen:
        layer(x)
    h = seen["left_to_right.h"].value[0].T  # (9, 5)
    w = layer.weights("")
    product, expected = torch.eye(5, dtype=torch.float64), []
    for t in reversed(range(9)):
        slope = torch.diag(1 - h[t] ** 2)
        expected.append((product @ slope @ w.ih).norm().item())
        product = product @ slope @ w.hh
    assert np.allclose(norms_by_lag(layer, x), expected, rtol=1e-9)


def test_it_is_the_mean_over_sequences_and_needs_no_gradient_left_behind():
    layer = CELLS["GRU"](3)
    initialise(layer, 0)
    x = torch.randn(2, 7, 4, generator=torch.Generator().manual_seed(1))
    both = norms_by_lag(layer, x)
    assert np.allclose(both, (norms_by_lag(layer, x[:1]) + norms_by_lag(layer, x[1:])) / 2)
    assert all(p.grad is None for p in layer.parameters()) and not x.requires_grad


def test_factor_and_time_constant_of_a_known_decay():
    norms = 3.0 * 0.8 ** np.arange(200)
    assert factor_per_step(norms) == pytest.approx(0.8) and factor_per_step(norms[:10]) == pytest.approx(0.8)
    assert GradientLag("", norms, math.exp(-1 / 20)).time_constant == pytest.approx(20)
    assert GradientLag("", norms, 1.002).time_constant == math.inf


def test_float64_holds_what_is_left_after_two_hundred_steps():
    norms = gradient_lag("plain RNN", seeds=[0], n_sequences=1).norms
    assert len(norms) == 200 and 0 < norms[199] < 1e-38
