"""Bringing one's own in a real browser: the example files make the round, and one's own motifs come back with the link."""

import json
from collections.abc import Callable
from pathlib import Path

from playwright.sync_api import Page, expect

from scripts.local_app import wait_idle
from seqviz_core.motifs import find_motif, write_meme

OpenPage = Callable[..., Page]
SEEN = 30_000


def download(page: Page, name: str, folder: Path) -> Path:
    with page.expect_download() as got:
        page.get_by_role("button", name=name).click()
    path = folder / got.value.suggested_filename
    got.value.save_as(path)
    return path


def test_the_example_files_come_in_are_probed_and_open_in_explore(open_page: OpenPage, tmp_path: Path):
    page = open_page("train")
    page.get_by_text("Bring weights or a run").click()
    wait_idle(page)
    weights, settings = download(page, "Example weights", tmp_path), download(page, "Example settings", tmp_path)
    assert json.loads(settings.read_text())["architecture"] == "cnn"
    page.set_input_files(".st-key-bring_weights input", weights)
    page.set_input_files(".st-key-bring_settings input", settings)
    page.get_by_role("button", name="Bring it in").click()
    expect(page.get_by_text("Reads A, C, G, T in this order")).to_be_visible(timeout=SEEN)
    expect(page.locator(".st-key-chart_base-orders .js-plotly-plot")).to_be_visible()
    row = page.locator("[class*='-brought']").filter(has_text="not measured here").first
    with page.expect_download() as got:
        row.get_by_role("button", name="Download").click()
    assert Path(got.value.path()).read_bytes()[:2] == b"PK"
    page.locator(".st-key-explore_brought").get_by_role("button").click()
    expect(page.get_by_text("Your CNN (Ten transcription factors) calls")).to_be_visible(timeout=SEEN)
    expect(page.get_by_text("Brought from elsewhere as a model of")).to_be_visible(timeout=SEEN)  # at the end of the page


def test_one_s_own_motifs_come_back_with_the_link(open_page: OpenPage, tmp_path: Path):
    motif = find_motif("MA0079.5")
    file = tmp_path / "mine.meme"
    file.write_text(write_meme([type(motif)("mine", "MyOwnSP1", motif.counts)]))
    page = open_page(f"?v=1&seq={'ACTAT' * 6}{motif.consensus}{'TTAAC' * 6}&tracks=planted,hits")
    expect(page.get_by_text("Where do known motifs match?").first).to_be_attached(timeout=SEEN)
    page.get_by_role("button", name="Tracks").click()
    page.set_input_files(".st-key-motif_file input", file)
    expect(page.get_by_text("1 uploaded motif").first).to_be_attached(timeout=SEEN)
    wait_idle(page)
    other = page.context.new_page()
    other.goto(page.url)
    expect(other.get_by_text("Best match: MyOwnSP1 at 31 to").first).to_be_attached(timeout=SEEN)
