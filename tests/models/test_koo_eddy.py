"""CNN-k: what changes with k, and what does not."""

import pytest
import torch
from toy_models import one_hot, random_sequences

from seqviz_core.errors import SeqVizError
from seqviz_core.models import count_parameters, make_model, record
from seqviz_core.models.koo_eddy import POOLS

X = torch.from_numpy(one_hot(*random_sequences(3, 200, seed=0)))


def made(length=200, **settings):
    small = {"filters": 6, "second_filters": 8, "hidden": 10}
    return make_model("koo_eddy", {**small, **settings}, n_outputs=3, length=length, seed=2)


@pytest.mark.parametrize("k", POOLS)
def test_two_positions_of_200_bases_reach_the_dense_layer_for_every_k(k):
    model = made(pool=k)
    second = record(model, X)["conv2"].value
    assert second.shape == (3, 8, 200 // k) and model.conv2.after(second).shape == (3, 8, 2)
    # by hand: filters with biases, scale and shift, two positions, hidden units, outputs
    assert count_parameters(model) == 6 * 77 + 12 + 8 * 31 + 16 + 10 * (2 * 8 + 1) + 20 + 3 * 11


def test_overlapping_pools_keep_the_second_layer_fine():
    trace = record(made(pool=50, step=2), X)
    assert trace["conv2"].value.shape == (3, 8, 100) and trace["conv2"].span.stride == 2
    assert record(made(pool=50), X)["conv2"].value.shape == (3, 8, 4)


@pytest.mark.parametrize("pool, step", [(25, 2), (10, 25), (1, 2)])
def test_a_step_that_does_not_fit_is_told(pool, step):
    with pytest.raises(SeqVizError, match="Step of the first pooling"):
        made(pool=pool, step=step)


def test_a_shorter_sequence_is_read_and_a_longer_one_refused():
    model = made(length=100, pool=10)
    assert record(model, X[..., :40]).logits.shape == (3, 3)
    with pytest.raises(SeqVizError, match="at most 100 bases"):
        record(model, X)
