"""The memory tool in a real browser: a gate is held at a place, tracks before and after, and a place that is not there."""

import re
from collections.abc import Callable
from urllib.parse import urlencode

from playwright.sync_api import Page, expect

from scripts.local_app import wait_idle

OpenPage = Callable[..., Page]
LINK = "trust?" + urlencode({"v": "1", "tool": "memory"})


def test_a_gate_is_shut_where_one_says(open_page: OpenPage):
    page = open_page(LINK)
    expect(page.get_by_text("Resetting the state in both directions before base 76 changes the logit")).to_be_visible()
    page.get_by_role("button", name="Shut the forget gate f").click()
    wait_idle(page)
    place = page.get_by_role("spinbutton", name="At base")
    place.fill("41")
    place.press("Enter")
    expect(page.get_by_text("Holding the forget gate f at 0 in both directions over bases 41 to 50")).to_be_visible()
    expect(page.locator(".seqviz .tracks")).to_contain_text("What is remembered left to right, after?")
    expect(page.locator(".seqviz .where")).to_have_text("Point at a base to read every track there.")
    expect(page.locator(".st-key-figure_memory_places .js-plotly-plot")).to_be_visible()
    expect(page.get_by_text(re.compile("halves the memory every"))).to_be_visible()


def test_a_place_that_is_not_there_is_one_sentence_and_stays_typed(open_page: OpenPage):
    page = open_page(LINK)
    place = page.get_by_role("spinbutton", name="At base")
    place.fill("4000")
    place.press("Enter")
    expect(page.get_by_text("There is no base 4,000; the sequence has bases 1 to 100.")).to_be_visible()
    expect(place).to_have_value("4000")
    place.fill("90")
    place.press("Enter")
    expect(page.get_by_text("Resetting the state in both directions before base 91 changes the logit")).to_be_visible()
