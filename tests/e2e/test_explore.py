"""Explore in a real browser: paste, look inside each model, hover, download, link, small screens."""

import csv
import re
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from scripts.local_app import Server, wait_idle

OpenPage = Callable[..., Page]
REST_PEAK = (">chr1 REST peak, ENCODE-like\n"
             "GGGCCGACTTAACCCAGCCCGCCACAGTGCCCTCAGCACCATGGACAGCGCCCAGCAGAGCGCAGGCGGGTGGAGGAGGCTGGGCAGTGCGGTCAGCACCT")
INSIDES = {"CNN": ["Where does each filter fire?"],
           "LSTM": ["Where does each filter fire?", "What do the gates let through", "Gates i, f, o"],
           "Attention": ["Where does each filter fire?", "look at?"]}


def paste(page: Page, text: str) -> None:
    page.get_by_role("button", name="Paste or upload").click()
    page.get_by_label("DNA or RNA, plain or FASTA").fill(text)
    page.get_by_role("button", name="Use this text").click()
    wait_idle(page)
    page.keyboard.press("Escape")


def look_inside(page: Page, label: str) -> None:
    page.locator(".st-key-focus").get_by_role("radio", name=label, exact=True).click()
    wait_idle(page)


def tracks(page: Page):
    return page.locator(".seqviz .tracks")


def test_a_pasted_peak_shows_all_tracks_of_every_model(open_page: OpenPage):
    page = open_page()
    paste(page, REST_PEAK)
    expect(page.get_by_text("chr1 REST peak, ENCODE-like: 101 bases")).to_be_visible()
    for label, titles in INSIDES.items():
        look_inside(page, label)
        expect(page.get_by_text(f"The {label} model calls REST")).to_be_visible()
        for title in [*titles, "Which bases push REST up or down?"]:
            expect(tracks(page)).to_contain_text(title)
    expect(page.get_by_role("heading", name="Which token looks at which?")).to_be_visible()


def test_a_mistake_keeps_what_was_typed_and_what_was_seen(open_page: OpenPage):
    page = open_page()
    paste(page, ">a\nACGT\n>b\nACGZT")
    expect(page.get_by_test_id("stAlert")).to_have_text("Record 2 'b', line 4, column 4: 'Z' is not a base. "
                                                        "Use A, C, G, T, U or IUPAC codes.")
    expect(page.get_by_text("The CNN model calls GATA2")).to_be_visible()
    page.get_by_role("button", name="Paste or upload").click()
    expect(page.get_by_label("DNA or RNA, plain or FASTA")).to_have_value(">a\nACGT\n>b\nACGZT")


def test_a_hostile_header_stays_text(open_page: OpenPage):
    page = open_page()
    page.on("dialog", lambda dialog: pytest.fail(f"script ran: {dialog.message}"))
    paste(page, ">x<img src=1 onerror=alert(1)><b>bold</b>\nACGTACGTTTGACGATCAGGACTA")
    expect(page.get_by_text("x<img src=1 onerror=alert(1)><b>bold</b>: 24 bases")).to_be_visible()


def test_the_readout_gives_base_position_and_values(open_page: OpenPage):
    page = open_page()
    look_inside(page, "LSTM")
    plot = tracks(page).locator("[data-track^=attribution] canvas.plot").first
    plot.scroll_into_view_if_needed()
    box = plot.bounding_box()
    page.mouse.move(box["x"] + box["width"] * 0.3, box["y"] + box["height"] / 2)
    page.mouse.move(box["x"] + box["width"] * 0.505, box["y"] + box["height"] / 2)
    expect(page.locator(".seqviz .where")).to_contain_text(re.compile(r"[ACGT].*51"))
    expect(page.locator(".seqviz .values")).to_contain_text(re.compile(r"LSTM.*[\d.]+ logit", re.S))


def test_numbers_download_as_csv(open_page: OpenPage, tmp_path: Path):
    page = open_page()
    with page.expect_download() as download:
        page.locator(".st-key-csv_tracks").get_by_role("button").click()
    download.value.save_as(tmp_path / "tracks.csv")
    rows = list(csv.DictReader((tmp_path / "tracks.csv").open()))
    logo = [row for row in rows if "push GATA2" in row["track"] and row["model"] == "CNN"]
    assert len(logo) == 100 and "".join(row["bases"] for row in logo).startswith("TGAAGTAACC")
    assert max(float(row["value"]) for row in logo) > 1


def test_a_link_shows_the_same_view_in_a_new_browser(open_page: OpenPage, browser: Browser):
    page = open_page()
    paste(page, REST_PEAK)
    look_inside(page, "Attention")
    said = page.get_by_text("The Attention model calls REST").inner_text()
    context = browser.new_context()
    other = context.new_page()
    other.goto(page.url)
    wait_idle(other)
    expect(other.get_by_text(said)).to_be_visible()
    expect(other.get_by_text("chr1 REST peak, ENCODE-like: 101 bases")).to_be_visible()
    context.close()


@pytest.mark.parametrize("length", [60, 200, 1000])
def test_drawn_sequences_of_other_lengths_are_shown(open_page: OpenPage, length: int):
    page = open_page()
    page.get_by_role("button", name="Draw a synthetic one").click()
    page.get_by_label("Length").click()
    page.get_by_role("option", name=f"{length:,} bases").click()
    page.get_by_role("button", name="Draw ten", exact=True).click()
    wait_idle(page)
    page.keyboard.press("Escape")
    expect(page.get_by_text(f": {length:,} bases").first).to_be_visible()
    expect(tracks(page)).to_contain_text("Where were motifs planted?")


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_nothing_overflows_a_projector(browser: Browser, server: Server, scheme: str):
    context = browser.new_context(viewport={"width": 1024, "height": 768}, color_scheme=scheme)
    page = context.new_page()
    for path in ("", "train", "motifs"):
        page.goto(f"{server.url}/{path}")
        wait_idle(page)
        wide = page.evaluate("() => document.querySelector('[data-testid=stMain]').scrollWidth - innerWidth")
        assert wide <= 0, path
    context.close()
