"""What every strip of the tracks figure shares: its place, its axis, its labels and the trace that answers the pointer."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import plotly.graph_objects as go

from .kinds import column_centres
from .palette import FONT, Theme, short_number

Spec = dict[str, Any]


def figure(traces: list[Spec], layout: Spec) -> go.Figure:
    """Return the figure without plotly's validation, which takes five times as long as building it; the tests validate."""
    return go.Figure({"data": traces, "layout": layout}, _validate=False)


@dataclass(frozen=True, eq=False)
class Ruler:
    """What all strips share: the bases, their x and the theme."""

    sequence: str
    theme: Theme
    x: np.ndarray = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "x", np.arange(1, len(self.sequence) + 1, dtype=np.float32))


@dataclass(frozen=True)
class Strip:
    """A strip of the figure: the y axis it owns ("y3"), its upper and lower edge (share of the figure) and its pixels."""

    axis: str
    top: float
    bottom: float
    pixels: float


@dataclass(eq=False)
class Drawing:
    """What a strip adds to the figure."""

    axis: Spec
    traces: list[Spec] = field(default_factory=list)
    shapes: list[Spec] = field(default_factory=list)
    images: list[Spec] = field(default_factory=list)
    annotations: list[Spec] = field(default_factory=list)


def axis_of(strip: Strip, low: float, high: float, **more: Any) -> Spec:
    return {"domain": [strip.bottom, strip.top], "range": [low, high], "fixedrange": True, "anchor": "x", "showgrid": False,
            "zeroline": False, "ticks": "", "showticklabels": False, **more}


def flag(ruler: Ruler, strip: Strip, y: np.ndarray, value: str, mode: str = "lines") -> Spec:
    """Return the invisible trace at heights `y` (L,) that answers the pointer with base, position and `value` (a template)."""
    return {"type": "scatter", "x": ruler.x, "y": np.asarray(y, dtype=np.float32), "yaxis": strip.axis, "mode": mode,
            "line": {"width": 0}, "marker": {"opacity": 0, "size": 8, "symbol": "square"}, "text": list(ruler.sequence),
            "hoverinfo": "text", "hovertemplate": f"<b>%{{text}} %{{x}}</b>{value}<extra></extra>",
            "hoverlabel": hover_label(ruler.theme)}


def column_flag(ruler: Ruler, strip: Strip, rows: int, columns: int, span: tuple[int, int, int]) -> Spec:
    """Return the invisible map that names the column under the pointer: base and position, or what it sees.

    It must follow the map itself, which then decides the row: plotly asks all other traces for the point of the first. That is
    also why this is a map of one row, as high as the strip and as much again below it, and no line: a line would win.
    """
    stride, offset, width = span
    middles, length = column_centres(columns, *span).tolist(), len(ruler.sequence)
    if stride == 1 and width % 2:  # each column stands under one base
        names = [f"{ruler.sequence[int(x) - 1]} {x:g}" if 1 <= x <= length else "" for x in middles]
    else:
        starts = [p * stride + offset for p in range(columns)]
        names = [f"sees {max(start, 0) + 1}–{min(start + width, length)}" for start in starts]
    return {"type": "heatmap", "z": np.zeros((1, columns), dtype=np.uint8), "x0": middles[0], "dx": stride, "y0": rows - 0.5,
            "dy": 2 * rows, "text": [names], "opacity": 0, "showscale": False, "yaxis": strip.axis, "hoverinfo": "text",
            "hovertemplate": "<b>%{text}</b><extra></extra>", "hoverlabel": hover_label(ruler.theme)}


def hover_label(theme: Theme) -> Spec:
    return {"bgcolor": theme.text, "bordercolor": theme.text, "align": "left", "namelength": 0,
            "font": {"size": 12, "color": theme.page, "family": FONT}}


def note(sentence: str, strip: Strip, theme: Theme) -> Spec:
    return {"text": sentence, "xref": "x domain", "x": 0, "xanchor": "left", "yref": "paper", "showarrow": False,
            "y": (strip.top + strip.bottom) / 2, "yanchor": "middle", "font": {"size": 12, "color": theme.muted}}


def row_label(content: str, y: float, theme: Theme) -> Spec:
    """Return a label at the left of the strip, where the names of rows stand."""
    return {"text": content, "xref": "paper", "x": 0, "xanchor": "right", "xshift": -6, "yref": "paper", "y": y,
            "yanchor": "middle", "showarrow": False, "align": "right", "font": {"size": 12, "color": theme.text}}


def spread(places: Sequence[float], gap: float, low: float, high: float) -> list[float]:
    """Return `places` moved as little as needed to lie at least `gap` apart and inside low ... high, in the given order.

    Where they cannot all fit, they share the room equally.
    """
    order = sorted(range(len(places)), key=lambda i: places[i])
    gap = min(gap, (high - low) / max(len(places) - 1, 1))
    moved = [min(max(places[i], low), high) for i in order]
    for i in range(1, len(moved)):
        moved[i] = max(moved[i], moved[i - 1] + gap)
    moved[-1:] = [min(moved[-1], high)] if moved else []
    for i in range(len(moved) - 2, -1, -1):
        moved[i] = min(moved[i], moved[i + 1] - gap)
    return [moved[order.index(i)] for i in range(len(places))]


def end_labels(last: np.ndarray, names: Sequence[str], colours: Sequence[str], limits: tuple[float, float],
               strip: Strip) -> list[Spec]:
    """Return each name at the right end of its line, moved apart where two lines end close together."""
    low, high = limits
    pixels = [(float(v) - low) / (high - low) * strip.pixels for v in last]
    return [{"text": name, "xref": "paper", "x": 1, "xanchor": "left", "xshift": 6, "yref": "paper", "y": strip.bottom,
             "yshift": place, "yanchor": "middle", "showarrow": False, "font": {"size": 12, "color": colour}}
            for name, colour, place in zip(names, colours, spread(pixels, 13, 0, strip.pixels), strict=False)]


def rounded(value: float, plus: bool = False) -> str:
    """Return an axis label with two figures, with a sign for what is above zero where `plus`."""
    return ("+" if plus and value > 0 else "") + short_number(float(f"{value:.2g}"))
