"""One's own sequences in a real browser: pasted, refused, mended, seen on their card, trained on, opened in Explore."""

import re
from collections.abc import Callable
from pathlib import Path

import numpy as np
from playwright.sync_api import Page, expect

from scripts.local_app import wait_idle
from seqviz_core.sequences import decode

OpenPage = Callable[..., Page]
SECONDS = 1000


def pasted() -> str:
    """Sixty sequences with TTGACATATAAT in the middle and sixty without."""
    drawn = decode(np.random.default_rng(0).integers(0, 4, (120, 50), dtype=np.uint8))
    boxed = [f">p{i} label=box\n{s[:19]}TTGACATATAAT{s[31:]}" for i, s in enumerate(drawn[:60])]
    return "\n".join([*boxed, *(f">n{i} label=none\n{s}" for i, s in enumerate(drawn[60:]))])


def paste(page: Page, text: str) -> None:
    field = page.get_by_label("Labelled sequences", exact=True)
    field.fill(text)
    field.press("Control+Enter")
    wait_idle(page)


def test_from_paste_to_card_to_training_to_explore(open_page: OpenPage):
    page = open_page("data?task=labelled")
    paste(page, pasted().replace("TTGACA", "TTGAZA", 1))
    expect(page.get_by_test_id("stAlert")).to_contain_text("line 2, column 24: 'Z' is not a base")
    paste(page, pasted())
    expect(page.get_by_test_id("stAlert")).to_have_count(0)
    expect(page.get_by_text("one of 2 classes: none, box")).to_be_visible()
    expect(page.get_by_role("img", name=re.compile("8 sequences of up to 50 bases"))).to_be_visible()
    page.get_by_role("button", name="Measure").click()
    expect(page.get_by_role("cell", name="6-mer baseline")).to_be_visible(timeout=30 * SECONDS)
    page.get_by_role("button", name="Train on this").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Can it learn this?")
    expect(page.get_by_text("2 classes, 50 bases")).to_be_visible(timeout=30 * SECONDS)
    page.get_by_role("button", name="Train", exact=True).click()
    expect(page.get_by_text("Reached accuracy").first).to_be_visible(timeout=120 * SECONDS)
    expect(page.get_by_text("held-out sequences")).to_be_visible()
    page.get_by_role("link", name="Data").click()
    page.get_by_role("button", name="Open an example in Explore").click()
    expect(page.get_by_text(re.compile("Your CNN .Your own sequences. calls"))).to_be_visible(timeout=30 * SECONDS)


def test_a_card_has_an_address_and_its_sequences_go_home(open_page: OpenPage):
    page = open_page("data?task=uci_splice")
    expect(page.get_by_text("184 are copies of another row")).to_be_visible()
    page.get_by_text("Faulty on purpose", exact=True).click()
    wait_idle(page)
    assert "task=gc_leak" in page.url
    page.reload()
    expect(page.get_by_test_id("stAlert")).to_contain_text("Faulty on purpose.", timeout=30 * SECONDS)
    with page.expect_download() as download:
        page.get_by_role("button", name="FASTA").click()
    lines = Path(download.value.path()).read_text().splitlines()
    assert len(lines) == 2000 and lines[0].startswith(">gc_leak_1 label=") and any("sites=" in line for line in lines[::2])
    with page.expect_download() as download:
        page.get_by_role("button", name="Table (CSV)").click()
    assert Path(download.value.path()).read_text().startswith("sequence,label,sites\n")


def test_a_pasted_text_is_never_run(open_page: OpenPage):
    page = open_page("data?task=labelled")
    hostile = '><img src=x onerror="document.title=1"> label=box\nACGTACGTAC'
    paste(page, hostile)
    expect(page.get_by_test_id("stAlert")).to_contain_text("Every sequence is labelled 'box'")
    assert page.title() == "Data - SeqViz" and page.get_by_label("Labelled sequences", exact=True).input_value() == hostile
