"""The permalink: every field of a view comes back from its address, and a damaged address is told and survived."""

from dataclasses import fields, replace
from urllib.parse import parse_qsl, urlencode

import pytest

from seqviz_core.sequences import Edit
from seqviz_core.state import FIRST, VERSION, Unit, ViewState, fitting, from_query, to_query
from seqviz_core.state.query import CODECS

VALUES = {"reference": "ACGTN" * 4, "name": "chr1:2-3 <b>é & co=1", "token": "", "row": 0,
          "steps": (Edit(1, 1, "A"), Edit(4, 0, "TT")),
          "models": ("cnn", "f" * 24), "focus": "cnn", "inside": "every", "tracks": ("gate", "planted"),
          "closed": ("gate:i@cnn",),
          "methods": ("saliency", "ism"), "corrected": True, "target": "GATA2 + MYC", "layer": "difference", "strand": "-",
          "zoom": (3, 12), "map_layer": "group1.unit2", "every_row": True, "direction": "right_to_left", "cell": 0,
          "head": "layer1.attention.pattern:2", "query": 0, "hits": "jaspar", "unit": Unit("cnn", "conv.map", 0, 0),
          "tool": "insert", "asked": (("motif", "GATA1 & <b>=é"), ("n", "20"), ("empty", ""))}


def through_a_browser(view: ViewState) -> ViewState:
    return from_query(dict(parse_qsl(urlencode(to_query(view)), keep_blank_values=True))).state


def test_every_field_is_in_the_address_but_what_can_be_redone():
    assert set(CODECS) == {f.name for f in fields(ViewState)} - {"undone"} == set(VALUES)
    assert len({codec.key for codec in CODECS.values()}) == len(CODECS)


@pytest.mark.parametrize("name", VALUES)
def test_each_field_comes_back(name):
    view = replace(FIRST, reference="ACGT" * 5, **{name: VALUES[name]} if name != "reference" else {})
    assert through_a_browser(view) == view


def test_all_fields_come_back_together_and_nothing_is_written_twice():
    view = replace(FIRST, **VALUES)
    assert through_a_browser(view) == view
    assert to_query(FIRST) == {"v": str(VERSION)}


def test_what_is_kept_under_a_token_is_not_in_the_address():
    view = replace(FIRST, reference="ACGT", name="long", token="0123456789abcdef0123", row=4, steps=(Edit(900, 1, "T"),))
    query = to_query(replace(view, steps=()))
    assert "seq" not in query and "name" not in query and query["row"] == "5"
    found = from_query({**query, "edits": "901-1-T"})
    assert found.state.steps == view.steps and not found.problems


def test_edits_that_do_not_fit_the_sequence_are_left_out():
    view = from_query({"seq": "ACGT", "edits": "9-1-A"}).state
    assert fitting(view, 10).state.steps == () and "do not fit" in fitting(view, 10).problems[0]
    good = from_query({"seq": "ACGT", "edits": "2-1-A_2-0-TT"}).state
    assert fitting(good, 6) == (good, ())
    assert fitting(good, 5).state.steps == () and "would have 6 bases; at most 5" in fitting(good, 5).problems[0]
    many = replace(good, steps=(Edit(0, 1, "C"),) * 1001)
    assert fitting(many, 10).state.steps == () and "1,001 edits; at most 1,000" in fitting(many, 10).problems[0]


def test_an_empty_choice_is_a_choice():
    assert through_a_browser(replace(FIRST, tracks=(), methods=())).tracks == ()


@pytest.mark.parametrize("query, sentence", [
    ({"seq": "ACGX"}, "no bases"), ({"edits": "<script>"}, "cannot be read"),
    ({"zoom": "9-2"}, "zoom"), ({"zoom": "1-" + "9" * 30}, "zoom"), ({"tracks": "gate,rm -rf"}, "none of planted"),
    ({"methods": "ism,foo"}, "no attribution method 'foo'"),
    ({"layer": "x"}, "none of edited"), ({"strand": "-"}, "none of forward"), ({"cell": "-3"}, "no number"),
    ({"unit": "a:b:c:d"}, "cannot be read"), ({"corrected": "yes"}, "none of 0, 1"), ({"v": "99"}, "another version")])
def test_a_damaged_address_is_told_in_one_sentence_and_the_rest_is_kept(query, sentence):
    found = from_query({"focus": "lstm", **query})
    assert len(found.problems) == 1 and sentence in found.problems[0] and "\n" not in found.problems[0]
    assert found.state.focus == "lstm"
