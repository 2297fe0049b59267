import numpy as np
import pytest
import torch
from toy_models import absolute_saliency, conv_model, linear_model, one_hot, random_sequences

from seqviz_core.attribution import attribute

SEQUENCES = ("ACGTA", "TTNCA")


def check_by_hand(values, model):
    """On a linear model the gradient is the weights, whatever the sequence."""
    np.testing.assert_allclose(values, np.stack([model.weight[1].detach().numpy()] * len(SEQUENCES)), atol=1e-6)


def test_linear_by_hand():
    model, X = linear_model(length=5), one_hot(*SEQUENCES)
    result = attribute("saliency", model, X, 1)
    check_by_hand(result.values, model)
    weight = model.weight[1].detach().numpy()
    assert result.observed[0] == pytest.approx([weight[0, 0], weight[1, 1], weight[2, 2], weight[3, 3], weight[0, 4]])
    assert result.observed[1, 2] == 0 and result.values[1, :, 2].any()  # no letter at an unknown base, but a slope


def test_the_check_fails_on_a_saliency_without_sign():
    model = linear_model(length=5).eval()
    with pytest.raises(AssertionError):
        check_by_hand(absolute_saliency(model, torch.from_numpy(one_hot(*SEQUENCES)), 1).numpy(), model)


def test_equals_captum():
    from captum.attr import Saliency
    model, X = conv_model(1).eval(), one_hot(*random_sequences(4, 30, seed=0))
    expected = Saliency(model).attribute(torch.from_numpy(X).requires_grad_(), target=1, abs=False)
    np.testing.assert_array_equal(attribute("saliency", model, X, 1).values, expected.detach().numpy())
