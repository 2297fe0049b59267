"""The Genome tool in a real browser: an uploaded genome and VCF scored and taken home, and the worst that is uploaded."""

import gzip
import re
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from scripts.local_app import wait_idle
from seqviz_core.experiments.example_genome import example_genome, random_vcf
from tests.small_genomes import fasta, pack

OpenPage = Callable[..., Page]
ALERT = "stAlert"


def upload(page: Page, key: str, path: Path) -> None:
    page.locator(f".st-key-{key} input[type=file]").set_input_files(path)
    wait_idle(page)


def upload_genome(page: Page, path: Path) -> None:
    page.get_by_role("button", name="Upload a genome").click()
    upload(page, "genome_file", path)


def saved(page: Page, key: str, folder: Path) -> str:
    with page.expect_download() as download:
        page.locator(f".st-key-{key}").get_by_role("button").click()
    download.value.save_as(folder / key)
    return (folder / key).read_text()


def test_the_example_is_there_at_once_and_a_variant_is_opened_in_explore(open_page: OpenPage):
    page = open_page("experiments?v=1&tool=genome")
    expect(page.get_by_text("of 45 variants change the logit of the CNN model")).to_be_visible()
    frame = page.get_by_test_id("stDataFrame").locator(".dvn-scroller")
    frame.scroll_into_view_if_needed()
    frame.click(position={"x": 18, "y": 54})
    expect(page.get_by_text("Logit without and with it")).to_be_visible()
    page.get_by_role("button", name="Open this variant in Explore").click()
    wait_idle(page)
    expect(page.get_by_text(re.compile(r"chr[AB]:[\d,-]+.*: 100 bases, 1 edit"))).to_be_visible()


def test_an_uploaded_genome_and_list_are_scored_as_a_job_and_taken_home(open_page: OpenPage, tmp_path: Path):
    genome = pack(tmp_path / "mine.fa.gz", fasta(example_genome().sequences))
    (tmp_path / "list.vcf.gz").write_bytes(gzip.compress(random_vcf(2000).encode()))
    page = open_page("experiments?v=1&tool=genome&asked=list%3Dfile")
    upload_genome(page, genome)
    expect(page.get_by_text("2 contigs, 10,000 bases")).to_be_visible()
    page.keyboard.press("Escape")
    upload(page, "vcf_file", tmp_path / "list.vcf.gz")
    expect(page.get_by_text("2,000 variants on 2,000 lines can be scored.")).to_be_visible()
    page.get_by_role("button", name=re.compile(r"Score 2,000 variants in 3 models \(about \d")).click()
    expect(page.get_by_text(re.compile("of 2,000 variants change the logit of the CNN model"))).to_be_visible(timeout=60_000)
    vcf = saved(page, "genome_vcf", tmp_path)
    assert vcf.startswith("##fileformat=VCFv4.2") and vcf.count("SEQVIZ_lstm_DELTA=") == 2000
    assert saved(page, "genome_tsv", tmp_path).count("\n") == 2001


def test_the_worst_uploads_are_told_and_what_was_there_stays(open_page: OpenPage, tmp_path: Path):
    page = open_page("experiments?v=1&tool=genome")
    page.on("dialog", lambda dialog: pytest.fail(f"script ran: {dialog.message}"))
    (tmp_path / "plain.fa.gz").write_bytes(gzip.compress(fasta(example_genome().sequences)))
    upload_genome(page, tmp_path / "plain.fa.gz")
    expect(page.get_by_test_id(ALERT)).to_contain_text("This is an ordinary gzip file, which cannot be read from the middle.")
    expect(page.get_by_text("of 45 variants change the logit")).to_be_attached()
    (tmp_path / "<img src=1 onerror=alert(1)>.fa").write_bytes(b"><img src=1 onerror=alert(1)> x\n" + b"ACGT" * 50 + b"\n")
    upload(page, "genome_file", tmp_path / "<img src=1 onerror=alert(1)>.fa")
    expect(page.get_by_text("1 contig, 200 bases: <img 200.")).to_be_visible()
    page.keyboard.press("Escape")
    page.locator(".st-key-genome_list").get_by_role("radio", name="VCF file").click()
    wait_idle(page)
    (tmp_path / "evil.vcf").write_text("<script>alert(1)</script>\t1\t*\tA\t<img src=1 onerror=alert(1)>\n<img\t5\t.\tA\t**G**\n"
                                       "<img\t999\t.\tA\tC\n\0\n")
    upload(page, "vcf_file", tmp_path / "evil.vcf")
    expect(page.get_by_test_id(ALERT).first).to_contain_text("This file is not text. VCF is plain text")
    (tmp_path / "worse.vcf").write_text((tmp_path / "evil.vcf").read_text().replace("\0", "<img\t5\t<b>bold</b>\tA\tC"))
    upload(page, "vcf_file", tmp_path / "worse.vcf")
    expect(page.get_by_text("Line 1: the genome has no contig '<script>alert(1)</script>'")).to_be_visible()
    expect(page.get_by_text("Line 2: ALT '**G**' is not made of bases")).to_be_visible()
    expect(page.get_by_text("1 variant on 1 line can be scored.")).to_be_visible()
    expect(page.get_by_text("changes the logit of the CNN model").first).to_be_visible()
