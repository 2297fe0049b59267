"""The Faithful and Randomise tools in a real browser: at once, over many by a worker, a control trained, the worst input."""

import re

from playwright.sync_api import Page, expect

from scripts.local_app import wait_idle

LONG = 90_000  # milliseconds: a worker on a busy machine
ORDERS = "n%3D10%26methods%3Dsaliency"


def test_faithful_speaks_at_once_then_over_many(open_page) -> None:
    page: Page = open_page(f"trust?v=1&tool=faithful&asked={ORDERS}")
    expect(page.get_by_text(re.compile("On this sequence saliency and in-silico mutagenesis"))).to_be_visible()
    expect(page.locator(".st-key-figure_deletion_one .js-plotly-plot")).to_be_visible()
    page.get_by_text("letters for the class first").click()
    expect(page.get_by_text("that speak most for the class are replaced")).to_be_visible()
    wait_idle(page)
    page.get_by_role("button", name=re.compile("Measure on 10 fresh sequences")).click()
    expect(page.get_by_text(re.compile("On 10 sequences .*name"))).to_be_visible(timeout=LONG)
    expect(page.locator(".st-key-figure_insertion_many .js-plotly-plot")).to_be_visible()


def test_a_wrong_number_is_told_and_stays(open_page) -> None:
    page: Page = open_page(f"trust?v=1&tool=faithful&asked={ORDERS}")
    box = page.get_by_role("spinbutton", name="Fresh sequences")
    box.fill("3")
    box.press("Enter")
    expect(page.get_by_text("Fresh sequences: 3 is outside 10 to 500.")).to_be_visible()
    expect(box).to_have_value("3")


def test_randomise_shows_maps_and_trains_its_control(open_page) -> None:
    page: Page = open_page("trust?v=1&tool=randomise&focus=lstm")
    expect(page.get_by_text(re.compile("Guided backpropagation depends|Guided backpropagation: the map stays"))).to_be_visible()
    expect(page.locator(".seqviz .track").first).to_be_visible()
    expect(page.get_by_text("All weights random")).to_be_visible()
    page.get_by_text("one layer at a time").click()
    expect(page.get_by_text(re.compile("hangs most on")).first).to_be_visible()
    wait_idle(page)
    page.get_by_role("button", name=re.compile("Train the control")).click()
    expect(page.get_by_text(re.compile("Seed 1: "))).to_be_visible(timeout=LONG)
    page.get_by_role("button", name="Cancel").click()
    expect(page.get_by_role("button", name=re.compile("Train the control"))).to_be_visible(timeout=LONG)


def test_a_strange_sequence_does_no_harm(open_page) -> None:
    page: Page = open_page("trust?v=1&tool=randomise&seq=NNNNNNNNNNNNNNNNNNNN")
    expect(page.get_by_text(re.compile("nothing can be said: the map is flat"))).to_be_visible()
