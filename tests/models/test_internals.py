"""Spans by hand arithmetic; recording, intervening and their limits."""

import pytest
import torch
from torch import nn

from seqviz_core.errors import SeqVizError
from seqviz_core.models import ARCHITECTURES, Probe, Span, intervene, make_model, record, recording, zero_channel
from seqviz_core.models.internals import name_probes


def test_spans_by_hand():
    conv = Span().then(kernel=5, padding=2)  # unit p sees p-2 ... p+2
    assert conv == Span(1, -2, 5) and conv.bases(0, 30) == (0, 3) and conv.bases(10, 30) == (8, 13)
    pooled = conv.then(kernel=4, stride=4)  # pooled unit p sees maps 4p ... 4p+3
    assert pooled == Span(4, -2, 8) and pooled.bases(1, 30) == (2, 10) and pooled.bases(7, 30) == (26, 30)
    assert pooled.then(kernel=3, padding=1) == Span(4, -6, 16)  # one pooled unit, four bases, more on either side
    dilated = pooled.then(kernel=3, dilation=2)
    assert dilated == Span(4, -2, 8 + 2 * 2 * 4)


class Two(nn.Module):
    def __init__(self):
        super().__init__()
        self.twice = Probe("feature_map", ("sequence", "filter", "position"))
        self.plus = Probe("state", ("sequence", "unit", "position"))

    def forward(self, X):
        return self.plus(self.twice(2 * X) + 1).sum((1, 2))[:, None]


def test_edits_act_where_they_are_named_and_blocks_nest():
    model, X = name_probes(Two()), torch.ones(1, 4, 3)
    assert model(X).item() == 4 * 3 * 3
    with intervene({"twice": zero_channel(1)}):
        assert model(X).item() == 3 * 3 * 3 + 3
        with intervene({"plus": lambda value, positions: value * 0}):
            assert model(X).item() == 0
        with intervene({"plus": lambda value, positions: 10 * value}):  # the outer edit stays
            assert model(X).item() == 300
        with intervene({"twice": zero_channel(0)}):  # the inner edit of one probe takes the place of the outer one
            assert model(X).item() == 30
        assert model(X).item() == 30
    assert model(X).item() == 36


def test_recording_sees_the_edited_value():
    model = name_probes(Two())
    with intervene({"twice": zero_channel(1)}), recording() as recorded:
        model(torch.ones(1, 4, 3))
    assert recorded["twice"].value[0, 1].tolist() == [0, 0, 0] and recorded["twice"].value[0, 0].tolist() == [2, 2, 2]


def test_an_edit_that_meets_no_probe_is_told():
    model = name_probes(Two())
    with pytest.raises(SeqVizError, match="'twise'"), intervene({"twise": zero_channel(0)}):
        model(torch.ones(1, 4, 3))


def test_a_trace_names_what_it_has():
    trace = record(Two(), torch.ones(1, 4, 3))
    assert [a.name for a in trace.of_kind("state")] == ["plus"] and trace.of_kind("attention") == []
    with pytest.raises(SeqVizError, match="there are twice, plus"):
        trace["conv1"]


def test_probe_kinds_are_closed():
    with pytest.raises(ValueError, match="not one of"):
        Probe("feature", ("sequence",))


@pytest.mark.parametrize("settings, sentence", [
    ({"filters": 0}, "Filters: 0 is outside 1 to 512"), ({"filters": 2.5}, "not a whole number"),
    ({"filtres": 3}, "no setting 'filtres'"),
    ({"activation": "gelu"}, "not one of relu"), ({"dropout": float("nan")}, "outside")])
def test_wrong_settings_are_told(settings, sentence):
    with pytest.raises(SeqVizError, match=sentence):
        make_model("cnn", settings, n_outputs=2, length=50, seed=0)


def test_heads_must_divide_the_width_and_names_are_suggested():
    with pytest.raises(SeqVizError, match="5 does not divide the token width 48"):
        make_model("attention", {"heads": 5}, n_outputs=2, length=50, seed=0)
    with pytest.raises(SeqVizError, match="Did you mean 'attention'"):
        ARCHITECTURES["atention"]
