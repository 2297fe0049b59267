import copy

import numpy as np
import pytest
import torch
from naive_ism import naive_ism
from tangermeme.saturation_mutagenesis import saturation_mutagenesis
from toy_models import ConvReluMax, conv_model, linear_model, one_hot, random_sequences

from seqviz_core.attribution import attribute
from seqviz_core.attribution.ism import ISMOptions, ism
from seqviz_core.models import ARCHITECTURES

PRESETS = [(a.name, preset) for a in ARCHITECTURES for preset in a.presets]
LENGTH = 63


def test_linear_by_hand():
    """W[new] - W[old]; at an unknown base there is no old one."""
    model = linear_model(length=5)
    weight = model.weight[1].detach().numpy()
    result = attribute("ism", model, one_hot("ACNTA"), 1)
    old = np.array([weight[0, 0], weight[1, 1], 0, weight[3, 3], weight[0, 4]])
    np.testing.assert_allclose(result.values[0], weight - old, atol=1e-5)
    mean_centred = old - weight.mean(0)
    mean_centred[2] = 0
    np.testing.assert_allclose(result.observed[0], mean_centred, atol=1e-5)


def test_hand_arithmetic_of_the_letters():
    """One filter that scores A +2, C +1: mutating the A of AG loses 2, 2 and 1, so its letter is 5 / 4 high."""
    model = ConvReluMax(torch.tensor([[[2.0], [1.0], [0.0], [0.0]]]), torch.tensor([[1.0]]))
    result = attribute("ism", model, one_hot("AG"), 0)
    np.testing.assert_array_equal(result.values[0], [[0, 0], [-1, 0], [-2, 0], [-2, 0]])
    np.testing.assert_array_equal(result.observed[0], [1.25, 0])


@pytest.mark.parametrize("batch_size", [1, 7, 128])
def test_equals_one_mutant_at_a_time(batch_size):
    model, sequences = conv_model(1).eval(), [*random_sequences(2, 11, seed=0), "ANGTNCCATGA"]
    values = attribute("ism", model, one_hot(*sequences), 1, ISMOptions(batch_size)).values
    score = lambda sequence: model(torch.from_numpy(one_hot(sequence)))[0, 1].item()
    for n, sequence in enumerate(sequences):
        for i in range(len(sequence)):
            for a, base in enumerate("ACGT"):
                delta = score(sequence[:i] + base + sequence[i + 1:]) - score(sequence)
                assert values[n, a, i] == pytest.approx(delta, abs=1e-5)


def test_exactly_zero_at_the_base_present():
    X = one_hot(*random_sequences(3, 40, seed=1))
    assert not attribute("ism", conv_model(2), X, 0).values[X == 1].any()


@pytest.fixture(scope="module", params=PRESETS, ids="-".join)
def model(request):
    entry = ARCHITECTURES[request.param[0]]
    return entry.make(entry.presets[request.param[1]], n_outputs=3, length=LENGTH, seed=3)


@pytest.mark.parametrize("sequence", [*random_sequences(1, LENGTH, seed=8), "NNACGTNACGTA", "G"], ids=len)
def test_every_architecture_as_if_each_mutant_were_written_out(model, sequence):
    """Whatever the model: nothing that a mutation changes is missed, and rounding stays rounding."""
    X = torch.from_numpy(one_hot(sequence))
    with torch.no_grad():
        scale = max(1.0, model(X).abs().max().item())
    assert (ism(model, X, 1, ISMOptions()) - naive_ism(model, X, 1)).abs().max() <= 1e-6 * scale
    model, X = copy.deepcopy(model).double(), X.double()
    assert (ism(model, X, 1, ISMOptions()) - naive_ism(model, X, 1)).abs().max() <= 1e-10 * scale


def test_agrees_with_tangermeme():
    model, X = conv_model(3).eval(), torch.from_numpy(one_hot(*random_sequences(2, 30, seed=2)))
    before, after = saturation_mutagenesis(model, X, raw_outputs=True, device="cpu")
    changes = (after - before[:, None, None])[..., 1]  # (N, 4, L)
    assert (ism(model, X, 1, ISMOptions()) - changes).abs().max() < 1e-5
