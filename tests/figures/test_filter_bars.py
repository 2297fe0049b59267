"""The rows of filters: bars on the scale of the axis, escaped names, a mark for what never fires."""

import re
import xml.etree.ElementTree as ET

import numpy as np
import pytest

from seqviz_core.errors import SeqVizError
from seqviz_core.figures.filter_bars import BAR, FilterRow, _ticks, filter_bars_svg, filter_bars_table

PPM = np.full((4, 5), 0.25)
ROWS = [FilterRow("filter 3", "like <GATA>", PPM, 0.04, 0.02, 0.06, "+0.50", True, chosen=True),
        FilterRow("filter 9", "silent", None, -0.01, -0.02, 0.0, "0", False)]


def drawn(rows=ROWS, **more) -> str:
    return filter_bars_svg(rows, x="loss", right="logit", alt="Two filters.", **more)


def test_it_is_a_picture_with_its_words():
    root = ET.fromstring(drawn())
    said = "".join(root.itertext())
    assert "Two filters." in said and "like <GATA>" in said and "never fires here" in said and "+0.50" in said
    assert "<GATA>" not in drawn()


def test_bars_are_on_one_scale():
    widths = [float(w) for w in re.findall(r'<rect x="[^"]+" y="[^"]+" width="([^"]+)" height="14"', drawn())]
    assert widths == pytest.approx([BAR * 0.04 / 0.08, BAR * 0.01 / 0.08], rel=1e-3)  # from -0.02 to 0.06


def test_what_is_no_more_than_chance_is_pale():
    assert drawn().count('opacity="0.35"') == 1


@pytest.mark.parametrize("low, high", [(0.0, 0.016), (-0.02, 0.06), (0.0, 1.0), (-3.0, 0.0), (0.0, 3e-7)])
def test_ticks_are_few_and_round(low, high):
    ticks = _ticks(low, high)
    assert 0 in ticks and 2 <= len(ticks) <= 6 and low <= ticks[0] + 1e-9 and ticks[-1] <= high + 1e-9


def test_nothing_to_draw_is_told():
    with pytest.raises(SeqVizError, match="no filter"):
        drawn([])


def test_filters_that_all_cost_nothing_are_drawn():
    assert "filter 1" in drawn([FilterRow("filter 1", "", None, 0.0, 0.0, 0.0, "0", False)])


def test_the_numbers():
    assert filter_bars_table(ROWS, "loss", "logit")["loss"] == [0.04, -0.01]
