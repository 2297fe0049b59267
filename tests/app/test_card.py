"""The trust card's page: made as a job, shown section by section, taken home."""

import json

import pytest

from seqviz_core.checks import card as cards
from seqviz_core.checks.card import Findings, Number, Skipped, make_card
from seqviz_core.export.card import LEGEND
from seqviz_core.training.work import WorkSpec, WorkStore, work_here
from seqviz_core.ui.components import literal
from seqviz_core.ui.trust import card as page
from tests.app_pages import quick_run, texts


@pytest.fixture
def two_sections(monkeypatch):
    found = Findings((Number("area", 0.5, 0.25),), 10, "random order", "The map is <b>good</b>.", "holds")
    monkeypatch.setattr(cards, "sections", lambda: [cards.CardSection("one", "One?", lambda s: found),
                                                    cards.CardSection("two", "Two?", lambda s: Skipped("it has no attention."))])


def work_of(run_id: str, finished: float, n: int = 60) -> WorkSpec:
    return WorkSpec("seqviz_core.checks.card", "make_card", {"run": run_id, "finished": finished, "n": n, "seed": cards.SEED})


def test_the_button_says_how_long_it_takes(open_page):
    at = open_page("trust", link={"v": "1", "tool": "card"})
    assert not at.exception
    (button,) = [b for b in at.button if b.key == "start_card"]
    assert f"about {page.SECONDS:.0f} s" in button.label


def test_a_finished_card_is_shown_with_its_sections(open_page, two_sections):
    from seqviz_core.training import find_run
    run = find_run("cnn")
    spec = work_of("cnn", run.status.finished)
    work_here(spec)
    at = open_page("trust", link={"v": "1", "tool": "card", "focus": "cnn"})
    read = texts(at)
    assert "1 check holds; 1 does not apply" in read and "The map is \\<b\\>good" in read
    assert "it has no attention." in read
    assert json.loads(WorkStore().read(spec.id, "card.json"))["run"] == "cnn"
    assert {"Card (HTML)", "Card (JSON)"} <= {b.label for b in at.get("download_button")}


def test_every_run_has_a_way_to_its_card(open_page):
    run_id = quick_run("cnn")
    at = open_page("train", query={"job": run_id})
    assert any(b.key == f"card_{run_id}" or b.key == "card_done" for b in at.button)
    trust = open_page("trust", link={"run": run_id, "open": "card"})
    assert not trust.exception
    assert trust.session_state.view.tool == "card" and trust.session_state.view.focus == run_id
    assert "start_card" in {b.key for b in trust.button}


def test_a_number_of_sequences_out_of_bounds_is_told(open_page):
    at = open_page("trust", link={"v": "1", "tool": "card", "asked": "n=5"})
    assert "outside 10 to 500" in texts(at) and not at.exception


def test_the_time_that_is_told_is_for_the_length_of_the_sequences(open_page):
    at = open_page("trust", link={"v": "1", "run": quick_run("cnn"), "open": "card"})  # of 60 bases
    assert any(f"about {0.6 * page.SECONDS:.0f} s" in b.label for b in at.button if b.key == "start_card")


def test_the_marks_are_told(open_page, two_sections):
    from seqviz_core.training import find_run
    work_here(work_of("cnn", find_run("cnn").status.finished))
    assert literal(LEGEND) in texts(open_page("trust", link={"v": "1", "tool": "card", "focus": "cnn"}))


def test_the_page_and_the_card_agree_on_the_function():
    assert work_of("cnn", 1.0).function == make_card.__name__ and page.SECONDS > 0
