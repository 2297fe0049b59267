import numpy as np
import pytest
import torch
from torch import nn
from toy_models import ConvReluMax, Raising, linear_model, one_hot

from seqviz_core.attribution import At
from seqviz_core.errors import SeqVizError
from seqviz_core.experiments import ClassOptimisationOptions, optimise_class

LONG = {"steps": 1500, "learning_rate": 0.05}


def test_entropy_by_hand():
    """On a linear model the best column is softmax(weight / strength): the Boltzmann law at that temperature."""
    model = linear_model(length=6, dtype=torch.float64)
    found = optimise_class(model, 1, 6, ClassOptimisationOptions(penalty="entropy", strength=0.7, **LONG))
    expected = (model.weight[1] / 0.7).softmax(0).detach().numpy()
    np.testing.assert_allclose(found.ppm, expected, atol=1e-4)
    assert found.penalties[-1] == pytest.approx((expected * np.log(4 * expected)).sum(), abs=1e-3)


def test_l2_by_hand():
    """Inside the simplex the best column is 1/4 + (weight - mean weight) / (2 strength)."""
    model = linear_model(length=6, dtype=torch.float64)
    weight = model.weight[0].detach().numpy()
    found = optimise_class(model, 0, 6, ClassOptimisationOptions(penalty="l2", strength=8.0, **LONG))
    expected = 0.25 + (weight - weight.mean(0)) / 16
    assert (expected > 0).all()
    np.testing.assert_allclose(found.ppm, expected, atol=1e-4)


def test_finds_the_motif_that_a_filter_looks_for():
    model = ConvReluMax(torch.from_numpy(one_hot("GATTACA")), torch.tensor([[1.0]]))
    found = optimise_class(model, 0, 20)
    likeliest = "".join("ACGT"[i] for i in found.ppm.argmax(0))
    assert "GATTACA" in likeliest and found.logits[-1] > 6.5 and found.logits[0] < 2.5
    start = likeliest.index("GATTACA")
    elsewhere = [i for i in range(20) if not start <= i < start + 7]
    assert found.ppm[:, start:start + 7].max(0).min() > 0.9 and found.ppm[:, elsewhere].max() < 0.35
    np.testing.assert_allclose(found.ppm.sum(0), 1, atol=1e-6)


def test_the_path_is_the_logit_of_what_it_came_to_and_the_seed_alone_decides():
    model, options = linear_model(length=6), ClassOptimisationOptions(steps=5, seed=4)
    found, again = optimise_class(model, 0, 6, options), optimise_class(model, 0, 6, options)
    assert found.logits.shape == found.penalties.shape == (6,) and (np.diff(found.logits) > 0).all()
    np.testing.assert_array_equal(found.ppm, again.ppm)
    with torch.no_grad():
        assert model.eval()(torch.from_numpy(found.ppm)[None])[0, 0].item() == pytest.approx(found.logits[-1], abs=1e-5)
    assert (optimise_class(model, 0, 6, ClassOptimisationOptions(steps=5, seed=5)).ppm != found.ppm).any()


def test_one_base_of_an_answer_per_base():
    class PerBase(nn.Module):
        def forward(self, X):
            return X[:, :2] * 3.0
    found = optimise_class(PerBase(), At(1, 2), 4)
    assert found.ppm[1, 2] > 0.9 and np.abs(found.ppm[:, [0, 1, 3]] - 0.25).max() < 0.1


def test_the_model_comes_back_as_it_was():
    model = linear_model(length=6).train()
    optimise_class(model, 0, 6, ClassOptimisationOptions(steps=2))
    assert model.training and model.weight.grad is None
    with pytest.raises(RuntimeError, match="the toy model fails"):
        optimise_class(Raising(torch.ones(2, 4, 6)).train(), 0, 6)


def test_mistakes_are_said_in_a_sentence():
    with pytest.raises(SeqVizError, match="length is 0"):
        optimise_class(linear_model(length=6), 0, 0)
    with pytest.raises(SeqVizError, match="start is one sequence"):
        optimise_class(linear_model(length=6), 0, 6, start=one_hot("ACG")[0])
    with pytest.raises(SeqVizError, match="Penalty: 'l1'"):
        optimise_class(linear_model(length=6), 0, 6, ClassOptimisationOptions(penalty="l1"))
    with pytest.raises(SeqVizError, match="no class 2"):
        optimise_class(linear_model(length=6), 2, 6)


def test_a_silent_start_is_said():
    """A filter that needs six of seven bases is silent near a flat start: its slope is zero."""
    model = ConvReluMax(torch.from_numpy(2 * one_hot("GATTACA") - 1), torch.tensor([[1.0]]))
    with pytest.raises(SeqVizError, match="no way up"):
        optimise_class(model, 0, 20)
    climbed = optimise_class(model, 0, 20, start=one_hot("CCCCCCGATTACCCCCCCCC")[0])  # one base short
    assert "".join("ACGT"[i] for i in climbed.ppm.argmax(0))[6:13] == "GATTACA" and climbed.logits[-1] > 6.5
    assert climbed.logits[0] == pytest.approx(6 * 0.8 + 2 / 30 - 1, abs=0.3)  # 2 p - 1 for each base, p = 0.9 or 1 / 30
