"""Maps of substitutions one under the other, on one ruler: measured effects above predicted ones."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import plotly.graph_objects as go

from ..errors import SeqVizError
from .palette import BASES, CLEAR, FONT, MONOSPACE, Theme, ThemeName, colorscale, plain, short_number, theme_of
from .strips import Spec, figure, hover_label

ROW, HEAD, BOTTOM = 20, 30, 46  # pixels
MARGIN_LEFT, MARGIN_RIGHT = 40, 70
CLIPPED = 0.995  # share of the values inside the colour scale


@dataclass(frozen=True, eq=False)
class SubstitutionMap:
    """values (4, n), nan where nothing is known; title above it, unit in the hover label."""

    title: str
    values: np.ndarray
    unit: str = ""


def maps_figure(maps: Sequence[SubstitutionMap], bases: str, *, start: int = 0, alt: str = "", theme: ThemeName | Theme = "light",
                uirevision: str = "maps") -> go.Figure:
    """Return the maps under each other, each on its own scale, symmetric about zero; bases stand from `start` (0-based) on.

    Raises SeqVizError where a map does not fit the bases.
    """
    theme = theme_of(theme)
    bad = [m.title for m in maps if np.shape(m.values) != (4, len(bases))]
    if bad or not maps or not bases:
        raise SeqVizError(f"The map {bad[0] if bad else ''!r} of {len(bases)} bases needs 4 x {len(bases)} values.")
    inner = len(maps) * (HEAD + 4 * ROW)
    layout: Spec = {"height": inner + BOTTOM, "margin": {"l": MARGIN_LEFT, "r": MARGIN_RIGHT, "t": 0, "b": BOTTOM},
                    "annotations": [], **_common(start, len(bases), len(maps), theme, uirevision), "meta": {"alt": alt}}
    traces = []
    for k, one in enumerate(maps):
        top = 1 - (k * (HEAD + 4 * ROW) + HEAD) / inner
        bottom, axis = top - 4 * ROW / inner, "" if k == 0 else str(k + 1)
        layout[f"yaxis{axis}"] = {"domain": [max(bottom, 0.0), top], "range": [3.5, -0.5], "tickvals": [0, 1, 2, 3], "ticks": "",
                                  "ticktext": list(BASES), "showgrid": False, "zeroline": False, "fixedrange": True,
                                  "tickfont": {"size": 12, "color": theme.text, "family": MONOSPACE}}
        layout["annotations"].append({"text": plain(one.title, 90), "xref": "paper", "x": 0, "xanchor": "left", "yref": "paper",
                                      "y": top, "yanchor": "bottom", "showarrow": False,
                                      "font": {"size": 13, "color": theme.text}})
        traces.append(_map(one, bases, start, f"y{axis}", (bottom + top) / 2, 4 * ROW / inner, theme))
    return figure(traces, layout)


def _map(one: SubstitutionMap, bases: str, start: int, axis: str, middle: float, length: float, theme: Theme) -> Spec:
    values = np.asarray(one.values, dtype=np.float32)
    known = np.abs(values[np.isfinite(values)])
    reach = float(np.quantile(known, CLIPPED)) if known.size else 1.0
    reach = reach or 1.0
    told = [[f"{start + i + 1:,} {ref}\u2192{base}" for i, ref in enumerate(bases)] for base in BASES]
    return {"type": "heatmap", "z": values, "x0": start + 1, "dx": 1, "y0": 0, "dy": 1, "zmin": -reach, "zmax": reach,
            "colorscale": colorscale(theme, signed=True), "yaxis": axis, "xaxis": "x", "hoverongaps": False, "customdata": told,
            "hoverlabel": hover_label(theme),
            "hovertemplate": f"%{{customdata}}: %{{z:.3~g}} {plain(one.unit, 30)}<extra></extra>",
            "colorbar": {"x": 1.0, "xpad": 8, "y": middle, "len": length * 1.1, "thickness": 9, "outlinewidth": 0, "ticks": "",
                         "tickvals": [-reach, 0, reach], "tickfont": {"size": 12, "color": theme.text},
                         "ticktext": [short_number(float(f"{v:.2g}")) for v in (-reach, 0, reach)]}}


def _common(start: int, n: int, n_maps: int, theme: Theme, uirevision: str) -> Spec:
    lowest = "y" if n_maps == 1 else f"y{n_maps}"
    across = {"range": [start + 0.5, start + n + 0.5], "anchor": lowest, "ticks": "outside", "ticklen": 4, "nticks": 12,
              "tickcolor": theme.zero, "showgrid": False, "zeroline": False, "fixedrange": True,
              "tickfont": {"size": 12, "color": theme.text},
              "title": {"text": "base", "standoff": 4, "font": {"size": 13, "color": theme.text}}}
    return {"xaxis": across, "paper_bgcolor": CLEAR, "plot_bgcolor": CLEAR, "font": {"family": FONT, "color": theme.text},
            "template": {}, "hovermode": "closest", "uirevision": uirevision, "showlegend": False,
            "modebar": {"bgcolor": CLEAR, "color": theme.muted, "activecolor": theme.text,
                        "remove": ["select2d", "lasso2d", "zoom2d", "pan2d", "zoomIn2d", "zoomOut2d", "autoScale2d"]}}
