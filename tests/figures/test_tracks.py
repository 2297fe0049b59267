"""The tracks figure, read back from what plotly would send to the browser."""

import base64
import json
import re
import xml.etree.ElementTree as ET

import numpy as np
import plotly.graph_objects as go
import pytest

from seqviz_core.errors import SeqVizError
from seqviz_core.figures import alt_text
from seqviz_core.figures.tracks import (
    HeatmapTrack,
    LineTrack,
    LogoTrack,
    SiteMark,
    SitesTrack,
    column_centres,
    column_of_base,
    gate_tracks,
    top_rows,
    tracks_figure,
)

HOSTILE = '<img src=x onerror="alert(1)">'
RNG = np.random.default_rng(0)
SEQUENCE = "".join(RNG.choice(list("ACGT"), 100))
SITES = SitesTrack("Where are the planted motifs?", [SiteMark("GATA1", 34, 41), SiteMark("MAX", 72, 83, "-")])
LOGO = LogoTrack("Which bases push the prediction?", RNG.normal(0, 1, 100).astype(np.float32))
MAPS = HeatmapTrack("Where does each filter fire?", RNG.random((12, 100), dtype=np.float32),
                    rows=[f"filter {k}" for k in range(12)], span_offset=-5, span_width=11)
LINE = LineTrack("What does position 42 look at?", RNG.random(25, dtype=np.float32), span_stride=4, span_offset=-2,
                 span_width=11, query=41)


def drawn(figure: go.Figure, kind: str, axis: str | None = None) -> list:
    """Return the traces of a kind, without the invisible maps that only answer the pointer."""
    return [t for t in figure.data if t.type == kind and t.opacity != 0 and (axis is None or (t.yaxis or "y") == axis)]


def domain(figure: go.Figure, axis: str) -> tuple[float, float]:
    return tuple(figure.layout[axis.replace("y", "yaxis", 1)].domain)


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_plotly_accepts_every_property_although_it_is_not_asked(theme, accepted_by_plotly):
    gates = gate_tracks({name: np.full((4, 100), 0.3, dtype=np.float32) for name in "ifgoch"})
    figure = tracks_figure(SEQUENCE, [SITES, LOGO, MAPS, LINE, *gates, SitesTrack("None?", [])], theme=theme, logo_column=True)
    assert accepted_by_plotly(figure)


def test_that_check_can_fail(accepted_by_plotly):
    figure = tracks_figure(SEQUENCE, [])
    broken = go.Figure({"data": [], "layout": {**figure.to_dict()["layout"], "hovermoed": "x"}}, _validate=False)
    with pytest.raises(ValueError, match="hovermoed"):
        accepted_by_plotly(broken)


def test_every_track_has_its_traces_and_its_own_strip_over_one_x_axis():
    figure = tracks_figure(SEQUENCE, [SITES, LOGO, MAPS, LINE])
    assert len(drawn(figure, "heatmap", "y4")) == 1 and len(drawn(figure, "scatter", "y3")) == 1
    assert len(drawn(figure, "bar", "y")) == 4  # one a base, for the letters
    assert {t.xaxis for t in figure.data} == {None}
    strips = [domain(figure, axis) for axis in ("y2", "y3", "y4", "y5", "y")]
    assert all(above[0] > below[1] for above, below in zip(strips, strips[1:], strict=False))
    assert strips[-1][0] == 0 and all(0 <= low < high <= 1 for low, high in strips)


def test_heights_in_pixels_do_not_depend_on_the_numbers():
    def heights(seed: int) -> list[float]:
        rng = np.random.default_rng(seed)
        sites = SitesTrack("?", [SiteMark("A", 3, 9)] * seed)
        figure = tracks_figure(SEQUENCE, [sites, LogoTrack("?", rng.normal(0, seed + 1, 100)), MAPS])
        return [figure.layout.height, *domain(figure, "y2"), *domain(figure, "y3"), *domain(figure, "y4")]
    assert heights(0) == heights(1) == heights(3)
    figure = tracks_figure(SEQUENCE, [LOGO])
    inside = figure.layout.height - figure.layout.margin.t - figure.layout.margin.b
    low, high = domain(figure, "y2")
    assert (high - low) * inside == pytest.approx(LOGO.height)


def test_columns_lie_under_the_bases_they_cover():
    # stride 4, offset -2, width 11: unit 0 sees bases -2 ... 8, whose middle is base 3, so 1-based position 4;
    # its column is 4 wide: from 2 to 6. Unit 10 sees 38 ... 48 (0-based), the middle is 43, position 44.
    track = HeatmapTrack("?", np.zeros((3, 25)), span_stride=4, span_offset=-2, span_width=11)
    trace, = drawn(tracks_figure(SEQUENCE, [track]), "heatmap", "y2")
    assert (trace.x0, trace.dx) == (4, 4)
    assert column_centres(25, 4, -2, 11)[[0, 10]].tolist() == [4, 44]
    under = column_of_base(100, 25, 4, -2, 11)
    assert under[:8].tolist() == [-1, 0, 0, 0, 0, 1, 1, 1]  # bases 1 ... 4 (0-based) fill 2 ... 6 on the axis, after half a base
    assert column_of_base(6, 6, 1, -5, 11).tolist() == list(range(6))
    assert column_centres(3, 1, -5, 11).tolist() == [1, 2, 3]
    assert column_centres(1, 2, 0, 2).tolist() == [1.5]  # an even width has its middle between two bases


def test_a_column_is_named_after_its_base_or_after_what_it_sees():
    def named(track: HeatmapTrack) -> tuple[list[str], go.Heatmap]:
        flag, = [t for t in tracks_figure(SEQUENCE, [track]).data if t.type == "heatmap" and t.opacity == 0]
        return list(flag.text[0]), flag
    names, flag = named(MAPS)
    assert names == [f"{base} {k + 1}" for k, base in enumerate(SEQUENCE)] and (flag.x0, flag.dx) == (1, 1)
    # it reaches from the upper edge of row 0 to well below row 11, so every row is over it
    assert (flag.y0 - flag.dy / 2, flag.y0 + flag.dy / 2) == (-0.5, 23.5)
    names, flag = named(HeatmapTrack("?", np.zeros((3, 25)), span_stride=4, span_offset=-2, span_width=11))
    assert names[0] == "sees 1–9" and names[10] == "sees 39–49" and names[24] == "sees 95–100" and (flag.x0, flag.dx) == (4, 4)


def test_the_hover_of_a_line_gives_each_base_the_column_above_it():
    figure = tracks_figure(SEQUENCE, [LINE])
    steps, hover = drawn(figure, "scatter", "y2")
    assert steps.x[:4].tolist() == [2, 6, 6, 10] and steps.y[:4].tolist() == LINE.values[[0, 0, 1, 1]].tolist()
    assert np.isnan(hover.y[0]) and hover.y[[1, 4, 5]].tolist() == LINE.values[[0, 0, 1]].tolist()
    assert hover.text[41] == SEQUENCE[41] and hover.x[41] == 42 and "%{text} %{x}" in hover.hovertemplate
    assert figure.layout.shapes[0].x0 == figure.layout.shapes[0].x1 == 42


def test_signed_maps_are_symmetric_about_zero_and_unsigned_ones_begin_there():
    values = np.array([[-1.0, 3.0], [0.5, 2.0]])
    def scale(**more) -> tuple[float, float]:
        trace, = drawn(tracks_figure("AC", [HeatmapTrack("?", values, **more)]), "heatmap", "y2")
        return trace.zmin, trace.zmax
    assert scale(signed=True) == (-3, 3)
    assert scale(signed=True, zmin=-1.0, zmax=1.0) == (-1, 1)
    assert scale(signed=True, zmax=2.0) == (-2, 2)
    assert scale(zmin=0.0, zmax=1.0) == (0, 1)
    trace, = drawn(tracks_figure("AC", [HeatmapTrack("?", np.abs(values))]), "heatmap", "y2")
    assert (trace.zmin, trace.zmax) == (0, 3)
    trace, = drawn(tracks_figure("AC", [HeatmapTrack("?", np.zeros((2, 2)))]), "heatmap", "y2")
    assert (trace.zmin, trace.zmax) == (0, 1)


def test_the_diverging_scale_puts_the_neutral_colour_at_zero():
    trace, = drawn(tracks_figure("AC", [HeatmapTrack("?", np.array([[-1.0, 3.0]]), signed=True)]), "heatmap", "y2")
    places = dict(trace.colorscale)
    assert places[0.5] == "#f6f6f6"


def test_gate_maps_come_in_order_with_their_own_scales():
    maps = {name: np.full((4, 10), 0.3, dtype=np.float32) for name in "hcogfi"}
    tracks = gate_tracks(maps)
    assert [t.unit for t in tracks] == list("ifgoch") and [bool(t.title) for t in tracks] == [True] + 5 * [False]
    figure = tracks_figure("ACGTACGTAC", tracks)
    scales = [(t.zmin, t.zmax) for t in drawn(figure, "heatmap")][1:]
    assert scales[0] == scales[1] == scales[3] == (0, 1) and scales[2] == scales[5] == (-1, 1)
    assert scales[4] == pytest.approx((-0.3, 0.3))


def test_a_grus_gates_are_drawn_from_zero_to_one_and_its_states_signed():
    tracks = gate_tracks({name: np.full((4, 10), 0.3, dtype=np.float32) for name in "hnzr"})
    assert [(t.symbol, t.signed, t.zmin, t.zmax) for t in tracks] == [
        ("reset r", False, 0, 1), ("update z", False, 0, 1), ("candidate n", True, -1, 1), ("hidden h", True, -1, 1)]
    assert gate_tracks({"h": np.zeros((4, 10))})[0].legend == "State h: red above zero, blue below."


def test_the_logo_is_an_image_that_zooms_with_the_bases_and_holds_the_values():
    values = np.zeros(5, dtype=np.float32)
    values[1], values[3] = 2.0, -1.0
    figure = tracks_figure("ACGTA", [LogoTrack("?", values)])
    image, = figure.layout.images
    assert (image.xref, image.yref, image.x, image.sizex, image.sizing) == ("x", "y2", 0.5, 5, "stretch")
    low, high = figure.layout.yaxis2.range
    assert (image.y, image.sizey) == pytest.approx((high, high - low)) and low < -1 and high > 2
    svg = base64.b64decode(image.source.split(",")[1]).decode()
    assert 'preserveAspectRatio="none"' in svg
    found = {}
    for group in ET.fromstring(svg).iter("{http://www.w3.org/2000/svg}g"):
        for mark in group:
            _, _, _, d, x, y = map(float, re.findall(r"-?[\d.e-]+", mark.get("transform")))
            found[group.get("class")] = (x // 10, -d, y)
    scale = 110 / (high - low)
    assert found["C"][:2] == pytest.approx((1, 2 * scale), abs=0.02) and found["T"][:2] == pytest.approx((3, scale), abs=0.02)
    zero = high * scale
    assert found["C"][2] == pytest.approx(zero, abs=0.1) and found["T"][2] == pytest.approx(zero + scale, abs=0.1)


def test_the_ruler_is_one_based_and_can_start_zoomed():
    figure = tracks_figure(SEQUENCE, [LOGO], uirevision="run-7")
    assert tuple(figure.layout.xaxis.range) == (0.5, 100.5) and figure.layout.uirevision == "run-7"
    assert (figure.layout.xaxis.minallowed, figure.layout.xaxis.maxallowed) == (0.5, 100.5)
    assert tuple(tracks_figure(SEQUENCE, [LOGO], x_range=(30, 45)).layout.xaxis.range) == (29.5, 45.5)
    assert tuple(tracks_figure(SEQUENCE, [LOGO], x_range=(-4, 900)).layout.xaxis.range) == (0.5, 100.5)


def test_letters_are_the_sequence_with_unknown_bases_as_n():
    figure = tracks_figure("acgtRn", [])
    cells = drawn(figure, "heatmap")[0]
    assert cells.z.tolist() == [[0, 1, 2, 3, 4, 4]] and (cells.x0, cells.dx) == (1, 1)
    assert {t.text: t.x.tolist() for t in drawn(figure, "bar")} == {"A": [1], "C": [2], "G": [3], "T": [4], "N": [5, 6]}
    hover = drawn(figure, "scatter")[0]
    assert "".join(hover.text) == "ACGTNN"


def test_letters_are_left_out_where_nobody_could_read_them():
    assert not drawn(tracks_figure("ACGT" * 500, []), "bar")


def test_arrows_point_along_their_strand_and_do_not_share_a_lane():
    sites = [SiteMark("GATA1", 10, 20), SiteMark("MAX", 12, 22, "-")]
    figure = tracks_figure(SEQUENCE, [SitesTrack("?", sites, lanes=2)])
    outline, names = drawn(figure, "scatter", "y2")
    first, second = outline.x[:6], outline.x[7:13]
    assert (first.min(), first.max(), second.min(), second.max()) == (10.5, 20.5, 12.5, 22.5)
    heights = outline.y[:6], outline.y[7:13]
    tips = [x[np.isclose(y, (y.min() + y.max()) / 2)].item() for x, y in zip((first, second), heights, strict=True)]
    assert tips == [20.5, 12.5]
    assert heights[0].max() < 1 <= heights[1].min()
    assert names.text == ("GATA1", "MAX") and names.customdata[1] == "MAX, 13–22, - strand"


def test_planted_sites_are_shown_behind_the_other_tracks():
    shapes = tracks_figure(SEQUENCE, [SITES, LOGO]).layout.shapes
    assert [(s.x0, s.x1, s.layer) for s in shapes] == [(34.5, 41.5, "below"), (72.5, 83.5, "below")]


def test_titles_and_legends_stand_above_their_tracks():
    figure = tracks_figure(SEQUENCE, [LOGO, MAPS])
    places = {a.text: a.y for a in figure.layout.annotations}
    assert places[LOGO.title] > domain(figure, "y2")[1] > domain(figure, "y2")[0] > places[MAPS.title] > domain(figure, "y3")[1]
    assert any("11 bases" in text and "purple" in text for text in places)


def test_a_badge_stands_at_the_right_end_of_its_title():
    badged = LogoTrack("Which bases push?", LOGO.values, badge="truth AUPRC <0.83>, null 0.11")
    notes = {a.text: a for a in tracks_figure(SEQUENCE, [badged]).layout.annotations}
    badge, title = notes["truth AUPRC &lt;0.83&gt;, null 0.11"], notes["Which bases push?"]
    assert badge.y == title.y and (badge.x, badge.xanchor, title.xanchor) == (1, "right", "left")


def test_the_colour_bar_stands_beside_its_own_map():
    figure = tracks_figure(SEQUENCE, [LOGO, MAPS])
    bar = drawn(figure, "heatmap", "y3")[0].colorbar
    assert bar.y == pytest.approx(np.mean(domain(figure, "y3"))) and bar.len == 12 * 15 and len(bar.tickvals) <= 3


def test_rows_keep_their_logos_in_a_column_of_their_own():
    logos = [np.eye(4), None, np.eye(4)]
    track = HeatmapTrack("?", np.zeros((3, 4)), rows=["a", "b", "c"], logos=logos)
    figure = tracks_figure("ACGT", [track])
    assert [i.y for i in figure.layout.images] == pytest.approx([-0.46, 1.54]) and figure.layout.xaxis.domain[0] == 0.1
    assert all(i.x + i.sizex <= 0.1 for i in figure.layout.images)
    assert tracks_figure("ACGT", []).layout.xaxis.domain[0] == 0
    assert tracks_figure("ACGT", [], logo_column=True).layout.xaxis.domain[0] == 0.1


def test_rows_are_named_from_the_top_and_one_name_may_come_twice():
    figure = tracks_figure("ACGT", [HeatmapTrack("?", np.eye(3, 4), rows=["x", "x", "a very long name of a filter"])])
    axis = figure.layout.yaxis2
    assert tuple(axis.range) == (2.5, -0.5) and list(axis.tickvals) == [0, 1, 2]
    assert axis.ticktext == ("x", "x", "a very long name of a f…")


def test_everything_numeric_travels_as_typed_arrays():
    spec = json.loads(tracks_figure(SEQUENCE, [SITES, LOGO, MAPS, LINE]).to_json())
    for trace in spec["data"]:
        for key in ("x", "z") + (("y",) if trace["type"] == "bar" else ()):
            assert key not in trace or trace[key]["dtype"] in ("f4", "u1"), (trace["type"], key)


def test_hostile_names_are_escaped_everywhere():
    tracks = [SitesTrack(HOSTILE, [SiteMark(HOSTILE, 1, 5)], legend=HOSTILE), LogoTrack(HOSTILE, LOGO.values, unit=HOSTILE),
              SitesTrack("?", [], empty=HOSTILE), HeatmapTrack(HOSTILE, MAPS.values, rows=[HOSTILE] * 12, unit=HOSTILE),
              HeatmapTrack("", MAPS.values, rows=HOSTILE, symbol=HOSTILE),
              LineTrack("?", np.ones((2, 100)), names=[HOSTILE, "%{x}"], legend=HOSTILE)]
    figure = tracks_figure(SEQUENCE, tracks)
    figure.layout.meta = None  # the alt text is put into an attribute by the page, never into markup
    assert "<img" not in figure.to_json() and "onerror=\\\"" not in figure.to_json()
    assert all("%{x}" not in (t.hovertemplate or "").replace("%{text} %{x}", "") for t in figure.data)


def test_alt_text_says_what_is_seen():
    values = np.zeros(100, dtype=np.float32)
    values[41] = -2.5
    alt = alt_text(tracks_figure(SEQUENCE, [SITES, LogoTrack("Which bases push?", values), LINE]))
    assert alt.startswith("Tracks over 100 bases: sites GATA1 at 35 to 41, MAX at 73 to 83;")
    assert "Which bases push? (largest value −2.5 at position 42)" in alt and alt.endswith(".")


def test_a_sequence_without_planted_motifs_says_so():
    texts = [a.text for a in tracks_figure(SEQUENCE, [SitesTrack("Where?", [])]).layout.annotations]
    assert "No motif was planted in this sequence." in texts


@pytest.mark.parametrize(("track", "words"), [
    (LogoTrack("Why?", np.zeros(3)), "3 values for 100 bases"),
    (LogoTrack("Why?", np.full(100, np.nan)), "not finite"),
    (HeatmapTrack("Why?", np.zeros((0, 100))), "nothing to draw"),
    (HeatmapTrack("Why?", np.zeros(100)), "nothing to draw"),
    (HeatmapTrack("Why?", np.zeros((2, 100)), rows=["a"]), "1 names for 2 rows"),
    (LineTrack("Why?", np.zeros((2, 3, 4))), "nothing to draw"),
    (SitesTrack("Why?", [SiteMark("X", 95, 101)]), "outside the 100 bases"),
])
def test_what_does_not_fit_is_one_sentence(track, words):
    with pytest.raises(SeqVizError, match=words):
        tracks_figure(SEQUENCE, [track])


def test_no_sequence_is_one_sentence():
    with pytest.raises(SeqVizError, match="no bases"):
        tracks_figure("", [])


def test_top_rows_are_the_largest_first():
    values = np.array([[0, 1.0], [-5, 0], [2, 2], [0, 0]])
    assert top_rows(values, 3).tolist() == [1, 2, 0]
