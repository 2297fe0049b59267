import xml.etree.ElementTree as ET

import numpy as np
import pytest

from seqviz_core.errors import SeqVizError
from seqviz_core.figures.palette import LIGHT, MODEL_COLOURS
from seqviz_core.figures.prediction import Prediction, predictions_svg, probability

SVG = "{http://www.w3.org/2000/svg}"
CLASSES = ["GATA1", "MAX", "none"]
TWO = [Prediction("CNN", "cnn", CLASSES, np.array([0.2, 0.5, 0.3])),
       Prediction("LSTM", "lstm", CLASSES, np.array([0.9, 0.06, 0.04]))]


def bars(svg: str, colour: str) -> list[float]:
    rects = [r for r in ET.fromstring(svg).iter(f"{SVG}rect") if r.get("height") == "11"]
    return [float(r.get("width")) for r in rects if r.get("fill") == colour]


def test_bars_are_proportional_to_the_probabilities_largest_first():
    svg = predictions_svg(TWO)
    full = bars(svg, LIGHT.grid)[0]
    assert np.array(bars(svg, MODEL_COLOURS["cnn"])) / full == pytest.approx([0.5, 0.3, 0.2], abs=1e-3)
    assert np.array(bars(svg, MODEL_COLOURS["lstm"])) / full == pytest.approx([0.9, 0.06, 0.04], abs=1e-3)


def test_models_stand_side_by_side_and_only_the_top_classes_are_shown():
    texts = [(t.text, float(t.get("x"))) for t in ET.fromstring(predictions_svg(TWO, top=2)).iter(f"{SVG}text")]
    assert [t for t, _ in texts] == ["CNN", "MAX", "0.50", "none", "0.30", "LSTM", "GATA1", "0.90", "MAX", "0.06"]
    assert dict(texts)["LSTM"] > max(x for t, x in texts[:5])


def test_a_fourth_model_begins_a_new_line_so_that_nothing_gets_smaller():
    width = lambda n: float(ET.fromstring(predictions_svg(TWO[:1] * n)).get("width"))
    assert width(1) < width(2) < width(3) == width(4) == width(8)
    root = ET.fromstring(predictions_svg(TWO[:1] * 3 + TWO[1:]))
    lines = root.findall(f"{SVG}g")
    assert [len(g.findall(f"{SVG}circle")) for g in lines] == [3, 1]
    one = float(ET.fromstring(predictions_svg(TWO)).get("height"))
    assert float(root.get("height")) > 2 * one and lines[1].get("transform").startswith(f"translate(0 {one + 20:g}")


def test_focus_and_truth_are_marked():
    root = ET.fromstring(predictions_svg(TWO, focus=1, truth="MAX"))
    rules = [r.get("opacity") for r in root.iter(f"{SVG}rect") if r.get("height") == "2"]
    assert rules == ["0.25", None]
    assert [t.text for t in root.iter(f"{SVG}title")].count("planted here") == 2


@pytest.mark.parametrize(("value", "text"), [(0.999, "> 0.99"), (0.001, "< 0.01"), (0.971, "0.97"), (1.0, "> 0.99")])
def test_no_probability_is_called_certain(value, text):
    assert probability(value) == text


def test_alt_text_and_hostile_names():
    svg = predictions_svg([Prediction("<script>x</script>", "cnn", ["<img>", 'b"'], np.array([0.7, 0.3]))], truth="<img>")
    assert ET.fromstring(svg).find(f".//{SVG}script") is None and "<img" not in svg
    assert "CNN says MAX, 0.50; LSTM says GATA1, 0.90" in predictions_svg(TWO)


def test_what_does_not_fit_is_one_sentence():
    with pytest.raises(SeqVizError, match="no model"):
        predictions_svg([])
    with pytest.raises(SeqVizError, match="shape"):
        predictions_svg([Prediction("CNN", "cnn", CLASSES, np.zeros(2))])
