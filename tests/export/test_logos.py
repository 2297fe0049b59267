"""Logos for print: the letters are as tall as the numbers, words stay text, and threads do not get in each other's way."""

import re
import struct
import xml.etree.ElementTree as ET
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest

from seqviz_core.errors import SeqVizError
from seqviz_core.export.logos import LONGEST, print_logo, print_motif
from seqviz_core.figures.palette import LIGHT

HEIGHTS = np.array([[1.0, 0, 0, -0.25], [0, 0.5, 0, 0], [0, 0, 0, 0], [0, 0, -2.0, 0.125]])


def letters(svg: bytes) -> list[tuple[str, float]]:
    """Return each letter of the SVG with its height in points, from left to right."""
    colours = {LIGHT.bases[base]: base for base in "ACGT"}
    found = []
    for path in ET.fromstring(svg).iter("{http://www.w3.org/2000/svg}path"):
        fill = re.search(r"fill: (#[0-9a-f]{6})", path.get("style", ""))
        if fill and fill[1] in colours:
            points = np.array([float(n) for n in re.findall(r"-?\d+\.?\d*", path.get("d"))]).reshape(-1, 2)
            found.append((points[:, 0].mean(), colours[fill[1]], float(np.ptp(points[:, 1]))))
    return [(base, tall) for _, base, tall in sorted(found)]


def texts(svg: bytes) -> list[str]:
    return ["".join(t.itertext()) for t in ET.fromstring(svg).iter("{http://www.w3.org/2000/svg}text")]


def test_letters_are_as_tall_as_their_numbers():
    found = letters(print_logo(HEIGHTS, "svg"))
    assert [base for base, _ in found[:3]] == ["A", "C", "T"] and {base for base, _ in found[3:]} == {"A", "T"}
    tall = dict(found[:3])
    assert tall["T"] == pytest.approx(2 * tall["A"], rel=0.01) and tall["A"] == pytest.approx(2 * tall["C"], rel=0.01)


def test_words_stay_text_and_positions_are_those_of_the_sequence():
    svg = print_logo(HEIGHTS, "svg", first=41)
    assert {"logit", "position", "41", "44"} <= set(texts(svg)) and b"Arial" in svg
    assert {"bits", "2.0"} <= set(texts(print_motif(np.eye(4), "svg")))


def test_a_long_logo_goes_on_in_the_next_row():
    rng = np.random.default_rng(0)
    heights = np.zeros((4, 230))
    heights[rng.integers(0, 4, 230), np.arange(230)] = rng.uniform(0.5, 1, 230)
    svg = print_logo(heights, "svg")
    assert len(letters(svg)) == 230 and texts(svg).count("logit") == 3 and {"1", "101", "201"} <= set(texts(svg))


def test_a_png_has_300_dots_per_inch():
    png = print_motif(np.eye(4), "png")
    width, height = struct.unpack(">II", png[16:24])
    assert png.startswith(b"\x89PNG") and width > 300 and height > 300
    assert struct.unpack(">II", png[png.index(b"pHYs") + 4:][:8]) == (11811, 11811)  # 300 / 0.0254 m


def test_threads_get_the_same_bytes_and_leave_nothing_open():
    import matplotlib.pyplot as plt

    look = dict(plt.rcParams)
    alone = print_logo(HEIGHTS, "svg")
    with ThreadPoolExecutor(4) as threads:
        assert set(threads.map(lambda _: print_logo(HEIGHTS, "svg"), range(4))) == {alone}
    assert plt.get_fignums() == [] and dict(plt.rcParams) == look


@pytest.mark.parametrize("heights, sentence", [
    (np.zeros((3, 5)), "shape"), (np.zeros((4, 0)), "shape"), (np.full((4, 2), np.nan), "finite"),
    (np.zeros((4, LONGEST + 1)), "zoom in first")])
def test_what_cannot_be_drawn_is_told(heights, sentence):
    with pytest.raises(SeqVizError, match=sentence):
        print_logo(heights, "svg")


def test_a_flat_logo_is_drawn_empty():
    assert letters(print_logo(np.zeros((4, 3)), "svg")) == []
