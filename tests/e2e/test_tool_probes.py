"""The probes in a browser: from the overview to one state, what is taken out of it, and on to training one that knows more."""

import re

from playwright.sync_api import Page, expect


def test_from_the_overview_to_a_state_without_what_it_knows(open_page) -> None:
    page: Page = open_page("trust?v=1&tool=probes&focus=lstm")
    expect(page.get_by_text(re.compile("hidden state h, left to right knows the class with accuracy 0"))).to_be_visible()
    expect(page.locator(".st-key-figure_probes svg.main-svg").first).to_be_visible()
    page.get_by_role("radio", name="motif seen so far").click()
    expect(page.get_by_text(re.compile("knows whether a motif has been seen so far with accuracy 0"))).to_be_visible()
    expect(page.get_by_text("Where along the sequence does it know this?")).to_be_visible()
    page.get_by_text("Take it out of the model").click()
    expect(page.get_by_text(re.compile("20 random erasures of the same size leave"))).to_be_visible()
    expect(page).to_have_url(re.compile("out%3Don"))
    page.get_by_role("button", name="Train one that has to know it").click()
    expect(page.get_by_role("heading", name="Can it learn this?")).to_be_visible()


def test_a_job_for_the_gates_can_be_cancelled(open_page) -> None:
    page: Page = open_page("trust?v=1&tool=probes&focus=lstm&asked=n%3D1999%26gates%3Don")
    page.get_by_role("button", name=re.compile("Probe 13 layers on 1,999 sequences")).click()
    page.get_by_role("button", name="Cancel").click()
    expect(page.get_by_text("Cancelled.")).to_be_visible()


def test_sequences_without_labels_are_told_and_the_way_back_stays(open_page) -> None:
    page: Page = open_page("trust?v=1&tool=probes&asked=own%3Don")
    expect(page.get_by_text(re.compile("0 of the 1 sequences at hand state a label"))).to_be_visible()
    page.get_by_text("My labelled sequences").click()
    expect(page.get_by_text(re.compile("feature map conv knows the class"))).to_be_visible()
