"""ROC, precision-recall and reliability: what stands behind a run's figures."""

from collections.abc import Mapping

import numpy as np
import plotly.graph_objects as go

from ..errors import SeqVizError
from .palette import CLEAR, FONT, MODEL_COLOURS, MORE_COLOURS, Theme, ThemeName, plain, theme_of
from .strips import Spec, figure, hover_label

SIDE, MARGIN = 190, {"l": 52, "r": 12, "t": 10, "b": 48}  # pixels: three stand side by side where there is little room
LEGEND = 22  # pixels for each line's name
POINTS = 400
COLOURS = (*MODEL_COLOURS.values(), *MORE_COLOURS)
DASHES = ("solid", "dash", "dot")

Line = tuple[np.ndarray, np.ndarray]


def roc_figure(curves: Mapping[str, Line], areas: Mapping[str, float], *, theme: ThemeName | Theme = "light",
               uirevision: str = "roc") -> go.Figure:
    """Return ROC curves, {name: (false positive rate, true positive rate)}, with their AUROC and the diagonal of guessing."""
    theme = theme_of(theme)
    lines = [_line(name, *_thinned(*curve), areas[name], k, "linear", "false %{x:.3f}, true %{y:.3f}", theme)
             for k, (name, curve) in enumerate(curves.items())]
    layout = _square("false positive rate", "true positive rate", len(curves), theme, uirevision)
    layout["shapes"] = [_dashed(0, 0, 1, 1, theme)]
    return _finished(lines, layout, f"ROC curves, area {_told(areas)}; guessing has 0.50.")


def pr_figure(curves: Mapping[str, Line], areas: Mapping[str, float], prevalence: float, *, theme: ThemeName | Theme = "light",
              uirevision: str = "pr") -> go.Figure:
    """Return precision-recall curves, {name: (recall, precision)}, as steps, with their average precision.

    prevalence : the share of positives, which guessing has at every recall; a dashed line.
    """
    theme = theme_of(theme)
    lines = []
    for k, (name, (recall, precision)) in enumerate(curves.items()):
        x, y = _thinned(np.concatenate([[0.0], recall]), np.concatenate([precision[:1], precision]))
        lines.append(_line(name, x, y, areas[name], k, "vh", "recall %{x:.3f}, precision %{y:.3f}", theme))
    layout = _square("recall", "precision", len(curves), theme, uirevision)
    layout["shapes"] = [_dashed(0, prevalence, 1, prevalence, theme)]
    layout["annotations"] = [{"text": f"share of positives {prevalence:.3f}", "x": 0, "xanchor": "left", "y": prevalence,
                              "yanchor": "bottom", "showarrow": False, "font": {"size": 12, "color": theme.muted}}]
    return _finished(lines, layout, f"Precision-recall curves, average precision {_told(areas)}; guessing has {prevalence:.3f}.")


def reliability_figure(predicted: np.ndarray, observed: np.ndarray, n: np.ndarray, *, error: float, name: str = "model",
                       theme: ThemeName | Theme = "light", uirevision: str = "reliability") -> go.Figure:
    """Return what came true against what was said, a point for each bin of probability, larger where more was said.

    predicted, observed, n (bins,) : mean probability, share that came true, how many.  error : the calibration error.
    """
    theme, n = theme_of(theme), np.asarray(n)
    if not len({len(np.asarray(a)) for a in (predicted, observed, n)}) == 1:
        raise SeqVizError("A reliability diagram needs as many observed as predicted values.")
    size = 6 + 18 * np.sqrt(n / max(n.max(initial=1), 1))
    points = {"type": "scatter", "x": np.asarray(predicted, dtype=np.float32), "y": np.asarray(observed, dtype=np.float32),
              "mode": "lines+markers", "marker": {"size": size, "color": COLOURS[0]}, "line": {"color": COLOURS[0], "width": 1.5},
              "customdata": n, "name": f"{plain(name, 30)}, calibration error {error:.3f}", "hoverlabel": hover_label(theme),
              "hovertemplate": "said %{x:.2f}, came true %{y:.2f}, %{customdata} times<extra></extra>"}
    layout = _square("probability said", "share that came true", 1, theme, uirevision)
    layout["shapes"] = [_dashed(0, 0, 1, 1, theme)]
    alt = (f"Reliability of {plain(name, 30)} in {len(n)} bins: the calibration error is {error:.3f}; "
           "on the dashed diagonal what is said comes true.")
    return _finished([points], layout, alt)


def _line(name: str, x: np.ndarray, y: np.ndarray, area: float, k: int, shape: str, hover: str, theme: Theme) -> Spec:
    return {"type": "scatter", "x": x.astype(np.float32), "y": y.astype(np.float32), "mode": "lines",
            "name": f"{plain(name, 30)} {area:.3f}", "hoverlabel": hover_label(theme),
            "hovertemplate": f"{plain(name, 30)}: {hover}<extra></extra>",
            "line": {"color": COLOURS[k % len(COLOURS)], "width": 2, "shape": shape,
                     "dash": DASHES[(k // len(COLOURS)) % len(DASHES)]}}


def _thinned(x: np.ndarray, y: np.ndarray) -> Line:
    """Return at most about POINTS of the points, evenly along the curve; the ends always."""
    x, y = np.asarray(x, dtype=np.float64), np.asarray(y, dtype=np.float64)
    if x.shape != y.shape:
        raise SeqVizError(f"A curve needs as many values of y as of x; these are {len(y)} and {len(x)}.")
    if len(x) <= POINTS:
        return x, y
    way = np.concatenate([[0.0], np.cumsum(np.abs(np.diff(x)) + np.abs(np.diff(y)))])
    kept = np.unique(np.append(np.searchsorted(way, np.linspace(0, way[-1], POINTS)), [0, len(x) - 1]).clip(0, len(x) - 1))
    return x[kept], y[kept]


def _square(x: str, y: str, n_lines: int, theme: Theme, uirevision: str) -> Spec:
    axis = {"range": [-0.01, 1.01], "gridcolor": theme.grid, "zeroline": False, "nticks": 4, "fixedrange": True,
            "tickfont": {"size": 12, "color": theme.text}}
    title = lambda text: {"text": text, "standoff": 6, "font": {"size": 12, "color": theme.muted}}
    room = LEGEND * n_lines
    return {"height": SIDE + MARGIN["t"] + MARGIN["b"] + room,
            "margin": MARGIN | {"b": MARGIN["b"] + room},
            "xaxis": axis | {"title": title(x)}, "yaxis": axis | {"title": title(y)},
            "showlegend": True,
            "legend": {"x": 0, "xanchor": "left", "y": -MARGIN["b"] / SIDE, "yanchor": "top", "bgcolor": CLEAR,
                       "font": {"size": 12, "color": theme.text}},
            "paper_bgcolor": CLEAR, "plot_bgcolor": CLEAR, "font": {"family": FONT, "color": theme.text}, "template": {},
            "hovermode": "closest", "uirevision": uirevision,
            "modebar": {"bgcolor": CLEAR, "color": theme.muted, "activecolor": theme.text}}


def _dashed(x0: float, y0: float, x1: float, y1: float, theme: Theme) -> Spec:
    return {"type": "line", "x0": x0, "y0": y0, "x1": x1, "y1": y1, "layer": "below",
            "line": {"color": theme.zero, "width": 1.5, "dash": "dash"}}


def _told(areas: Mapping[str, float]) -> str:
    return ", ".join(f"{plain(name, 30)} {area:.3f}" for name, area in areas.items())


def _finished(lines: list[Spec], layout: Spec, alt: str) -> go.Figure:
    return figure(lines, layout | {"meta": {"alt": alt}})
