"""Several runs side by side: how well each does beside what is possible, and how fast each learned."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
import plotly.graph_objects as go

from ..errors import SeqVizError
from .palette import CLEAR, FONT, Theme, ThemeName, model_colour, plain, readable, theme_of
from .strips import Spec, Strip, end_labels, figure, hover_label

MARKS = {"ceiling": "line-ns", "kmer": "diamond-open", "pwm": "triangle-up-open", "gc": "x-thin"}
"""The references that stand on a run's line, and their signs."""
ROW, GROUP, TOP, BOTTOM, RIGHT = 28, 30, 56, 46, 120  # pixels; TOP has room for two lines of the legend
DASHES = {"solid": "—", "dash": "- -", "dot": "···", "dashdot": "-·-", "longdash": "– –", "longdashdot": "–·–",
          "12px 3px": "— —", "1px 8px": "· ·"}
"""The dashes of lines that share a colour, and how each is written before the line's name."""
LONGEST = 30  # letters of a name at the left
PANEL, HEAD, SIDE = 190, 40, {"l": 52, "r": 210, "t": 4, "b": 44}


@dataclass(frozen=True)
class ScoreRow:
    """One run: `group` is what it is judged on (task and figure), `low` ... `high` the interval of its score.

    marks : by the keys of MARKS, the references that are known.
    """

    name: str
    group: str
    architecture: str
    score: float
    low: float
    high: float
    marks: Mapping[str, float] = field(default_factory=dict)


@dataclass(frozen=True, eq=False)
class Curve:
    """A run's validation scores y (E,) at x (E,), epochs or seconds."""

    name: str
    architecture: str
    x: np.ndarray
    y: np.ndarray


@dataclass(frozen=True, eq=False)
class CurvePanel:
    """The runs of one task, with the score that is possible there."""

    task: str
    curves: Sequence[Curve]
    ceiling: float | None = None


def score_dots(rows: Sequence[ScoreRow], names: Mapping[str, str], *, theme: ThemeName | Theme = "light",
               uirevision: str = "scores") -> go.Figure:
    """Return a line for each run, its score a dot with its interval, ceiling and simple models as marks on the same line.

    Rows of one group stand together, the group's name above them. names : what each mark is called.
    """
    if not rows:
        raise SeqVizError("There is no run to compare.")
    theme, groups = theme_of(theme), list(dict.fromkeys(row.group for row in rows))
    ordered, y, heads, place = [], [], {}, 0.0
    for group in groups:
        heads[group] = place + GROUP / 2
        place += GROUP
        for row in (r for r in rows if r.group == group):
            ordered.append(row)
            y.append(place + ROW / 2)
            place += ROW
    layout = _dots_layout(ordered, y, place, theme, uirevision)
    layout["annotations"] = [_head(plain(group, 70), at, layout["margin"]["l"], theme) for group, at in heads.items()]
    layout["annotations"] += [_told(row, at, theme) for row, at in zip(ordered, y)]
    layout["meta"] = {"alt": scores_alt(ordered)}
    return figure([_dots(ordered, y, theme), *_marks(ordered, y, names, theme)], layout)  # a dot must not hide its ceiling


def scores_alt(rows: Sequence[ScoreRow]) -> str:
    """Return one sentence: every run's score, with its ceiling where that is known."""
    told = [f"{plain(row.name, 40)} {row.score:.3f}" + (f" of {row.marks['ceiling']:.3f}" if "ceiling" in row.marks else "") +
            f" ({plain(row.group, 50)})" for row in rows]
    return f"Scores of {len(rows)} runs: {'; '.join(told)}."


def learning_curves(panels: Sequence[CurvePanel], *, metric: str, x: str, theme: ThemeName | Theme = "light",
                    uirevision: str = "learning") -> go.Figure:
    """Return one panel a task, a line for each run in its architecture's colour; a second one of the same colour is dashed.

    x : what is along the axis, "epochs" or "seconds". The ceiling of each task is a dashed line across its panel.
    """
    if not any(panel.curves for panel in panels):
        raise SeqVizError("None of these runs has finished an epoch.")
    theme, total = theme_of(theme), (PANEL + HEAD) * len(panels)
    layout = _curves_layout(panels, x, total, theme, uirevision)
    traces = []
    for k, panel in enumerate(panels):
        top = 1 - (k * (PANEL + HEAD) + HEAD) / total
        traces += _panel(layout, Strip(f"y{k + 1}" if k else "y", top, top - PANEL / total, PANEL), panel, metric, x, theme)
    layout["meta"] = {"alt": _curves_alt(panels, metric, x)}
    return figure(traces, layout)


def room_for(names: Sequence[str], longest: int = LONGEST) -> int:
    """Return the pixels that names at the left of a figure take, the longest with an ellipsis."""
    return 24 + round(7.2 * max(min(len(name), longest) for name in names))


def _dots(rows: Sequence[ScoreRow], y: Sequence[float], theme: Theme) -> Spec:
    score = np.array([row.score for row in rows])
    return {"type": "scatter", "x": score, "y": y, "mode": "markers", "name": "score, 95 % interval", "showlegend": True,
            "marker": {"size": 12, "color": [model_colour(row.architecture) for row in rows], "line": {"width": 0}},
            "error_x": {"type": "data", "symmetric": False, "array": [row.high - row.score for row in rows],
                        "arrayminus": [row.score - row.low for row in rows], "color": theme.muted, "thickness": 1.5, "width": 4},
            "customdata": [plain(row.name, 50) for row in rows], "hoverlabel": hover_label(theme),
            "hovertemplate": "%{customdata}: %{x:.3f}<extra></extra>"}


def _marks(rows: Sequence[ScoreRow], y: Sequence[float], names: Mapping[str, str], theme: Theme) -> list[Spec]:
    """Return one trace a kind of mark, so that each has a line in the legend."""
    traces = []
    for mark, symbol in MARKS.items():
        known = [(row.marks[mark], at, row.name) for row, at in zip(rows, y) if mark in row.marks]
        if known:
            x, at, who = zip(*known)
            name = plain(names.get(mark, mark), 30)
            size, width = (20, 2) if mark == "ceiling" else (9, 1.5)
            traces.append({"type": "scatter", "x": x, "y": at, "mode": "markers", "name": name, "hoverlabel": hover_label(theme),
                           "marker": {"symbol": symbol, "size": size, "color": theme.truth,
                                      "line": {"width": width, "color": theme.truth}},
                           "customdata": [plain(n, 50) for n in who], "showlegend": True,
                           "hovertemplate": f"%{{customdata}}, {name} %{{x:.3f}}<extra></extra>"})
    return traces


def _dots_layout(rows: Sequence[ScoreRow], y: Sequence[float], height: float, theme: Theme, uirevision: str) -> Spec:
    values = np.array([v for row in rows for v in (row.score, row.low, *row.marks.values())])
    low = max(0.0, float(np.nanmin(values)) - 0.04)
    return {"height": round(TOP + height + BOTTOM),
            "margin": {"l": room_for([row.name for row in rows]), "r": RIGHT, "t": TOP, "b": BOTTOM},
            "xaxis": {"range": [low, 1 + 0.01 * (1 - low)], "gridcolor": theme.grid, "zeroline": False, "fixedrange": True,
                      "tickfont": {"size": 12, "color": theme.text}, "nticks": 8,
                      "title": {"text": "score (1 is perfect)", "standoff": 4, "font": {"size": 12, "color": theme.muted}}},
            "yaxis": {"range": [height, 0], "fixedrange": True, "zeroline": False, "gridcolor": theme.grid, "ticks": "",
                      "tickvals": list(y), "ticktext": [plain(row.name, LONGEST) for row in rows],
                      "tickfont": {"size": 13, "color": theme.text}},
            "showlegend": True, "legend": _legend(theme), **_common(theme, uirevision)}


def _head(text: str, y: float, left: int, theme: Theme) -> Spec:
    return {"text": text, "xref": "paper", "x": 0, "xanchor": "left", "xshift": 6 - left, "y": y, "yanchor": "middle",
            "showarrow": False, "font": {"size": 13, "color": theme.text, "weight": 600}}


def _told(row: ScoreRow, y: float, theme: Theme) -> Spec:
    """Return the numbers at the right end of a run's line."""
    ceiling = f" of {row.marks['ceiling']:.3f}" if "ceiling" in row.marks else ""
    return {"text": f"{row.score:.3f}{ceiling}", "xref": "paper", "x": 1, "xanchor": "left", "xshift": 8, "y": y,
            "yanchor": "middle", "showarrow": False,
            "font": {"size": 13, "color": readable(model_colour(row.architecture), theme)}}


def dash_of(architectures: Sequence[str]) -> list[str]:
    """Return a dash for each line: the first in its colour is solid, every further one in the same colour has its own."""
    colours = [model_colour(architecture) for architecture in architectures]
    return [list(DASHES)[colours[:k].count(colour) % len(DASHES)] for k, colour in enumerate(colours)]


def _panel(layout: Spec, strip: Strip, panel: CurvePanel, metric: str, x: str, theme: Theme) -> list[Spec]:
    """Write one panel's axis, ceiling and labels into `layout` and return its lines."""
    curves = [c for c in panel.curves if np.isfinite(c.y).any()]
    last = [float(c.y[np.isfinite(c.y)][-1]) for c in curves]
    ceiling = [] if panel.ceiling is None else [panel.ceiling]
    low = max(0.0, min([float(np.nanmin(c.y)) for c in curves] + ceiling, default=0.0) - 0.04)
    limits = (low, 1 + 0.04 * (1 - low))
    layout["yaxis" + strip.axis[1:]] = {
        "domain": [max(strip.bottom, 0), strip.top], "range": list(limits), "fixedrange": True, "nticks": 5,
        "gridcolor": theme.grid, "zeroline": False, "tickfont": {"size": 12, "color": theme.muted}}
    layout["shapes"] += [{"type": "line", "xref": "x domain", "x0": 0, "x1": 1, "yref": strip.axis, "y0": v, "y1": v,
                          "layer": "below", "line": {"color": theme.truth, "width": 1.5, "dash": "dash"}} for v in ceiling]
    dashes = dash_of([c.architecture for c in curves])
    signs = [f"{DASHES[dash]} " if set(dashes) > {"solid"} else "" for dash in dashes]
    names = [f"{sign}{plain(c.name, 24)} {v:.3f}" for sign, c, v in zip(signs, curves, last)]
    names += [f"Bayes ceiling {v:.3f}" for v in ceiling]
    paint = [readable(model_colour(c.architecture), theme) for c in curves] + [theme.text] * len(ceiling)
    layout["annotations"] += end_labels(np.array(last + ceiling), names, paint, limits, strip)
    layout["annotations"].append({
        "text": f"{plain(panel.task, 60)}: {plain(metric, 12)} on validation sequences", "xref": "paper", "x": 0,
        "xanchor": "left", "xshift": 4 - SIDE["l"], "yref": "paper", "y": strip.top, "yanchor": "bottom", "yshift": 6,
        "showarrow": False, "font": {"size": 13, "color": theme.text, "weight": 600}})
    return [{"type": "scatter", "x": np.asarray(c.x, dtype=np.float32), "y": np.asarray(c.y, dtype=np.float32),
             "mode": "lines+markers" if len(c.y) < 3 else "lines", "yaxis": strip.axis, "hoverlabel": hover_label(theme),
             "line": {"color": model_colour(c.architecture), "width": 2.5, "dash": dash},
             "hovertemplate": f"{plain(c.name, 40)}, %{{x:.3~g}} {plain(x, 12)}: %{{y:.3f}}<extra></extra>"}
            for c, dash in zip(curves, dashes)]


def _curves_layout(panels: Sequence[CurvePanel], x: str, total: int, theme: Theme, uirevision: str) -> Spec:
    last = max([float(np.nanmax(c.x)) for panel in panels for c in panel.curves if len(c.x)], default=1.0)
    first = 1.0 if x == "epochs" else 0.0
    anchor = f"y{len(panels)}" if len(panels) > 1 else "y"
    return {"height": total + SIDE["t"] + SIDE["b"], "margin": SIDE, "shapes": [], "annotations": [], "showlegend": False,
            "xaxis": {"range": [first - 0.02 * last, max(last, first + 1)], "anchor": anchor, "showgrid": False,
                      "zeroline": False, "ticks": "outside", "ticklen": 4, "tickcolor": theme.zero, "fixedrange": True,
                      "nticks": 12, "tickfont": {"size": 12, "color": theme.text},
                      "title": {"text": plain(x, 20), "standoff": 4, "font": {"size": 12, "color": theme.muted}}},
            **_common(theme, uirevision)}


def _curves_alt(panels: Sequence[CurvePanel], metric: str, x: str) -> str:
    told = [f"{plain(c.name, 40)} from {c.y[0]:.2f} to {c.y[-1]:.2f} in {c.x[-1]:.3g} {plain(x, 12)}"
            for panel in panels for c in panel.curves if len(c.y)]
    return f"Learning curves, validation {plain(metric, 12)}: {'; '.join(told)}."


def _legend(theme: Theme) -> Spec:
    return {"orientation": "h", "x": 0, "xanchor": "left", "y": 1, "yanchor": "bottom", "bgcolor": CLEAR, "itemclick": False,
            "itemdoubleclick": False, "font": {"size": 12, "color": theme.text}}


def _common(theme: Theme, uirevision: str) -> Spec:
    return {"paper_bgcolor": CLEAR, "plot_bgcolor": CLEAR, "font": {"family": FONT, "color": theme.text}, "template": {},
            "hovermode": "closest", "uirevision": uirevision,
            "modebar": {"bgcolor": CLEAR, "color": theme.muted, "activecolor": theme.text,
                        "remove": ["select2d", "lasso2d", "zoom2d", "pan2d", "zoomIn2d", "zoomOut2d", "autoScale2d"]}}
