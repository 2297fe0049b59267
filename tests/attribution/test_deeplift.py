"""The two DeepLIFT methods as `attribute` runs them: by hand, against captum and tangermeme, and where they refuse."""

import numpy as np
import pytest
import torch
from torch import nn
from toy_models import ConvReluMax, conv_model, linear_model, one_hot, random_sequences

from seqviz_core.attribution import METHODS, At, attribute
from seqviz_core.attribution.deeplift import DeepLiftOptions
from seqviz_core.attribution.deeplift_shap import DeepLiftShapOptions
from seqviz_core.attribution.references import shuffles
from seqviz_core.errors import SeqVizError


def test_hand_arithmetic():
    """A filter scores A +2, C +1 and fires above 1.5. From a quarter of each base (0.75) to A (2) the unit rises by 0.5 over
    1.25, a chord of slope 0.4: A's rise of 0.75 counts 0.75 * 2 * 0.4, C's fall of 0.25 counts -0.25 * 1 * 0.4."""
    model = ConvReluMax(torch.tensor([[[2.0], [1.0], [0.0], [0.0]]]), torch.tensor([[1.0]]), threshold=1.5)
    result = attribute("deeplift", model, one_hot("A"), 0)
    np.testing.assert_allclose(result.values[0, :, 0], [0.6, -0.1, 0, 0], atol=1e-6)
    np.testing.assert_allclose(result.observed, [[0.5]], atol=1e-6)
    nothing_known = attribute("deeplift", model, one_hot("A"), 0, DeepLiftOptions("unknown"))
    np.testing.assert_allclose(nothing_known.values[0, :, 0], [0.5, 0, 0, 0], atol=1e-6)


@pytest.mark.parametrize("options", [DeepLiftOptions(), DeepLiftOptions("unknown"), DeepLiftShapOptions(n_references=7)])
def test_linear_by_hand(options):
    """On a linear model: weight times difference, whatever the rule."""
    model, X = linear_model(length=12), one_hot(*random_sequences(3, 12, seed=0), "ACNNACGTACGT")
    weight, known = model.weight[1].detach().numpy(), X.sum(1, keepdims=True)
    if isinstance(options, DeepLiftShapOptions):
        x0 = np.stack([shuffles(torch.from_numpy(x), 7, 0).mean(0).numpy() for x in X])
    else:
        x0 = 0.25 * known if options.reference == "uniform" else 0 * known
    method = "deeplift_shap" if isinstance(options, DeepLiftShapOptions) else "deeplift"
    result = attribute(method, model, X, 1, options)
    np.testing.assert_allclose(result.values, weight * (X - x0), atol=1e-6)
    np.testing.assert_allclose(result.gap, 0, atol=1e-5)
    assert not result.observed[3, 2:4].any()  # an unknown base gets no share


class Basset(nn.Module):
    """Two blocks of convolution, normalisation, ReLU and pool, then dense: modules only, as the two peers need it."""

    def __init__(self, copy_for_captum=False):
        super().__init__()
        self.blocks = nn.Sequential(
            nn.Conv1d(4, 12, 7, padding=3), nn.BatchNorm1d(12), nn.ReLU(), Copy(copy_for_captum), nn.MaxPool1d(3),
            nn.Conv1d(12, 8, 5, padding=2), nn.ReLU(), Copy(copy_for_captum), nn.MaxPool1d(4), nn.Flatten(),
            nn.Linear(8 * 5, 9), nn.ReLU(), nn.Linear(9, 2))
        generator = torch.Generator().manual_seed(0)
        for tensor in (*self.parameters(), self.blocks[1].running_mean):
            tensor.data = torch.randn(tensor.shape, generator=generator) / 2
        self.double().eval()

    def forward(self, X):
        return self.blocks(X)


class Copy(nn.Module):
    def __init__(self, copies):
        super().__init__()
        self.copies = copies

    def forward(self, x):
        return x.clone() if self.copies else x


X = one_hot(*random_sequences(3, 60, seed=5))
SHUFFLED = DeepLiftShapOptions(n_references=6)


def references():
    return torch.stack([shuffles(torch.from_numpy(x).double(), 6, 0) for x in X])


@pytest.mark.filterwarnings("ignore:Setting forward, backward hooks", "ignore:Input Tensor 0 did not")
def test_equals_captum_with_its_cure():
    from captum.attr import DeepLift, DeepLiftShap
    x = torch.from_numpy(X).double()
    expected = DeepLift(Basset(copy_for_captum=True)).attribute(x, torch.full_like(x, 0.25), target=1)
    np.testing.assert_allclose(attribute("deeplift", Basset(), X, 1).values, expected.detach(), atol=1e-6)
    expected = torch.cat([DeepLiftShap(Basset(copy_for_captum=True)).attribute(one[None], x0, target=1)
                          for one, x0 in zip(x, references())])
    np.testing.assert_allclose(attribute("deeplift_shap", Basset(), X, 1, SHUFFLED).values, expected.detach(), atol=1e-6)


def test_equals_tangermeme():
    from tangermeme.deep_lift_shap import deep_lift_shap
    expected = deep_lift_shap(Basset(), torch.from_numpy(X).double(), target=1, references=references(), device="cpu",
                              dtype=torch.float64)  # (N, 4, L): each base's whole share, at the base present
    result = attribute("deeplift_shap", Basset(), X, 1, SHUFFLED)
    np.testing.assert_allclose(result.observed, expected.sum(1), atol=1e-6)
    assert np.abs(attribute("integrated_gradients", Basset(), X, 1).observed - expected.sum(1).numpy()).max() > 0.01


@pytest.mark.parametrize("method", ["deeplift", "deeplift_shap"])
def test_letters_add_up_and_unknown_stays_unknown(method):
    X = one_hot("ACGTNNGGATTACAGATTACACCGN", *random_sequences(2, 25, seed=3))
    result = attribute(method, conv_model().double(), X, 0)
    np.testing.assert_allclose(result.gap, 0, atol=1e-12)
    np.testing.assert_allclose(result.observed.sum(1), result.values.sum((1, 2)), atol=1e-5)
    assert not result.values[0, :, [4, 5, 24]].any()


def test_one_base_of_an_answer_per_base():
    class PerBase(nn.Module):
        def __init__(self):
            super().__init__()
            self.conv = nn.Conv1d(4, 2, 1, dtype=torch.float64)

        def forward(self, X):
            return self.conv(X).relu()
    result = attribute("deeplift", PerBase(), one_hot("ACGTT"), At(1, 3))
    assert not result.values[0, :, [0, 1, 2, 4]].any() and abs(result.gap[0]) < 1e-12
    assert np.abs(attribute("deeplift", PerBase(), one_hot("ACGTT"), 1).gap[0]) < 1e-12  # the highest position


class Reader(nn.Module):
    def __init__(self, length=None):
        super().__init__()
        self.lstm, self.length = nn.LSTM(4, 3, batch_first=True), length

    def forward(self, X):
        if self.length not in (None, X.shape[2]):
            raise RuntimeError("another length")
        return self.lstm(X.transpose(1, 2))[0].mean(1)


@pytest.mark.parametrize("method", ["deeplift", "deeplift_shap"])
def test_refuses_before_and_after_it_was_tried(method):
    """A model that runs on no trial sequence is refused when it is asked for real, in the same words."""
    reason = METHODS[method].supports(Reader())
    assert reason == "its LSTM multiplies gates and states that both depend on the sequence, which has no rule."
    assert METHODS[method].supports(Reader(length=11)) is None
    for model in (Reader(), Reader(length=11)):
        with pytest.raises(SeqVizError, match=f"does not apply to this model: {reason}"):
            attribute(method, model, one_hot(*random_sequences(1, 11, seed=0)), 0)


def test_notes_say_what_it_was_compared_with():
    assert "a quarter of every base" in attribute("deeplift", conv_model(), one_hot("ACGTACGT"), 0).note
    unknown = attribute("deeplift", conv_model(), one_hot("ACGTACGT"), 0, DeepLiftOptions("unknown"))
    assert "nothing is known" in unknown.note
    assert "1 dinucleotide shuffle of" in attribute("deeplift_shap", conv_model(), one_hot("ACGTACGT"), 0,
                                                    DeepLiftShapOptions(n_references=1)).note
