"""Thousands of sequences on Explore in a real browser: progress, the whole table, filters, a row in the workbench, files."""

import csv
import re
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from scripts.local_app import wait_idle
from seqviz_core.datasets import DATASETS
from seqviz_core.export import dataset_records, to_fasta
from seqviz_core.sequences import SequenceRecord

OpenPage = Callable[..., Page]
PATIENCE = 60_000  # milliseconds; two seconds of work on an idle machine
HOSTILE = '=HYPERLINK("http://x") <img src=1 onerror=alert(1)> **bold** label=REST'


def fasta(folder: Path, n: int, length: int, seed: int) -> Path:
    """Write sequences of the shipped models' task; the second has a hostile name."""
    task = replace(DATASETS["in_class_danq"].presets["default"], length=length)
    records = dataset_records(task.sample(n, seed), "s")
    records[1] = SequenceRecord(HOSTILE, records[1].sequence)
    (folder / "many.fa").write_text(to_fasta(records))
    return folder / "many.fa"


def upload(page: Page, path: Path) -> None:
    page.get_by_role("button", name="Paste or upload").click()
    wait_idle(page)
    page.locator(".st-key-upload input[type=file]").set_input_files(path)
    expect(page.get_by_text("sequences: what does each model say of them?")).to_be_visible(timeout=PATIENCE)
    expect(page.locator(".st-key-upload")).to_be_hidden(timeout=PATIENCE)


def progress(page: Page):
    return page.locator(".st-key-batch_progress")


def test_five_thousand_sequences_become_a_table(open_page: OpenPage, tmp_path: Path):
    page = open_page()
    page.on("dialog", lambda dialog: pytest.fail(f"script ran: {dialog.message}"))
    upload(page, fasta(tmp_path, 5000, 200, seed=21))
    expect(progress(page)).to_contain_text(re.compile(r"[\d,]+ of 5,000"), timeout=PATIENCE)
    expect(progress(page)).to_have_count(0, timeout=PATIENCE)
    wait_idle(page)
    sentence = re.compile(r"Of 5,000 sequences the CNN model calls .* accuracy is 0\.\d\d \(n 5,000\)")
    expect(page.get_by_text(sentence)).to_be_visible()
    expect(page.locator(".st-key-batch_metrics tbody tr")).to_have_count(3)
    expect(page.get_by_text("5,000 of 5,000 sequences.")).to_be_visible()

    page.locator(".st-key-batch_text input").fill("s_499")
    expect(page.get_by_text("11 of 5,000 sequences.")).to_be_visible(timeout=PATIENCE)
    box = page.locator("[class*=st-key-batch_table]").get_by_test_id("stDataFrame").bounding_box()
    page.mouse.click(box["x"] + 15, box["y"] + 35 + 17)
    expect(page.get_by_text(re.compile("s_499.*: 200 bases")).first).to_be_visible(timeout=PATIENCE)

    page.locator("[class*=st-key-batch_number] input").fill("4321")
    page.keyboard.press("Enter")
    expect(page.get_by_text(re.compile("s_4321.*: 200 bases")).first).to_be_visible(timeout=PATIENCE)
    wait_idle(page)

    with page.expect_download() as download:
        page.locator(".st-key-batch_fasta").get_by_role("button").click()
    assert download.value.path().read_text().count(">") == 11
    with page.expect_download() as download:
        page.locator(".st-key-csv_batch").get_by_role("button").click()
    rows = list(csv.DictReader(download.value.path().open()))
    assert len(rows) == 5000 and rows[1]["name"].startswith("'=HYPERLINK")
    assert sum(float(rows[7][key]) for key in rows[7] if key.startswith("CNN P(")) == pytest.approx(1, abs=1e-4)
    right = sum(row["CNN call"] == row["label"] for row in rows) / 5000
    expect(page.get_by_text(f"its accuracy is {right:.2f} (n 5,000)")).to_be_visible()


def test_long_work_is_cancelled_and_resumed(open_page: OpenPage, tmp_path: Path):
    page = open_page()
    upload(page, fasta(tmp_path, 900, 2000, seed=22))
    progress(page).get_by_role("button", name="Cancel").click()
    expect(progress(page)).to_contain_text("Stopped.", timeout=PATIENCE)
    wait_idle(page)
    done = progress(page).inner_text()
    page.wait_for_timeout(2000)
    assert progress(page).inner_text() == done
    progress(page).get_by_role("button", name="Go on").click()
    expect(progress(page).get_by_role("button", name="Cancel")).to_be_visible(timeout=PATIENCE)
    expect(progress(page)).not_to_contain_text(done.splitlines()[0].removeprefix("Stopped. "), timeout=PATIENCE)
    page.goto("about:blank")  # a page that polls is never idle


def test_a_few_sequences_wait_in_one_line(open_page: OpenPage):
    page = open_page()
    page.get_by_role("button", name="Paste or upload").click()
    page.get_by_label("DNA or RNA, plain or FASTA").fill(">a\nACGTTAGATAAG\n>b\nTTTTGATAAGCC")
    page.get_by_role("button", name="Use this text").click()
    wait_idle(page)
    page.keyboard.press("Escape")
    line = page.get_by_text("2 sequences: show the table")
    expect(line).to_be_visible()
    expect(page.get_by_test_id("stDataFrame")).to_have_count(0)
    line.click()
    expect(page.get_by_text("2 of 2 sequences.")).to_be_visible(timeout=PATIENCE)

    page.get_by_test_id("data-grid-canvas").focus()
    for key in ("ArrowDown", "ArrowUp", "ArrowDown", "Shift+Space"):  # the first one chooses the first row
        page.keyboard.press(key)
        page.wait_for_timeout(200)
    expect(page.get_by_text(re.compile("^b.*: 12 bases"))).to_be_visible(timeout=PATIENCE)
