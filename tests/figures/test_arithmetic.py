"""The pictures of an arithmetic hold its numbers, in their places; the tables add up to them."""

import xml.etree.ElementTree as ET
from dataclasses import replace

import numpy as np
import pytest

from seqviz_core.errors import SeqVizError
from seqviz_core.experiments.arithmetic import (
    AttentionTerms,
    Convolution,
    ConvolutionTerms,
    Equation,
    Factor,
    Gate,
    GateTerms,
    Term,
    Terms,
    Unit,
    Window,
)
from seqviz_core.figures.arithmetic import (
    attention_svg,
    attention_table,
    convolution_svg,
    convolution_table,
    gates_svg,
    gates_table,
    number,
    signed,
)
from seqviz_core.figures.arithmetic.pieces import in_cell, shade
from seqviz_core.figures.palette import DARK, LIGHT, contrast

SVG = "{http://www.w3.org/2000/svg}"
SEQUENCE = "ACGTTGCAAGCATTCGATCGACTAGCATCG"


def unit(**changes) -> Unit:
    return replace(Unit("conv", "feature_map", 7, 10, 32, 30, (8, 13), (1, -2, 5), SEQUENCE), **changes)


def window(letters: str, first: int = 8) -> ConvolutionTerms:
    k = len(letters)
    weights = np.linspace(-1, 1, 4 * k).reshape(4, k)
    products = np.array([weights["ACGT".index(b), j] if b in "ACGT" else 0.0 for j, b in enumerate(letters)])
    bases = np.array([-1 if b == "-" else first + j for j, b in enumerate(letters)])
    terms = Terms((), k, float(products.sum()))
    conv = Convolution("first_conv", Window(letters, bases, weights, products), terms, -0.25)
    before = float(products.sum()) - 0.25
    return ConvolutionTerms(unit(), (conv,), (), False, 0.0, "ReLU", max(before, 0.0))


def deep(n: int, several: int = 1, **changes) -> ConvolutionTerms:
    told = tuple(Term(f"filter {k}", k - 2, (k, k + 9) if k else None, 2.0, (-1) ** k / (k + 1)) for k in range(n))
    convs = tuple(Convolution(f"conv{c}", None, Terms(told, 4, 0.125), 0.0, 0.5) for c in range(several))
    terms = ConvolutionTerms(unit(), convs, (("filter 3", -0.75),), True, 0.2, "", 0.0)
    return replace(terms, value=terms.before, **changes)


def gates(letter: str = "f") -> GateTerms:
    said = lambda value: Terms((Term("filter 6", 0, (3, 8), 1.0, value),), 0, 0.0)
    values = {"i": (0.5, 0.5, 0.0), "f": (1.0, -3.0, 0.5), "g": (-0.25, 0.0, 0.25), "o": (6.5, 0.5, 1.0)}
    made = []
    for name, (x, h, bias) in values.items():
        z = x + h + bias
        squash = "tanh" if name == "g" else "sigmoid"
        made.append(Gate(name, said(x), said(h), bias, None, 0.0, squash, np.tanh(z) if name == "g" else 1 / (1 + np.exp(-z))))
    v = {g.letter: g.value for g in made}
    c = v["f"] * 2.0 + v["i"] * v["g"]
    equations = (Equation("c", ((Factor("f", v["f"]), Factor("c before", 2.0)), (Factor("i", v["i"]), Factor("g", v["g"]))), c),
                 Equation("h", ((Factor("o", v["o"]), Factor("tanh(c)", np.tanh(c))),), v["o"] * np.tanh(c)))
    return GateTerms(unit(probe="lstm.left_to_right.f", kind="gate"), letter, "left to right", False, tuple(made), equations)


def attention(keys: int = 6, d: int = 4, *, distance: bool = False, learned: bool = False,
              letters: str = SEQUENCE) -> AttentionTerms:
    rng = np.random.default_rng(0)
    query, k = rng.normal(size=d), rng.normal(size=(keys, d))
    content, slope = k @ query / np.sqrt(d), -0.1 * np.arange(keys) if distance else None
    scores = content if slope is None else content + slope
    pattern = np.exp(scores) / np.exp(scores).sum()
    stride = len(letters) // keys
    bases = tuple((j * stride, (j + 1) * stride) for j in range(keys))
    where = unit(probe="layer1.attention.pattern", kind="attention", position=1, bases=bases[1], span=(stride, 0, stride),
                 letters=letters)
    return AttentionTerms(where, content, slope, query, k, d**-0.5, 0.0, learned, bases, pattern)


def parts(svg: str, tag: str) -> list[ET.Element]:
    return list(ET.fromstring(svg).iter(f"{SVG}{tag}"))


def texts(svg: str) -> list[str]:
    return [t.text for t in parts(svg, "text")]


@pytest.mark.parametrize(("value", "text"), [
    (-0.12345, "−0.123"), (0.9996, "1.00"), (2.345, "2.35"), (14.26, "14.3"), (1234.5, "1,234"), (0.00004, "4.0e−05"),
    (-2.5e9, "−2.5e+09")])
def test_numbers_have_about_three_figures(value, text):
    assert number(value) == text and signed(value) == (text if value < 0 else f"+{text}")
    assert number(0.0) == signed(0.0) == signed(-0.0) == "0"


def test_cells_never_show_a_negative_zero():
    assert [in_cell(v) for v in (-0.001, -0.5, 9.996, -12.34, 123.4)] == ["0.00", "−0.50", "10.0", "−12.3", "123"]


# ---- convolution

def frames(svg: str) -> list[tuple[float, float]]:
    return [(float(r.get("x")), float(r.get("y"))) for r in parts(svg, "rect") if r.get("fill") == "none"]


def test_the_framed_cell_is_the_letter_that_is_there():
    found = frames(convolution_svg(window("ACGTN-")))
    assert len(found) == 4  # none for an unknown base, none beyond the end
    xs, ys = np.array(found).T
    assert np.allclose(np.diff(xs), np.diff(xs)[0]) and np.allclose(np.diff(ys), np.diff(ys)[0]) and np.diff(ys)[0] > 0


def test_products_are_drawn_to_scale_and_the_line_adds_them_up():
    terms = window("TAGCA")
    svg, products = convolution_svg(terms), terms.convolutions[0].window.products
    bars = {fill: [float(r.get("height")) for r in parts(svg, "rect") if r.get("fill") == fill and float(r.get("width")) < 40]
            for fill in (LIGHT.diverging[-2], LIGHT.diverging[1])}
    assert np.allclose(np.array(bars[LIGHT.diverging[-2]]) / 20, products[products >= 0] / abs(products).max(), atol=1e-3)
    assert np.allclose(np.array(bars[LIGHT.diverging[1]]) / 20, -products[products < 0] / abs(products).max(), atol=1e-3)
    line = texts(svg)[texts(svg).index("sum of products") - 1:]
    assert line == [number(products.sum()), "sum of products", "−", "0.250", "bias", "=", number(terms.before), "→", "ReLU",
                    "activation", "→", number(terms.value), "value"]


@pytest.mark.parametrize(("width", "rows"), [(5, 1), (20, 1), (26, 2), (50, 3)])
def test_a_wide_filter_goes_on_in_the_next_row(width, rows):
    svg = convolution_svg(window(("ACGTA" * 10)[:width]))
    assert texts(svg).count("product") == rows and len(frames(svg)) == width
    assert max(float(r.get("x")) + float(r.get("width")) for r in parts(svg, "rect")) <= 720


def test_a_deeper_layer_has_its_strongest_products_and_the_rest():
    said = texts(convolution_svg(deep(3)))
    assert "filter 1, bases 2–10" in said and "filter 0, 2 to the left" in said and "2.00 × (−0.500)" in said
    assert "4 other products" in said and "+0.125" in said
    assert said[said.index("batch norm scale") - 1] == "0.500" and said[said.index("shortcut: filter 3") - 1] == "0.750"
    assert said[said.index("batch norm shift") - 1] == "0.200" and said[-2:] == [number(deep(3).before), "value"]


def test_of_several_convolutions_each_tells_less():
    said = texts(convolution_svg(deep(8, several=3)))
    assert [t for t in said if str(t).startswith("Layer")] == ["Layer conv0", "Layer conv1", "Layer conv2"]
    assert said.count("7 other products") == 3 and said.count("filter 4, bases 5–13") == 3
    rest = 0.125 + sum(t.product for t in deep(8).convolutions[0].terms.strongest[5:])
    assert said.count(signed(rest)) == 3


# ---- gates

def test_a_row_for_each_gate_with_its_sums_and_the_state_below():
    terms = gates()
    said = texts(gates_svg(terms))
    assert [t for t in said if t in ("input i", "forget f", "candidate g", "output o")] == [
        "input i", "forget f", "candidate g", "output o"]
    f = terms.gates[1]
    place = said.index("forget f")
    assert said[place + 1:place + 6] == ["+1.00", "−3.00", "+0.500", "−1.50", number(f.value)]
    c = terms.equations[0].value
    assert said[said.index("c") + 1:said.index("cell state c")] == [
        "=", number(f.value), "f", "×", "2.00", "c before", "+", number(terms.gates[0].value), "i", "×",
        number(terms.gates[2].value), "g", "=", number(c)]


@pytest.mark.parametrize(("letter", "place"), [("i", 0), ("f", 1), ("c", 4), ("h", 5)])
def test_what_was_asked_for_is_marked(letter, place):
    marks = [float(r.get("y")) for r in parts(gates_svg(gates(letter)), "rect") if r.get("width") == "4"]
    assert len(marks) == 1 and marks[0] == pytest.approx([20, 108, 196, 284, 372, 424][place])


def test_the_dot_lies_on_the_curve():
    svg = gates_svg(gates())
    dots = [(float(c.get("cx")), float(c.get("cy"))) for c in parts(svg, "circle")]
    for (x, y), curve in zip(dots, parts(svg, "polyline"), strict=True):
        points = np.array([tuple(map(float, p.split(","))) for p in curve.get("points").split()])
        assert np.interp(x, *points.T) == pytest.approx(y, abs=0.3)
    assert dots[3][0] == pytest.approx(546 + 74)  # a sum of 8 stands at the end of the curve


def test_the_resets_share_and_a_first_step_are_said():
    base = gates()
    gru = replace(base.gates[2], letter="n", reset=0.5, memory_bias=0.125)
    said = texts(gates_svg(replace(base, letter="n", gates=(gru,), equations=())))
    assert "memory: (filter 6 at 4–8 0, bias +0.125) × reset r 0.500" in said
    assert texts(gates_svg(replace(base, first=True))).count("memory: nothing was read before") == 4


# ---- attention

def share_bars(svg: str) -> list[tuple[float, float, float]]:
    """Return (middle, height, top) of the bars of the shares."""
    colours = (LIGHT.sequential[4], LIGHT.sequential[6])
    return [(float(r.get("x")) + float(r.get("width")) / 2, float(r.get("height")), float(r.get("y")))
            for r in parts(svg, "rect") if r.get("fill") in colours]


def test_shares_stand_to_scale_under_their_bases_and_the_first_are_numbered():
    terms = attention()
    svg = attention_svg(terms)
    middle, height, _ = np.array(share_bars(svg)).T
    assert np.allclose(height / height.max(), terms.pattern / terms.pattern.max(), atol=1e-3)
    assert np.allclose(np.diff(middle), (720 - 84 - 8) / 6, atol=0.1)
    numbered = [float(t.get("x")) for t in parts(svg, "text") if t.text in "123" and t.get("text-anchor") == "middle"
                and t.get("font-weight") == "700" and float(t.get("y")) > 100]
    assert np.allclose(numbered, middle[terms.top(3)], atol=0.01)
    first = terms.top(1)[0]
    said = f"key {first + 1}, bases {5 * first + 1}–{5 * first + 5}: score {number(terms.scores[first])}, share "
    assert f"{said}{number(terms.pattern[first])}" in texts(svg)


def test_content_and_distance_stand_apart_only_where_both_are():
    assert {"content", "distance", "score", "share"} <= set(texts(attention_svg(attention(distance=True))))
    said = texts(attention_svg(attention()))
    assert "content" not in said and "score" in said and "looks from" in said
    assert "looks from" not in texts(attention_svg(attention(learned=True)))


def test_many_keys_are_thinned_and_the_first_one_stays():
    terms = attention(keys=2500, letters="ACGTA" * 2000)
    bars = share_bars(attention_svg(terms))
    assert len(bars) <= 640 and max(height for _, height, _ in bars) == pytest.approx(50)


def test_long_queries_show_their_largest_products():
    terms = attention(d=64)
    said = next(t for t in texts(attention_svg(terms)) if str(t).startswith("The 12 largest of 64"))
    products = terms.query * terms.keys[terms.top(1)[0]]
    rest = np.sort(products[np.argsort(-abs(products))[12:]]).sum()
    assert said.endswith(f"sum to {number(rest)}.")


# ---- all of them

EVERY = [(convolution_svg, window("ACGTA")), (convolution_svg, deep(3)), (gates_svg, gates()), (attention_svg, attention())]


@pytest.mark.parametrize(("draw", "terms"), EVERY)
def test_pictures_say_what_they_show_and_no_name_is_markup(draw, terms):
    svg = draw(terms, name="<b>x</b> filter", theme="dark", text_colour=DARK.text)
    root = ET.fromstring(svg)
    assert root.get("fill") == DARK.text and root.find(f".//{SVG}b") is None
    assert root.findtext(f"{SVG}title").count("<b>x</b> filter") == 1 and root.get("role") == "img"
    height = float(root.get("height"))
    assert all(0 <= float(t.get("y")) <= height and -1 <= float(t.get("x")) <= 720 for t in parts(svg, "text"))


def test_numbers_in_cells_can_be_read_in_both_themes():
    from seqviz_core.figures.arithmetic.pieces import ink
    for theme in (LIGHT, DARK):
        assert min(contrast(ink(fill), fill) for fill in (shade(v, theme) for v in np.linspace(-1, 1, 41))) >= 4.5


def test_what_cannot_be_drawn_is_one_sentence():
    with pytest.raises(SeqVizError, match="no convolution"):
        convolution_svg(replace(window("ACG"), convolutions=()))
    with pytest.raises(SeqVizError, match="no gate"):
        gates_svg(replace(gates(), gates=()))
    with pytest.raises(SeqVizError, match="do not fit"):
        attention_svg(replace(attention(), pattern=np.ones(3)))


# ---- tables

def column(table: dict, step: str, what: str) -> float:
    return table["value"][(table["step"] == step) & (table["what"] == what)].item()


def test_a_window_has_every_weight_and_adds_up():
    terms = window("AC-GT")
    table = convolution_table(terms)
    products = np.char.startswith(table["what"].astype(str), "base")
    assert products.sum() == 20 and table["value"][products].sum() == pytest.approx(terms.convolutions[0].window.products.sum())
    assert np.allclose(table["weight"][products].astype(float).reshape(5, 4).T, terms.convolutions[0].window.weights)
    assert set(table["first_base"][products][8:12]) == {""} and set(table["first_base"][products][:4]) == {9}
    assert (column(table, "ReLU", "value"), column(table, "first_conv", "bias")) == (terms.value, -0.25)


def test_the_tables_of_deeper_sums_add_up():
    terms, table = deep(3), convolution_table(deep(3))
    told = table["value"][:4].sum()
    assert told == pytest.approx(column(table, "conv0", "sum of products")) and column(table, "conv0", "4 others") == 0.125
    total = told * column(table, "conv0", "batch norm scale") + column(table, "shortcut", "filter 3") + column(
        table, "batch norm", "shift")
    assert total == pytest.approx(column(table, "sum", "before the activation")) == pytest.approx(terms.before)


def test_the_tables_of_gates_and_attention():
    table = gates_table(gates())
    for name in "ifgo":
        assert sum(column(table, name, part) for part in ("from the input", "from the memory", "biases")) == pytest.approx(
            column(table, name, "sum"))
    assert column(table, "c", "value") == gates().equations[0].value
    terms = attention(distance=True)
    columns = attention_table(terms)
    assert np.allclose(columns["query_times_key"] + columns["distance"], columns["score"])
    assert columns["first_base"].tolist() == [1, 6, 11, 16, 21, 26] and columns["share"].sum() == pytest.approx(1)
    assert "distance" not in attention_table(attention())
