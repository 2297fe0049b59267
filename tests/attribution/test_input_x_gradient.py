import numpy as np
import torch
from toy_models import conv_model, linear_model, one_hot, random_sequences

from seqviz_core.attribution import attribute


def test_linear_by_hand():
    model, X = linear_model(length=5), one_hot("ACGTA", "TTNCA")
    result = attribute("input_x_gradient", model, X, 1)
    np.testing.assert_allclose(result.values, model.weight[1].detach().numpy() * X, atol=1e-6)
    np.testing.assert_allclose(result.observed.sum(1), model.eval()(torch.from_numpy(X))[:, 1].detach() - 0.5, atol=1e-5)


def test_equals_captum():
    from captum.attr import InputXGradient
    model, X = conv_model(1).eval(), one_hot(*random_sequences(4, 30, seed=0))
    expected = InputXGradient(model).attribute(torch.from_numpy(X).requires_grad_(), target=1)
    np.testing.assert_array_equal(attribute("input_x_gradient", model, X, 1).values, expected.detach().numpy())


def test_is_the_observed_part_of_saliency():
    model, X = conv_model(2), one_hot(*random_sequences(4, 30, seed=1))
    np.testing.assert_array_equal(attribute("input_x_gradient", model, X, 0).observed,
                                  attribute("saliency", model, X, 0).observed)
