"""DeepSEA's sizes as in the original code: pooling rounds down, and there is none behind the third convolution."""

import torch
from toy_models import one_hot, random_sequences

from seqviz_core.models import ARCHITECTURES, make_model, record


def test_53_positions_reach_the_dense_layer():
    entry = ARCHITECTURES["deepsea"]
    model = entry.define(entry.published["DeepSEA"].config, n_outputs=919, length=1000)
    assert model.head[1][0].in_features == 960 * 53


def test_positions_of_each_map():
    X = torch.from_numpy(one_hot(*random_sequences(2, 1000, seed=0)))
    small = {"filters": 4, "width": 8, "hidden": 5}
    maps = lambda padded: record(make_model("deepsea", {**small, "padded": padded}, n_outputs=2, length=1000, seed=0),
                                 X).of_kind("feature_map")
    assert [m.value.shape for m in maps(False)] == [(2, 4, 993), (2, 6, 241), (2, 12, 53)]
    assert [m.value.shape for m in maps(True)] == [(2, 4, 1000), (2, 6, 250), (2, 12, 63)]
