"""Windows, strides, padding, pooling, normalisation and shortcuts, by hand and by independent sums."""

import math

import pytest
import torch
from torch import nn

from seqviz_core.experiments.arithmetic import arithmetic
from seqviz_core.models import ARCHITECTURES, record
from seqviz_core.models.internals import Probe, Span, name_probes
from tests.toy_models import ConvReluMax, one_hot, random_sequences, stirred

LENGTH = 60


def X_of(sequence: str) -> torch.Tensor:
    return torch.from_numpy(one_hot(sequence))


def counting_filter() -> ConvReluMax:
    return ConvReluMax(torch.arange(24.0).reshape(2, 4, 3), torch.ones(1, 2), threshold=5.0)


def test_a_window_times_a_filter_by_hand():
    terms = arithmetic(counting_filter(), X_of("ACGTT"), "conv", 1, 1)  # filter 1: A 12 13 14, C 15 16 17, G 18 19 20, T 21 22 23
    (conv,) = terms.convolutions
    assert (conv.window.letters, conv.window.bases.tolist()) == ("CGT", [1, 2, 3])
    assert conv.window.products.tolist() == [15, 19, 23] and not conv.window.reverse
    assert (conv.bias, conv.total, terms.before, terms.value) == (-5, 52, 52, 52)
    assert (terms.activation, terms.normalised, terms.shift) == ("ReLU", False, 0)
    assert [(t.label, t.offset, t.bases, t.product) for t in conv.terms.strongest] == [
        ("base T", 2, (3, 4), 23), ("base G", 1, (2, 3), 19), ("base C", 0, (1, 2), 15)]
    assert (terms.unit.bases, terms.unit.rows, terms.unit.positions) == ((1, 4), 2, 3)


def test_an_unknown_base_adds_nothing_and_relu_cuts():
    terms = arithmetic(counting_filter(), X_of("ANGTT"), "conv", 0, 0)  # filter 0: A 0 1 2, C 3 4 5, G 6 7 8, T 9 10 11
    assert terms.convolutions[0].window.letters == "ANG"
    assert terms.convolutions[0].window.products.tolist() == [0, 0, 8]
    below = arithmetic(counting_filter(), X_of("AAATT"), "conv", 0, 0)
    assert (below.before, below.value) == (0 + 1 + 2 - 5, 0)


class Deep(nn.Module):
    """A convolution that pads itself, pooling, then a strided, dilated, normalised one; a shortcut in its last layer."""

    first_map = "low"

    def __init__(self):
        super().__init__()
        self.one, self.two = nn.Conv1d(4, 4, 3, padding=1), nn.Conv1d(4, 4, 2, stride=2, dilation=2, groups=2)
        self.norm, self.three = nn.BatchNorm1d(4), nn.Conv1d(4, 4, 1, bias=False)
        axes = ("sequence", "filter", "position")
        self.low, self.high, self.sum = Probe("feature_map", axes, Span(1, -1, 3)), Probe("feature_map", axes), Probe(
            "feature_map", axes)
        generator = torch.Generator().manual_seed(0)
        for parameter in self.parameters():
            parameter.data.normal_(generator=generator)
        stirred(name_probes(self))

    def forward(self, X):
        x = self.high(self.norm(self.two(torch.max_pool1d(self.low(torch.tanh(self.one(X))), 2))))
        return self.sum(x + self.three(x)).amax(-1)


def test_stride_dilation_groups_pooling_and_norm_by_an_independent_sum():
    model, X = Deep(), X_of("ACGTTGCAATCG")
    trace = record(model, X)
    low, high = trace["low"].value[0], trace["high"].value[0]
    row, position = 3, 1  # group 2: channels 2 and 3; pooled positions 2 and 4, each the larger of two
    expected = {}
    for channel in (2, 3):
        for k, pooled in enumerate((2, 4)):  # offsets 0 and 2: the dilation
            pair = low[channel, 2 * pooled:2 * pooled + 2]
            weight = model.two.weight[row, channel - 2, k].item()
            expected[channel, 2 * k] = (2 * pooled + int(pair.argmax()), pair.max().item(), weight)
    terms = arithmetic(model, X, "high", row, position)
    (conv,) = terms.convolutions
    found = {(int(t.label.split()[1]), t.offset): t for t in conv.terms.strongest}
    assert set(found) == set(expected) and (conv.terms.others, conv.terms.rest) == (0, 0) and conv.window is None
    for key, (at, value, weight) in expected.items():
        assert (found[key].input, found[key].weight) == (value, weight)
        assert found[key].bases == (max(at - 1, 0), min(at + 2, 12)) and found[key].label == f"filter {key[0]}"
    deviation = math.sqrt(model.norm.running_var[row].item() + 1e-5)
    assert conv.scale == pytest.approx(model.norm.weight[row].item() / deviation)
    assert terms.shift == pytest.approx((model.norm.bias - model.norm.running_mean * conv.scale)[row].item())
    assert terms.normalised and terms.before == pytest.approx(high[row, position].item(), abs=1e-6)


def test_padding_of_the_convolution_itself():
    terms = arithmetic(Deep(), X_of("ACGTTGCAATCG"), "low", 0, 0)
    assert terms.convolutions[0].window.letters == "-AC" and terms.convolutions[0].window.products[0] == 0
    assert [t.offset for t in terms.convolutions[0].terms.strongest if t.label == "base A"] == [0]


def test_a_shortcut_is_told_apart_from_what_is_added_to_it():
    model, X = Deep(), X_of("ACGTTGCAATCG")
    terms, high = arithmetic(model, X, "sum", 1, 0), record(model, X)["high"].value[0, :, 0]
    assert terms.shortcuts == (("high, channel 1", high[1].item()),)
    assert terms.convolutions[0].total == pytest.approx((model.three.weight[1, :, 0] @ high).item(), abs=1e-6)


def test_the_other_strand_is_read_backwards():
    entry, sequence = ARCHITECTURES["rc_cnn"], random_sequences(1, LENGTH, seed=9)[0]
    model = entry.make(entry.config(filters=3, width=5), n_outputs=2, length=LENGTH, seed=0)
    terms = arithmetic(model, X_of(sequence), "reverse_strand", 1, 20)
    (start, end), window = terms.unit.bases, terms.convolutions[0].window
    assert window.letters == sequence[start:end][::-1].translate(str.maketrans("ACGT", "TGCA"))
    assert window.bases.tolist() == list(range(end - 1, start - 1, -1)) and window.reverse
