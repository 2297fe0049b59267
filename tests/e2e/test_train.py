"""Train in a real browser: a run that survives a reload, is opened in Explore, and another that is cancelled."""

import re
from collections.abc import Callable
from pathlib import Path

from playwright.sync_api import Page, expect

from scripts.local_app import wait_idle

OpenPage = Callable[..., Page]
SECONDS = 1000


def set_number(page: Page, label: str, value: int) -> None:
    field = page.get_by_label(label, exact=True)
    field.fill(str(value))
    field.press("Enter")
    wait_idle(page)


def start(page: Page, epochs: int, sequences: int) -> None:
    page.get_by_text("Training settings").click()
    set_number(page, "Epochs", epochs)
    set_number(page, "Training sequences", sequences)
    page.get_by_role("button", name="Train", exact=True).click()


def test_a_run_survives_a_reload_and_opens_in_explore(open_page: OpenPage):
    page = open_page("train")
    start(page, epochs=40, sequences=2000)
    expect(page.get_by_text(re.compile(r"Epoch \d+ of at most 40"))).to_be_visible(timeout=90 * SECONDS)
    assert "job=" in page.url
    page.reload()
    expect(page.get_by_role("button", name="Cancel")).to_be_visible(timeout=30 * SECONDS)
    expect(page.get_by_text("Reached accuracy").first).to_be_visible(timeout=120 * SECONDS)
    expect(page.locator(".st-key-chart_curve .js-plotly-plot")).to_contain_text("Bayes ceiling")
    expect(page.locator(".st-key-chart_curve .js-plotly-plot")).to_contain_text("6-mer baseline")
    page.get_by_role("button", name="Open in Explore").first.click()
    expect(page.get_by_role("heading", level=1)).to_have_text("What does this model see in this sequence?")
    expect(page.get_by_text("Your CNN (One motif) calls")).to_be_visible(timeout=30 * SECONDS)
    expect(page).to_have_url(re.compile(r"models=[0-9a-f]{24}.*recipe_"))
    page.reload()
    expect(page.get_by_text("Your CNN (One motif) calls")).to_be_visible(timeout=30 * SECONDS)


def test_a_run_can_be_cancelled_from_another_tab(open_page: OpenPage):
    page = open_page("train")
    start(page, epochs=500, sequences=20_000)
    expect(page.get_by_role("button", name="Cancel")).to_be_visible(timeout=60 * SECONDS)
    other = page.context.new_page()
    other.goto(page.url)
    other.get_by_role("button", name="Cancel").click(timeout=60 * SECONDS)
    expect(page.get_by_role("button", name="Train it again")).to_be_visible(timeout=30 * SECONDS)
    expect(other.get_by_role("button", name="Train it again")).to_be_visible(timeout=30 * SECONDS)


def test_the_motif_wall_opens_a_filter(open_page: OpenPage):
    page = open_page("motifs")
    expect(page.get_by_text("10 motifs planted: 10 found")).to_be_visible()
    page.get_by_role("button", name="Where?").first.click()
    wait_idle(page)
    expect(page.get_by_role("heading", name="Where does filter")).to_be_visible()
    with page.expect_download() as download:
        page.get_by_role("button", name="Motifs (MEME)").click()
    assert Path(download.value.path()).read_text().startswith("MEME version")


def test_motifs_read_from_the_attribution_open_their_sites(open_page: OpenPage):
    page = open_page("motifs?run=lstm")
    page.get_by_role("radio", name="Attribution").click()
    expect(page.get_by_role("heading", name="Which patterns match a planted motif? 10 of 10")).to_be_visible(timeout=30 * SECONDS)
    page.get_by_role("button", name="Where?").first.click()
    expect(page.get_by_role("heading", name="Where is pattern")).to_be_visible(timeout=30 * SECONDS)
    expect(page.get_by_role("img", name=re.compile("instances, .* aligned"))).to_be_visible()
