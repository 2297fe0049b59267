import numpy as np
import pytest
import torch
from toy_models import ConvReluMax, conv_model, linear_model, one_hot, random_sequences

from seqviz_core.attribution import attribute
from seqviz_core.attribution.occlusion import OcclusionOptions, windows


def test_linear_by_hand():
    """Hiding one base by one as a quarter of each: its weight less the mean weight there."""
    model, X = linear_model(length=5), one_hot("ACNTA")
    weight = model.weight[1].detach().numpy()
    expected = [weight[0, 0], weight[1, 1], 0, weight[3, 3], weight[0, 4]] - weight.mean(0) * X[0].sum(0)
    result = attribute("occlusion", model, X, 1, OcclusionOptions(window=1))
    np.testing.assert_allclose(result.observed[0], expected, atol=1e-5)
    np.testing.assert_array_equal(result.values[X == 0], 0)
    unknown = attribute("occlusion", model, X, 1, OcclusionOptions(window=1, hidden="unknown")).observed[0]
    np.testing.assert_allclose(unknown, (weight * X[0]).sum(0), atol=1e-5)


def test_hand_arithmetic_of_windows_that_share():
    """A scores 2, the best place counts. Of CAG, the windows CA and AG each hide the A and lose 2 (unknown is nothing): C and G
    are hidden once, A twice, and every base's mean loss is 2."""
    model = ConvReluMax(torch.tensor([[[2.0], [0.0], [0.0], [0.0]]]), torch.tensor([[1.0]]))
    options = OcclusionOptions(window=2, hidden="unknown")
    np.testing.assert_array_equal(attribute("occlusion", model, one_hot("CAG"), 0, options).observed, [[2, 2, 2]])
    np.testing.assert_array_equal(attribute("occlusion", model, one_hot("CAGG"), 0, options).observed, [[2, 2, 1, 0]])


@pytest.mark.parametrize("window, stride", [(1, 1), (5, 1), (6, 4), (7, 7), (30, 1)])
def test_equals_captum(window, stride):
    from captum.attr import Occlusion
    model, X = conv_model(1).double().eval(), one_hot(*random_sequences(2, 30, seed=0))
    expected = Occlusion(model).attribute(torch.from_numpy(X).double(), (4, window), (4, stride), baselines=0, target=1)
    values = attribute("occlusion", model, X, 1, OcclusionOptions(window, stride, "unknown")).values
    np.testing.assert_allclose(values.sum(1), expected[:, 0], atol=1e-6)  # captum gives the four rows of a window one value


@pytest.mark.parametrize("length, width, stride, hidden", [
    (4, 2, 1, ["1100", "0110", "0011"]), (5, 2, 2, ["11000", "00110", "00001"]), (3, 9, 1, ["111"]),
    (5, 1, 3, ["10000", "00010"])])
def test_windows(length, width, stride, hidden):
    rows = ["".join(str(int(base)) for base in row) for row in windows(length, width, stride).tolist()]
    assert rows == hidden


def test_bases_that_no_window_hides_get_nothing():
    result = attribute("occlusion", linear_model(length=7), one_hot("ACGTACG"), 0, OcclusionOptions(window=1, stride=3))
    assert result.observed[0, [0, 3, 6]].all() and not result.observed[0, [1, 2, 4, 5]].any()
