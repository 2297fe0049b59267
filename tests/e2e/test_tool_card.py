"""The trust card in a browser: made by a worker while the page is loaded anew, cancelled, taken home."""

import json
import re
from pathlib import Path

from playwright.sync_api import Page, expect

MINUTES = 120_000  # milliseconds: every check on a busy machine


def test_a_card_is_made_survives_a_reload_and_goes_home(open_page) -> None:
    page: Page = open_page("trust?v=1&tool=card&asked=n%3D10")
    page.get_by_role("button", name=re.compile("Make the card")).click()
    expect(page.get_by_role("button", name="Cancel")).to_be_visible()
    page.reload()
    said = re.compile(r"\d checks? holds?|No check applies|\d (is|are) in doubt")
    expect(page.get_by_text(said).first).to_be_visible(timeout=MINUTES)
    with page.expect_download() as saved:
        page.get_by_role("button", name="Card (JSON)").click()
    card = json.loads(Path(saved.value.path()).read_text())
    assert card["run"] == "cnn" and len(card["sections"]) >= 5 and card["origin"]["weights_sha256"]
    with page.expect_download() as saved:
        page.get_by_role("button", name="Card (HTML)").click()
    written = Path(saved.value.path()).read_text()
    assert "Trust card of CNN" in written and all(section["question"] in written for section in card["sections"])


def test_a_card_that_takes_long_can_be_cancelled(open_page) -> None:
    page: Page = open_page("trust?v=1&tool=card&asked=n%3D499")
    page.get_by_role("button", name=re.compile("Make the card")).click()
    page.get_by_role("button", name="Cancel").click()
    expect(page.get_by_text("Cancelled.")).to_be_visible()
    expect(page.get_by_role("button", name=re.compile("Make the card"))).to_be_visible()


def test_a_wrong_number_is_told_and_stays(open_page) -> None:
    page: Page = open_page("trust?v=1&tool=card")
    box = page.get_by_role("spinbutton", name="Sequences")
    box.fill("3")
    box.press("Enter")
    expect(page.get_by_text("Sequences: 3 is outside 10 to 500.")).to_be_visible()
    expect(box).to_have_value("3")
