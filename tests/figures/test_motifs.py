import re
import xml.etree.ElementTree as ET

import numpy as np
import pytest

from seqviz_core.errors import SeqVizError
from seqviz_core.figures.motifs import instance_stack_svg, motif_card_svg, position_histogram_svg
from seqviz_core.figures.palette import LIGHT

SVG = "{http://www.w3.org/2000/svg}"


def one_hot(word: str) -> np.ndarray:
    return np.array([[float(base == letter) for letter in word] for base in "ACGT"])


def letters(svg: str) -> dict[float, list[tuple[float, str]]]:
    """Return, for each base line (y in pixels), the (column, base) of its letters from the left."""
    rows: dict[float, list[tuple[float, str]]] = {}
    for group in ET.fromstring(svg).iter(f"{SVG}g"):
        for mark in group:
            *_, x, y = map(float, re.findall(r"-?[\d.e-]+", mark.get("transform")))
            rows.setdefault(round(y), []).append((x // 16, group.get("class")))
    return {y: sorted(row) for y, row in sorted(rows.items())}


def spelled(svg: str) -> list[tuple[float, str]]:
    return [(row[0][0], "".join(base for _, base in row)) for row in letters(svg).values()]


def test_the_match_stands_under_the_columns_it_matches():
    assert spelled(motif_card_svg(one_hot("TTGATAA"), one_hot("GATA"), offset=2)) == [(0, "TTGATAA"), (2, "GATA")]
    assert spelled(motif_card_svg(one_hot("GATA"), one_hot("CCGATA"), offset=-2)) == [(2, "GATA"), (0, "CCGATA")]
    assert spelled(motif_card_svg(one_hot("GATA"))) == [(0, "GATA")]


def test_on_the_reverse_strand_the_match_is_its_reverse_complement():
    assert spelled(motif_card_svg(one_hot("TATC"), one_hot("GATAG"), offset=-1, strand="-")) == [(1, "TATC"), (0, "CTATC")]


def test_a_band_shows_the_overlap():
    root = ET.fromstring(motif_card_svg(one_hot("GATA"), one_hot("ATACC"), offset=1))
    band = next(r for r in root.iter(f"{SVG}rect"))
    assert (float(band.get("x")), float(band.get("width"))) == (16, 48)


def test_labels_are_escaped_and_in_the_alt_text():
    svg = motif_card_svg(one_hot("GATA"), one_hot("GATA"), label="<b>filter 7</b>", match_label='<script>alert("x")</script>')
    root = ET.fromstring(svg)
    assert "<b>" not in svg and root.find(f".//{SVG}script") is None
    assert "strongest bases GATA" in root.find(f"{SVG}title").text


def test_an_empty_motif_is_one_sentence():
    with pytest.raises(SeqVizError):
        motif_card_svg(np.zeros((4, 0)))


def test_histogram_bars_are_proportional_to_the_counts():
    svg = position_histogram_svg(np.array([0, 1, 2, 55, 99]), 100, bins=10, width_px=200, height_px=44)
    found = {float(r.get("x")) // 20: float(r.get("height")) for r in ET.fromstring(svg).iter(f"{SVG}rect")}
    assert found == pytest.approx({0: 30, 5: 10, 9: 10})
    assert "5 sites over 100 bases; most, 3, lie between 1 and 10" in svg


def test_a_histogram_of_nothing_says_so():
    assert "It never fires." in position_histogram_svg(np.array([]), 100)
    with pytest.raises(SeqVizError):
        position_histogram_svg(np.array([1]), 0)


def test_instances_are_aligned_on_their_sites():
    sequences, labels = ["AAAGATACC", "gataTTTT", "CCCCCGATA"], ["<4.1>", "3.9", "3.0"]
    svg = instance_stack_svg(sequences, [3, 0, 5], 4, flank=2, limit=2, labels=labels)
    rows: dict[float, list[tuple[float, str, bool]]] = {}
    for group in ET.fromstring(svg).iter(f"{SVG}g"):
        if group.get("fill"):
            for text in group:
                rows.setdefault(float(text.get("y")), []).append((float(text.get("x")), text.text, bool(text.get("font-weight"))))
    drawn = [sorted(row) for _, row in sorted(rows.items())]
    assert ["".join(base for _, base, _ in row) for row in drawn] == ["AAGATACC", "GATATT"]
    assert ["".join(base for _, base, inside in row if inside) for row in drawn] == ["GATA", "GATA"]
    assert [row[0][0] for row in drawn] == pytest.approx([5.25, 5.25 + 2 * 10.5])  # the second begins after the left flank
    assert "&lt;4.1&gt;" in svg and "2 of 3 instances" in svg and LIGHT.bases["G"] in svg


def test_no_instances_say_so_and_mismatched_ones_are_one_sentence():
    assert "It fires on no sequence." in instance_stack_svg([], [], 5)
    with pytest.raises(SeqVizError):
        instance_stack_svg(["ACGT"], [], 2)
