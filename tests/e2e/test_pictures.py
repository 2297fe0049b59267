"""The two buttons under a figure: what is saved is an SVG or a PNG on white, with light colours, also from a dark page."""

import struct
import xml.etree.ElementTree as ET
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page

from scripts.local_app import Server, serve, wait_idle
from seqviz_core.figures.palette import DARK, LIGHT, MODEL_COLOURS

APP = Path(__file__).with_name("pictures_app.py")


@pytest.fixture(scope="module")
def pictures(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    with serve(tmp_path_factory.mktemp("pictures"), app=APP) as server:
        yield server


def saved(page: Page, key: str, kind: str, by_key: bool = False) -> bytes:
    button = page.locator(f".st-key-pictures_{key}").get_by_role("button", name=f"Picture ({kind})")
    with page.expect_download() as download:
        button.press("Enter") if by_key else button.click()
    assert download.value.suggested_filename == f"seqviz-{key}.{kind.lower()}"
    return Path(download.value.path()).read_bytes()


def size(png: bytes) -> tuple[int, int]:
    assert png.startswith(b"\x89PNG\r\n\x1a\n")
    return struct.unpack(">II", png[16:24])


def first_pixel(page: Page, png: bytes) -> list[int]:
    """Return red, green, blue and opacity of the upper left corner."""
    return page.evaluate("""async (bytes) => {
        const bitmap = await createImageBitmap(new Blob([new Uint8Array(bytes)], {type: "image/png"}))
        const paper = new OffscreenCanvas(bitmap.width, bitmap.height).getContext("2d")
        paper.drawImage(bitmap, 0, 0)
        return Array.from(paper.getImageData(0, 0, 1, 1).data)
    }""", list(png))


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_both_kinds_are_saved_in_light_colours(pictures: Server, browser: Browser, watch_over, scheme: str):
    context = browser.new_context(color_scheme=scheme)
    watch = watch_over(context.new_page())
    page = watch.page
    page.goto(pictures.url)
    wait_idle(page)
    shown = page.locator(".js-plotly-plot")
    shown.locator(".modebar-btn").first.wait_for(state="attached")
    before = shown.inner_html()
    curve = saved(page, "curve", "SVG", by_key=True).decode()
    assert "How good is it on sequences it has not seen?" in "".join(ET.fromstring(curve).itertext())
    assert _rgb(LIGHT.page) in curve and _rgb(LIGHT.text) in curve and _rgb(MODEL_COLOURS["cnn"]) in curve
    assert _rgb(DARK.text) not in curve and _rgb(DARK.grid) not in curve and "Source Sans" not in curve
    logo = saved(page, "logo", "SVG").decode()
    assert LIGHT.bases["G"] in logo and DARK.bases["G"] not in logo and ET.fromstring(logo).tag.endswith("svg")
    for key, svg in (("curve", curve), ("logo", logo)):
        png = saved(page, key, "PNG")
        width, height = (float(ET.fromstring(svg).get(side)) for side in ("width", "height"))
        assert size(png) == (round(3 * width), round(3 * height)) and first_pixel(page, png) == [255, 255, 255, 255]
    assert shown.inner_html() == before, "the page's own figure stays as it was"
    assert _rgb((LIGHT if scheme == "light" else DARK).text) in before
    assert watch.problems() == []
    context.close()


def _rgb(colour: str) -> str:
    return f"rgb({', '.join(str(int(colour[i:i + 2], 16)) for i in (1, 3, 5))})"
