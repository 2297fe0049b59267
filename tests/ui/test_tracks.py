"""From traces to tracks: rows, spans, truth badges; checked against the trace itself."""

import numpy as np
import pytest
import torch

from seqviz_core.attribution import attribute
from seqviz_core.datasets import DATASETS, Site
from seqviz_core.figures.kinds import HeatmapTrack
from seqviz_core.models import make_model, record
from seqviz_core.motifs import find_motif
from seqviz_core.sequences import one_hot_encode
from seqviz_core.state import KINDS
from seqviz_core.ui import badges, tracks

SEQUENCE = "ACGT" * 15 + "CTTATCT" + "ACGT" * 8
SITES = [Site(find_motif("MA0036.4"), 60, 67, "+")]
X = torch.from_numpy(one_hot_encode([SEQUENCE]))


@pytest.fixture(scope="module")
def traces():
    make = lambda name: make_model(name, {}, n_outputs=3, length=len(SEQUENCE), seed=0)
    return {name: record(make(name), X) for name in ("cnn", "lstm", "attention")}


def test_kinds_come_from_what_was_recorded(traces):
    assert tracks.kinds_in(traces["cnn"]) == {*tracks.ALWAYS, "feature_map"}
    assert tracks.kinds_in(traces["lstm"]) == {*tracks.ALWAYS, "feature_map", "gate"}
    assert tracks.kinds_in(traces["attention"]) == {*tracks.ALWAYS, "feature_map", "attention"}
    assert {"planted", "hits", "attribution", "reading"} == tracks.ALWAYS and set(tracks.KINDS) == set(KINDS)


def test_feature_map_rows_are_the_strongest_and_the_carrier_comes_first(traces):
    activation = traces["cnn"]["conv"]
    strongest = activation.value[0].amax(-1).argsort(descending=True).tolist()
    values = activation.value[0].numpy()
    track, rows = tracks.feature_map_track(values, activation, None, SITES, len(SEQUENCE), 5)
    assert rows.tolist() == strongest[:5]
    assert track.rows == [f"channel {f}" for f in strongest[:5]] and "of layer conv" in track.title  # no motifs: a deeper layer
    assert np.array_equal(track.values, activation.value[0][strongest[:5]].numpy())
    first, _ = tracks.feature_map_track(values, activation, None, SITES, len(SEQUENCE), 5, strongest[9])
    assert first.rows == [f"channel {f}" for f in [strongest[9], *strongest[:4]]]
    assert first.badge.startswith(f"channel {strongest[9]}: truth AUPRC")


def test_the_difference_of_maps_is_signed_and_its_most_changed_rows_come_first(traces):
    activation = traces["cnn"]["conv"]
    change = np.zeros_like(activation.value[0].numpy())
    change[7, 3], change[2, 5] = -2, 1
    track, rows = tracks.feature_map_track(change, activation, None, SITES, len(SEQUENCE), 3, 9, changed=True)
    assert rows[:2].tolist() == [7, 2] and track.signed and track.legend == tracks.CHANGED and "Most changed" in track.title
    gates = recurrent(traces["lstm"], "left_to_right", None, changed=True)
    assert all(t.signed and t.zmin is None for t in gates) and gates[0].legend == tracks.CHANGED


def recurrent(trace, direction: str, unit: int | None, changed: bool = False):
    parts = tracks.recurrent_parts(trace, direction)
    maps = {letter: a.value[0].numpy() for letter, a in parts.items()}
    return tracks.recurrent_tracks(maps, next(iter(parts.values())), direction, unit, SITES, len(SEQUENCE), changed)


def test_gates_come_in_the_order_of_the_lstm_with_the_stems_span(traces):
    drawn = recurrent(traces["lstm"], "right_to_left", None)
    assert [t.unit for t in drawn] == ["i", "f", "g", "o", "c", "h"] and all(isinstance(t, HeatmapTrack) for t in drawn)
    assert np.array_equal(drawn[1].values, traces["lstm"]["lstm.right_to_left.f"].value[0].numpy())
    assert (drawn[0].span_stride, drawn[0].span_width) == (5, 23)
    gates, states = recurrent(traces["lstm"], "left_to_right", 4)
    assert gates.names == ["i", "f", "o"] and states.names == ["g", "c", "h"]
    assert np.array_equal(states.values[2], traces["lstm"]["lstm.left_to_right.h"].value[0, 4].numpy())


@pytest.mark.parametrize("name, parts, gates, states", [("gru", "rznh", "rz", "nh"), ("rnn", "h", "", "h")])
def test_a_gru_and_a_plain_rnn_show_what_they_have(name, parts, gates, states):
    trace = record(make_model(name, {}, n_outputs=3, length=len(SEQUENCE), seed=0), X)
    assert "gate" in tracks.kinds_in(trace) and tracks.directions_in(trace) == ["left_to_right", "right_to_left"]
    drawn = recurrent(trace, "left_to_right", None)
    assert [t.unit for t in drawn] == list(parts) and drawn[0].badge.startswith("change of h: truth AUPRC")
    assert ("Gates r, z:" in drawn[0].legend) == bool(gates) and f"{', '.join(states)}: red above zero" in drawn[0].legend
    lines = recurrent(trace, "left_to_right", 4)
    assert ["".join(t.names) for t in lines] == [names for names in (gates, states) if names]
    assert np.array_equal(lines[-1].values[-1], trace[f"{name}.left_to_right.h"].value[0, 4].numpy())
    assert tracks.units_in(trace, "left_to_right") == 32


def test_attention_row_is_that_of_the_token_over_the_base(traces):
    activation = traces["attention"]["layer2.attention.pattern"]
    assert [tracks.token_of(activation, base) for base in (0, 2, 5, 52, 98)] == [0, 0, 1, 10, 19]
    received, track = tracks.attention_tracks(activation.value[0, 3].numpy(), activation, 3, 52, SITES, len(SEQUENCE))
    assert np.allclose(received.values, activation.value[0, 3].numpy().mean(0)) and received.badge.startswith("truth AUPRC")
    assert np.array_equal(track.values, activation.value[0, 3, 10].numpy()) and track.values.sum() == pytest.approx(1, abs=1e-5)
    assert tracks.attention_label(activation.name) == "layer 2" and tracks.attention_label("pooling.pattern") == "read-out"


def test_badges_score_a_perfect_and_a_useless_track():
    mask = np.zeros(len(SEQUENCE))
    mask[60:67] = 1
    assert badges.truth_badge(mask, SITES).startswith("truth AUPRC 1.00, null 0.")
    assert badges.truth_of(np.ones(len(SEQUENCE)), SITES).auroc == 0.5
    assert badges.truth_badge(mask, []) == ""


def test_attribution_tracks_carry_truth_and_gap():
    model = make_model("cnn", {}, n_outputs=3, length=len(SEQUENCE), seed=0)
    explained = attribute("saliency", model, X, 1, corrected=True)
    saliency = tracks.attribution_track(explained, explained.observed[0], "GATA2", SITES, True)
    assert saliency.title == "Which bases push GATA2 up or down? Saliency, corrected" and "gap" not in saliency.badge
    explained = attribute("integrated_gradients", model, X, 1)
    integrated = tracks.attribution_track(explained, explained.observed[0], "GATA2", [], False)
    changed = tracks.attribution_track(explained, explained.observed[0], "GATA2", [], False, changed=True)
    assert "otherwise" in changed.title and "gap" not in changed.badge
    assert integrated.badge.startswith("completeness gap") and integrated.values.shape == (len(SEQUENCE),)


def test_an_answer_per_base_leaves_background_out():
    task = DATASETS["gene_splice"].presets["default"]
    logits = np.zeros((3, 5), dtype=np.float32)
    logits[1, 2] = np.log(6)
    track = tracks.answer_track(task, task.probabilities(logits[None])[0], [])
    assert track.names == task.classes[1:] and track.values.shape == (2, 5)
    assert track.values[0, 2] == pytest.approx(0.75) and track.values[1, 0] == pytest.approx(1 / 3)


def test_reading_on_has_a_line_from_each_end():
    track = tracks.reading_track(np.array([[0.0, 1.0], [1.0, 0.5]]), "CTCF", [])
    assert track.values.tolist() == [[0.0, 1.0], [1.0, 0.5]] and "CTCF" in track.title


def test_reading_on_and_single_units_are_scored_by_where_they_change():
    values = np.zeros((2, len(SEQUENCE)))
    values[0, 60:] = np.minimum(np.arange(len(SEQUENCE) - 60) + 1, 7)  # every planted base raises the prefix by one
    badge = tracks.reading_track(values, "GATA2", SITES).badge
    assert badge.startswith("steps: truth AUPRC 1.00, null 0.")
    assert tracks.reading_track(values, "GATA2", []).badge == ""


def test_each_line_of_attention_and_of_a_unit_carries_its_truth(traces):
    activation = traces["attention"]["layer2.attention.pattern"]
    pattern = activation.value[0, 0].numpy()
    assert all("truth AUPRC" in t.badge for t in tracks.attention_tracks(pattern, activation, 0, 52, SITES, len(SEQUENCE)))
    assert all("change: truth AUPRC" in t.badge for t in recurrent(traces["lstm"], "left_to_right", 4))
