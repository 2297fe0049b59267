"""Variants over in-silico mutagenesis: a pin for each variant and model, above a map of every single substitution."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import plotly.graph_objects as go

from ..errors import SeqVizError
from .kinds import SiteMark
from .palette import BASES, CLEAR, FONT, MONOSPACE, Theme, ThemeName, colorscale, plain, readable, short_number, theme_of
from .strips import Spec, figure, hover_label

HEIGHT, MARGIN = 400, {"l": 62, "r": 96, "t": 30, "b": 44}  # pixels
PINS, SITES, MAP = (0.44, 1.0), (0.345, 0.405), (0.0, 0.31)  # shares of the height
LETTERS = 130  # bases up to which there is room for letters
LABELS = 4
APART = 0.09  # share of the width between two labels


@dataclass(frozen=True, eq=False)
class Pins:
    """One model's changes: x (n,) 1-based place, y (n,) change of the logit, names (n,), symbols (n,) of plotly."""

    name: str
    colour: str
    x: np.ndarray
    y: np.ndarray
    names: Sequence[str]
    symbols: Sequence[str]


def variants_figure(pins: Sequence[Pins], values: np.ndarray, bases: str, *, start: int = 0, sites: Sequence[SiteMark] = (),
                    band: float = 0.0, alt: str = "", theme: ThemeName | Theme = "light",
                    uirevision: str = "variants") -> go.Figure:
    """Return the pins over the map of values (4, n), which stands for `bases` (n letters) from base `start` (0-based) on.

    band : the size of change that 95% of the control stay below, drawn about zero.
    Raises SeqVizError where the map does not fit the bases.
    """
    values = np.asarray(values, dtype=np.float32)
    if values.shape != (4, len(bases)) or not bases:
        raise SeqVizError(f"The map of {len(bases)} bases needs 4 x {len(bases)} values; these have shape {values.shape}.")
    theme, reach = theme_of(theme), float(np.abs(values).max()) or 1.0
    traces = [_map(values, start, reach, theme), _cells(values, bases, start, theme)]
    if len(bases) <= LETTERS:
        traces.append(_letters(bases, start, theme))
    inside = [_inside(p, start, len(bases)) for p in pins]
    for k, pin in enumerate(inside):
        aside = _aside(k, len(pins), len(bases))
        traces += [_stems(pin, aside), _heads(pin, aside, len(pins) > 1, theme)]
    layout = _layout(inside, start, len(bases), band, theme, uirevision)
    layout["shapes"] += _site_shapes(sites, start, len(bases), theme)
    layout["annotations"] += [*_site_names(sites, start, len(bases), theme), *_labels(inside, len(bases), theme)]
    layout["meta"] = {"alt": alt}
    return figure(traces, layout)


def _aside(k: int, models: int, n: int) -> float:
    """Return how far a model's pins stand beside the base, so that those of several are told apart on `n` bases."""
    return (k - (models - 1) / 2) * max(min(0.28, 0.9 / max(models, 1)), 0.006 * n)


def _inside(pins: Pins, start: int, n: int) -> Pins:
    keep = [i for i, (x, y) in enumerate(zip(pins.x, pins.y)) if start < x + 0.5 and x <= start + n + 1 and np.isfinite(y)]
    return Pins(pins.name, pins.colour, np.asarray(pins.x, dtype=float)[keep], np.asarray(pins.y, dtype=float)[keep],
                [pins.names[i] for i in keep], [pins.symbols[i] for i in keep])


def _map(values: np.ndarray, start: int, reach: float, theme: Theme) -> Spec:
    return {"type": "heatmap", "z": values, "x0": start + 1, "dx": 1, "y0": 0, "dy": 1, "zmin": -reach, "zmax": reach,
            "colorscale": colorscale(theme, signed=True), "hoverinfo": "skip", "xaxis": "x", "yaxis": "y2",
            "colorbar": {"x": 1.0, "xpad": 8, "y": (MAP[0] + MAP[1]) / 2, "len": MAP[1] - MAP[0] + 0.06, "thickness": 9,
                         "outlinewidth": 0, "tickvals": [-reach, 0, reach], "ticks": "",
                         "ticktext": [short_number(float(f"{v:.2g}")) for v in (-reach, 0, reach)],
                         "tickfont": {"size": 12, "color": theme.text}}}


def _cells(values: np.ndarray, bases: str, start: int, theme: Theme) -> Spec:
    """Return unseen marks on the cells: what is said over them, and what a click chooses (`customdata`: place, base)."""
    places = [(i, b) for i in range(len(bases)) for b in range(4) if bases[i] in BASES and BASES[b] != bases[i]]
    return {"type": "scatter", "mode": "markers", "x": [start + i + 1 for i, _ in places], "y": [b for _, b in places],
            "xaxis": "x", "yaxis": "y2", "showlegend": False, "name": "",
            "customdata": [f"{start + i + 1}{bases[i]}>{BASES[b]}" for i, b in places],
            "text": [f"{start + i + 1:,} {bases[i]}\u2192{BASES[b]}: {short_number(float(values[b, i]))}" for i, b in places],
            "marker": {"symbol": "square", "size": 12, "opacity": 0, "color": theme.text}, "hoverlabel": hover_label(theme),
            "selected": {"marker": {"opacity": 0}}, "unselected": {"marker": {"opacity": 0}},
            "hovertemplate": "%{text}<extra></extra>"}


def _letters(bases: str, start: int, theme: Theme) -> Spec:
    """Return the sequence's letters, each in the row of its base, where the map is empty."""
    known = [(i, base) for i, base in enumerate(bases) if base in BASES]
    size = 13 if len(bases) <= 80 else 11 if len(bases) <= 105 else 9
    return {"type": "scatter", "mode": "text", "x": [start + i + 1 for i, _ in known], "y": [BASES.index(b) for _, b in known],
            "text": [base for _, base in known], "xaxis": "x", "yaxis": "y2", "hoverinfo": "skip", "showlegend": False,
            "name": "", "textfont": {"family": MONOSPACE, "size": size, "color": [theme.bases[base] for _, base in known]}}


def _stems(pins: Pins, aside: float) -> Spec:
    nan = np.full(len(pins.x), np.nan)
    return {"type": "scatter", "mode": "lines", "x": np.stack([pins.x + aside, pins.x + aside, nan], axis=1).ravel(),
            "y": np.stack([0 * pins.y, pins.y, nan], axis=1).ravel(), "line": {"color": pins.colour, "width": 2},
            "hoverinfo": "skip", "showlegend": False, "name": "", "xaxis": "x", "yaxis": "y"}


def _heads(pins: Pins, aside: float, legend: bool, theme: Theme) -> Spec:
    name, shown = plain(pins.name, 40), {"marker": {"opacity": 1}}
    mark = {"size": 10, "color": pins.colour, "symbol": list(pins.symbols), "opacity": 1,
            "line": {"width": 1, "color": theme.page}}
    return {"type": "scatter", "mode": "markers", "x": pins.x + aside, "y": pins.y, "name": name, "showlegend": legend,
            "text": [f"{plain(n, 50)}: {name} {short_number(float(v))}" for n, v in zip(pins.names, pins.y)],
            "customdata": list(pins.names), "marker": mark, "selected": shown, "unselected": shown,
            "hoverlabel": hover_label(theme), "xaxis": "x", "yaxis": "y", "hovertemplate": "%{text}<extra></extra>"}


def _site_shapes(sites: Sequence[SiteMark], start: int, n: int, theme: Theme) -> list[Spec]:
    return [{"type": "rect", "xref": "x", "yref": "paper", "x0": max(s.start, start) + 0.5, "x1": min(s.end, start + n) + 0.5,
             "y0": SITES[0], "y1": SITES[1], "fillcolor": theme.truth, "opacity": 0.85, "line": {"width": 0}}
            for s in _shown_sites(sites, start, n)]


def _site_names(sites: Sequence[SiteMark], start: int, n: int, theme: Theme) -> list[Spec]:
    return [{"text": plain(s.name, 16) + (" \u2192" if s.strand == "+" else " \u2190"), "xref": "x", "yref": "paper",
             "x": min(s.end, start + n) + 1, "y": (SITES[0] + SITES[1]) / 2, "xanchor": "left", "yanchor": "middle",
             "showarrow": False, "font": {"size": 12, "color": theme.text}} for s in _shown_sites(sites, start, n)]


def _shown_sites(sites: Sequence[SiteMark], start: int, n: int) -> list[SiteMark]:
    return [s for s in sites if s.end > start and s.start < start + n]


def _labels(pins: Sequence[Pins], n: int, theme: Theme) -> list[Spec]:
    """Return the names of the largest changes that have room."""
    every = sorted(((abs(y), x, y, name, p.colour) for p in pins for x, y, name in zip(p.x, p.y, p.names)), reverse=True)
    chosen: list[tuple] = []
    for one in every:
        if len(chosen) < LABELS and all(abs(one[1] - other[1]) > APART * n and one[3] != other[3] for other in chosen):
            chosen.append(one)
    return [{"text": plain(name, 24), "xref": "x", "yref": "y", "x": x, "y": y, "yshift": 14 if y >= 0 else -14,
             "showarrow": False, "font": {"size": 13, "color": readable(colour, theme)}} for _, x, y, name, colour in chosen]


def _layout(pins: Sequence[Pins], start: int, n: int, band: float, theme: Theme, uirevision: str) -> Spec:
    every = np.concatenate([[0.0, band, -band], *(p.y for p in pins)])
    low, high = float(every.min()), float(every.max())
    room = 0.18 * (high - low) or 1.0
    axis = {"showgrid": False, "zeroline": False, "fixedrange": True, "tickfont": {"size": 12, "color": theme.text}}
    title = lambda text: {"text": text, "standoff": 4, "font": {"size": 13, "color": theme.text}}
    across = {**axis, "range": [start + 0.5, start + n + 0.5], "anchor": "y2", "ticks": "outside", "ticklen": 4, "nticks": 12,
              "tickcolor": theme.zero, "title": title("base")}
    up = {**axis, "domain": PINS, "range": [low - room, high + room], "nticks": 5, "showgrid": True, "gridcolor": theme.grid,
          "zeroline": True, "zerolinecolor": theme.zero, "title": title("change of the logit")}
    rows = {**axis, "domain": MAP, "range": [3.5, -0.5], "tickvals": [0, 1, 2, 3], "ticktext": list(BASES), "ticks": "",
            "tickfont": {"size": 12, "color": theme.text, "family": MONOSPACE}, "title": title("becomes")}
    red, green, blue = (int(theme.muted[i:i + 2], 16) for i in (1, 3, 5))
    shapes = [{"type": "rect", "xref": "x domain", "yref": "y", "x0": 0, "x1": 1, "y0": -band, "y1": band, "layer": "below",
               "fillcolor": f"rgba({red},{green},{blue},0.16)", "line": {"width": 0}}] if band else []
    return {"height": HEIGHT, "margin": MARGIN, "xaxis": across, "yaxis": up, "yaxis2": rows, "shapes": shapes,
            "annotations": [_band_name(theme)] if band else [], "showlegend": True, "paper_bgcolor": CLEAR, "plot_bgcolor": CLEAR,
            "font": {"family": FONT, "color": theme.text}, "template": {}, "hovermode": "closest", "uirevision": uirevision,
            "legend": {"orientation": "h", "x": 0, "xanchor": "left", "y": 1.0, "yanchor": "bottom", "bgcolor": CLEAR,
                       "itemclick": False, "itemdoubleclick": False, "font": {"size": 12, "color": theme.text}},
            "modebar": {"bgcolor": CLEAR, "color": theme.muted, "activecolor": theme.text,
                        "remove": ["select2d", "lasso2d", "zoom2d", "pan2d", "zoomIn2d", "zoomOut2d", "autoScale2d"]}}


def _band_name(theme: Theme) -> Spec:
    return {"text": "95 % of<br>substitutions", "xref": "paper", "x": 1, "xanchor": "left", "xshift": 6, "yref": "y", "y": 0,
            "yanchor": "middle", "align": "left", "showarrow": False, "font": {"size": 12, "color": theme.muted}}
