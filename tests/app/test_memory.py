"""The memory tool of the Trust page: what it says is what the core says, for each kind of cell."""

import numpy as np
import pytest
from app_pages import quick_run, texts, view_with

from seqviz_core.checks.memory import Act, at_places
from seqviz_core.checks.memory_lag import sequences_without
from seqviz_core.checks.memory_says import places_say
from seqviz_core.export.sequences import sites_from_header
from seqviz_core.ui.cached import load, one_hot
from seqviz_core.ui.components import literal

LINK = {"v": "1", "tool": "memory"}
BOTH = ("left_to_right", "right_to_left")


def asked(**values) -> dict[str, str]:
    return LINK | {"asked": "&".join(f"{name}={value}" for name, value in values.items())}


def says(at, act: Act, start: int, end: int, where: str) -> str:
    """What the core says of an act on the sequence in view, in the shipped LSTM."""
    state, loaded = at.session_state.view, load("lstm")
    (site, *_) = sites_from_header(state.name, len(state.reference))
    X, bases = one_hot(state.reference), (site.start, site.end)
    places = at_places(loaded.model, X, loaded.task.classes.index(site.motif.name), act, start, end,
                       sequences_without(X, bases, n=6))
    return literal(places_say(places, where, bases, f"{site.motif.name} at {site.start + 1}–{site.end}"))


def test_at_first_the_state_is_reset_behind_the_site(open_page):
    at = open_page("trust", link=LINK)
    assert not at.exception and not at.error
    assert says(at, Act("reset", "lstm", BOTH), 15, 16, "before base 76") in texts(at)
    assert "CNN does not read step by step and has no memory, so the LSTM model is asked instead." in texts(at)
    assert "the mean forget gate f halves the memory every" in texts(at)


def test_a_gate_is_held_where_one_says(open_page):
    at = open_page("trust", link=LINK)
    at.button_group(key="memory.what").set_value("clamp").run()
    at.number_input(key="memory.place").set_value(41).run()
    at.number_input(key="memory.value").set_value(1.0).run()
    at.button_group(key="memory.directions").set_value("left_to_right").run()
    act = Act("clamp", "lstm", BOTH[:1], "f", 1.0)
    assert not at.exception and says(at, act, 8, 10, "over bases 41 to 50") in texts(at)


def test_a_unit_is_frozen(open_page):
    at = open_page("trust", link=asked(what="freeze", unit=5, bases=25, place=1))
    act = Act("freeze", "lstm", BOTH, unit=5)
    assert not at.exception and says(at, act, 0, 5, "over bases 1 to 25") in texts(at)


def test_every_example_runs(open_page):
    at, said = open_page("trust", link=LINK), set()
    for example in ("Shut the forget gate f", "Open the forget gate f", "Freeze unit 0", "Reset the state"):
        at.button(key=f"example_memory_{example}").click().run()
        assert not at.exception and not at.error
        said.add(next(line for line in texts(at).splitlines() if "changes the logit from" in line))
    assert len(said) == 4


@pytest.mark.parametrize(("link", "sentence"), [
    (asked(place=101), "There is no base 101; the sequence has bases 1 to 100."),
    (asked(what="freeze", unit=32), "There is no unit 32"),
    (asked(value=3), "outside -1.0 to 1.0"), (asked(what="forget"), "is not one of reset, clamp, freeze")])
def test_a_wrong_question_is_one_sentence_and_the_widgets_stay(open_page, link, sentence):
    at = open_page("trust", link=link)
    assert not at.exception and literal(sentence) in texts(at) and at.number_input(key="memory.place") is not None


@pytest.mark.parametrize(("name", "gates", "sentence"), [("gru", ["r", "z", "n"], "the mean update gate z halves the memory"),
                                                         ("rnn", None, "No gate keeps anything")])
def test_other_cells_have_their_own_gates_or_none(open_page, name, gates, sentence):
    run = quick_run(name)
    at = view_with(open_page("trust", link=asked(what="clamp")), models=(run, "lstm"), focus=run).run()
    assert not at.exception and not at.error and sentence in texts(at)
    assert ("freezing" not in texts(at)) and ("memory.gate" in {b.key for b in at.button_group}) == (gates is not None)


def test_another_recurrent_model_is_drawn_beside_or_told(open_page):
    run = quick_run("gru")
    at = view_with(open_page("trust", link=asked(what="clamp", gate="f")), models=("lstm", run), focus="lstm").run()
    assert not at.exception and literal("takes no part: it has no gate f.") in texts(at)
    at = view_with(open_page("trust", link=LINK), models=("lstm", run), focus="lstm").run()
    assert not at.exception and "takes no part" not in texts(at)


def test_without_a_memory_on_the_ruler_a_button_brings_the_shipped_lstm(open_page):
    at = view_with(open_page("trust", link=LINK), models=("cnn", "attention")).run()
    assert not at.exception and "and neither has any other model on the ruler" in texts(at)
    at.button(key="memory_shipped").click().run()
    assert not at.exception and at.session_state.view.focus == "lstm" and "changes the logit from" in texts(at)


def test_a_sequence_too_long_is_told_and_can_be_cut_and_one_without_a_site_goes(open_page):
    long = "".join(np.random.default_rng(0).choice(list("ACGT"), 2100))
    at = view_with(open_page("trust", link=LINK), reference=long, name="long", token="", row=0).run()
    assert not at.exception and "This sequence takes 420 steps; memory is tested up to 400" in texts(at)
    at.button(key="memory_cut").click().run()
    assert not at.exception and len(at.session_state.view.reference) == 200 and "with its bases shuffled" in texts(at)


def test_a_short_sequence_with_an_unknown_base(open_page):
    at = view_with(open_page("trust", link=LINK), reference="ACGTNACGTA", name="short", token="", row=0).run()
    assert not at.exception and not at.error
