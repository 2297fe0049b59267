"""The scene: what is sent must be what was given, to the precision stated, and nothing a visitor wrote may become markup."""

import base64
import json
import struct
from dataclasses import replace

import numpy as np
import pytest

from seqviz_core.errors import SeqVizError
from seqviz_core.figures.kinds import HeatmapTrack, LineTrack, LogoTrack, SiteMark, SitesTrack, column_centres, gate_tracks
from seqviz_core.figures.packed import largest_of, packed, runs_of
from seqviz_core.figures.scene import Placed, legends_once, scene
from seqviz_core.figures.scene_tracks import lanes_of
from seqviz_core.figures.viewer import code, standalone, style
from seqviz_core.sequences import Edit, align

SEQUENCE = "ACGTACGTAC"


def unpacked(sent: dict) -> list:
    """Return the numbers again, by hand: little-endian unsigned shorts or bytes, one after the other."""
    raw = base64.b64decode(sent["data"])
    levels = struct.unpack(f"<{len(raw) // 2}H", raw) if sent["bits"] == 16 else list(raw)
    return np.reshape([sent["low"] + level * sent["step"] for level in levels], sent["shape"])


def one(track, **more) -> dict:
    """Return the only track of a scene of SEQUENCE, after a trip through JSON."""
    return json.loads(json.dumps(scene(SEQUENCE, [Placed(track, "a", "a", **more)])))["tracks"][0]


@pytest.mark.parametrize("bits, steps", [(16, 65534), (8, 254)])
@pytest.mark.parametrize("low, high", [(0, 1), (-1, 1), (-0.001, 5), (3, 3.5), (-7, -2), (1e-9, 2e-9), (-1e6, 1e6)])
def test_numbers_arrive_within_half_a_step(low, high, bits, steps):
    values = np.random.default_rng(0).uniform(low, high, (7, 31))
    sent = packed(values, bits)
    assert np.abs(unpacked(sent) - values).max() <= sent["step"] * 0.5001
    assert sent["step"] <= (high - low) / steps


def test_zero_stays_zero_where_the_range_spans_it():
    assert unpacked(packed(np.array([-0.37, 0.0, 1.93, 0.0])))[[1, 3]].tolist() == [0, 0]
    assert unpacked(packed(np.array([-0.37, 0.0, 1.93, 0.0]), 8))[[1, 3]].tolist() == [0, 0]


@pytest.mark.parametrize("value", [0.0, 0.3, -2.5])
def test_a_constant_survives(value):
    assert unpacked(packed(np.full((2, 3), value))).tolist() == [[value] * 3] * 2


def test_the_ends_of_the_range_survive():
    values = np.array([-0.4, 0.1, 0.6])
    assert unpacked(packed(values)) == pytest.approx(values, abs=1e-5)
    assert unpacked(packed(np.array([2.0, 3.0]))).tolist() == [2.0, 3.0]


def test_binning_keeps_the_value_of_largest_size_and_its_sign():
    values = np.array([[1.0, -3, 2, 0, 0, 0, 5], [0, 0, 0, -1, 1, 0.5, -0.25]])
    assert largest_of(values, 3).tolist() == [[-3, 0, 5], [0, -1, -0.25]]


def test_a_long_map_is_binned_said_and_stays_under_its_bases():
    length, rows = 12_000, 30
    values = np.zeros((rows, length), dtype=np.float32)
    values[4, 7000] = -9
    drawn = HeatmapTrack("m", values, list("a" * rows), signed=True, span_width=11, span_offset=-5)
    track = scene("A" * length, [Placed(drawn, "m", "m")])["tracks"][0]
    size, (stride, offset, width) = track["bin"], track["span"]
    assert size == 3 and track["columns"] == length and len(track["values"]["data"]) <= 400_000
    sent = unpacked(track["values"])
    row, column = np.unravel_index(np.abs(sent).argmax(), sent.shape)
    assert row == 4 and sent[row, column] == -9
    middle = column_centres(sent.shape[1], stride, offset, width)[column]
    bases = column_centres(length, 1, -5, 11)[column * size:(column + 1) * size]
    assert middle == pytest.approx(bases.mean()) and 7001 in bases


def test_rows_that_are_only_numbered_come_in_bytes_and_named_ones_in_two():
    values = np.random.default_rng(0).normal(size=(4, 10))
    for rows, bits, off in (("unit", 8, 1 / 254), ("wxyz", 16, 1 / 65534)):
        sent = one(HeatmapTrack("m", values, rows=rows if bits == 8 else list(rows), signed=True))["values"]
        assert sent["bits"] == bits and len(base64.b64decode(sent["data"])) == values.size * bits // 8
        assert np.abs(unpacked(sent) - values).max() <= np.ptp(values) * off * 0.5001


def test_what_is_in_view_comes_once_more_in_detail():
    length, zoom = 12_000, (6001, 6100)
    values = np.random.default_rng(0).normal(size=(30, length))
    track = HeatmapTrack("m", values, list("a" * 30), signed=True, span_width=11)
    sent = scene("A" * length, [Placed(track, "m", "m")], zoom=zoom)["tracks"][0]["detail"]
    numbers, first = unpacked(sent["values"]), sent["first"]
    assert sent["bin"] == 1 and np.abs(numbers - values[:, first:first + numbers.shape[1]]).max() < 1e-3
    drawn = column_centres(numbers.shape[1], *sent["span"])
    assert drawn.tolist() == column_centres(length, 1, 0, 11)[first:first + numbers.shape[1]].tolist()
    assert drawn[0] < zoom[0] - 40 and drawn[-1] > zoom[1] + 40
    whole = scene("A" * length, [Placed(track, "m", "m")])["tracks"][0]
    assert whole["detail"] is None


def test_many_long_maps_share_what_a_scene_may_weigh():
    tracks = [Placed(HeatmapTrack("m", np.ones((32, 10_000), dtype=np.float32)), str(n), "m") for n in range(12)]
    assert len(json.dumps(scene("A" * 10_000, tracks))) < 1_700_000


@pytest.mark.parametrize("shape", [(12, 10_000), (400, 2000)])
def test_what_is_light_or_short_is_not_binned(shape):
    drawn = scene("A" * shape[1], [Placed(HeatmapTrack("m", np.ones(shape)), "m", "m")])
    assert drawn["tracks"][0]["bin"] == 1


def test_each_kind_of_track_says_how_it_is_drawn():
    sites = one(SitesTrack("s", [SiteMark("GATA1", 1, 5), SiteMark("MAX", 3, 8, "-")], lanes=2))
    assert sites["sites"] == [["GATA1", 1, 5, "+", 0], ["MAX", 3, 8, "-", 1]] and sites["height"] == 60
    logo = one(LogoTrack("l", np.linspace(-1, 2, 10)))
    assert logo["limits"] == [-1, 2] and logo["unit"] == "logit" and logo["span"] == [1, 0, 1]
    up = one(LogoTrack("l", np.linspace(0.5, 2, 10)))
    assert up["limits"] == [0, 2]
    line = one(LineTrack("x", np.ones((2, 5)), names=("a", "b"), span_stride=2, unit="share", query=3))
    assert line["names"] == ["a", "b"] and line["span"] == [2, 0, 1] and line["query"] == 3 and line["limits"] == [0, 1]
    gate = [one(track) for track in gate_tracks({g: np.full((4, 10), 0.5) for g in "ifgoch"})]
    assert [g["symbol"] for g in gate] == ["input i", "forget f", "candidate g", "output o", "cell c", "hidden h"]
    assert gate[0]["scale"] == [0, 1] and gate[2]["scale"] == [-1, 1] and gate[0]["rows"] == "unit"


def test_a_map_without_words_says_what_its_colours_mean():
    assert one(HeatmapTrack("m", np.eye(3), signed=True))["legend"] == "Red: above zero, blue: below."
    assert one(HeatmapTrack("m", np.eye(3), span_width=4))["legend"] == (
        "The stronger the purple, the larger the activation. Each column sees 4 bases and stands in their middle.")


def test_the_logo_of_a_row_is_its_information_content():
    ppm = np.array([[1, 0.25, 0.5], [0, 0.25, 0.5], [0, 0.25, 0], [0, 0.25, 0]])
    columns, heights = one(HeatmapTrack("m", np.ones((2, 5)), rows=["a", "b"], logos=[ppm, None]))["logos"][0]
    tall = np.frombuffer(base64.b64decode(heights), dtype=np.uint8).reshape(4, columns)
    assert tall.tolist() == [[255, 0, 64], [0, 0, 64], [0, 0, 0], [0, 0, 0]]  # 2 bits, none, and half of 1 bit each


def test_a_hit_carries_its_logo_and_the_room_for_logos_does_not_depend_on_the_hits():
    ppm = np.array([[1, 0.25, 0.5], [0, 0.25, 0.5], [0, 0.25, 0], [0, 0.25, 0]])
    sites = [SiteMark("GATA1", 1, 4, logo=ppm), SiteMark("MAX", 6, 9, "-")]
    sent = one(SitesTrack("s", sites, lanes=2, logos=True))
    (columns, heights), none = sent["logos"]
    tall = np.frombuffer(base64.b64decode(heights), dtype=np.uint8).reshape(4, columns)
    assert none is None and tall.tolist() == [[255, 0, 64], [0, 0, 64], [0, 0, 0], [0, 0, 0]]
    assert sent["height"] == one(SitesTrack("s", [], lanes=2, logos=True))["height"] > one(SitesTrack("s", [], lanes=2))["height"]
    assert one(SitesTrack("s", sites))["logos"] == []  # a track without room for them


def test_what_the_colours_mean_is_said_once_a_kind():
    logo = lambda legend, kind, **more: Placed(LogoTrack("?", np.ones(10), legend=legend), "", kind, **more)
    found = legends_once([logo("up", "a", open=False), logo("up", "a"), logo("down", "a"), logo("up", "a"), logo("up", "b")])
    assert [p.track.legend for p in found] == ["up", "up", "down", "", "up"]  # a folded track shows no legend
    maps = [Placed(HeatmapTrack("?", np.eye(3), legend=legend), "", "m") for legend in (None, None, "")]
    assert [p.track.legend for p in legends_once(maps)] == [None, "", ""]  # words from the scale count as well


def test_the_place_of_a_track_arrives():
    track = one(HeatmapTrack("m", np.ones((2, 5))), model="CNN", colour="#8a4fd0", says="Fires.", open=False, run="cnn",
                probe="conv1", rows=(4, 9))
    assert (track["model"], track["chip"], track["says"], track["open"]) == ("CNN", "#8a4fd0", "Fires.", False)
    assert (track["run"], track["probe"], track["channels"], track["fixed"]) == ("cnn", "conv1", [4, 9], False)


def test_edits_arrive_as_what_changed_and_what_is_missing():
    edits = (Edit(2, 1, "T"), Edit(5, 2, ""), Edit(0, 0, "GG"))
    found = align(SEQUENCE, edits)
    drawn = scene("GG" + "ACTTA" + "TAC", [], changed=found.changed, deleted_before=found.deleted_before, source=found.source,
                  reference=SEQUENCE)
    assert drawn["changed"] == [0, 1, 4] and drawn["deleted"] == [[7, 2]]
    assert drawn["source"] == [[0, -1, 2], [2, 0, 5], [7, 7, 3]]


def test_runs_put_together_are_the_source():
    source = np.array([-1, -1, 0, 1, 2, 7, 8, -1, 9, 9])
    spread = [-1 if first < 0 else first + k for _, first, n in runs_of(source) for k in range(n)]
    assert spread == source.tolist() and runs_of(np.array([], dtype=int)) == []


def test_lanes_keep_neighbours_apart():
    near = [SiteMark("GATA1", 10, 16), SiteMark("GATA1", 14, 20), SiteMark("GATA1", 80, 86)]
    assert lanes_of(near, 2, 100) == [0, 1, 0]


@pytest.mark.parametrize("arguments, sentence", [
    ({"sequence": ""}, "There is no sequence to draw"),
    ({"placed": [Placed(LogoTrack("which", np.ones(3)), "a", "a")]}, "The track 'which' has 3 values for 10 bases."),
    ({"placed": [Placed(LogoTrack("which", np.full(10, np.nan)), "a", "a")]}, "some of its values are not finite"),
    ({"placed": [Placed(SitesTrack("s", []), "a", "a")] * 2}, "Two tracks of one picture are called 'a'"),
    ({"changed": [True] * 9}, "9 values where 10 are needed"), ({"deleted_before": [0] * 10}, "10 values where 11 are needed"),
    ({"theme": "blue"}, "There is no theme 'blue'"),
])
def test_what_does_not_fit_is_refused_in_one_sentence(arguments, sentence):
    with pytest.raises(SeqVizError, match=sentence):
        scene(**{"sequence": SEQUENCE, "placed": [], **arguments})


def test_the_sequence_is_only_ever_bases_and_words_only_ever_one_line():
    drawn = scene("acgu<script>", [], name="a\n<b>\x00 c")
    assert set(drawn["sequence"]) <= set("ACGTN") and len(drawn["sequence"]) == 12 and drawn["name"] == "a <b> c"


def test_three_models_weigh_and_cost_little():
    rng, placed = np.random.default_rng(0), []
    for model in ("cnn", "lstm", "attention"):
        maps = {g: rng.random((32, 200)) for g in "ifgoch"}
        logos = [rng.dirichlet(np.full(4, 0.3), 11).T for _ in range(12)]
        tracks = [LogoTrack("l", rng.normal(size=200)), HeatmapTrack("m", rng.random((12, 200)), rows=["f"] * 12, logos=logos),
                  *gate_tracks(maps)]
        placed += [Placed(track, f"{model}{i}", "k") for i, track in enumerate(tracks)]
    assert len(json.dumps(scene("ACGT" * 50, placed))) < 215_000


def test_a_page_of_its_own_holds_everything_and_no_markup_of_others():
    hostile = Placed(LogoTrack("</script><script>alert(1)</script>", np.ones(10)), "a", "a")
    page = standalone(scene(SEQUENCE, [hostile], name="<img src=x>"), 'a "title" <b>')
    assert page.count("</script>") == 1 and "<img" not in page and "alert(1)<" not in page
    assert 'aria-label="a &quot;title&quot; &lt;b&gt;"' in page and '"editable": false' in page


def test_the_script_asks_for_nothing_and_writes_no_markup():
    script = code()
    for word in ("innerHTML", "outerHTML", "insertAdjacent", "document.write", "eval(", "fetch(", "XMLHttp", "import(", "src="):
        assert word not in script, word
    assert "http" not in script.replace("http://www.w3.org/2000/svg", "") and "url(" not in style() and "@import" not in style()


def test_a_scene_does_not_change_its_tracks():
    track = LogoTrack("l", np.linspace(-1, 1, 10))
    before = track.values.copy()
    scene(SEQUENCE, [Placed(track, "a", "a"), Placed(replace(track, title="other"), "b", "b")])
    assert (track.values == before).all()
