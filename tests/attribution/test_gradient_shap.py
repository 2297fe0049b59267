import numpy as np
import pytest
import torch
from toy_models import Smooth, linear_model, one_hot, random_sequences

from seqviz_core.attribution import attribute
from seqviz_core.attribution.gradient_shap import GradientShapOptions, steps
from seqviz_core.attribution.integrated_gradients import IntegratedGradientsOptions
from seqviz_core.attribution.references import shuffles


def test_linear_by_hand():
    model, X = linear_model(length=12), one_hot(*random_sequences(3, 12, seed=0))
    x0 = np.stack([shuffles(torch.from_numpy(x), 10, 0).mean(0).numpy() for x in X])
    result = attribute("gradient_shap", model, X, 1)
    np.testing.assert_allclose(result.values, model.weight[1].detach().numpy() * (X - x0), atol=1e-5)
    assert result.gap is None  # complete in expectation only, so nothing is promised


def test_equals_captum_at_the_same_points(monkeypatch):
    """Captum draws with numpy's global state; here it is made to draw our points on the paths from our shuffles."""
    from captum.attr import GradientShap
    model, X, options = Smooth(3), one_hot(*random_sequences(1, 16, seed=3)), GradientShapOptions(n_references=1, samples=8)
    x, x0 = torch.from_numpy(X).double(), shuffles(torch.from_numpy(X[0]).double(), 1, 0)
    monkeypatch.setattr(np.random, "uniform", lambda low, high, n: steps(8, 0).numpy())
    expected = GradientShap(model).attribute(x, x0, n_samples=8, stdevs=0.0, target=1)
    np.testing.assert_allclose(attribute("gradient_shap", model, X, 1, options).values, expected.detach(), atol=1e-6)


def test_becomes_integrated_gradients_with_many_samples():
    model, X = Smooth(), one_hot(*random_sequences(2, 16, seed=1))
    exact = attribute("integrated_gradients", model, X, 2, IntegratedGradientsOptions(n_references=4)).values
    error = lambda n: np.abs(attribute("gradient_shap", model, X, 2, GradientShapOptions(4, n)).values - exact).max()
    assert error(2000) < 1e-3 < error(20)


def test_letters_add_up_roughly():
    """Also where the samples do not divide evenly among the shuffles."""
    model, X, options = Smooth(), one_hot(*random_sequences(2, 16, seed=2)), GradientShapOptions(n_references=3, samples=7)
    with torch.no_grad():
        f = lambda Z: model(Z.double())[:, 2].numpy()
        used = [f(shuffles(torch.from_numpy(x), 3, 0))[[0, 1, 2, 0, 1, 2, 0]].mean() for x in X]
        change = f(torch.from_numpy(X)) - used
    gap = attribute("gradient_shap", model, X, 2, options).observed.sum(1) - change
    assert 1e-4 < np.abs(gap).max() < 0.1


def test_points_lie_one_in_each_part_of_the_path():
    drawn = steps(50, seed=4)
    assert torch.equal((drawn * 50).floor().sort().values, torch.arange(50.0).double())
    assert not torch.equal(drawn, drawn.sort().values) and torch.equal(drawn, steps(50, seed=4))
    assert not torch.equal(drawn, steps(50, seed=5))


@pytest.mark.parametrize("method", ["gradient_shap", "smoothgrad"])
def test_the_seed_alone_decides(method):
    from seqviz_core.attribution import METHODS
    model, X, options = Smooth(), one_hot(*random_sequences(1, 16, seed=2)), METHODS[method].options
    torch.manual_seed(1)
    once = attribute(method, model, X, 0, options(seed=5)).values
    torch.manual_seed(2)
    np.testing.assert_array_equal(attribute(method, model, X, 0, options(seed=5)).values, once)
    assert (attribute(method, model, X, 0, options(seed=6)).values != once).any()
