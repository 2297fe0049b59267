"""The preview of a task's sequences: every base, box, name and mark where it belongs."""

import re
import xml.etree.ElementTree as ElementTree

import pytest

from seqviz_core.errors import SeqVizError
from seqviz_core.figures.kinds import SiteMark
from seqviz_core.figures.palette import LIGHT
from seqviz_core.figures.preview import PreviewRow, preview_svg

NS = "{http://www.w3.org/2000/svg}"


def drawn(*rows: PreviewRow, **options) -> ElementTree.Element:
    return ElementTree.fromstring(preview_svg(rows, **options))


def texts(root: ElementTree.Element) -> list[str]:
    return [t.text for t in root.iter(f"{NS}text")]


def boxes(root: ElementTree.Element) -> list[list[float]]:
    return [[float(v) for v in re.findall(r"[-\d.]+", path.get("d"))] for path in root.iter(f"{NS}path")]


def test_letters_stand_in_their_columns_and_colours():
    root = drawn(PreviewRow("a", "ACGTN"), PreviewRow("b", "TTTTT"))
    letters = [t for t in root.iter(f"{NS}text") if t.get("fill") in LIGHT.bases.values()]
    assert "".join(t.text for t in letters) == "ACGTTTTTT"  # the unknown end of the first is left open
    xs = [float(t.get("x")) for t in letters]
    steps = [b - a for a, b in zip(xs[:3], xs[1:4])]
    assert steps == pytest.approx([steps[0]] * 3, rel=1e-3) and xs[4:8] == xs[:4]
    assert {t.text for t in letters if t.get("fill") == LIGHT.bases["T"]} == {"T"}


def test_a_box_lies_round_its_bases_with_the_tip_where_the_motif_reads_to():
    sites = [SiteMark("UP", 0, 10, "+"), SiteMark("DOWN", 40, 50, "-")]
    root = drawn(PreviewRow("x", "A" * 50, sites))
    (up, down), base = boxes(root), None
    ruler = next(line for line in root.iter(f"{NS}line"))
    left, right = float(ruler.get("x1")), float(ruler.get("x2"))
    base = (right - left) / 50
    assert up[0] == pytest.approx(left, abs=0.1) and up[2] == pytest.approx(left + 10 * base, abs=0.1)  # M left top H right
    assert down[0] == pytest.approx(right, abs=0.1) and down[2] == pytest.approx(left + 40 * base, abs=0.1)
    assert down[3] < down[2] and up[3] > 0  # the tip of the reverse one lies left of it, of the forward one right of it
    assert {"UP", "DOWN"} <= set(texts(root))


def test_names_that_would_touch_are_moved_apart():
    root = drawn(PreviewRow("x", "A" * 100, [SiteMark("FIRSTNAME", 0, 6), SiteMark("SECONDNAME", 6, 12)]))
    first, second = (float(t.get("x")) for t in root.iter(f"{NS}text") if (t.text or "").endswith("NAME") and t.get("font-size")
                     == "11")
    assert second - first > 3.2 * (len("FIRSTNAME") + len("SECONDNAME"))


@pytest.mark.parametrize("length, kind", [(60, "text"), (200, "rect"), (2000, "bar")])
def test_bases_are_letters_blocks_or_a_bar_by_the_room(length, kind):
    root = drawn(PreviewRow("x", "ACGT" * (length // 4), [SiteMark("M", 10, 20)]))
    coloured = [e.tag.removeprefix(NS) for e in root.iter() if e.get("fill") in LIGHT.bases.values()]
    assert coloured == ([] if kind == "bar" else [kind] * length)


def test_a_class_per_base_is_a_mark_below():
    root = drawn(PreviewRow("x", "A" * 100, (), [(10, 20, "exon"), (40, 41, "donor")]))
    marks = [r for r in root.iter(f"{NS}rect") if r.get("height") == "5"]
    widths = [float(m.get("width")) for m in marks]
    assert len(marks) == 2 and widths[0] > 9 * widths[1] and len({m.get("fill") for m in marks}) == 2
    assert {"exon", "donor"} <= set(texts(root)) and "marked at every base: exon, donor" in root.find(f"{NS}title").text


def test_labels_are_escaped_and_the_picture_says_what_it_is():
    root = drawn(PreviewRow("<img src=x>", "ACGT", [SiteMark("<b>", 0, 2)]))
    assert "<img src=x>" in texts(root) and root.find(f"{NS}title").text.startswith("1 sequences of up to 4 bases, with planted")
    assert "nothing planted" in drawn(PreviewRow("a", "ACGT")).find(f"{NS}title").text


def test_many_kinds_of_site_are_named_at_the_boxes_only():
    rows = [PreviewRow("x", "A" * 200, [SiteMark(f"M{i}", 20 * i, 20 * i + 9) for i in range(n)]) for n in (6, 7)]
    assert [texts(drawn(row)).count("M1") for row in rows] == [2, 1]


def test_nothing_to_draw_is_told():
    for rows in ([], [PreviewRow("a", "")]):
        with pytest.raises(SeqVizError, match="no sequence to preview"):
            preview_svg(rows)
