"""Insert in a real browser: choose, type, vary, a mistake, and on to Explore."""

import csv
from collections.abc import Callable
from pathlib import Path

from playwright.sync_api import Page, expect

from scripts.local_app import wait_idle

OpenPage = Callable[..., Page]


def choose(page: Page, label: str, option: str) -> None:
    page.get_by_role("combobox", name=label).click()
    page.get_by_role("option", name=option).click()
    wait_idle(page)


def test_a_motif_is_put_in_varied_typed_wrongly_and_taken_to_explore(open_page: OpenPage, tmp_path: Path):
    page = open_page("experiments?v=1&tool=insert")
    expect(page.get_by_role("heading", name="What does a motif do by itself?")).to_be_visible()
    expect(page.get_by_text("The consensus of GATA2 raises the CNN model's log odds of GATA2 by")).to_be_visible()
    expect(page.get_by_text("The Attention model follows the planted rule, the motif's presence")).to_be_visible()
    choose(page, "What is varied", "the number of copies")
    expect(page.get_by_text("One copy changes the CNN model's log odds of GATA2")).to_be_visible()
    with page.expect_download() as download:
        page.locator(".st-key-figure_insert").get_by_role("button", name="Numbers (CSV)").click()
    download.value.save_as(tmp_path / "numbers.csv")
    rows = list(csv.DictReader((tmp_path / "numbers.csv").open()))
    assert {row["curve"] for row in rows} == {"CNN", "LSTM", "Attention", "Bayes classifier", "shuffled letters"}
    page.get_by_role("button", name="Typed: TGASTCA").click()
    wait_idle(page)
    letters = page.get_by_label("Letters", exact=True)
    letters.fill("TGAXTCA")
    letters.press("Enter")
    expect(page.get_by_test_id("stAlert")).to_contain_text("The pattern, letter 4: 'X' is not a base.")
    expect(letters).to_have_value("TGAXTCA")
    letters.fill("tgastca")
    letters.press("Enter")
    expect(page.get_by_test_id("stAlert")).to_have_count(0)
    wait_idle(page)
    page.get_by_role("button", name="Put some of these sequences in Explore").click()
    expect(page.get_by_role("heading", name="What does this model see in this sequence?")).to_be_visible()
    expect(page.get_by_text("TGASTCA at base 47, put into background 1")).to_be_visible()


def test_a_second_motif_and_the_address(open_page: OpenPage):
    page = open_page("experiments?v=1&tool=insert&asked=n%3D20")
    page.get_by_role("button", name="Two of them").click()
    wait_idle(page)
    expect(page.get_by_text("GATA2 before CTCF: the interaction changes the CNN model's log odds")).to_be_visible()
    assert "vary%3Dpair" in page.url and "n%3D20" in page.url
    page.locator(".st-key-insert_second").get_by_role("radio", name="second, then first").click()
    expect(page.get_by_text("CTCF before GATA2: the interaction changes the CNN model's log odds")).to_be_visible()
