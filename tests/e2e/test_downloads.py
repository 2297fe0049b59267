"""What the Motifs and Data pages give to take home, opened and read."""

import re
from collections.abc import Callable
from pathlib import Path

from playwright.sync_api import Locator, Page

from scripts.local_app import wait_idle
from seqviz_core.export import sites_from_header
from seqviz_core.motifs import read_motifs
from seqviz_core.sequences import parse_sequences

OpenPage = Callable[..., Page]


def saved(page: Page, button: Locator) -> bytes:
    with page.expect_download() as download:
        button.click()
    return Path(download.value.path()).read_bytes()


def test_a_motif_goes_home_as_meme_and_as_a_logo_for_print(open_page: OpenPage):
    page = open_page("motifs")
    assert len(read_motifs(saved(page, page.get_by_role("button", name="Motifs (MEME)")).decode())) > 10
    page.get_by_role("button", name="Where?").first.click()
    wait_idle(page)
    close_up = page.locator(".st-key-close_up")
    motif, = read_motifs(saved(page, close_up.get_by_role("button", name="Motif (MEME)")).decode())
    svg = saved(page, close_up.get_by_role("button", name="For print (SVG)")).decode()
    assert ">bits</text>" in svg and f">{motif.width}</text>" in svg
    assert saved(page, close_up.get_by_role("button", name="For print (PNG)")).startswith(b"\x89PNG")


def test_planted_sites_go_home_as_bed_and_fit_the_fasta(open_page: OpenPage):
    page = open_page("data?task=motif_pair")
    records = parse_sequences(saved(page, page.get_by_role("button", name="FASTA"))).records
    bed = saved(page, page.get_by_role("button", name="Planted sites (BED)")).decode()
    rows = [line.split("\t") for line in bed.splitlines()]
    by_id = {re.split(r"\s", r.name)[0]: r for r in records}
    assert len(rows) > 500 and len(by_id) == len(records)
    for name, start, end, motif, score, strand in rows[:200]:
        sites = sites_from_header(by_id[name].name, len(by_id[name].sequence))
        assert (int(start), int(end), motif, strand) in [(s.start, s.end, s.motif.name, s.strand) for s in sites] and score == "0"
