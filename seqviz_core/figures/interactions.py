"""How losing two parts at once differs from losing each: a square map, symmetric about zero."""

from collections.abc import Sequence

import numpy as np
import plotly.graph_objects as go

from ..errors import SeqVizError
from .comparison import room_for
from .palette import CLEAR, FONT, Theme, ThemeName, colorscale, ink_on, plain, short_number, theme_of
from .strips import Spec, figure, hover_label

CELL, TOP, BOTTOM, RIGHT, LONGEST = 44, 34, 14, 24, 30  # pixels; letters


def interaction_heatmap(values: np.ndarray, names: Sequence[str], kinds: Sequence[Sequence[str]], *, unit: str = "logit",
                        least: float = 0.0, theme: ThemeName | Theme = "light",
                        uirevision: str = "interactions") -> go.Figure:
    """Return the lower half of values (K, K), nan where there is none, each cell with its number and what it is called on hover.

    kinds (K, K) : "synergy", "redundancy" or "additive". least : the colours reach at least that far, so that what is small is
    pale. Raises SeqVizError where they do not fit the names.
    """
    theme, values, k = theme_of(theme), np.asarray(values, dtype=np.float64), len(names)
    if k < 2 or values.shape != (k, k):
        raise SeqVizError(f"The interactions of {k} parts need {k} x {k} values and at least two parts; these have shape "
                          f"{values.shape}.")
    below = np.tril(np.ones((k, k), dtype=bool), -1)
    known = below & np.isfinite(values)
    reach = float(np.abs(values[known]).max(initial=least)) or 1.0
    hover = [[f"{plain(names[j], 40)} and {plain(names[i], 40)}: {short_number(values[i, j])} {plain(unit, 20)}, "
              f"{plain(kinds[i][j], 20)}" if known[i, j] else "" for j in range(k)] for i in range(k)]
    heat = {"type": "heatmap", "z": np.where(known, values, np.nan)[1:, :-1].astype(np.float32), "x0": 0, "dx": 1, "y0": 1,
            "dy": 1, "zmin": -reach, "zmax": reach, "xgap": 2, "ygap": 2, "colorscale": colorscale(theme, signed=True),
            "showscale": False, "hoverongaps": False, "customdata": hover[1:], "hoverlabel": hover_label(theme),
            "hovertemplate": "%{customdata}<extra></extra>"}
    texts = [{"text": short_number(float(f"{values[i, j]:.2g}")), "x": int(j), "y": int(i), "showarrow": False,
              "font": {"size": 12, "color": ink_on(theme.diverging, (values[i, j] / reach + 1) / 2)}}
             for i, j in np.argwhere(known)]
    return figure([heat], _layout(names, texts, theme, uirevision) | {"meta": {"alt": interactions_alt(values, names, known)}})


def interactions_alt(values: np.ndarray, names: Sequence[str], known: np.ndarray) -> str:
    """Return one sentence: which two parts interact most."""
    if not known.any():
        return f"Interactions of {len(names)} parts: there is no pair to compare."
    i, j = max(np.argwhere(known), key=lambda p: abs(values[tuple(p)]))
    return (f"Interactions of {len(names)} parts; the largest is {short_number(values[i, j])}, of {plain(names[j], 40)} and "
            f"{plain(names[i], 40)}.")


def interactions_table(values: np.ndarray, interval: np.ndarray, names: Sequence[str],
                       kinds: Sequence[Sequence[str]]) -> dict[str, list]:
    """Return one row a pair, with the interval (K, K, 2) of its interaction."""
    pairs = [(i, j) for i in range(len(names)) for j in range(i + 1, len(names)) if np.isfinite(values[i, j])]
    return {"part": [names[i] for i, _ in pairs], "other": [names[j] for _, j in pairs],
            "interaction": [float(values[p]) for p in pairs], "low": [float(interval[p][0]) for p in pairs],
            "high": [float(interval[p][1]) for p in pairs], "kind": [kinds[i][j] for i, j in pairs]}


def _layout(names: Sequence[str], texts: list[Spec], theme: Theme, uirevision: str) -> Spec:
    k, left = len(names), room_for(names, LONGEST)
    wide = max(CELL, min(130, 520 // (k - 1)))
    axis = {"showgrid": False, "zeroline": False, "ticks": "", "fixedrange": True, "tickmode": "array", "tickangle": 0,
            "tickfont": {"size": 12, "color": theme.text}}
    letters = max(6, wide // 8)
    return {"height": TOP + CELL * (k - 1) + BOTTOM, "width": left + wide * (k - 1) + RIGHT,
            "margin": {"l": left, "r": RIGHT, "t": TOP, "b": BOTTOM}, "annotations": texts,
            "xaxis": {**axis, "side": "top", "tickvals": list(range(k - 1)), "ticktext": [plain(n, letters) for n in names[:-1]],
                      "range": [-0.5, k - 1.5]},
            "yaxis": {**axis, "tickvals": list(range(1, k)), "ticktext": [plain(n, LONGEST) for n in names[1:]],
                      "range": [k - 0.5, 0.5]},
            "paper_bgcolor": CLEAR, "plot_bgcolor": CLEAR, "font": {"family": FONT, "color": theme.text}, "template": {},
            "hovermode": "closest", "uirevision": uirevision,
            "modebar": {"bgcolor": CLEAR, "color": theme.muted, "activecolor": theme.text,
                        "remove": ["select2d", "lasso2d", "zoom2d", "pan2d", "zoomIn2d", "zoomOut2d", "autoScale2d"]}}
