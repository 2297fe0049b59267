"""Points: one number against another, and rows of numbers with their null, for what is no curve."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import plotly.graph_objects as go

from ..errors import SeqVizError
from .palette import CLEAR, FONT, Theme, ThemeName, plain, theme_of
from .strips import Spec, figure, hover_label

SIDE, ROW = 380, 26  # pixels
LONGEST = 34  # letters of a name at the left


@dataclass(frozen=True, eq=False)
class Cloud:
    """Points x (n,), y (n,) of one colour ("" the text's); names : (n,) what each is, for its hover label; size : pixels."""

    name: str
    x: np.ndarray
    y: np.ndarray
    colour: str = ""
    names: Sequence[str] = ()
    symbol: str = "circle"
    size: int = 7


@dataclass(frozen=True)
class Bar:
    """A row: `value`, its interval, and what chance or a control gives (`null`, a tick); nan or None where there is none."""

    name: str
    value: float
    colour: str = ""
    low: float | None = None
    high: float | None = None
    null: float | None = None


def scatter_figure(clouds: Sequence[Cloud], *, x: str, y: str, alt: str, diagonal: bool = False, height: int = SIDE,
                   theme: ThemeName | Theme = "light", uirevision: str = "scatter") -> go.Figure:
    """Return the points with zero lines; `diagonal` draws y = x. Several clouds have a legend above them."""
    if not any(len(cloud.x) for cloud in clouds):
        raise SeqVizError("There is no point to draw.")
    theme = theme_of(theme)
    traces = [_cloud(cloud, x, y, len(clouds) > 1, theme) for cloud in clouds]
    layout = _layout(height, {"l": 62, "r": 16, "t": 34 if len(clouds) > 1 else 12, "b": 50}, theme, uirevision)
    for name, title in (("xaxis", x), ("yaxis", y)):
        layout[name] |= {"title": _title(title, theme), "zeroline": True, "zerolinecolor": theme.zero, "zerolinewidth": 1}
    if diagonal:
        every = np.concatenate([np.concatenate([c.x, c.y]) for c in clouds])
        low, high = float(np.nanmin(every)), float(np.nanmax(every))
        layout["shapes"] = [{"type": "line", "x0": low, "y0": low, "x1": high, "y1": high, "layer": "below",
                             "line": {"color": theme.muted, "width": 1, "dash": "dot"}}]
    layout["meta"] = {"alt": alt}
    return figure(traces, layout)


def bar_figure(bars: Sequence[Bar], *, x: str, alt: str, null: str = "control", theme: ThemeName | Theme = "light",
               limits: tuple[float, float] | None = None, uirevision: str = "bars") -> go.Figure:
    """Return a row for each bar, from zero, its interval a whisker and its null a dark tick; null : what the tick means."""
    if not bars:
        raise SeqVizError("There is no bar to draw.")
    theme = theme_of(theme)
    names, rows = [plain(bar.name, LONGEST) for bar in bars], list(range(len(bars)))
    has_null = any(bar.null is not None for bar in bars)
    left = 24 + round(7.2 * max(map(len, names)))
    layout = _layout(ROW * len(bars) + (34 if has_null else 12) + 50, {"l": left, "r": 24, "t": 34 if has_null else 12, "b": 50},
                     theme, uirevision)
    layout["xaxis"] |= {"title": _title(x, theme), "zeroline": True, "zerolinecolor": theme.zero, "showgrid": True,
                        **({"range": list(limits)} if limits else {})}
    layout["yaxis"] |= {"tickvals": rows, "ticktext": names, "range": [len(bars) - 0.5, -0.5], "ticks": "", "showgrid": False}
    layout |= {"bargap": 0.35, "meta": {"alt": alt}}
    return figure([_bars(bars, rows, theme), *([_nulls(bars, rows, null, theme)] if has_null else [])], layout)


def bars_table(bars: Sequence[Bar], value: str, null: str = "control") -> dict[str, list]:
    """Return the numbers of the bars."""
    return {"name": [b.name for b in bars], value: [b.value for b in bars], "low": [b.low for b in bars],
            "high": [b.high for b in bars], null: [b.null for b in bars]}


def _cloud(cloud: Cloud, x: str, y: str, legend: bool, theme: Theme) -> Spec:
    names = [plain(name, 60) for name in cloud.names] or [""] * len(cloud.x)
    return {"type": "scatter", "mode": "markers", "x": np.asarray(cloud.x, dtype=np.float32), "showlegend": legend,
            "y": np.asarray(cloud.y, dtype=np.float32), "name": plain(cloud.name, 40), "customdata": names,
            "marker": {"size": cloud.size, "color": cloud.colour or theme.truth, "symbol": cloud.symbol, "opacity": 0.75},
            "hoverlabel": hover_label(theme),
            "hovertemplate": f"%{{customdata}}<br>{plain(x, 40)} %{{x:.3~g}}, {plain(y, 40)} %{{y:.3~g}}<extra></extra>"}


def _bars(bars: Sequence[Bar], rows: list[int], theme: Theme) -> Spec:
    edge = lambda value, other: 0.0 if other is None else abs(other - value)
    whiskers = any(bar.low is not None for bar in bars)
    return {"type": "bar", "orientation": "h", "y": rows, "x": [bar.value for bar in bars], "showlegend": False,
            "marker": {"color": [bar.colour or theme.truth for bar in bars]}, "customdata": [plain(b.name, 60) for b in bars],
            "error_x": {"type": "data", "symmetric": False, "visible": whiskers, "color": theme.muted, "thickness": 1.5,
                        "width": 4, "array": [edge(b.value, b.high) for b in bars],
                        "arrayminus": [edge(b.value, b.low) for b in bars]},
            "hoverlabel": hover_label(theme), "hovertemplate": "%{customdata}: %{x:.3~g}<extra></extra>"}


def _nulls(bars: Sequence[Bar], rows: list[int], name: str, theme: Theme) -> Spec:
    known = [(bar.null, row) for bar, row in zip(bars, rows) if bar.null is not None]
    return {"type": "scatter", "mode": "markers", "x": [v for v, _ in known], "y": [r for _, r in known],
            "name": plain(name, 60), "showlegend": True, "hoverlabel": hover_label(theme),
            "marker": {"symbol": "line-ns", "size": 16, "color": theme.text, "line": {"width": 2, "color": theme.text}},
            "hovertemplate": f"{plain(name, 40)} %{{x:.3~g}}<extra></extra>"}


def _title(text: str, theme: Theme) -> Spec:
    return {"text": plain(text, 70), "standoff": 6, "font": {"size": 13, "color": theme.text}}


def _layout(height: int, margin: Spec, theme: Theme, uirevision: str) -> Spec:
    axis = {"gridcolor": theme.grid, "zeroline": False, "fixedrange": True, "ticks": "outside", "ticklen": 4,
            "tickcolor": theme.zero, "nticks": 7, "tickfont": {"size": 12, "color": theme.text}}
    return {"height": height, "margin": margin, "xaxis": dict(axis), "yaxis": dict(axis), "paper_bgcolor": CLEAR,
            "plot_bgcolor": CLEAR, "font": {"family": FONT, "color": theme.text}, "template": {}, "hovermode": "closest",
            "uirevision": uirevision, "showlegend": True,
            "legend": {"orientation": "h", "x": 0, "xanchor": "left", "y": 1, "yanchor": "bottom", "bgcolor": CLEAR,
                       "itemclick": False, "itemdoubleclick": False, "font": {"size": 12, "color": theme.text}},
            "modebar": {"bgcolor": CLEAR, "color": theme.muted, "activecolor": theme.text,
                        "remove": ["select2d", "lasso2d", "zoom2d", "pan2d", "zoomIn2d", "zoomOut2d", "autoScale2d"]}}
