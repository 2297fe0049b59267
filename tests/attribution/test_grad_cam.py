import numpy as np
import pytest
import torch
from torch import nn
from toy_models import ConvReluMax, conv_model, linear_model, one_hot, random_sequences

from seqviz_core.attribution import METHODS, attribute
from seqviz_core.attribution.grad_cam import GradCamOptions
from seqviz_core.errors import SeqVizError
from seqviz_core.models import intervene, make_model, probes_of, zero_channel
from seqviz_core.models.internals import Probe, Span, name_probes


class Mean(nn.Module):
    """logit = 3 * mean of (number of A in a window of two) - mean of (number of C there), over all windows."""

    def __init__(self):
        super().__init__()
        self.map = Probe("feature_map", ("sequence", "filter", "position"), Span(1, 0, 2))
        self.filters = nn.Parameter(torch.tensor([[[1.0, 1], [0, 0], [0, 0], [0, 0]], [[0, 0], [1.0, 1], [0, 0], [0, 0]]]))
        name_probes(self)

    def forward(self, X):
        return (self.map(nn.functional.conv1d(X, self.filters)).mean(-1) @ torch.tensor([3.0, -1.0]))[:, None]


def test_hand_arithmetic():
    """AAC has two windows, AA with 2 A and AC with 1 A and 1 C. The slope of the logit at each place of a map is 3/2 for A and
    -1/2 for C, so the windows are worth 3 and 1, half of it for each of their two bases."""
    np.testing.assert_allclose(attribute("grad_cam", Mean(), one_hot("AAC"), 0).observed, [[1.5, 2.0, 0.5]])


def test_equals_captum():
    from captum.attr import LayerGradCam
    model, X = conv_model(1).eval(), one_hot(*random_sequences(3, 30, seed=0))
    cam = LayerGradCam(model, model.conv).attribute(torch.from_numpy(X), target=1).detach().numpy()[:, 0]  # (N, P)
    width = model.first_conv.kernel_size[0]
    expected = np.stack([np.convolve(row, np.full(width, 1 / width)) for row in cam])
    np.testing.assert_allclose(attribute("grad_cam", model, X, 1).observed, expected, atol=1e-6)


def test_the_map_can_be_chosen():
    model = make_model("lstm", {}, n_outputs=2, length=40, seed=0)
    X = one_hot(*random_sequences(1, 40, seed=0))
    name = [name for name, probe in probes_of(model).items() if probe.kind == "feature_map"][-1]
    default = attribute("grad_cam", model, X, 0)
    np.testing.assert_array_equal(attribute("grad_cam", model, X, 0, GradCamOptions(name)).values, default.values)
    with pytest.raises(SeqVizError, match=f"no feature map 'nowhere'; the model has .*{name}"):
        attribute("grad_cam", model, X, 0, GradCamOptions("nowhere"))


def test_somebody_elses_edit_of_the_same_map_counts():
    model = ConvReluMax(torch.eye(4)[:2, :, None], torch.tensor([[1.0, 1.0]]))
    with intervene({"conv": zero_channel(0)}):
        np.testing.assert_array_equal(attribute("grad_cam", model, one_hot("AC"), 0).observed, [[0, 0.5]])
    np.testing.assert_array_equal(attribute("grad_cam", model, one_hot("AC"), 0).observed, [[0.5, 0.5]])


def test_refuses_a_model_without_a_map():
    assert METHODS["grad_cam"].supports(linear_model(length=5)) == "it has no feature map to weigh."
    with pytest.raises(SeqVizError, match="Grad-CAM does not apply to this model: it has no feature map"):
        attribute("grad_cam", linear_model(length=5), one_hot("ACGTA"), 0)
