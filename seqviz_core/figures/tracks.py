"""One figure under one ruler: every track shares the x axis of the bases, its zoom and its hover line.

    figure = tracks_figure("ACGT...", [SitesTrack(...), LogoTrack(...), HeatmapTrack(...)], uirevision="run-7")
"""

from collections.abc import Sequence

import numpy as np
import plotly.graph_objects as go

from ..errors import SeqVizError
from . import panels
from .kinds import (
    HeatmapTrack,
    LineTrack,
    LogoTrack,
    SiteMark,
    SitesTrack,
    Track,
    check_track,
    column_centres,
    column_of_base,
    gate_tracks,
    span_of,
    top_rows,
)
from .palette import CLEAR, FONT, Theme, ThemeName, plain, short_number, theme_of
from .strips import Drawing, Ruler, Spec, Strip, figure

__all__ = ["HeatmapTrack", "LineTrack", "LogoTrack", "SiteMark", "SitesTrack", "Track", "column_centres", "column_of_base",
           "gate_tracks", "top_rows", "tracks_alt", "tracks_figure"]

TITLE, LEGEND, GAP, JOINED = 21, 18, 14, 12  # pixels
MARGIN = {"l": 92, "r": 52, "t": 6, "b": 44}
LOGO_COLUMN = 0.1


def tracks_figure(sequence: str, tracks: Sequence[Track], *, x_range: tuple[float, float] | None = None,
                  uirevision: str = "tracks", theme: ThemeName | Theme = "light",
                  logo_column: bool | None = None) -> go.Figure:
    """Return all tracks over the letters of `sequence`, each at a fixed height in pixels.

    `x_range` is the first and last position shown (1-based, all by default); the visitor's zoom is kept while `uirevision`
    stays the same. `logo_column` leaves room for the logos of rows also where there are none, so that switching the model
    does not move the bases. Titles are questions; a track with an empty title joins the one above it.
    Show it with `theme=None`: the colours are already those of `theme`. Raises SeqVizError where numbers do not fit.
    """
    if not sequence:
        raise SeqVizError("There is no sequence to draw: it has no bases.")
    theme, sequence = theme_of(theme), "".join(b if b in "ACGT" else "N" for b in sequence.upper())
    for track in tracks:
        check_track(track, len(sequence))
    ruler, heights = Ruler(sequence, theme), [_height(track) for track in tracks]
    tops, total = _stack(tracks, heights)
    drawings, headers = [], []
    for index, (track, top, height) in enumerate(zip(tracks, tops, heights, strict=True)):
        strip = Strip(f"y{index + 2}", 1 - top / total, 1 - (top + height) / total, height)
        drawings.append(_draw(track, ruler, strip))
        headers.extend(_header(track, 1 - (top - _head(track)) / total, theme))
    drawings.insert(0, panels.draw_letters(ruler, Strip("y", panels.LETTERS / total, 0, panels.LETTERS)))
    if logo_column is None:
        logo_column = any(isinstance(t, HeatmapTrack) and len(t.logos) for t in tracks)
    layout = _layout(ruler, total, x_range, uirevision, logo_column)
    layout["meta"] = {"alt": tracks_alt(sequence, tracks)}
    layout["shapes"] = _truth_bands(tracks, tops, total, theme)
    layout["annotations"] = headers
    return _assemble(drawings, layout)


def _height(track: Track) -> int:
    match track:
        case SitesTrack():
            return panels.sites_height(track)
        case HeatmapTrack():
            return panels.heatmap_height(track)
        case _:
            return track.height


def _draw(track: Track, ruler: Ruler, strip: Strip) -> Drawing:
    match track:
        case SitesTrack():
            return panels.draw_sites(track, ruler, strip)
        case LogoTrack():
            return panels.draw_logo(track, ruler, strip)
        case HeatmapTrack():
            return panels.draw_heatmap(track, ruler, strip)
        case LineTrack():
            return panels.draw_line(track, ruler, strip)


def _legend(track: Track) -> str:
    if isinstance(track, HeatmapTrack) and track.legend is None:
        colours = "Red: above zero, blue: below." if track.signed else f"The stronger the purple, the larger the {track.unit}."
        width = track.span_width
        return colours + (f" Each column sees {width} bases and stands in their middle." if width > 1 else "")
    return track.legend or ""


def _head(track: Track) -> int:
    """Return the pixels that the title and the legend of a track take."""
    return (TITLE if track.title else 0) + (LEGEND if _legend(track) else 0)


def _stack(tracks: Sequence[Track], heights: Sequence[int]) -> tuple[list[int], int]:
    """Return the upper edge in pixels of each track's strip, counted from the top, and the height of all with the letters."""
    tops, y = [], 0
    for track, height in zip(tracks, heights, strict=True):
        y += (GAP if track.title else JOINED) if tops else 0
        y += _head(track)
        tops.append(y)
        y += height
    return tops, y + (8 if tops else 0) + panels.LETTERS


def _header(track: Track, top: float, theme: Theme) -> list[Spec]:
    lines = [(plain(track.title, 120), 14, theme.text, 600)] if track.title else []
    lines += [(plain(_legend(track), 160), 12, theme.muted, 400)] if _legend(track) else []
    return [{"text": text, "xref": "paper", "x": 0, "xanchor": "left", "xshift": -MARGIN["l"] + 4, "yref": "paper", "y": top,
             "yanchor": "top", "yshift": 3 - (TITLE - 1) * (i if track.title else 0), "showarrow": False, "align": "left",
             "borderpad": 0, "font": {"size": size, "color": colour, "weight": weight}}
            for i, (text, size, colour, weight) in enumerate(lines)] + _badge(track, top, theme)


def _badge(track: Track, top: float, theme: Theme) -> list[Spec]:
    text = "" if isinstance(track, SitesTrack) else plain(track.badge, 80)
    return [{"text": text, "xref": "paper", "x": 1, "xanchor": "right", "yref": "paper", "y": top, "yanchor": "top", "yshift": 2,
             "showarrow": False, "borderpad": 0, "font": {"size": 12, "color": theme.text}}] if text else []


def _truth_bands(tracks: Sequence[Track], tops: Sequence[int], total: int, theme: Theme) -> list[Spec]:
    """Return a faint column for each planted site, behind every track below the one that names the sites."""
    named = [(track, top) for track, top in zip(tracks, tops, strict=True) if isinstance(track, SitesTrack)]
    return [{"type": "rect", "xref": "x", "yref": "paper", "x0": site.start + 0.5, "x1": site.end + 0.5, "y0": 0,
             "y1": 1 - top / total, "fillcolor": theme.truth_band, "line": {"width": 0}, "layer": "below"}
            for track, top in named[:1] for site in track.sites]


def _layout(ruler: Ruler, total: int, x_range: tuple[float, float] | None, uirevision: str, logo_column: bool) -> Spec:
    theme, length = ruler.theme, len(ruler.sequence)
    first, last = x_range or (1, length)
    ends = (0.5, length + 0.5)
    x_axis = {"domain": [LOGO_COLUMN if logo_column else 0, 1], "anchor": "y", "showgrid": False, "zeroline": False,
              "range": [max(first - 0.5, ends[0]), min(last + 0.5, ends[1])], "minallowed": ends[0], "maxallowed": ends[1],
              "ticks": "outside", "ticklen": 4, "tickcolor": theme.zero, "tickfont": {"size": 12, "color": theme.text},
              "tickformat": "~d", "title": {"text": "position in the sequence (bases)", "standoff": 4,
                                            "font": {"size": 12, "color": theme.muted}},
              "showspikes": True, "spikemode": "across", "spikesnap": "hovered data", "spikecolor": theme.zero,
              # plotly draws a white halo of 2 pixels around it; on a dark page the halo alone is the line
              "spikethickness": 1 if theme.name == "light" else 0, "spikedash": "solid"}
    return {"height": total + MARGIN["t"] + MARGIN["b"], "margin": MARGIN, "xaxis": x_axis, "uirevision": uirevision,
            "paper_bgcolor": CLEAR, "plot_bgcolor": CLEAR, "showlegend": False, "barmode": "overlay",
            "bargap": 0, "uniformtext": {"mode": "hide", "minsize": 9}, "font": {"family": FONT, "color": theme.text},
            "dragmode": "zoom", "hovermode": "x", "hoverdistance": 40, "spikedistance": -1, "template": {},
            "hoverlabel": {"bgcolor": CLEAR, "bordercolor": CLEAR, "font": {"color": CLEAR}},  # hides plotly's own x label
            "modebar": {"bgcolor": CLEAR, "color": theme.muted, "activecolor": theme.text,
                        "remove": ["select2d", "lasso2d", "autoScale2d"]}}


def _assemble(drawings: Sequence[Drawing], layout: Spec) -> go.Figure:
    """Return the figure of all drawings; drawing k owns the y axis k + 1."""
    layout["images"] = []
    for index, drawing in enumerate(drawings):
        layout["yaxis" if index == 0 else f"yaxis{index + 1}"] = drawing.axis
        layout["shapes"].extend(drawing.shapes)
        layout["images"].extend(drawing.images)
        layout["annotations"].extend(drawing.annotations)
    return figure([trace for drawing in drawings for trace in drawing.traces], layout)


def tracks_alt(sequence: str, tracks: Sequence[Track]) -> str:
    """Return one sentence on what the figure shows, with the place of the largest value of each track."""
    parts = [part for track in tracks if (part := _in_words(track))]
    return f"Tracks over {len(sequence)} bases" + (": " + "; ".join(parts) if parts else "") + "."


def _in_words(track: Track) -> str:
    if isinstance(track, SitesTrack):
        return ("sites " + ", ".join(f"{s.name} at {s.start + 1} to {s.end}" for s in track.sites)) if track.sites else "no sites"
    values = np.atleast_2d(np.asarray(track.values))
    row, column = np.unravel_index(np.abs(values).argmax(), values.shape)
    place = int(round(column_centres(column + 1, *span_of(track))[-1].item()))
    name = track.title or (track.symbol if isinstance(track, HeatmapTrack) else "line")
    return f"{name} (largest value {short_number(values[row, column].item())} at position {place})"
