"""The report opened from a file, without a network: it draws, and asks for nothing."""

from pathlib import Path

import numpy as np
from playwright.sync_api import Browser, expect

from seqviz_core.examples import examples
from seqviz_core.export.provenance import provenance
from seqviz_core.export.report import Section, report_html
from seqviz_core.export.run_ref import run_ref
from seqviz_core.figures.kinds import LogoTrack
from seqviz_core.figures.logo import motif_logo_svg
from seqviz_core.figures.scene import Placed, scene
from seqviz_core.figures.training import training_curve
from seqviz_core.figures.viewer import standalone
from seqviz_core.state import ViewState
from seqviz_core.training import find_run

RECORD = examples()[0].record


def report() -> str:
    track = LogoTrack("Which bases push GATA2 up or down?", np.sin(np.arange(100)))
    drawn = scene(RECORD.sequence, [Placed(track, "attribution:ism@cnn", "attribution", "CNN", "#8a4fd0")])
    sections = [Section("What stands where?", "Up: the base raises the logit.", standalone(drawn, "Tracks of the CNN")),
                Section("Which motif is it?", "Letters as tall as their information.", motif_logo_svg(np.eye(4))),
                Section("Does it learn?", "Purple: on sequences it has not seen.",
                        training_curve([1, 2], [2.0, 1.0], [2.0, 1.0], [0.5, 0.6]))]
    view = ViewState(RECORD.sequence, RECORD.name)
    runs = [run_ref(find_run("cnn"), "CNN", pretrained=True)]
    return report_html("One GATA2 site", sections, provenance(view, runs, "2026-01-31", "http://127.0.0.1:8501/?v=1"))


def test_the_report_draws_offline(browser: Browser, tmp_path: Path, watch_over):
    (tmp_path / "report.html").write_text(report(), encoding="utf-8")
    context = browser.new_context(viewport={"width": 1024, "height": 768}, offline=True)
    watch = watch_over(context.new_page())
    page = watch.page
    page.goto((tmp_path / "report.html").as_uri())
    expect(page.get_by_role("heading", level=1)).to_have_text("One GATA2 site")
    expect(page.get_by_role("img", name="Motif logo")).to_be_visible()
    expect(page.locator(".js-plotly-plot .main-svg").first).to_be_visible()
    canvas = page.locator(".seqviz-viewer canvas").first
    expect(canvas).to_be_visible()
    page.wait_for_timeout(500)
    colours = canvas.evaluate("""c => new Set(new Uint32Array(c.getContext("2d").getImageData(0, 0, c.width, c.height)
                                                             .data.buffer)).size""")
    assert colours > 2, "the tracks are drawn"
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), "nothing overflows a projector"
    assert watch.errors == [] and [url for url in watch.requests if not url.startswith(("file:", "data:", "blob:"))] == []
    page.screenshot(path=tmp_path / "report.png", full_page=True)
    page.emulate_media(media="print")
    expect(canvas).to_be_visible()
    context.close()
