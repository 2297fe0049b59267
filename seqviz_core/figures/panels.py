"""How each kind of track is drawn into its strip of the tracks figure: plain plotly dicts, one function a kind."""

import numpy as np

from . import logo, svg
from .kinds import (
    HeatmapTrack,
    LineTrack,
    LogoTrack,
    SiteMark,
    SitesTrack,
    column_centres,
    column_of_base,
    limits_of_map,
    span_of,
)
from .palette import BASES, CLEAR, MODEL_COLOURS, MONOSPACE, MORE_COLOURS, Theme, colorscale, plain, readable
from .strips import Drawing, Ruler, Spec, Strip, axis_of, column_flag, end_labels, flag, hover_label, note, rounded, row_label

LETTERS, LANE, ROW, LOGO_ROW = 20, 30, 15, 19  # pixels
MOST_LETTERS = 1500  # longer sequences are coloured cells only
LINES = (*MODEL_COLOURS.values(), *MORE_COLOURS)


def draw_letters(ruler: Ruler, strip: Strip) -> Drawing:
    """Draw the sequence: coloured cells whose letters appear as soon as they fit; clicking a cell selects its position.

    The letters are the texts of bars without colour, because only those hide when they do not fit; the bars are wider than
    a base, since plotly keeps 3 pixels free at both sides of a text.
    """
    theme, codes = ruler.theme, np.array([BASES.find(base) % 5 for base in ruler.sequence], dtype=np.uint8)
    colours = list(theme.bases.values())
    steps = [(step, colour) for k, colour in enumerate(colours) for step in (k / 5, (k + 1) / 5)]
    drawing = Drawing(axis_of(strip, 0, 1))
    drawing.traces.append({"type": "heatmap", "z": codes[None], "x0": 1, "dx": 1, "y0": 0.5, "dy": 1, "zmin": -0.5, "zmax": 4.5,
                           "colorscale": steps, "showscale": False, "hoverinfo": "skip", "yaxis": strip.axis})
    for code, base in enumerate(theme.bases if len(codes) <= MOST_LETTERS else ()):
        x = ruler.x[codes == code]
        if len(x):
            drawing.traces.append({
                "type": "bar", "x": x, "y": np.ones(len(x), dtype=np.uint8), "width": 1.9, "yaxis": strip.axis,
                "marker": {"color": CLEAR, "line": {"width": 0}}, "text": base, "textposition": "inside",
                "textangle": 0, "insidetextanchor": "middle", "hoverinfo": "skip",
                "textfont": {"family": MONOSPACE, "size": 12, "color": theme.on_base, "weight": 600}})
    mode = "markers" if len(codes) <= MOST_LETTERS else "lines"
    drawing.traces.append(flag(ruler, strip, np.full(len(ruler.x), 0.5), "", mode))
    return drawing


def sites_height(track: SitesTrack) -> int:
    return LANE * track.lanes


def lanes_of(sites: list[SiteMark], lanes: int, length: int) -> list[int]:
    """Return a lane (0 is the lowest) for each site, so that neither arrows nor names overlap while there is a free one."""
    bases_a_letter = 8 * length / 700  # at a plot 700 pixels wide
    ends, chosen = [-np.inf] * lanes, {}
    for index in sorted(range(len(sites)), key=lambda i: sites[i].start):
        site = sites[index]
        half = max(site.end - site.start, bases_a_letter * len(plain(site.name, 18))) / 2
        middle = (site.start + site.end) / 2
        free = [lane for lane in range(lanes) if ends[lane] <= middle - half]
        chosen[index] = free[0] if free else int(np.argmin(ends))
        ends[chosen[index]] = middle + half
    return [chosen[i] for i in range(len(sites))]


def draw_sites(track: SitesTrack, ruler: Ruler, strip: Strip) -> Drawing:
    """Draw one block arrow a site with its name above it; without sites, the sentence that says so."""
    drawing = Drawing(axis_of(strip, 0, track.lanes))
    if not track.sites:
        drawing.annotations.append(note(plain(track.empty, 120), strip, ruler.theme))
        return drawing
    sites = list(track.sites)
    lanes = np.array(lanes_of(sites, track.lanes, len(ruler.sequence)), dtype=np.float32)
    outlines = [_arrow(site, lane) for site, lane in zip(sites, lanes.tolist(), strict=True)]
    xy = np.concatenate(outlines).astype(np.float32)
    drawing.traces.append({"type": "scatter", "x": xy[:, 0], "y": xy[:, 1], "yaxis": strip.axis, "mode": "lines",
                           "fill": "toself", "fillcolor": ruler.theme.truth, "line": {"width": 0}, "hoverinfo": "skip"})
    middles = np.array([(s.start + s.end + 1) / 2 for s in sites], dtype=np.float32)
    details = [f"{plain(s.name)}, {s.start + 1}–{s.end}, {s.strand} strand" for s in sites]
    drawing.traces.append({
        "type": "scatter", "x": middles, "y": lanes + 0.62, "yaxis": strip.axis, "mode": "text", "cliponaxis": False,
        "text": [plain(s.name, 18) for s in sites], "textposition": "middle center", "customdata": details,
        "textfont": {"size": 12, "color": ruler.theme.text}, "hoverinfo": "text",
        "hovertemplate": "%{customdata}<extra></extra>", "hoverlabel": hover_label(ruler.theme)})
    return drawing


def _arrow(site: SiteMark, lane: float) -> np.ndarray:
    """Return the corners (7, 2) of a block arrow in the lower part of its lane, closed by a row of NaN."""
    left, right = site.start + 0.5, site.end + 0.5
    head = min(0.4 * (right - left), 1.8)
    neck = right - head
    low, high = lane + 0.06, lane + 0.36
    corners = np.array([(left, low), (neck, low), (right, (low + high) / 2), (neck, high), (left, high), (left, low),
                        (np.nan, np.nan)])
    if site.strand == "-":
        corners[:, 0] = left + right - corners[:, 0]
    return corners


def draw_logo(track: LogoTrack, ruler: Ruler, strip: Strip) -> Drawing:
    """Draw the letters as one SVG image that zooms with the axis, a zero line, and an invisible trace that answers."""
    values = np.asarray(track.values, dtype=np.float32)
    heights = np.zeros((4, len(values)))
    for code, base in enumerate(BASES):
        here = np.frombuffer(ruler.sequence.encode(), dtype=np.uint8) == ord(base)
        heights[code, here] = values[here]
    low, high = track.limits or logo.limits_of(heights)
    pad = 0.04 * (high - low)
    limits = (low - pad, high + pad)
    length, theme = len(values), ruler.theme
    picture = logo.draw(heights, theme, 0, 0, 10, track.height, limits)
    uri = svg.data_uri(f'<svg xmlns="http://www.w3.org/2000/svg" width="{10 * length}" height="{track.height}" '
                       f'viewBox="0 0 {10 * length} {track.height}" preserveAspectRatio="none">{logo.OUTLINES}{picture}</svg>')
    ticks = [v for v in (low, high) if abs(v) > 0.2 * max(-low, high)]
    drawing = Drawing(axis_of(strip, *limits, zeroline=True, zerolinecolor=theme.zero, zerolinewidth=1, showticklabels=True,
                            tickvals=[0, *ticks], ticktext=["0", *(rounded(v, plus=True) for v in ticks)],
                            tickfont={"size": 11, "color": theme.muted}))
    drawing.images.append({"source": uri, "xref": "x", "yref": strip.axis, "x": 0.5, "y": limits[1], "sizex": length,
                           "sizey": limits[1] - limits[0], "sizing": "stretch", "layer": "above"})
    drawing.traces.append(flag(ruler, strip, values, f"  %{{y:+.3g}} {plain(track.unit, 20)}",
                               "markers" if length <= MOST_LETTERS else "lines"))
    return drawing


def heatmap_height(track: HeatmapTrack) -> int:
    if track.height:
        return track.height
    rows = len(track.values)
    if isinstance(track.rows, str):
        return int(np.clip(2 * rows, 40, 200))
    return rows * (LOGO_ROW if len(track.logos) else ROW)


def draw_heatmap(track: HeatmapTrack, ruler: Ruler, strip: Strip) -> Drawing:
    """Draw a row each, every column under the bases it covers, with a thin colour bar of the strip's own height."""
    values, theme = np.asarray(track.values, dtype=np.float32), ruler.theme
    (low, high), n = limits_of_map(track), values.shape[0]
    named = not isinstance(track.rows, str)
    more = {"tickvals": np.arange(n, dtype=np.uint8 if n < 256 else np.uint16), "showticklabels": True, "anchor": "free",
            "ticktext": [plain(name, 24) for name in track.rows], "tickfont": {"size": 11, "color": theme.text}, "position": 0,
            "ticks": "outside", "ticklen": 3, "tickcolor": CLEAR} if named else {}
    drawing = Drawing(axis_of(strip, n - 0.5, -0.5, **more))
    first = column_centres(1, *span_of(track)).item()
    row = "%{y}" if named else f"{plain(track.rows, 20)} %{{y}}"  # plotly shows the text of a tick for its value
    drawing.traces.append({
        "type": "heatmap", "z": values, "x0": first, "dx": track.span_stride, "yaxis": strip.axis, "hoverinfo": "text",
        "zmin": low, "zmax": high, "colorscale": colorscale(theme, track.signed),
        "hovertemplate": f"{row}:  %{{z:.3g}}<extra></extra>", "hoverlabel": hover_label(theme),
        "colorbar": _colour_bar(track, low, high, strip, theme)})
    drawing.traces.append(column_flag(ruler, strip, n, values.shape[1], span_of(track)))
    if track.symbol:
        drawing.annotations.append(row_label(plain(track.symbol, 20), (strip.top + strip.bottom) / 2, theme))
    drawing.images.extend(_row_logos(track, strip, theme))
    return drawing


def _colour_bar(track: HeatmapTrack, low: float, high: float, strip: Strip, theme: Theme) -> Spec:
    ticks = [low, 0.0, high] if track.signed and strip.pixels > 48 else [low, high]
    return {"thickness": 8, "lenmode": "pixels", "len": strip.pixels, "x": 1, "xpad": 8, "xanchor": "left", "ypad": 0,
            "y": (strip.top + strip.bottom) / 2, "yanchor": "middle", "outlinewidth": 0, "ticks": "", "tickvals": ticks,
            "ticktext": [rounded(v) for v in ticks], "tickfont": {"size": 11, "color": theme.muted}}


def _row_logos(track: HeatmapTrack, strip: Strip, theme: Theme) -> list[Spec]:
    """Return a small motif logo for each row that has one, in the column that tracks_figure leaves free for them."""
    images = []
    for row, ppm in enumerate(track.logos):
        if ppm is not None:
            picture = logo.motif_logo_svg(ppm, width_px=90, height_px=LOGO_ROW + 8, theme=theme, text_colour=theme.text)
            images.append({"source": svg.data_uri(picture), "xref": "paper", "x": 0, "sizex": 0.095, "xanchor": "left",
                           "yref": strip.axis, "y": row - 0.46, "sizey": 0.92, "yanchor": "top", "sizing": "stretch"})
    return images


def draw_line(track: LineTrack, ruler: Ruler, strip: Strip) -> Drawing:
    """Draw one step line a series, filled where there is only one; several are named at their right end."""
    series, theme = np.atleast_2d(np.asarray(track.values, dtype=np.float32)), ruler.theme
    low, high = track.limits or (min(float(series.min()), 0.0), float(series.max()))
    high = high if high > low else low + 1.0
    drawing = Drawing(axis_of(strip, low, high + 0.06 * (high - low), showticklabels=True, tickvals=[low, high],
                            ticktext=[rounded(low), rounded(high)],
                            tickfont={"size": 11, "color": theme.muted}, zeroline=True, zerolinecolor=theme.grid))
    n = series.shape[1]
    span = (track.span_stride, track.span_offset, track.span_width)
    edges = np.repeat(column_centres(n + 1, *span) - track.span_stride / 2, 2)[1:-1].astype(np.float32)
    under = column_of_base(len(ruler.x), n, *span)
    names = [plain(name, 12) for name in track.names] or [""] * len(series)
    for values, name, colour in zip(series, names, LINES * len(series), strict=False):
        fill = {"fill": "tozeroy", "fillcolor": colour + "40"} if len(series) == 1 else {}
        drawing.traces.append({"type": "scatter", "x": edges, "y": np.repeat(values, 2), "yaxis": strip.axis,
                               "mode": "lines", "line": {"color": colour, "width": 1.5}, "hoverinfo": "skip", **fill})
        at_base = np.where(under >= 0, values[under], np.nan)
        drawing.traces.append(flag(ruler, strip, at_base, f"  {name} %{{y:.3g}} {plain(track.unit, 20)}"))
    if len(series) > 1:
        paint = [readable(colour, theme) for colour in LINES]
        drawing.annotations.extend(end_labels(series[:, -1], names, paint * len(series), drawing.axis["range"], strip))
    if track.query is not None:
        drawing.shapes.append({"type": "line", "xref": "x", "yref": f"{strip.axis} domain", "x0": track.query + 1,
                               "x1": track.query + 1, "y0": 0, "y1": 1, "line": {"color": theme.truth, "width": 2}})
    return drawing
