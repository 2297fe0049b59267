"""The filter that carries a hand-made prediction is found, and its logits are those of hand arithmetic."""

import torch

from seqviz_core.experiments import strongest_filter
from seqviz_core.models import make_model
from seqviz_core.sequences import one_hot_encode


def handmade():
    """Filter 0 counts letters of ACG, filter 1 of TTT; class 1 gets 2 x filter 0 - 1 x filter 1."""
    model = make_model("cnn", {"filters": 2, "width": 3, "activation": "relu"}, n_outputs=2, length=12, seed=0)
    with torch.no_grad():
        model.first_conv.weight.zero_()
        model.first_conv.bias.zero_()
        model.first_conv.weight[0] = torch.from_numpy(one_hot_encode(["ACG"])[0])
        model.first_conv.weight[1] = torch.from_numpy(one_hot_encode(["TTT"])[0])
        model.read_out.weight.copy_(torch.tensor([[0.0, 0.0], [2.0, -1.0]]))
        model.read_out.bias.zero_()
    return model


def test_knockout_by_hand():
    X = torch.from_numpy(one_hot_encode(["CCCCACGCCTTC"]))
    found = strongest_filter(handmade(), X, 1, "conv")
    assert (found.filter, found.start, found.end) == (0, 4, 7)
    assert found.logit == 2 * 3 - 2 and found.logit_without == -2
    assert found.called_without == 0  # without it class 0 has the larger logit, 0 against -2


def test_nothing_to_name_where_no_filter_helps():
    X = torch.from_numpy(one_hot_encode(["CCCCACGCCTTC"]))
    assert strongest_filter(handmade(), X, 0, "conv") is None


def test_only_the_filters_that_fire_most_are_tried():
    X = torch.from_numpy(one_hot_encode(["CCCCACGCCTTC"]))  # filter 0 fires with 3, filter 1 with 2
    assert strongest_filter(handmade(), X, 1, "conv", candidates=1).filter == 0
    helped_by_the_other = handmade()
    with torch.no_grad():
        helped_by_the_other.read_out.weight[1] = torch.tensor([-1.0, 2.0])
    assert strongest_filter(helped_by_the_other, X, 1, "conv").filter == 1
    assert strongest_filter(helped_by_the_other, X, 1, "conv", candidates=1) is None
