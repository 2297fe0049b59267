"""Basset's sizes on the way down, with padding and as published."""

import pytest
import torch
from toy_models import one_hot, random_sequences

from seqviz_core.errors import SeqVizError
from seqviz_core.models import make_model, record

X = torch.from_numpy(one_hot(*random_sequences(2, 600, seed=0)))


def made(padded, length=600):
    small = {"filters": 5, "more_filters": 6, "hidden": 7, "padded": padded}
    return make_model("basset", small, n_outputs=3, length=length, seed=2)


@pytest.mark.parametrize("padded, positions, flat", [(False, [582, 184, 40], 60), (True, [600, 200, 50], 6 * 13)])
def test_positions_of_each_map(padded, positions, flat):
    model = made(padded)
    assert [a.value.shape[-1] for a in record(model, X).of_kind("feature_map")] == positions
    assert model.head[1][0].in_features == flat


def test_a_shorter_sequence_is_read_and_a_longer_one_refused():
    for padded in (False, True):
        model = made(padded, length=100)
        assert [record(model, X[..., :n]).logits.shape for n in (1, 30, 100)] == [(2, 3)] * 3
        with pytest.raises(SeqVizError, match="at most 100 bases"):
            record(model, X)
