from types import SimpleNamespace

import numpy as np

from seqviz_core.figures.kinds import HeatmapTrack, LineTrack, LogoTrack, SiteMark, SitesTrack
from seqviz_core.figures.prediction import Prediction
from seqviz_core.figures.scene import Placed
from seqviz_core.figures.table import (
    attention_table,
    layers_table,
    positions_table,
    predictions_table,
    scene_table,
    tracks_table,
    training_table,
)


def rows(columns: dict[str, np.ndarray]) -> list[tuple]:
    return list(zip(*(column.tolist() for column in columns.values()), strict=True))


def test_every_number_of_the_tracks_is_a_row_with_the_bases_it_sees():
    sequence = "ACGTACGT"
    tracks = [SitesTrack("sites", [SiteMark("X", 2, 4, "-")]), LogoTrack("why", np.arange(8.0)),
              HeatmapTrack("maps", np.array([[1.0, 2.0], [3.0, 4.0]]), rows="unit", span_stride=4, span_offset=-2, span_width=5),
              LineTrack("looks", np.array([0.5]), names=["head 1"], span_width=8)]
    table = rows(tracks_table(sequence, tracks))
    assert list(tracks_table(sequence, tracks)) == ["track", "row", "first_base", "last_base", "bases", "value"]
    assert table[0] == ("sites", "X", 3, 4, "GT", -1)
    assert table[1:9] == [("why", "", k + 1, k + 1, sequence[k], k) for k in range(8)]
    # unit 0 sees bases -2 ... 2 (0-based), so 1 ... 3 on the screen; unit 1 sees 2 ... 6, so 3 ... 7
    assert table[9:13] == [("maps", "unit 0", 1, 3, "ACG", 1), ("maps", "unit 0", 3, 7, "GTACG", 2),
                           ("maps", "unit 1", 1, 3, "ACG", 3), ("maps", "unit 1", 3, 7, "GTACG", 4)]
    assert table[13:] == [("looks", "head 1", 1, 8, sequence, 0.5)]


def test_the_tracks_of_a_scene_say_whose_they_are():
    logo = LogoTrack("why", np.arange(4.0))
    placed = [Placed(SitesTrack("sites", []), "planted", "planted"), Placed(logo, "a", "attribution", "CNN"),
              Placed(logo, "b", "attribution", "LSTM")]
    table = scene_table("ACGT", placed)
    assert rows(table) == [(model, "why", "", k + 1, k + 1, "ACGT"[k], k) for model in ("CNN", "LSTM") for k in range(4)]
    assert all(len(column) == 0 for column in scene_table("ACGT", []).values())


def test_no_tracks_and_no_sites_give_empty_columns():
    assert all(len(column) == 0 for column in tracks_table("ACGT", []).values())
    assert rows(tracks_table("ACGT", [SitesTrack("sites", [])])) == []


def test_attention_training_predictions_and_positions():
    assert rows(attention_table(np.array([[0.1, 0.9], [0.4, 0.6]]), (4, -2, 11))) == [
        (4, 4, 0.1), (4, 8, 0.9), (8, 4, 0.4), (8, 8, 0.6)]
    assert rows(training_table([1, 2], {"train_loss": [2.0, 1.0]})) == [(1, 2.0), (2, 1.0)]
    assert rows(predictions_table([Prediction("CNN", "cnn", ["a", "b"], np.array([0.25, 0.75]))])) == [
        ("CNN", "a", 0.25), ("CNN", "b", 0.75)]
    assert rows(positions_table(np.array([0, 2, 2]), 3)) == [(1, 1), (2, 0), (3, 2)]


def test_layers_are_rows():
    layers = [SimpleNamespace(kind="convolution", shape=(16, 100), parameters=1552, sees=24, stride=1, times=1),
              SimpleNamespace(kind="linear", shape=(2,), parameters=34, sees=None, stride=None, times=2)]
    table = layers_table(layers)
    assert table["shape"].tolist() == ["16 x 100", "2"] and table["sees_bases"].tolist() == [24, ""]
    assert table["parameters_each"].tolist() == [1552, 34] and table["times"].tolist() == [1, 2]
