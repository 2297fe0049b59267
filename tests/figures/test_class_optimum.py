import re
import xml.etree.ElementTree as ET

import numpy as np
import pytest

from seqviz_core.errors import SeqVizError
from seqviz_core.figures.class_optimum import LINE, optimum_svg

SVG = "{http://www.w3.org/2000/svg}"


def test_every_settled_letter_stands_in_its_line_and_flat_columns_are_empty():
    ppm = np.full((4, LINE + 10), 0.25)
    ppm[:, 3], ppm[:, LINE + 2] = [0, 0, 1, 0], [0, 0, 0, 1]
    root = ET.fromstring(optimum_svg(ppm, label="<b>GATA2</b>", theme="dark"))
    drawn = {group.get("class"): [tuple(map(float, re.findall(r"-?[\d.e-]+", mark.get("transform"))))[-2:] for mark in group]
             for group in root.iter(f"{SVG}g")}
    (g_x, g_y), (t_x, t_y) = drawn["G"][0], drawn["T"][0]
    assert set(drawn) == {"G", "T"} and g_x - t_x == pytest.approx(17) and t_y > g_y + 60  # column 3 of one line, 2 of the next
    alt = root.find(f"{SVG}title").text
    assert "2 of 60 positions" in alt and alt.split(": ")[-1] == "...G" + "." * (LINE - 2) + "T" + "." * 7 and "<b>" in alt
    assert [t.text for t in root.iter(f"{SVG}text")][-1] == "60" and float(root.get("width")) < 1000


def test_nothing_to_draw_is_told():
    with pytest.raises(SeqVizError, match="no position"):
        optimum_svg(np.zeros((4, 0)))
