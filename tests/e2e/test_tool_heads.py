"""The attention tool in a real browser: a head and an edge chosen, the shipped model asked for, a sequence too long."""

import random
import re
from collections.abc import Callable
from urllib.parse import urlencode

from playwright.sync_api import Page, expect

from scripts.local_app import wait_idle

OpenPage = Callable[..., Page]
LINK = "trust?" + urlencode({"v": "1", "tool": "heads"})


def choose(page: Page, label: str, option: str) -> None:
    box = page.get_by_role("combobox", name=re.compile(label))
    box.scroll_into_view_if_needed()
    page.wait_for_timeout(500)  # a list shuts as soon as the page scrolls
    box.click()
    page.get_by_role("option", name=option).first.click()
    wait_idle(page)


def test_a_head_and_an_edge_are_chosen_and_the_link_keeps_them(open_page: OpenPage):
    page = open_page(LINK)
    expect(page.get_by_text(re.compile(r"\d of 8 heads look at the planted GATA2"))).to_be_visible()
    page.locator(".st-key-figure_heads_swaps .js-plotly-plot").wait_for()  # the last figure: until then the page shifts
    choose(page, "Head", "layer 1, head 3")
    choose(page, "to bases", "31–35")
    expect(page.get_by_text(re.compile(r"masking this edge, of weight"))).to_be_visible()
    said = page.get_by_text(re.compile(r"masking this edge, of weight")).inner_text()
    assert "asked=head%3D2%26key%3D6" in page.url
    page.reload()
    wait_idle(page)
    expect(page.get_by_text(said)).to_be_visible()
    expect(page.locator(".st-key-figure_heads_swaps .js-plotly-plot")).to_be_visible()


def test_a_sequence_too_long_is_told_and_cut(open_page: OpenPage):
    page = open_page(LINK)
    page.get_by_role("button", name="Paste or upload").click()
    page.get_by_label("DNA or RNA, plain or FASTA").fill("".join(random.Random(0).choices("ACGT", k=3000)))
    page.get_by_role("button", name="Use this text").click()
    wait_idle(page)
    page.keyboard.press("Escape")
    expect(page.get_by_text("This sequence has 600 tokens; attention is tested up to 120")).to_be_visible()
    page.get_by_role("button", name="Keep bases 1,401 to 1,600").click()
    wait_idle(page)
    expect(page.get_by_text("No planted site is known here")).to_be_visible()
    expect(page.get_by_text(re.compile(r"In \d of 8 heads, masking the token"))).to_be_visible()
