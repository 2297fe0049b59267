"""Shortcuts in a browser: rules at once and all of them once asked for, the curve of the shifts, a wrong number."""

import re

from playwright.sync_api import Page, expect

MINUTE = 60_000  # milliseconds


def test_rules_are_tried_and_the_symmetries_are_there(open_page) -> None:
    page: Page = open_page("trust?v=1&tool=shortcuts&asked=n%3D100%26n_train%3D100")
    expect(page.get_by_text("A GC rule alone scores 0.591 AUROC")).to_be_visible()
    expect(page.get_by_text(re.compile("the model hardly goes by the GC content"))).to_be_visible()
    expect(page.get_by_text(re.compile("Away from the ends the feature maps move with the sequence exactly"))).to_be_visible()
    page.get_by_role("button", name=re.compile("Try every rule on fresh sequences")).click()
    expect(page.get_by_text(re.compile("No rule on composition, place or length comes close"))).to_be_visible(timeout=MINUTE)
    expect(page.get_by_text("n = 100 fresh sequences, the rules fitted on 100 others.")).to_be_visible()


def test_a_wrong_shift_is_told_and_stays(open_page) -> None:
    page: Page = open_page("trust?v=1&tool=shortcuts")
    box = page.get_by_role("spinbutton", name="Fresh sequences")
    box.fill("3")
    box.press("Enter")
    expect(page.get_by_text("Fresh sequences: 3 is outside 50 to 2000.")).to_be_visible()
    expect(box).to_have_value("3")
