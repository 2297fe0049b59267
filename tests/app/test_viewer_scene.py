"""What Explore gives the viewer on either strand: edits in the coordinates of the sequence in view, worked out by hand.

    reference        0  1  2  3  4  5        6  7  8  9 10 11
                     A  A  C  G  T  T        A  C  C  G  T  A
    edited           A  A  G  G  T  T  T  T  A  C  C        A     one base replaced, two inserted, two deleted
                     0  1  2  3  4  5  6  7  8  9 10       11
"""

import json

import pytest
from app_pages import view_with
from streamlit.testing.v1 import AppTest

from seqviz_core.sequences import Edit
from seqviz_core.state import apply_event

REFERENCE, REFERENCE_BACK = "AACGTTACCGTA", "TACGGTAACGTT"
EDITED, EDITED_BACK = "AAGGTTTTACCA", "TGGTAAAACCTT"
STEPS = (Edit(2, 1, "G"), Edit(6, 0, "TT"), Edit(11, 2, ""))


def scene(at: AppTest) -> dict:
    """What the viewer was given."""
    found, = [json.loads(c.proto.json) for c in at.get("bidi_component") if '"tracks"' in c.proto.json]
    return found


def opened(open_page, **fields) -> dict:
    return scene(view_with(open_page(), reference=REFERENCE, name="", steps=STEPS, **fields).run())


def test_edits_on_the_forward_strand(open_page):
    drawn = opened(open_page)
    assert (drawn["sequence"], drawn["reference"], drawn["strand"]) == (EDITED, REFERENCE, "+")
    assert drawn["changed"] == [2, 6, 7] and drawn["deleted"] == [[11, 2]]
    assert drawn["source"] == [[0, 0, 6], [6, -1, 2], [8, 6, 3], [11, 11, 1]]


def test_the_same_edits_on_the_reverse_strand(open_page):
    drawn = opened(open_page, strand="-")
    assert (drawn["sequence"], drawn["reference"], drawn["strand"]) == (EDITED_BACK, REFERENCE_BACK, "-")
    assert drawn["changed"] == [4, 5, 9] and drawn["deleted"] == [[1, 2]]
    assert drawn["source"] == [[0, 0, 1], [1, 3, 3], [4, -1, 2], [6, 6, 6]]
    assert drawn["steps"] == [3, 0] and drawn["editable"]


@pytest.mark.parametrize("strand, sequence", [("+", REFERENCE), ("-", REFERENCE_BACK)])
def test_the_reference_shows_no_edits_and_takes_none(open_page, strand, sequence):
    drawn = opened(open_page, strand=strand, layer="reference")
    assert drawn["sequence"] == sequence and not drawn["editable"]
    assert not any(drawn[name] for name in ("changed", "deleted", "source", "reference"))


def test_an_edit_made_on_the_reverse_strand_comes_back_where_it_was_made(open_page):
    at = view_with(open_page(), reference=REFERENCE, name="", strand="-").run()
    assert scene(at)["sequence"] == REFERENCE_BACK
    event = {"kind": "edit", "start": 3, "deleted": 2, "inserted": "A"}  # GG becomes A: the letter kept and one deleted
    at.session_state.view, at.session_state.view_changed = apply_event(at.session_state.view, event), True
    drawn = scene(at.run())
    assert drawn["sequence"] == REFERENCE_BACK[:3] + "A" + REFERENCE_BACK[5:] and drawn["reference"] == REFERENCE_BACK
    before = [REFERENCE_BACK[first:first + n] for _, first, n in drawn["source"] if first >= 0]
    assert "".join(before)[:3] == REFERENCE_BACK[:3] and drawn["changed"] == [3] and [n for _, n in drawn["deleted"]] == [1]
