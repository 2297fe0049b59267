"""What the plotly figures share: a figure built fast, a strip of it, hover labels, and names at the ends of lines."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import plotly.graph_objects as go

from .palette import FONT, Theme, short_number

Spec = dict[str, Any]


def figure(traces: list[Spec], layout: Spec) -> go.Figure:
    """Return the figure without plotly's validation, which takes five times as long as building it; the tests validate."""
    return go.Figure({"data": traces, "layout": layout}, _validate=False)


@dataclass(frozen=True)
class Strip:
    """A strip of a figure: the y axis it owns ("y3"), its upper and lower edge (share of the figure) and its pixels."""

    axis: str
    top: float
    bottom: float
    pixels: float


def hover_label(theme: Theme) -> Spec:
    return {"bgcolor": theme.text, "bordercolor": theme.text, "align": "left", "namelength": 0,
            "font": {"size": 12, "color": theme.page, "family": FONT}}


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
