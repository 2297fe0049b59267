"""Logos are read back from their SVG: letter, place and height must be the numbers that went in."""

import importlib
import re
import xml.etree.ElementTree as ET

import numpy as np
import pytest

from seqviz_core.errors import SeqVizError
from seqviz_core.figures import logo
from seqviz_core.figures.glyphs import GLYPHS

SVG = "{http://www.w3.org/2000/svg}"


def letters(svg: str) -> list[tuple[str, float, float, float]]:
    """Return (base, left edge, lower edge, height) in pixels of every letter, y downwards."""
    found = []
    for group in ET.fromstring(svg).iter(f"{SVG}g"):
        for mark in group:
            if "transform" in mark.attrib:
                _, _, _, d, e, f = map(float, re.findall(r"-?[\d.e-]+", mark.get("transform")))
                found.append((group.get("class"), e, f, -d))
    return found


def test_heights_are_proportional_to_the_values_and_negative_letters_hang_below_zero():
    heights = np.zeros((4, 3))
    heights[0, 0], heights[2, 1], heights[3, 2] = 2.0, 1.0, -1.0
    svg = logo.logo_svg(heights, width_px=300, height_px=90)
    found = {base: rest for base, *rest in letters(svg)}
    zero = 60  # two thirds of 90 pixels are for +2, one third for -1
    assert found["A"] == pytest.approx([3, zero, 60], abs=0.1)
    assert found["G"] == pytest.approx([103, zero, 30], abs=0.1)
    assert found["T"] == pytest.approx([203, zero + 30, 30], abs=0.1)  # its lower edge lies 30 pixels below the line
    line = ET.fromstring(svg).find(f"{SVG}line")
    assert float(line.get("y1")) == pytest.approx(zero)


def test_a_stack_grows_outwards_with_the_largest_letter_outermost():
    heights = np.array([[3.0], [1.0], [-2.0], [-0.5]])
    stacked = logo.stack(heights)
    box = {"ACGT"[b]: (y, y + h) for y, h, b in zip(stacked.y, stacked.height, stacked.base, strict=True)}
    assert box == {"C": (0, 1), "A": (1, 4), "T": (-0.5, 0), "G": (-2.5, -0.5)}
    assert logo.limits_of(heights) == (-2.5, 4)


def test_each_outline_is_written_once_however_long_the_logo_is():
    rng = np.random.default_rng(0)
    heights = np.zeros((4, 1000))
    heights[rng.integers(0, 4, 1000), np.arange(1000)] = rng.choice([-1, 1], 1000)
    svg = logo.logo_svg(heights)
    assert len(letters(svg)) == 1000 and svg.count("<path ") == 4 and len(svg) < 90_000
    referred = set(re.findall(r'href="#([^"]+)"', svg))
    assert referred == set(re.findall(r'<path id="([^"]+)"', svg))


def test_letters_too_low_to_be_seen_are_left_out():
    heights = np.array([[1.0], [0.001], [0], [0]])
    assert [base for base, *_ in letters(logo.logo_svg(heights, height_px=80))] == ["A"]
    assert len(letters(logo.logo_svg(heights, height_px=800))) == 2


def test_information_content_is_two_bits_at_most_and_what_the_formula_says():
    ppm = np.array([[1, 0.25, 0.5], [0, 0.25, 0.5], [0, 0.25, 0], [0, 0.25, 0]])
    heights = logo.information_heights(ppm)
    assert heights.sum(axis=0) == pytest.approx([2, 0, 1])
    assert heights[:, 2] == pytest.approx([0.5, 0.5, 0, 0])
    random = np.random.default_rng(1).dirichlet([0.2] * 4, 50).T
    assert (logo.information_heights(random).sum(axis=0) <= 2 + 1e-12).all()
    assert logo.information_heights(10 * random) == pytest.approx(logo.information_heights(random))  # counts will do


def test_a_motif_logo_always_has_the_same_scale():
    weak = np.array([[0.5], [0.5], [0.0], [0.0]])  # 1 bit
    strong = np.array([[1.0], [0.0], [0.0], [0.0]])  # 2 bits
    total = [sum(h for *_, h in letters(logo.motif_logo_svg(ppm, height_px=68))) for ppm in (weak, strong)]
    assert total == pytest.approx([30, 60], abs=0.01)
    assert "bits" in logo.motif_logo_svg(weak, axis=True) and "bits<" not in logo.motif_logo_svg(weak)


def test_bases_have_their_own_colour_and_all_zero_columns_draw_nothing():
    heights = np.zeros((4, 5))
    heights[1, 2] = 1
    svg = logo.logo_svg(heights, theme="dark")
    assert [base for base, *_ in letters(svg)] == ["C"]
    assert logo.theme_of("dark").bases["C"] in svg and logo.theme_of("dark").bases["A"] not in svg
    assert letters(logo.logo_svg(np.zeros((4, 5)))) == []


@pytest.mark.parametrize("bad", [np.zeros((3, 5)), np.zeros(5), np.full((4, 2), np.nan), np.zeros((4, 0))])
def test_what_cannot_be_drawn_is_one_sentence(bad):
    with pytest.raises(SeqVizError):
        logo.logo_svg(bad)


@pytest.mark.parametrize("bad", [np.full((4, 3), -0.1), np.ones((3, 3)), np.zeros((4, 0))])
def test_a_motif_must_be_probabilities(bad):
    with pytest.raises(SeqVizError):
        logo.motif_logo_svg(bad)


def test_alt_text_is_there_and_a_hostile_one_is_escaped():
    root = ET.fromstring(logo.logo_svg(np.eye(4), alt='<script>alert("x")</script>'))
    assert root.get("role") == "img" and root.find(f"{SVG}script") is None
    assert root.get("aria-label") == root.find(f"{SVG}title").text
    assert "tallest letter is A at position 1" in logo.logo_svg(np.eye(4))


def test_outlines_fill_the_unit_box_and_are_what_the_script_makes():
    for letter, outline in GLYPHS.items():
        numbers = np.array(re.findall(r"[\d.]+", outline), dtype=float).reshape(-1, 2)
        assert numbers.min(axis=0) == pytest.approx([0, 0]) and numbers.max(axis=0) == pytest.approx([1, 1]), letter
    script = importlib.import_module("scripts.make_glyphs")
    assert script.outline("G") == GLYPHS["G"]
