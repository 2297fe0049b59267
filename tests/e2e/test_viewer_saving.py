"""What the viewer saves and what it draws without a server, in a real browser."""

import re
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from playwright.sync_api import Page, expect

from scripts.local_app import wait_idle
from seqviz_core.figures.kinds import HeatmapTrack, LogoTrack, SiteMark, SitesTrack
from seqviz_core.figures.scene import Placed, scene
from seqviz_core.figures.viewer import standalone
from tests.e2e.viewer_page import SEQUENCE, click, other

OpenViewer = Callable[..., Page]


def test_the_picture_is_saved_as_it_stands_on_white(open_viewer: OpenViewer, tmp_path: Path):
    page = open_viewer()
    click(page, 41)
    page.keyboard.type(other(SEQUENCE[41]))
    wait_idle(page)
    with page.expect_download() as found:
        page.get_by_role("button", name="Save the picture as SVG").click()
    assert found.value.suggested_filename == "seqviz-harness-drawn.svg"
    text = Path(found.value.path()).read_text()
    root = page.evaluate("""text => { const d = new DOMParser().parseFromString(text, 'image/svg+xml');
        return [d.documentElement.tagName, d.querySelectorAll('image').length, d.documentElement.textContent]; }""", text)
    assert root[0] == "svg" and root[1] == 7  # a map of filters, six of gates
    for words in ("Which bases push GATA1 up or down?", "The strongest stretch is 34 to 41.", "truth AUPRC 0.83, null 0.11",
                  "Up: the base raises the prediction.",
                  "GATA1", "filter 24", "input i", "sequence (bases)", "LSTM"):
        assert words in root[2], words
    assert 'fill="#ffffff"' in text and "data:image/png" in text and "http" not in text.replace("http://www.w3.org/2000/svg", "")
    with page.expect_download() as found:
        page.get_by_role("button", name="Save the picture as PNG").click()
    assert found.value.suggested_filename == "seqviz-harness-drawn.png"
    data = Path(found.value.path()).read_bytes()
    width, height = (int.from_bytes(data[i:i + 4], "big") for i in (16, 20))
    size = re.search(r'width="([\d.]+)" height="([\d.]+)"', text)
    assert data[:8] == b"\x89PNG\r\n\x1a\n" and (width, height) == (round(2 * float(size[1])), round(2 * float(size[2])))


@pytest.mark.parametrize("length, letters", [(60, 4), (600, 0)])
def test_a_hit_has_its_logo_above_its_arrow_where_letters_fit(page: Page, length: int, letters: int):
    hit = SiteMark("GATA1", 20, 24, logo=np.eye(4))
    drawn = scene("A" * length, [Placed(SitesTrack("Where?", [hit], logos=True), "hits", "hits")])
    page.set_content(f"<!doctype html><body>{standalone(drawn, 'Hits')}")
    expect(page.get_by_role("heading", name="Where?")).to_be_visible()
    with page.expect_download() as found:
        page.get_by_role("button", name="Save the picture as SVG").click()
    text = Path(found.value.path()).read_text()
    pixels = (page.locator(".seqviz").evaluate("root => root.clientWidth") - 168 - 58) / length
    at = [float(x) for x in re.findall(r'<path d="[^"]+" transform="matrix\([\d.]+ 0 0 [-\d.]+ ([\d.]+) ', text)]
    assert len(at) == letters and at == pytest.approx([(20 + k) * pixels for k in range(letters)], abs=0.6)
    assert ">GATA1</text>" in text


def test_pages_of_their_own_stand_side_by_side_without_a_server(page: Page):
    tracks = [Placed(LogoTrack("Up or down?", np.linspace(-1, 1, 40)), "a", "a"),
              Placed(HeatmapTrack("Where?", np.eye(4, 40), rows=list("wxyz")), "b", "feature_map", run="r", probe="p")]
    scenes = [scene("ACGT" * 10, tracks, theme=theme, strand=strand) for theme, strand in (("light", "+"), ("dark", "-"))]
    page.set_content("<!doctype html><body>" + "".join(standalone(s, f"Tracks, {s['theme']}") for s in scenes))
    expect(page.get_by_role("heading", name="Where?")).to_have_count(2)
    expect(page.get_by_role("figure", name="Tracks, dark")).to_be_visible()
    expect(page.get_by_role("button", name="Undo the last edit")).to_have_count(0)
    box = page.locator(".ruler canvas.plot").nth(1).bounding_box()
    page.mouse.move(box["x"] + 9.5 / 40 * box["width"], box["y"] + 20)
    expect(page.locator(".where").nth(1)).to_have_text("C 10 of 40, − strand")
    expect(page.locator(".values").nth(1)).to_contain_text("−0.538 logit")  # 9/39 of the way from -1 to 1
    page.locator(".letters .field").nth(1).click()
    page.keyboard.type("G")
    assert page.locator(".seqviz").nth(1).evaluate("root => root.viewer.seen.letters") == "ACGT" * 10
    page.get_by_role("button", name="Fold Where?").first.click()
    expect(page.get_by_role("button", name="Open Where?")).to_have_count(1)
