"""The attention map: which position looks at which, as a square."""

from collections.abc import Sequence

import numpy as np
import plotly.graph_objects as go

from ..errors import SeqVizError
from .kinds import SiteMark, column_centres
from .palette import CLEAR, FONT, Theme, ThemeName, colorscale, plain, short_number, theme_of
from .strips import Spec, figure, hover_label, rounded

SIDE, MARGIN = 420, {"l": 64, "r": 64, "t": 30, "b": 52}


def attention_heatmap(pattern: np.ndarray, length: int, *, span: tuple[int, int, int] = (1, 0, 1),
                      sites: Sequence[SiteMark] = (), query: int | None = None, zmax: float | None = None,
                      theme: ThemeName | Theme = "light", uirevision: str = "attention") -> go.Figure:
    """Return one head's attention `pattern` (query, key) as a square map over `length` bases; each row sums to 1, or to 0 in
    the difference of two patterns, which is drawn red above and blue below zero.

    `span` is (stride, offset, width) of a position, as in kinds.py; cells lie over the bases they stand for. `sites` are marked
    along both edges and the row that covers the 0-based base `query` is framed. `zmax` fixes the scale, so that heads compare.
    Show it at its own width (560 pixels), so that it stays square.
    """
    pattern, theme = np.asarray(pattern, dtype=np.float32), theme_of(theme)
    if pattern.ndim != 2 or not pattern.size or not np.isfinite(pattern).all():
        raise SeqVizError(f"An attention map needs finite values of shape (query, key); these have shape {pattern.shape}.")
    stride = span[0]
    first = column_centres(1, *span).item()
    signed = bool(pattern.min() < 0)  # a difference of two patterns
    top = float(zmax or np.abs(pattern).max()) or 1.0
    ticks = [-top, 0, top] if signed else [0, top]
    trace = {"type": "heatmap", "z": pattern, "x0": first, "dx": stride, "y0": first, "dy": stride, "zmin": ticks[0], "zmax": top,
             "colorscale": colorscale(theme, signed), "hoverlabel": hover_label(theme),
             "hovertemplate": "position %{y} looks at %{x}:  %{z:.3g}<extra></extra>",
             "colorbar": {"thickness": 8, "len": 1, "ypad": 0, "xpad": 8, "outlinewidth": 0, "ticks": "", "tickvals": ticks,
                          "ticktext": [rounded(t) for t in ticks], "tickfont": {"size": 11, "color": theme.muted}}}
    layout = _layout(length, theme, uirevision)
    layout["shapes"] = [shape for site in sites for shape in _edges(site, theme)]
    layout["annotations"] = [_name(site, theme) for site in sites]
    if query is not None:
        row = int(np.clip(np.floor((query + 1 - first) / stride + 0.5), 0, len(pattern) - 1))
        layout["shapes"].append(_frame(first + row * stride, stride, theme))
    q, k = np.unravel_index(np.abs(pattern).argmax(), pattern.shape)
    layout["meta"] = {"alt": f"Attention map of {pattern.shape[0]} by {pattern.shape[1]} positions; the strongest, "
                             f"{short_number(pattern[q, k])}, is from position {round(first + q * stride)} "
                             f"to position {round(first + k * stride)}."}
    return figure([trace], layout)


def _layout(length: int, theme: Theme, uirevision: str) -> Spec:
    axis = {"range": [0.5, length + 0.5], "showgrid": False, "zeroline": False, "ticks": "outside", "ticklen": 4,
            "tickcolor": theme.zero, "tickfont": {"size": 12, "color": theme.text}, "minallowed": 0.5, "constrain": "domain",
            "maxallowed": length + 0.5}
    font = {"size": 12, "color": theme.muted}
    return {"width": SIDE + MARGIN["l"] + MARGIN["r"], "height": SIDE + MARGIN["t"] + MARGIN["b"], "margin": MARGIN,
            "xaxis": {**axis, "title": {"text": "position looked at", "font": font, "standoff": 6}},
            "yaxis": {**axis, "range": [length + 0.5, 0.5], "scaleanchor": "x", "ticklen": 12, "tickcolor": CLEAR,
                      "title": {"text": "position that looks", "font": font, "standoff": 6}},
            "paper_bgcolor": CLEAR, "plot_bgcolor": CLEAR, "font": {"family": FONT, "color": theme.text}, "template": {},
            "hovermode": "closest", "uirevision": uirevision,
            "modebar": {"bgcolor": CLEAR, "color": theme.muted, "activecolor": theme.text}}


def _frame(middle: float, height: float, theme: Theme) -> Spec:
    """Return the frame around a row."""
    return {"type": "rect", "xref": "x domain", "x0": 0, "x1": 1, "y0": middle - height / 2, "y1": middle + height / 2,
            "line": {"color": theme.truth, "width": 1.5}}


def _edges(site: SiteMark, theme: Theme) -> list[Spec]:
    """Return the marks of a site along the upper and the left edge."""
    ends, line = (site.start + 0.5, site.end + 0.5), {"width": 0}
    return [{"type": "rect", "yref": "paper", "x0": ends[0], "x1": ends[1], "y0": 1.005, "y1": 1.02, "line": line,
             "fillcolor": theme.truth},
            {"type": "rect", "xref": "paper", "y0": ends[0], "y1": ends[1], "x0": -0.02, "x1": -0.005, "line": line,
             "fillcolor": theme.truth}]


def _name(site: SiteMark, theme: Theme) -> Spec:
    return {"text": plain(site.name, 18), "x": (site.start + site.end + 1) / 2, "yref": "paper", "y": 1.02, "yanchor": "bottom",
            "showarrow": False, "font": {"size": 12, "color": theme.text}}
