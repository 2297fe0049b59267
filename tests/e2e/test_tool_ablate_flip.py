"""Ablate and Flip it in a real browser: the main path, what cannot be done, and the step that goes to Explore."""

import re
from collections.abc import Callable

from playwright.sync_api import Page, expect

from scripts.local_app import wait_idle

OpenPage = Callable[..., Page]


def test_parts_are_taken_out_one_way_and_another(open_page: OpenPage):
    page = open_page("experiments?v=1&tool=ablate")
    expect(page.get_by_text("without GATA2 66 to 72 the logit of GATA2 falls by")).to_be_visible()
    expect(page.locator(".st-key-figure_ablate .js-plotly-plot")).to_be_visible()
    expect(page.locator(".seqviz .tracks")).to_contain_text("Which parts are taken out?")
    page.get_by_role("radio", name="a span").click()
    field = page.get_by_role("textbox", name="Spans, from-to")
    field.fill("60-72, 95-120")
    field.press("Enter")
    alert = page.get_by_test_id("stAlert")
    expect(alert).to_have_text("Range 2, '95-120', is not inside the sequence, which has bases 1 to 100.")
    expect(field).to_have_value("60-72, 95-120")
    field.fill("60-72, 90-95")
    field.press("Enter")
    expect(page.get_by_text("Do the parts need each other?")).to_be_visible()
    expect(page.locator(".st-key-figure_ablate_pairs .js-plotly-plot")).to_be_visible()
    expect(page).to_have_url(re.compile("asked=what%3Dspan%26span%3D60-72"))


def test_an_edited_sequence_is_asked_about(open_page: OpenPage):
    page = open_page("experiments?v=1&tool=ablate&edits=68-1-G")
    expect(page.get_by_text("Which parts are taken out?").first).to_be_visible()
    expect(page.get_by_text("The CNN model calls none")).to_be_visible()
    expect(page.get_by_text("GATA2 is not what is called here, so there is no call to lose")).to_be_visible()


def test_a_flip_is_followed_step_by_step_into_explore(open_page: OpenPage):
    page = open_page("experiments?v=1&tool=flip")
    expect(page.get_by_text("1 substitution turns the call of the CNN model from GATA2 to none: 68T>G.")).to_be_visible()
    page.get_by_text("Protect the planted sites").click()
    expect(page.get_by_text("68T>G")).to_have_count(0)
    expect(page.get_by_role("cell", name="start")).to_be_visible()
    protect = page.get_by_role("textbox", name="Protected positions")
    protect.fill("1-100")
    protect.press("Enter")
    expect(page.get_by_test_id("stAlert")).to_have_text("Every known base is protected, so none may change. Protect fewer.")
    expect(protect).to_have_value("1-100")
    page.get_by_role("radio", name="from a random start").click()
    expect(page.get_by_text("make the CNN model call GATA2")).to_be_visible()
    page.get_by_role("slider").focus()
    page.keyboard.press("Home")
    page.keyboard.press("ArrowRight")
    wait_idle(page)
    page.get_by_role("button", name="Open step 1 in Explore").click()
    expect(page.get_by_role("heading", name="What does this model see in this sequence?")).to_be_visible()
    expect(page.get_by_text("Climbed to GATA2 from a random start, seed 0, step 1")).to_be_visible()
