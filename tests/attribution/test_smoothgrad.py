import numpy as np
import torch
from toy_models import ConvReluMax, Smooth, linear_model, one_hot, random_sequences

from seqviz_core.attribution import attribute
from seqviz_core.attribution.smoothgrad import SmoothGradOptions


def test_linear_by_hand():
    """Noise changes nothing where the slope is the same everywhere."""
    model, X = linear_model(length=6), one_hot("ACGTNA")
    np.testing.assert_allclose(attribute("smoothgrad", model, X, 1).values[0], model.weight[1].detach().numpy(), atol=1e-6)


def test_a_kink_is_smoothed_by_hand():
    """One unit that stands exactly at its threshold: half of the noisy copies are above it, and have its slope."""
    model = ConvReluMax(torch.tensor([[[2.0], [0.0], [0.0], [0.0]]]), torch.tensor([[1.0]]), threshold=2.0)
    assert attribute("saliency", model, one_hot("A"), 0).values[0, 0, 0] == 0
    smoothed = attribute("smoothgrad", model, one_hot("A"), 0, SmoothGradOptions(samples=1000)).values[0, :, 0]
    assert abs(smoothed[0] - 1) < 0.1 and not smoothed[1:].any()


def test_no_noise_is_saliency():
    model, X = Smooth(), one_hot(*random_sequences(2, 12, seed=0))
    plain = attribute("saliency", model, X, 1).values
    quiet = attribute("smoothgrad", model, X, 1, SmoothGradOptions(samples=3, noise=0.0)).values
    np.testing.assert_allclose(quiet, plain, atol=1e-7)
    assert np.abs(attribute("smoothgrad", model, X, 1).values - plain).max() > 1e-3


def test_equals_captum_with_the_same_noise(monkeypatch):
    from captum.attr import NoiseTunnel, Saliency
    model, X = Smooth(), one_hot(*random_sequences(1, 12, seed=1))
    noise = 0.15 * torch.randn(8, 4, 12, generator=torch.Generator().manual_seed(0), dtype=torch.float64)
    monkeypatch.setattr(torch, "normal", lambda mean, std: noise)
    tunnel, x = NoiseTunnel(Saliency(model)), torch.from_numpy(X).double()
    expected = tunnel.attribute(x, nt_samples=8, stdevs=0.15, target=2, abs=False)
    values = attribute("smoothgrad", model, X, 2, SmoothGradOptions(samples=8)).values
    np.testing.assert_allclose(values, expected.detach(), atol=1e-6)


def test_an_unknown_base_stays_unknown():
    """A unit that only an unknown base could set off never fires."""
    model = ConvReluMax(torch.tensor([[[2.0], [2.0], [2.0], [2.0]]]), torch.tensor([[1.0]]), threshold=0.1)
    assert not attribute("smoothgrad", model, one_hot("N"), 0, SmoothGradOptions(noise=1.0)).values.any()
