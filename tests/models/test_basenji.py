"""The Basenji-like tower: bins, dilated blocks that double the reach, one answer for all bases of a bin."""

import torch
from toy_models import one_hot, random_sequences

from seqviz_core.models import make_model, record

X = torch.from_numpy(one_hot(*random_sequences(2, 70, seed=0)))


def made(per_position, **settings):
    return make_model("basenji", {"filters": 6, "tower": 3, "dilated": 2, **settings}, n_outputs=3, length=70, seed=2,
                      per_position=per_position)


def test_each_tower_layer_halves_the_positions():
    trace = record(made(False), X)
    assert [a.value.shape for a in trace.of_kind("feature_map")] == [(2, 6, 70), (2, 6, 35), (2, 6, 18), (2, 6, 9), (2, 6, 9)]
    # 15; pooled 16; 4 steps of 2: 24; pooled 26; 4 steps of 4: 42; pooled 46; two steps of 8: 62; two of 16: 94
    assert [a.span.width for a in trace.of_kind("feature_map")] == [15, 24, 42, 62, 94]


def test_the_bases_of_a_bin_share_their_answer():
    model = made(True)
    trace = record(model, X)
    profile = torch.einsum("cf,nfp->ncp", model.head.linear.weight, trace["dilated2"].value) + model.head.linear.bias[:, None]
    assert trace.logits.shape == (2, 3, 70)
    for base in range(70):
        assert torch.allclose(trace.logits[..., base], profile[..., base // 8], atol=1e-5)


def test_a_dilated_block_adds_to_what_the_bin_knew():
    model = made(False)
    with torch.no_grad():
        model.dilated2.change[5].weight.zero_()  # the scale of its last normalisation
    trace = record(model, X)
    assert torch.equal(trace["dilated2"].value, trace["dilated1"].value)
