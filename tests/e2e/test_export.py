"""Every file of the Export menu is opened: it holds what is on the screen."""

import csv
import io
import json
import os
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page

from scripts.local_app import ROOT, serve, wait_idle
from seqviz_core.examples import examples
from seqviz_core.sequences import parse_sequences, reverse_complement

APP = Path(__file__).with_name("export_app.py")
FORWARD = examples()[0].record.sequence
EDITED = FORWARD[:20] + "ACG" + FORWARD[20:]
Save = Callable[[str], bytes]


@pytest.fixture(scope="module")
def save(browser: Browser, tmp_path_factory: pytest.TempPathFactory):
    """A function that clicks a button of the menu and returns the file; the names of the files are in `save.names`."""
    with serve(tmp_path_factory.mktemp("export"), app=APP) as server:
        page = browser.new_page()
        page.goto(server.url)
        wait_idle(page)
        page.get_by_role("button", name="Export").click()

        def click(name: str) -> bytes:
            with page.expect_download() as download:
                page.get_by_role("button", name=name, exact=True).first.click()
            click.names[name] = download.value.suggested_filename
            return Path(download.value.path()).read_bytes()

        click.names = {}
        yield click
        page.close()


def test_sequences_and_sites_are_those_of_both_strands_and_both_states(save: Save):
    fasta = parse_sequences(save("Sequence (FASTA)")).records
    assert [r.sequence for r in fasta] == [FORWARD, EDITED]
    bed = [line.split("\t") for line in save("Planted sites (BED)").decode().splitlines()]
    assert bed == [["reference", "65", "72", "GATA2", "0", "+"], ["edited", "68", "75", "GATA2", "0", "+"]]


def test_numbers_are_those_of_the_tracks(save: Save):
    rows = list(csv.DictReader(io.StringIO(save("Numbers of all tracks (CSV)").decode())))
    for model in ("CNN", "LSTM", "Attention"):
        bases = [row["bases"] for row in rows if "push GATA2" in row["track"] and row["model"] == model]
        assert "".join(bases) == reverse_complement(EDITED)
    assert {row["model"] for row in rows if "gates" in row["track"]} == {"LSTM"}
    assert [row["row"] for row in rows if row["track"] == "Where were motifs planted?"] == ["GATA2"]


def test_the_script_and_the_notebook_name_what_is_shown(save: Save):
    script = save("Python script").decode()
    compile(script, "script.py", "exec")
    for line in ("STRAND = '-'", "Edit(start=20, deleted=0, inserted='ACG')", "TARGET = 'GATA2'", "FOCUS = 'cnn'",
                 "INSIDE = ['cnn', 'lstm', 'attention']"):
        assert line in script
    notebook = json.loads(save("Notebook"))
    assert "STRAND = '-'" in "".join(line for cell in notebook["cells"] for line in cell["source"])


def test_the_script_gives_the_numbers_of_the_page(save: Save, tmp_path: Path):
    (tmp_path / "script.py").write_bytes(save("Python script"))
    done = subprocess.run([sys.executable, "script.py"], cwd=tmp_path, env={**os.environ, "PYTHONPATH": str(ROOT)},
                          capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    with (tmp_path / "seqviz-view.csv").open() as file:
        theirs = list(csv.DictReader(file))
    ours = list(csv.DictReader(io.StringIO(save("Numbers of all tracks (CSV)").decode())))
    for run, model in (("cnn", "CNN"), ("lstm", "LSTM"), ("attention", "Attention")):
        page = [float(r["value"]) for r in ours if "push GATA2" in r["track"] and r["model"] == model]
        script = [float(r["value"]) for r in theirs if r["sequence"] == "edited" and r["run"] == run
                  and (r["what"], r["row"]) == ("attribution ism", "base present")]
        assert script == pytest.approx(page, abs=1e-5) and len(page) == len(EDITED)


def test_a_logo_for_print_shows_the_bases_in_view(save: Save):
    svg = save("For print (SVG)").decode()
    assert ">21</text>" in svg and ">60</text>" in svg and ">logit</text>" in svg and ">70</text>" not in svg
    assert save("For print (PNG)").startswith(b"\x89PNG")


def test_the_report_draws_all_models_without_a_network(save: Save, browser: Browser, tmp_path: Path, watch_over):
    html = save("Report (HTML)")
    (tmp_path / "report.html").write_bytes(html)
    context = browser.new_context(offline=True, viewport={"width": 1024, "height": 768})
    watch = watch_over(context.new_page())
    page: Page = watch.page
    page.goto((tmp_path / "report.html").as_uri())
    text = page.locator("body").inner_text()
    for name in ("CNN", "LSTM", "Attention", "One GATA2 site, synthetic", "What do the models call?", EDITED, "seqviz_core",
                 "Gates i, f, o: the stronger the purple, the more open.", "truth AUPRC"):
        assert name in text, name
    assert len(re.findall(rb"\b[0-9a-f]{64}\b", html)) == 3, "a checksum for each model"
    assert page.locator(".seqviz-viewer canvas").count() >= 1
    assert watch.errors == [] and all(url.startswith(("file:", "data:", "blob:")) for url in watch.requests)
    page.screenshot(path=tmp_path / "report.png", full_page=True)
    context.close()
    assert len(html) < 3_000_000
    assert set(save.names.values()) >= {"seqviz-view.fasta", "seqviz-view.bed", "seqviz-view.csv", "seqviz-view.py",
                                        "seqviz-view.ipynb", "seqviz-view.html"}
