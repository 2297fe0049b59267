import numpy as np
import pytest
import torch
from torch import nn
from toy_models import conv_model, linear_model, one_hot, random_sequences

from seqviz_core.attribution import At
from seqviz_core.attribution.references import shuffles
from seqviz_core.errors import SeqVizError
from seqviz_core.experiments import temporal_output
from seqviz_core.models import make_model


def test_linear_by_hand():
    """The weights of the bases shown add up, from either end; unknown bases add nothing."""
    model, X = linear_model(length=5), one_hot("ACGTA")
    terms = (model.weight[1].detach().numpy() * X[0]).sum(0)
    out = temporal_output(model, X, 1)
    np.testing.assert_allclose(out.prefixes, 0.5 + terms.cumsum(), atol=1e-5)
    np.testing.assert_allclose(out.suffixes, 0.5 + terms[::-1].cumsum()[::-1], atol=1e-5)
    assert out.nothing == 0.5


def test_background_is_the_mean_over_shuffles():
    model, X = linear_model(length=9), one_hot("ACGTTACGA")
    weight, mean = model.weight[0].detach().numpy(), shuffles(torch.from_numpy(X[0]), 6, seed=3).mean(0).numpy()
    out = temporal_output(model, X, 0, rest="background", n_backgrounds=6, seed=3)
    own, other = (weight * X[0]).sum(0), (weight * mean).sum(0)
    np.testing.assert_allclose(out.prefixes, [0.5 + own[:i + 1].sum() + other[i + 1:].sum() for i in range(9)], atol=1e-5)
    np.testing.assert_allclose(out.suffixes, [0.5 + own[i:].sum() + other[:i].sum() for i in range(9)], atol=1e-5)
    assert out.nothing == pytest.approx(0.5 + other.sum(), abs=1e-5)


@pytest.mark.parametrize("batch_size", [1, 7, 500])
def test_equals_one_part_at_a_time(batch_size):
    model, sequence = make_model("lstm", {}, n_outputs=2, length=40, seed=0), random_sequences(1, 40, seed=0)[0]
    logit = lambda text: model(torch.from_numpy(one_hot(text)))[0, 1].item()
    out = temporal_output(model, one_hot(sequence), 1, batch_size=batch_size)
    for i in (0, 5, 39):
        assert out.prefixes[i] == pytest.approx(logit(sequence[:i + 1] + "N" * (39 - i)), abs=1e-5)
        assert out.suffixes[i] == pytest.approx(logit("N" * i + sequence[i:]), abs=1e-5)
    assert out.prefixes[39] == pytest.approx(out.suffixes[0], abs=1e-6) and out.prefixes.dtype == np.float32


def test_one_base_of_an_answer_per_base():
    class PerBase(nn.Module):
        def forward(self, X):
            return X[:, :2] * 3.0
    out = temporal_output(PerBase(), one_hot("CACA"), At(0, 1))
    assert out.prefixes.tolist() == [0, 3, 3, 3] and out.suffixes.tolist() == [3, 3, 0, 0]


def test_mistakes_are_said_in_a_sentence():
    with pytest.raises(SeqVizError, match="one sequence"):
        temporal_output(conv_model(), one_hot("ACGTACGT", "ACGTACGT"), 0)
    with pytest.raises(SeqVizError, match="'unknown' or 'background'"):
        temporal_output(conv_model(), one_hot("ACGTACGT"), 0, rest="zeros")
    with pytest.raises(SeqVizError, match="no class 9"):
        temporal_output(conv_model(), one_hot("ACGTACGT"), 9)
