"""How each kind of internal is read, by hand; attributions against `attribute` itself."""

import numpy as np
import pytest
import torch
from toy_models import ConvReluMax, one_hot, random_sequences

from seqviz_core.attribution import attribute
from seqviz_core.checks import attribution_channels, spread, targets_of, trace_channels
from seqviz_core.models import Activation, Span, Trace, record

BASE = Span()


def only(name, kind, axes, value, span=BASE, length=None):
    value = torch.tensor(value)
    trace = Trace(torch.zeros(1, 1), {name: Activation(name, kind, axes, span, value)})
    (part,) = trace_channels(trace, length or value.shape[-1])
    return part


def test_a_feature_map_is_taken_as_it_is_sign_and_all():
    part = only("conv", "feature_map", ("sequence", "filter", "position"), [[[1.0, -5, 2, 0]]], Span(1, 0, 2), 5)
    assert part.scores.tolist() == [[[1, 1, 2, 2, 0]]]
    assert [c.name for c in part.channels] == ["conv filter 0"]


def test_a_gate_counts_by_its_distance_from_where_it_mostly_stands():
    part = only("lstm.left_to_right.f", "gate", ("sequence", "unit", "position"), [[[0.9, 0.9, 0.1, 0.9, 1.0]]])
    assert part.scores[0, 0] == pytest.approx([0, 0, 0.8, 0, 0.1])


@pytest.mark.parametrize("direction, change", [("left_to_right", [0, 0, 3, 0, 1]), ("right_to_left", [0, 3, 0, 1, 0])])
def test_a_state_counts_where_it_changes_in_reading_order(direction, change):
    part = only(f"lstm.{direction}.c", "state", ("sequence", "unit", "position"), [[[1.0, 1, -2, -2, -1]]])
    assert part.scores[0, 0].tolist() == change


def test_a_head_counts_by_how_much_a_position_is_looked_at():
    pattern = [[[[0.5, 0.5, 0.0], [0.1, 0.9, 0.0], [0.0, 1.0, 0.0]]]]
    part = only("layer1.attention.pattern", "attention", ("sequence", "head", "query", "key"), pattern)
    assert part.scores[0, 0] == pytest.approx([0.2, 0.8, 0]) and part.channels[0].name == "layer1.attention.pattern head 0"


def test_channels_and_sequences_do_not_get_mixed_up():
    values = np.random.default_rng(0).normal(size=(3, 4, 6)).astype(np.float32)
    part = only("conv", "feature_map", ("sequence", "filter", "position"), values, Span(2, -1, 3), 12)
    for k in range(4):
        for n in range(3):
            assert np.array_equal(part.scores[k, n], spread(values[n, k:k + 1], Span(2, -1, 3), 12)[0])


def test_a_unit_that_sees_everything_stands_under_the_middle_of_what_it_sees():
    """Spread over 101 bases each, five of 20 positions would cover all: no base would rank above another."""
    values = np.zeros((1, 1, 20), dtype=np.float32)
    values[0, 0, 5] = 1
    part = only("deep", "feature_map", ("sequence", "filter", "position"), values, Span(5, -48, 101), 100)
    assert np.flatnonzero(part.scores[0, 0] == 1).tolist() == [25, 26, 27, 28, 29]


def test_only_the_kinds_asked_for():
    model = ConvReluMax(torch.ones(2, 4, 3), torch.ones(1, 2))
    trace = record(model, torch.from_numpy(one_hot(*random_sequences(2, 12, 0))))
    assert [p.scores.shape for p in trace_channels(trace, 12)] == [(2, 2, 12)] and not list(trace_channels(trace, 12, ("gate",)))


def test_attributions_are_absolute_and_explain_each_sequences_own_class():
    generator = torch.Generator().manual_seed(0)
    model = ConvReluMax(torch.randn(3, 4, 5, generator=generator), torch.randn(3, 3, generator=generator))
    X, labels = one_hot(*random_sequences(6, 20, 1)), np.array([0, 2, 1, 0, 2, 2])
    part = attribution_channels(model, X, labels, ("saliency", "ism"))
    assert [(c.kind, c.source) for c in part.channels] == [("attribution", "saliency"), ("attribution", "ism")]
    for k, method in enumerate(("saliency", "ism")):
        for row, label in enumerate(labels):
            expected = np.abs(attribute(method, model, X[row:row + 1], int(label)).observed[0])
            assert part.scores[k, row] == pytest.approx(expected, abs=1e-6)


def test_of_several_labels_each_base_takes_its_largest_value():
    generator = torch.Generator().manual_seed(0)
    model = ConvReluMax(torch.randn(3, 4, 5, generator=generator), torch.randn(2, 3, generator=generator))
    X = one_hot(*random_sequences(3, 20, 1))
    both, one, none = attribution_channels(model, X, np.array([[1, 1], [0, 1], [0, 0]], dtype=bool), ("saliency",)).scores[0]
    first, second = (np.abs(attribute("saliency", model, X, t).observed) for t in (0, 1))
    assert np.array_equal(both, np.maximum(first[0], second[0])) and np.array_equal(one, second[1]) and not none.any()


def test_what_is_explained_of_each_head():
    assert targets_of(np.array([2, 0]), 3).tolist() == [[0, 0, 1], [1, 0, 0]]
    assert targets_of(np.array([[1.0, 1, 0], [0, 0, 0]], dtype=np.float32), 3).tolist() == [[1, 1, 0], [0, 0, 0]]
    assert targets_of(np.array([[0, 0, 2], [0, 1, -1]]), 3).tolist() == [[0, 0, 1], [0, 1, 0]]
