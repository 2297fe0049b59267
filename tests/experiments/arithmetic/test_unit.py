"""What cannot be told says so; the model is given back as it was."""

from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
import torch
from torch import nn

from seqviz_core.errors import SeqVizError
from seqviz_core.experiments.arithmetic import arithmetic
from seqviz_core.models import ARCHITECTURES
from seqviz_core.models.internals import Probe, name_probes
from tests.toy_models import conv_model, one_hot, random_sequences

LENGTH = 60


def X_of(sequence: str) -> torch.Tensor:
    return torch.from_numpy(one_hot(sequence))


class CumulativeSum(nn.Module):
    """A map that is no convolution, and a pattern without a softmax."""

    def __init__(self):
        super().__init__()
        self.map = Probe("feature_map", ("sequence", "filter", "position"))
        self.pattern = Probe("attention", ("sequence", "head", "query", "key"))
        name_probes(self)

    def forward(self, X):
        x = self.map(X.cumsum(-1))
        return x.amax(-1) + self.pattern((x.transpose(1, 2) @ x)[:, None]).sum((1, 2, 3))


@pytest.mark.parametrize(("probe", "row", "position", "sentence"), [
    ("conv9", 0, 0, "no internal called 'conv9'; it has conv"), ("conv", 2, 0, "no filter 2: there are 2"),
    ("conv", 0, 3, "no position 3: there are 3"), ("conv", -1, 0, "no filter -1")])
def test_a_unit_that_does_not_exist(probe, row, position, sentence):
    with pytest.raises(SeqVizError, match=sentence):
        arithmetic(conv_model(filters=2, width=3), X_of("ACGTT"), probe, row, position)


def test_what_is_no_sum_says_so():
    with pytest.raises(SeqVizError, match="no sum of weights .* 'cumsum'"):
        arithmetic(CumulativeSum(), X_of("ACGT"), "map", 0, 0)
    with pytest.raises(SeqVizError, match="no softmax"):
        arithmetic(CumulativeSum(), X_of("ACGT"), "pattern", 0, 0)
    with pytest.raises(SeqVizError, match="one sequence"):
        arithmetic(conv_model(filters=2, width=3), torch.zeros(2, 4, 5), "conv", 0, 0)


def test_the_model_and_the_sequence_are_given_back_as_they_were():
    model, X = conv_model(filters=2, width=3).train(), X_of("ACGTT")
    before = {name: value.clone() for name, value in model.state_dict().items()}
    arithmetic(model, X, "conv", 0, 0)
    assert model.training and not any(m._forward_hooks for m in model.modules()) and vars(X) == {}
    assert all(torch.equal(value, before[name]) for name, value in model.state_dict().items())


def test_threads_explain_their_own_sequence_with_one_model():
    entry = ARCHITECTURES["lstm"]
    model = entry.make(entry.presets["teaching"], n_outputs=2, length=LENGTH, seed=0)
    sequences = random_sequences(8, LENGTH, seed=1)
    alone = [arithmetic(model, X_of(s), "stem", 3, 30).value for s in sequences]
    with ThreadPoolExecutor(8) as pool:
        together = list(pool.map(lambda s: arithmetic(model, X_of(s), "stem", 3, 30), sequences))
    assert [t.unit.letters for t in together] == sequences and np.allclose([t.value for t in together], alone, atol=1e-6)
