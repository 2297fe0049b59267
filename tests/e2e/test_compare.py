"""Compare in a real browser: ticks by mouse and keys, the address that restores them, downloads, and the way into Explore."""

import csv
from collections.abc import Callable
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

from playwright.sync_api import Page, expect

from scripts.local_app import wait_idle

OpenPage = Callable[..., Page]
SECONDS = 1000
QUESTIONS = ("How well does each do?", "How fast does each learn?", "Which planted motifs has each found?",
             "Do they agree on which bases matter?")


def runs_in(page: Page) -> list[str]:
    """Return the runs that the address names; bare it names the shipped ones."""
    return parse_qs(urlsplit(page.url).query).get("runs", ["cnn,lstm,attention"])[0].split(",")


def ticks(page: Page) -> list[str]:
    return page.locator("[data-testid='stCheckbox']:has(input:checked)").all_inner_texts()


def saved(page: Page, key: str, button: str) -> Path:
    with page.expect_download() as download:
        page.locator(f".st-key-figure_{key}").get_by_role("button", name=button).click()
    return Path(download.value.path())


def test_ticks_by_key_go_into_the_address_and_come_back_with_it(open_page: OpenPage):
    page = open_page("compare")
    for question in QUESTIONS:
        expect(page.get_by_role("heading", name=question)).to_be_visible(timeout=60 * SECONDS)
    assert runs_in(page) == ["cnn", "lstm", "attention"]
    page.get_by_role("radio", name="seconds").click()
    wait_idle(page)
    page.get_by_role("checkbox", name="Shipped: LSTM").focus()
    page.keyboard.press("Space")
    expect(page.get_by_text("2 of at most 8 ticked")).to_be_visible(timeout=30 * SECONDS)
    wait_idle(page)
    assert runs_in(page) == ["cnn", "attention"]
    page.reload()
    wait_idle(page)
    assert [text.split(",")[0] for text in ticks(page)] == ["Shipped: CNN", "Shipped: Attention"]
    expect(page.get_by_role("radio", name="seconds")).to_be_checked(timeout=30 * SECONDS)


def test_the_browsers_back_takes_a_tick_back(open_page: OpenPage):
    page = open_page("compare?runs=cnn,lstm")
    page.get_by_role("checkbox", name="Shipped: LSTM").focus()
    page.keyboard.press("Space")
    expect(page.get_by_text("1 of at most 8 ticked")).to_be_visible(timeout=30 * SECONDS)
    wait_idle(page)
    page.wait_for_timeout(1.2 * SECONDS)  # what comes sooner may be the address of a moment ago
    page.go_back()
    expect(page.get_by_text("2 of at most 8 ticked")).to_be_visible(timeout=30 * SECONDS)
    assert runs_in(page) == ["cnn", "lstm"]


def test_a_link_to_a_run_that_is_gone_keeps_the_others(open_page: OpenPage):
    page = open_page("compare?runs=lstm,nothere")
    expect(page.get_by_text("The link names a run that is not here, or not finished (nothere); it is left out.")).to_be_visible()
    assert runs_in(page) == ["lstm"]


def test_the_numbers_of_every_figure_are_saved(open_page: OpenPage):
    page = open_page("compare?runs=cnn,lstm")
    expected = {"compare_scores": {"run", "score", "ceiling", "kmer"}, "compare_learning": {"run", "epoch", "valid_accuracy"},
                "compare_motifs": {"run", "motif", "status", "covered"},
                "compare_agreement": {"first", "second", "pearson", "turned_maps"}}
    for key, columns in expected.items():
        rows = list(csv.DictReader(saved(page, key, "Numbers (CSV)").open()))
        assert rows and columns <= set(rows[0]), key
    assert len(rows) == 6  # each two of two models by two methods
    assert saved(page, "compare_agreement", "Picture (SVG)").read_text().lstrip().startswith("<svg")


def test_a_row_opens_in_explore(open_page: OpenPage):
    page = open_page("compare")
    page.locator(".st-key-row_lstm").get_by_role("link", name="Open in Explore").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("What does this model see in this sequence?", timeout=30 * SECONDS)
    wait_idle(page)
    expect(page.get_by_text("The LSTM model calls").first).to_be_visible(timeout=30 * SECONDS)
