import numpy as np
import pytest

from seqviz_core.errors import SeqVizError
from seqviz_core.figures import alt_text
from seqviz_core.figures.base_orders import base_orders_figure

ORDERS, AUROCS = ["TGCA", "ACGT", "CAGT"], [0.97, 0.6, 0.2]


def test_every_order_has_its_dot_and_the_stated_one_a_diamond(accepted_by_plotly):
    figure = base_orders_figure(ORDERS, AUROCS, "ACGT", (0.5, 0.04))
    points = figure.data[0]
    assert list(points.x) == ORDERS and np.allclose(points.y, AUROCS)
    assert list(points.marker.symbol) == ["circle", "diamond", "circle"]
    band = figure.layout.shapes[0]
    assert (band.y0, band.y1) == (pytest.approx(0.42), pytest.approx(0.58)) and accepted_by_plotly(figure)
    assert figure.layout.yaxis.range[0] < 0.2 and figure.layout.yaxis.range[1] > 1
    assert alt_text(figure) == ("AUROC under each of the 3 orders of the bases: best is TGCA with 0.97; the stated order ACGT "
                                "has 0.60; chance gives 0.50 give or take 0.08.")


def test_both_themes_are_drawn(accepted_by_plotly):
    light, dark = (base_orders_figure(ORDERS, AUROCS, "ACGT", (0.5, 0.04), theme=theme) for theme in ("light", "dark"))
    assert light.layout.font.color != dark.layout.font.color and accepted_by_plotly(dark)


@pytest.mark.parametrize("orders, aurocs, stated", [(ORDERS, AUROCS[:2], "ACGT"), (ORDERS, AUROCS, "AGCT")])
def test_what_does_not_fit_is_refused(orders, aurocs, stated):
    with pytest.raises(SeqVizError, match="each order needs one"):
        base_orders_figure(orders, aurocs, stated, (0.5, 0.04))
