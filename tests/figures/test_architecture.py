"""The diagram of a model: a row a layer, maps to scale, everything said in words too."""

import re
import xml.etree.ElementTree as ET
from typing import NamedTuple

import pytest

from seqviz_core.errors import SeqVizError
from seqviz_core.figures.architecture import BAR, ROW, architecture_svg
from seqviz_core.figures.palette import DARK

SVG = "{http://www.w3.org/2000/svg}"


class Row(NamedTuple):
    kind: str
    shape: tuple[int, ...]
    parameters: int = 0
    sees: int | None = None
    stride: int | None = None
    times: int = 1


LAYERS = [Row("convolution, 8 filters", (8, 100), 328, 10, 1), Row("max-pooling over 4", (8, 25), 0, 13, 4),
          Row("residual unit", (8, 25), 50, 45, 4, times=3), Row("largest value", (8,)), Row("fully connected", (2,), 18)]


def rows(svg: str) -> list[tuple[list[str], float, float]]:
    """Return (lines of text, width of the map, height of the map) of every row from above."""
    root = ET.fromstring(svg)
    texts = sorted((float(t.get("y")) // ROW, float(t.get("y")), t.text) for t in root.iter(f"{SVG}text"))
    maps = {float(r.get("y")) // ROW: (float(r.get("width")), float(r.get("height"))) for r in root.iter(f"{SVG}rect")}
    return [([text for row, _, text in texts if row == k], *size) for k, size in sorted(maps.items())]


def test_every_layer_has_a_row_with_its_shape_parameters_and_reach():
    told = [lines for lines, *_ in rows(architecture_svg(LAYERS, 100))]
    assert told == [
        ["one-hot sequence", "4 × 100 positions"],
        ["convolution, 8 filters", "8 × 100 positions · 328 parameters · a position sees 10 bases"],
        ["max-pooling over 4", "8 × 25 positions · a position sees 13 bases"],
        ["3 × residual unit", "8 × 25 positions · 50 parameters each · a position sees 45 bases"],
        ["largest value", "8 numbers"],
        ["fully connected", "2 numbers · 18 parameters"]]


def test_maps_are_as_wide_as_they_have_positions_and_taller_with_more_channels():
    sizes = [(width, height) for _, width, height in rows(architecture_svg(LAYERS, 100))]
    assert [width for width, _ in sizes[:3]] == pytest.approx([BAR, BAR, BAR / 4])
    heights = [height for _, height in sizes]
    assert heights[0] < heights[1] == heights[2] == heights[3] and heights[-1] < heights[-2]
    assert sizes[4][0] == sizes[4][1]  # no positions any more: a square


def test_it_is_said_in_words_and_in_one_column_that_fits_1024_pixels():
    root = ET.fromstring(architecture_svg(LAYERS, 100, label="<b>Basset</b>", theme="dark"))
    alt = root.find(f"{SVG}title").text
    assert "7 layers from 100 bases to 2 numbers, 496 parameters" in alt and "3 times residual unit" in alt and "<b>" in alt
    assert float(root.get("width")) <= 1024 and float(root.get("height")) == ROW * 6
    assert DARK.sequential[6] in {r.get("fill") for r in root.iter(f"{SVG}rect")}


def test_a_long_description_is_cut_before_the_edge():
    svg = architecture_svg([Row("a very long description " * 20, (3, 100), 10**9)], 100, width_px=400)
    longest = max(len(t) for t in re.findall(r"<text[^>]*>([^<]*)<", svg))
    assert longest < 400 / 8 and "…" in svg


def test_a_position_that_sees_more_than_there_is_sees_all():
    assert "sees the whole sequence" in architecture_svg([Row("convolution", (3, 100), 10, 250, 1)], 100)


def test_nothing_to_draw_is_one_sentence():
    with pytest.raises(SeqVizError):
        architecture_svg([], 100)
