"""Reducers: what a visitor does, in; the next view, out. A browser is not trusted."""

import json
from dataclasses import replace

import pytest

from seqviz_core.errors import SeqVizError
from seqviz_core.sequences import Edit, reverse_complement
from seqviz_core.state import Unit, ViewState, apply_event, undo

VIEW = ViewState(reference="ACGTACGTAC", name="x")


def after(*events: dict, view: ViewState = VIEW) -> ViewState:
    for event in events:
        view = apply_event(view, event)
    return view


def typed(start: int, deleted: int, inserted: str) -> dict:
    return {"kind": "edit", "start": start, "deleted": deleted, "inserted": inserted}


def test_edits_undo_redo_and_reset_are_a_trail():
    one = after(typed(0, 1, "t"))
    two = after(typed(3, 0, "GG"), view=one)
    assert (one.sequence, two.sequence) == ("TCGTACGTAC", "TCGGGTACGTAC")
    back = after({"kind": "undo"}, view=two)
    assert back.sequence == one.sequence and after({"kind": "redo"}, view=back) == two
    cleared = after({"kind": "reset"}, view=two)
    assert cleared.sequence == VIEW.sequence and after({"kind": "redo"}, {"kind": "redo"}, view=cleared) == two
    assert after(typed(5, 1, "T"), view=back).undone == () and undo(VIEW) == VIEW


def test_an_edit_that_changes_nothing_is_no_edit_and_uracil_is_thymine():
    assert after(typed(0, 1, "A")) == VIEW
    assert after(typed(0, 1, "u")).steps == (Edit(0, 1, "T"),)


def test_on_the_reverse_strand_edits_are_made_where_they_are_seen():
    turned = replace(VIEW, strand="-")
    for event in (typed(2, 1, "C"), typed(0, 0, "GG"), typed(7, 3, ""), typed(4, 2, "AAC")):
        read = turned.read
        expected = read[:event["start"]] + event["inserted"] + read[event["start"] + event["deleted"]:]
        assert after(event, view=turned).read == expected
        assert after(event, view=turned).sequence == reverse_complement(expected)


def test_zoom_stays_inside_and_all_is_none():
    assert after({"kind": "zoom", "first": 3, "last": 7}).zoom == (3, 7)
    assert after({"kind": "zoom", "first": -5, "last": 90}).zoom is None
    with pytest.raises(SeqVizError):
        after({"kind": "zoom", "first": 8, "last": 2})


def test_tracks_are_folded_moved_and_removed():
    folded = after({"kind": "fold", "track": "gate:i@lstm"})
    assert folded.closed == ("gate:i@lstm",) and after({"kind": "fold", "track": "gate:i@lstm"}, view=folded) == VIEW
    moved = after({"kind": "move", "track_kind": "gate", "by": -1}).tracks
    assert moved.index("gate") == VIEW.tracks.index("gate") - 1 and sorted(moved) == sorted(VIEW.tracks)
    assert after({"kind": "move", "track_kind": "planted", "by": -1}) == VIEW
    assert "gate" not in after({"kind": "remove", "track_kind": "gate"}).tracks


def test_a_click_picks_a_unit_or_the_position_that_looks():
    picked = after({"kind": "pick", "run": "cnn", "probe": "conv.map", "row": 3, "position": 8})
    assert picked.unit == Unit("cnn", "conv.map", 3, 8)
    assert after(typed(0, 1, "T"), view=picked).unit is None
    assert after({"kind": "look", "position": 4}).query == 4 and after({"kind": "look", "position": 10**400}).query == 9


@pytest.mark.parametrize("event", [
    None, {}, {"kind": "drop table"}, {"kind": "edit"}, typed(0, 1, "<b>"), typed(99, 1, "A"), typed("a", 1, "A"),
    {"kind": "zoom", "first": None, "last": 3}, {"kind": "move", "track_kind": "nonsense", "by": 1},
    {"kind": "pick", "run": "../etc", "probe": "a/b", "row": 1, "position": 2},
    {"kind": "pick", "run": "cnn", "probe": "conv", "row": -1, "position": 2},
    {"kind": "pick", "run": "cnn", "probe": "conv", "row": 1, "position": 10**6}, {"kind": ["edit"]}, {"kind": {}},
    typed(json.loads("1e999"), 1, "A"), {"kind": "look", "position": json.loads("-1e999")}])
def test_what_cannot_be_done_is_one_sentence(event):
    with pytest.raises(SeqVizError, match=r"^[^\n]+\.$"):
        apply_event(VIEW, event)


def test_the_number_of_edits_is_bounded():
    full = replace(VIEW, steps=(Edit(0, 1, "T"), Edit(0, 1, "A")) * 500)
    with pytest.raises(SeqVizError, match="1,000 edits"):
        after(typed(0, 1, "C"), view=full)
