"""Curves: an effect against a number, a line for each model, the truth dashed in the truth's colour, chance in grey."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import plotly.graph_objects as go

from ..errors import SeqVizError
from .palette import CLEAR, FONT, Theme, ThemeName, plain, readable, short_number, theme_of
from .strips import Spec, Strip, end_labels, figure, hover_label

HEIGHT, MARGIN = 300, {"l": 62, "r": 150, "t": 12, "b": 48}  # pixels


@dataclass(frozen=True, eq=False)
class Line:
    """y (n,) over x (n,), in `colour` ("" the text's, for nulls the muted one); low, high : (n,) edges of its interval.

    dash : "solid", "dash" (what is known, as a Bayes classifier) or "dot" (a null). points : whether each x has a mark.
    """

    name: str
    x: np.ndarray
    y: np.ndarray
    colour: str = ""
    low: np.ndarray | None = None
    high: np.ndarray | None = None
    dash: str = "solid"
    points: bool = False


def line_figure(lines: Sequence[Line], *, x: str, y: str, alt: str, marks: Sequence[tuple[float, str]] = (), zero: bool = True,
                log_y: bool = False, limits: tuple[float, float] | None = None, height: int = HEIGHT,
                theme: ThemeName | Theme = "light", uirevision: str = "lines") -> go.Figure:
    """Return the curves under one pair of axes, each named at its right end; an interval is a pale band.

    x, y : what the axes show, with the unit. marks : (place on x, what it is), a thin vertical line with its name.
    zero : draw the line y = 0. alt : one sentence for who cannot see it. Raises SeqVizError without a line.
    """
    lines = [line for line in lines if np.isfinite(line.y).any()]
    if not lines:
        raise SeqVizError("There is no curve to draw.")
    theme = theme_of(theme)
    limits = limits or _limits(lines, zero and not log_y, log_y)
    colours = [_colour(line, theme) for line in lines]
    layout = _layout(lines, x, y, limits, log_y, height, theme, uirevision)
    layout["shapes"] = [_upright(at, theme) for at, _ in marks]
    if zero and not log_y and limits[0] < 0 < limits[1]:
        layout["shapes"].append({"type": "line", "xref": "paper", "x0": 0, "x1": 1, "y0": 0, "y1": 0, "layer": "below",
                                 "line": {"color": theme.zero, "width": 1}})
    layout["annotations"] = [_mark(at, name, theme) for at, name in marks]
    inner = height - MARGIN["t"] - MARGIN["b"]
    last = np.array([line.y[np.isfinite(line.y)][-1] for line in lines], dtype=float)
    layout["annotations"] += end_labels(np.log10(np.maximum(last, 1e-300)) if log_y else last,
                                        [f"{plain(line.name, 22)}" for line in lines],
                                        [readable(c, theme) for c in colours],
                                        tuple(np.log10(limits)) if log_y else limits, Strip("y", 1, 0, inner))
    layout["meta"] = {"alt": alt}
    bands = [_band(line, colour) for line, colour in zip(lines, colours) if line.low is not None]
    return figure([*bands, *(_line(line, colour, x, theme) for line, colour in zip(lines, colours))], layout)


def lines_table(lines: Sequence[Line], x: str, y: str) -> dict[str, np.ndarray]:
    """Return the numbers of the curves: one row a point."""
    nan = lambda line: np.full(len(line.x), np.nan)
    return {"curve": np.concatenate([np.full(len(line.x), line.name, dtype=object) for line in lines]),
            x: np.concatenate([line.x for line in lines]), y: np.concatenate([line.y for line in lines]),
            "low": np.concatenate([nan(line) if line.low is None else line.low for line in lines]),
            "high": np.concatenate([nan(line) if line.high is None else line.high for line in lines])}


def _colour(line: Line, theme: Theme) -> str:
    return line.colour or (theme.muted if line.dash == "dot" else theme.truth)


def _limits(lines: Sequence[Line], zero: bool, log: bool) -> tuple[float, float]:
    values = np.concatenate([np.concatenate([v for v in (line.y, line.low, line.high) if v is not None]) for line in lines])
    values = values[np.isfinite(values)]
    if log:
        values = values[values > 0] if (values > 0).any() else np.ones(1)
        return float(values.min() / 1.5), float(values.max() * 1.5)
    low, high = float(values.min()), float(values.max())
    if zero:
        low, high = min(low, 0.0), max(high, 0.0)
    room = 0.06 * (high - low) or 1.0
    return low - room, high + room


def _line(line: Line, colour: str, x: str, theme: Theme) -> Spec:
    return {"type": "scatter", "x": np.asarray(line.x, dtype=np.float32), "y": np.asarray(line.y, dtype=np.float32),
            "mode": "lines+markers" if line.points or len(line.x) < 3 else "lines", "marker": {"size": 6, "color": colour},
            "line": {"color": colour, "width": 2.5 if line.dash == "solid" else 1.8, "dash": line.dash},
            "hoverlabel": hover_label(theme), "showlegend": False,
            "hovertemplate": f"{plain(line.name, 40)}<br>{plain(x, 40)} %{{x:.4~g}}: %{{y:.3~g}}<extra></extra>"}


def _band(line: Line, colour: str) -> Spec:
    there = np.isfinite(line.low) & np.isfinite(line.high)
    x = np.concatenate([line.x[there], line.x[there][::-1]])
    y = np.concatenate([line.high[there], line.low[there][::-1]])
    red, green, blue = (int(colour[i:i + 2], 16) for i in (1, 3, 5))
    return {"type": "scatter", "x": x.astype(np.float32), "y": y.astype(np.float32), "mode": "lines", "fill": "toself",
            "fillcolor": f"rgba({red},{green},{blue},0.16)", "line": {"width": 0}, "hoverinfo": "skip", "showlegend": False}


def _upright(at: float, theme: Theme) -> Spec:
    return {"type": "line", "x0": at, "x1": at, "yref": "paper", "y0": 0, "y1": 1, "layer": "below",
            "line": {"color": theme.muted, "width": 1, "dash": "dot"}}


def _mark(at: float, name: str, theme: Theme) -> Spec:
    return {"text": plain(name, 40), "x": at, "yref": "paper", "y": 1, "xanchor": "left", "yanchor": "top", "xshift": 3,
            "showarrow": False, "font": {"size": 12, "color": theme.muted}}


def _layout(lines: Sequence[Line], x: str, y: str, limits: tuple[float, float], log: bool, height: int, theme: Theme,
            uirevision: str) -> Spec:
    every = np.concatenate([np.asarray(line.x, dtype=float) for line in lines])
    room = 0.02 * float(np.ptp(every)) or 0.5
    axis = {"showgrid": False, "zeroline": False, "ticks": "outside", "ticklen": 4, "tickcolor": theme.zero, "fixedrange": True,
            "tickfont": {"size": 12, "color": theme.text}}
    title = lambda text: {"text": plain(text, 70), "standoff": 6, "font": {"size": 13, "color": theme.text}}
    wide = {**axis, "range": [float(every.min()) - room, float(every.max()) + room], "nticks": 12, "title": title(x)}
    tall = {**axis, "range": list(np.log10(limits)) if log else list(limits), "type": "log" if log else "linear", "nticks": 6,
            "showgrid": True, "gridcolor": theme.grid, "title": title(y)}
    if log:
        tall |= {"dtick": max(1, round(float(np.ptp(np.log10(limits))) / 6)), "exponentformat": "power"}
    return {"height": height, "margin": MARGIN, "xaxis": wide, "yaxis": tall, "showlegend": False, "paper_bgcolor": CLEAR,
            "plot_bgcolor": CLEAR, "font": {"family": FONT, "color": theme.text}, "template": {}, "hovermode": "closest",
            "uirevision": uirevision,
            "modebar": {"bgcolor": CLEAR, "color": theme.muted, "activecolor": theme.text,
                        "remove": ["select2d", "lasso2d", "zoom2d", "pan2d", "zoomIn2d", "zoomOut2d", "autoScale2d"]}}


def told(line: Line) -> str:
    """Return e.g. "CNN from 0.12 to 3.4", for an alt text."""
    y = line.y[np.isfinite(line.y)]
    return f"{plain(line.name, 40)} from {short_number(float(y[0]))} to {short_number(float(y[-1]))}"
