"""What the pointer is told, in a real browser: plotly decides that, so only a browser can show it."""

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from playwright.sync_api import Browser, Page

from seqviz_core.figures.tracks import HeatmapTrack, LogoTrack, tracks_figure

pytestmark = pytest.mark.e2e
SEQUENCE = "".join(np.random.default_rng(0).choice(list("ACGT"), 60))
VALUES = np.arange(5 * 60, dtype=np.float32).reshape(5, 60)
POOLED = np.arange(4 * 15, dtype=np.float32).reshape(4, 15)
TRACKS = [LogoTrack("Logo?", np.linspace(-1, 1, 60, dtype=np.float32)),
          HeatmapTrack("Maps?", VALUES, rows=[f"filter {k + 20}" for k in range(5)], span_offset=-5, span_width=11),
          HeatmapTrack("Pooled?", POOLED, rows="unit", span_stride=4, span_offset=-2, span_width=11, height=80)]


@pytest.fixture(scope="module")
def page(browser: Browser, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Page]:
    file = Path(tmp_path_factory.mktemp("figure")) / "figure.html"
    tracks_figure(SEQUENCE, TRACKS).write_html(file, include_plotlyjs=True, config={"responsive": True})
    page = browser.new_page(viewport={"width": 1024, "height": 700})
    page.goto(file.as_uri())
    page.wait_for_function("document.querySelector('.js-plotly-plot')?._fullLayout?.xaxis?._length > 0")
    yield page
    page.close()


def told(page: Page, axis: str, x: float, y: float) -> list[str]:
    """Return the texts of the hover labels with the pointer over (x, y) in the coordinates of a y axis."""
    at = page.evaluate("""([axis, x, y]) => {
        const plot = document.querySelector('.js-plotly-plot'), layout = plot._fullLayout, box = plot.getBoundingClientRect();
        const vertical = layout[axis];
        return [box.left + layout.xaxis._offset + layout.xaxis.r2p(x), box.top + vertical._offset + vertical.r2p(y)];
    }""", [axis, x, y])
    page.mouse.move(2, 2)
    page.wait_for_timeout(150)
    page.mouse.move(*at)
    page.wait_for_timeout(250)
    return sorted(" ".join(text.split()) for text in page.locator(".hoverlayer .hovertext").all_text_contents())


def test_every_row_of_a_map_says_its_own_name_and_value(page):
    for row, position in ((0, 1), (2, 30), (4, 60)):
        column, cell = f"{SEQUENCE[position - 1]} {position}", f"filter {row + 20}: {VALUES[row, position - 1]:#.3g}".rstrip(".")
        assert told(page, "yaxis3", position, row) == sorted([column, cell])


def test_a_pooled_map_says_which_bases_its_column_sees(page):
    # column 10 stands over 42 ... 46 and sees bases 38 ... 48 (0-based), so 39 ... 49
    assert told(page, "yaxis4", 45.5, 3) == sorted(["sees 39–49", "unit 3: 55.0"])
    assert told(page, "yaxis4", 5, 0) == sorted(["sees 1–9", "unit 0: 0.00"])


def test_the_logo_and_the_letters_say_base_position_and_value(page):
    assert told(page, "yaxis2", 42, 0.5) == [f"{SEQUENCE[41]} 42 +{TRACKS[0].values[41]:#.3g} logit"]
    assert told(page, "yaxis", 42, 0.5) == [f"{SEQUENCE[41]} 42"]


def test_letters_appear_as_soon_as_they_fit(page):
    def letters() -> str:
        return "".join(text.text_content() for text in page.locator(".barlayer .bartext").all() if text.is_visible())
    assert sorted(letters()) == sorted(SEQUENCE)
    page.set_viewport_size({"width": 420, "height": 700})
    page.wait_for_timeout(600)
    assert letters() == ""
    page.evaluate("Plotly.relayout(document.querySelector('.js-plotly-plot'), {'xaxis.range': [10.5, 30.5]})")
    page.wait_for_timeout(600)
    assert set(SEQUENCE[10:30]) <= set(letters())
