import numpy as np
import pytest
import torch
from torch import nn
from toy_models import Smooth, linear_model, one_hot, random_sequences

from seqviz_core.attribution import METHODS, attribute
from seqviz_core.errors import SeqVizError


class TwoLayers(nn.Module):
    """Convolution, ReLU, convolution, ReLU, weighed sum; the first ReLU is a function, so that no hook could find it."""

    def __init__(self, as_function=True):
        super().__init__()
        self.conv, self.conv2, self.read_out = nn.Conv1d(4, 6, 3), nn.Conv1d(6, 5, 3), nn.Linear(5, 2)
        self.relu, self.relu2 = nn.ReLU(), nn.ReLU()
        self.first = torch.relu if as_function else self.relu
        generator = torch.Generator().manual_seed(0)
        for parameter in self.parameters():
            parameter.data = torch.randn(parameter.shape, generator=generator)

    def forward(self, X):
        return self.read_out(self.relu2(self.conv2(self.first(self.conv(X)))).mean(-1))


X = one_hot(*random_sequences(3, 12, seed=0))


def test_hand_arithmetic():
    """logit = relu(A) - relu(C): the second slope is below zero and is dropped at its ReLU."""
    class Difference(nn.Module):
        def forward(self, X):
            on = X.sum(2).relu()
            return (on[:, 0] - on[:, 1])[:, None]
    result = attribute("guided_backprop", Difference(), one_hot("AC"), 0)
    np.testing.assert_array_equal(result.values[0], [[1, 1], [0, 0], [0, 0], [0, 0]])
    np.testing.assert_array_equal(attribute("saliency", Difference(), one_hot("AC"), 0).values[0, 1], [-1, -1])


@pytest.mark.filterwarnings("ignore:Setting backward hooks on ReLU", "ignore:Input Tensor 0 did not")
def test_equals_captum():
    from captum.attr import GuidedBackprop
    expected = GuidedBackprop(TwoLayers(as_function=False)).attribute(torch.from_numpy(X), target=1).detach().numpy()
    values = attribute("guided_backprop", TwoLayers(), X, 1).values
    np.testing.assert_allclose(values, expected, atol=1e-6)
    assert np.abs(values - attribute("saliency", TwoLayers(), X, 1).values).max() > 0.1


@pytest.mark.parametrize("model", [Smooth(), linear_model(length=5), linear_model(length=12)])
def test_refuses_a_model_without_relu(model):
    length = 5 if getattr(model, "weight", X).shape[-1] == 5 else 12
    with pytest.raises(SeqVizError, match="does not apply to this model: it has no ReLU to guide through"):
        attribute("guided_backprop", model, X[:, :, :length], 0)


def test_it_warns_of_itself():
    method = METHODS["guided_backprop"]
    assert method.summary.startswith("A warning") and "Adebayo" in method.note(method.options())
    assert METHODS.names()[-1] == "guided_backprop"
