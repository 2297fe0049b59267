"""What the browser sends, however often, is handed on once and in order."""

import pytest

from seqviz_core.ui.viewer import numbered


def message(client: str, seq: int, *kinds: str) -> dict:
    return {"client": client, "seq": seq, "events": [{"kind": kind} for kind in kinds]}


def kinds(found) -> list[tuple[int, str]]:
    return [(number, event["kind"]) for _, number, event in found]


def test_events_are_numbered_backwards_from_the_last():
    assert kinds(numbered(message("a", 7, "edit", "undo", "zoom"), "a", 4)) == [(5, "edit"), (6, "undo"), (7, "zoom")]


def test_what_was_handled_is_not_handled_again():
    assert kinds(numbered(message("a", 7, "edit", "undo", "zoom"), "a", 6)) == [(7, "zoom")]
    assert kinds(numbered(message("a", 7, "edit", "undo", "zoom"), "a", 7)) == []


def test_another_browser_begins_anew():
    assert kinds(numbered(message("b", 2, "edit", "undo"), "a", 90)) == [(1, "edit"), (2, "undo")]


@pytest.mark.parametrize("nonsense", [
    None, "edit", 3, [], {}, {"client": "a", "seq": 1, "events": "edit"}, {"client": 1, "seq": 1, "events": []},
    {"client": "a" * 41, "seq": 1, "events": [{}]}, {"client": "a", "seq": "1", "events": [{}]},
    {"client": "a", "seq": 2, "events": ["edit", 4]}])
def test_nonsense_is_nothing(nonsense):
    assert numbered(nonsense, "", 0) == []
