"""The attention tool of the Trust page: what it says is what the core says, whatever is on the ruler."""

import numpy as np
import pytest
from app_pages import quick_run, texts, view_with

from seqviz_core.checks.attention_edges import edge_test
from seqviz_core.checks.attention_masks import HeadOf
from seqviz_core.checks.attention_says import edge_says, heads_say
from seqviz_core.checks.attention_tests import head_tests
from seqviz_core.export.sequences import sites_from_header
from seqviz_core.ui.cached import load, one_hot
from seqviz_core.ui.components import literal

LINK = {"v": "1", "tool": "heads"}


def random_bases(n: int) -> str:
    return "".join(np.random.default_rng(1).choice(list("ACGT"), n))


def site_of(at) -> tuple[str, tuple[int, int], int]:
    """The sequence in view, its first planted site, and the index of its class."""
    state, model = at.session_state.view, load("attention")
    (site, *_) = sites_from_header(state.name, len(state.reference))
    return state.reference, (site.start, site.end), model.task.classes.index(site.motif.name)


def test_the_model_that_has_attention_is_asked_and_every_head_is_tested(open_page):
    at = open_page("trust", link=LINK)
    assert not at.exception and not at.error
    sequence, site, target = site_of(at)
    tests = head_tests(load("attention").model, one_hot(sequence), target, site)
    assert literal(heads_say(tests, f"the planted GATA2 at {site[0] + 1}–{site[1]}")) in texts(at)
    assert "CNN has no attention, so the Attention model is asked instead." in texts(at) and len(tests) == 8


def test_an_edge_is_chosen_and_masked(open_page):
    at = open_page("trust", link=LINK)
    at.selectbox(key="heads.head").set_value(7).run()
    at.selectbox(key="heads.query").set_value(3).run()
    at.selectbox(key="heads.key").set_value(9).run()
    sequence, _, target = site_of(at)
    edge = edge_test(load("attention").model, one_hot(sequence), target, HeadOf("layer2.attention.pattern", 3), 3, 9)
    assert not at.exception and literal(edge_says(edge)) in texts(at)
    assert at.query_params["asked"] in ("head=7&query=3&key=9", ["head=7&query=3&key=9"])


def test_without_attention_on_the_ruler_a_button_brings_the_shipped_model(open_page):
    at = view_with(open_page("trust", link=LINK), models=("cnn",)).run()
    assert not at.exception and "CNN has no attention." in texts(at)
    at.button(key="heads_shipped").click().run()
    assert not at.exception and at.session_state.view.models == ("attention", "cnn") and "of 8 heads" in texts(at)


def test_a_sequence_too_long_is_told_and_can_be_cut(open_page):
    at = view_with(open_page("trust", link=LINK), reference=random_bases(2500), name="long", token="", row=0).run()
    assert not at.exception and "This sequence has 500 tokens; attention is tested up to 120" in texts(at)
    at.button(key="heads_cut").click().run()
    assert not at.exception and len(at.session_state.view.reference) == 200
    assert "No planted site is known here" in texts(at) and "In " in texts(at)


def test_a_cut_keeps_the_planted_site_where_it_lies(open_page):
    at = open_page("trust", link=LINK)
    sequence, (start, end), _ = site_of(at)
    motif = sites_from_header(at.session_state.view.name, len(sequence))[0].motif
    name = f"long | synthetic sites={motif.id}:{1500 + start + 1}-{1500 + end}:+"
    at = view_with(at, reference=random_bases(1500) + sequence + random_bases(1500), name=name, token="", row=0).run()
    at.button(key="heads_cut").click().run()
    cut, (new_start, new_end), _ = site_of(at)
    assert not at.exception and len(cut) == 200 and cut[new_start:new_end] == sequence[start:end]


def test_two_planted_sites_make_a_pair_of_looker_and_partner(open_page):
    at = open_page("trust", link=LINK)
    sequence, (start, end), target = site_of(at)
    motif = sites_from_header(at.session_state.view.name, len(sequence))[0].motif.id
    name = f"two | synthetic sites={motif}:11-17:+,{motif}:{start + 1}-{end}:+"
    at = view_with(at, name=name).run()
    assert not at.exception and "at 11–17" in texts(at)
    at.button_group(key="heads.site").set_value(1).run()
    at.button_group(key="heads.looking").set_value(0).run()
    tests = head_tests(load("attention").model, one_hot(sequence), target, (start, end), (10, 17))
    assert not at.exception and literal(heads_say(tests, f"the planted GATA2 at {start + 1}–{end}")) in texts(at)
    alone = head_tests(load("attention").model, one_hot(sequence), target, (start, end))
    assert heads_say(tests, "") != heads_say(alone, "")


@pytest.mark.parametrize(("asked", "sentence"), [("query=many", "is not a number"), ("site=-4", "outside 0 to 999")])
def test_a_wrong_link_is_one_sentence(open_page, asked, sentence):
    at = open_page("trust", link=LINK | {"asked": asked})
    assert not at.exception and sentence in texts(at)


def test_a_pooled_read_out_has_one_query(open_page):
    run = quick_run("attention_lstm")
    at = view_with(open_page("trust", link=LINK), models=(run,), focus=run).run()
    assert not at.exception and not at.error and "read-out, head 1" in texts(at) and "From the read-out to that of" in texts(at)


def test_a_site_that_a_link_asks_for_and_is_not_there_is_the_last_one(open_page):
    at = open_page("trust", link={**LINK, "asked": "site=5&looking=7"})
    assert not at.exception and literal(f"{site_of(at)[1][0] + 1}–") in texts(at)
