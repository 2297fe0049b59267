import numpy as np
import pytest
import torch
from toy_models import Smooth, conv_model, linear_model, one_hot, random_sequences

from seqviz_core.attribution import attribute
from seqviz_core.attribution.integrated_gradients import IntegratedGradientsOptions, references
from seqviz_core.errors import SeqVizError

SHUFFLED = IntegratedGradientsOptions()
UNIFORM = IntegratedGradientsOptions(reference="uniform")
BOTH = pytest.mark.parametrize("options", [SHUFFLED, UNIFORM], ids=["shuffles", "uniform"])


def refs_of(X, options):
    return np.stack([references(torch.from_numpy(x), options).numpy() for x in X])  # (N, R, 4, L)


@BOTH
def test_linear_by_hand(options):
    model, X = linear_model(length=12), one_hot(*random_sequences(3, 12, seed=0), "ACNNACGTACGT")
    weight, x0 = model.weight[1].detach().numpy(), refs_of(X, options).mean(1)
    result = attribute("integrated_gradients", model, X, 1, options)
    np.testing.assert_allclose(result.values, weight * (X - x0), atol=1e-5)
    np.testing.assert_allclose(result.observed, (weight * (X - x0)).sum(1), atol=1e-5)
    np.testing.assert_allclose(result.gap, 0, atol=1e-5)
    assert not result.observed[3, 2:4].any()  # an unknown base gets no share


@BOTH
def test_the_gap_is_what_it_says_and_shrinks_with_the_steps(options):
    model, X = Smooth(), one_hot(*random_sequences(3, 16, seed=1))
    with torch.no_grad():
        f = lambda Z: model(torch.from_numpy(Z).double())[:, 2].numpy()
        change = f(X) - np.array([f(x0).mean() for x0 in refs_of(X, options)])
    gaps = []
    for steps in (2, 4, 8, 16):
        result = attribute("integrated_gradients", model, X, 2, IntegratedGradientsOptions(options.reference, steps=steps))
        np.testing.assert_allclose(result.values.sum((1, 2)) - change, result.gap, atol=2e-6)
        np.testing.assert_allclose(result.observed.sum(1), result.values.sum((1, 2)), atol=1e-5)
        gaps.append(np.abs(result.gap).max())
    assert gaps[0] > 10 * gaps[1] > 100 * gaps[2] and gaps[3] < 1e-8


def test_few_steps_leave_a_gap_on_a_model_with_kinks():
    """The gap can be seen: it is not zero by construction."""
    X = one_hot(*random_sequences(4, 30, seed=2))
    result = attribute("integrated_gradients", conv_model(1), X, 0, IntegratedGradientsOptions(steps=2))
    assert np.abs(result.gap).max() > 0.05


def test_equals_the_formula_written_out():
    """Independent of captum: midpoint sum with many steps, (x - x0) * mean gradient."""
    model, X = Smooth(3), one_hot(*random_sequences(1, 10, seed=3))
    x, expected = torch.from_numpy(X).double(), []
    for x0 in refs_of(X, SHUFFLED)[0]:
        x0 = torch.from_numpy(x0).double()
        alphas = (torch.arange(400, dtype=torch.float64) + 0.5)[:, None, None] / 400
        path = (x0 + alphas * (x - x0)).requires_grad_()
        gradient, = torch.autograd.grad(model(path)[:, 1].sum(), path)
        expected.append(((x[0] - x0) * gradient.mean(0)).numpy())
    np.testing.assert_allclose(attribute("integrated_gradients", model, X, 1).values[0], np.mean(expected, 0), atol=1e-5)


def test_references_depend_on_the_sequence_and_the_seed_alone():
    X = one_hot(*random_sequences(2, 30, seed=4))
    again, other = refs_of(X[1:], SHUFFLED)[0], refs_of(X[1:], IntegratedGradientsOptions(seed=1))[0]
    np.testing.assert_array_equal(refs_of(X, SHUFFLED)[1], again)
    assert (again != other).any()


def test_nothing_known_gives_nothing():
    result = attribute("integrated_gradients", conv_model(), one_hot("N" * 12), 0)
    assert not result.values.any() and result.gap == pytest.approx([0], abs=1e-6)


def test_note_says_what_it_was_compared_with():
    X = one_hot("ACGTACGT")
    assert "10 dinucleotide shuffles" in attribute("integrated_gradients", conv_model(), X, 0).note
    assert "a quarter of every base" in attribute("integrated_gradients", conv_model(), X, 0, UNIFORM).note
    with pytest.raises(SeqVizError, match="not one of"):
        attribute("integrated_gradients", conv_model(), X, 0, IntegratedGradientsOptions(reference="zeros"))
