"""Filter surgery in a browser: a filter is zeroed and replaced, filters go together, wrong letters are told and stay."""

import re

from playwright.sync_api import Page, expect

MINUTE = 60_000  # milliseconds


def test_a_filter_is_replaced_and_filters_go_together(open_page) -> None:
    page: Page = open_page("trust?v=1&tool=surgery&asked=n%3D40")
    expect(page.get_by_text(re.compile("cost AUROC beyond chance when zeroed alone"))).to_be_visible()
    expect(page.get_by_role("img", name=re.compile("Filters by how much the AUROC falls"))).to_be_visible()
    page.get_by_role("button", name="Put in CACGTG").click()
    expect(page.get_by_text(re.compile(r"Putting CACGTG into filter \d+ changes the logit of GATA2"))).to_be_visible()
    page.get_by_role("button", name=re.compile("Take out as many as can go")).click()
    expect(page.get_by_text(re.compile(r"\d+ of 40 filters can be removed together at a cost of"))).to_be_visible(timeout=MINUTE)
    with page.expect_download() as saved:
        page.get_by_role("button", name="Numbers (CSV)").first.click()
    assert saved.value.suggested_filename == "seqviz-surgery-filters.csv"


def test_wrong_letters_are_told_and_stay(open_page) -> None:
    page: Page = open_page("trust?v=1&tool=surgery&asked=n%3D40%26how%3Dreplace")
    box = page.get_by_role("textbox", name="Letters")
    box.fill("GATXACA")
    box.press("Enter")
    expect(page.get_by_text("The pattern, letter 4: 'X' is not a base.")).to_be_visible()
    expect(box).to_have_value("GATXACA")
