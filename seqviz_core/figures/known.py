"""What probes know: a panel for each target, a row for each internal, each score beside what it has to be compared with."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import plotly.graph_objects as go

from ..errors import SeqVizError
from .palette import CLEAR, FONT, Theme, ThemeName, plain, short_number, theme_of
from .strips import Spec, figure, hover_label

ROW, HEAD, FOOT, GAP, LETTER = 28, 80, 30, 0.035, 6.1  # pixels; the gap is a share of the width
LOWEST, EDGE = -0.1, 0.06  # an R2 below the first is drawn there; room beside it
TICKS = {"untrained": ("line-ns", "same network before training"), "letters": ("circle-open", "letters alone"),
         "control": ("x-thin", "control: random answers")}


@dataclass(frozen=True)
class Cell:
    """One score with its interval, and of the same probe the untrained network's, the letters' and the control's."""

    value: float
    low: float
    high: float
    untrained: float
    letters: float
    control: float


@dataclass(frozen=True)
class Panel:
    """One target: its title, its unit, what a constant answer scores, and a cell for each row; None where nothing is known."""

    title: str
    unit: str
    chance: float
    cells: tuple[Cell | None, ...]


def known_figure(rows: Sequence[str], panels: Sequence[Panel], *, colour: str, alt: str, theme: ThemeName | Theme = "light",
                 uirevision: str = "known") -> go.Figure:
    """Return a panel for each target side by side, a bar for each row; chance is a dotted line, the others are marks.

    rows : names of the internals. colour : of the bars. Raises SeqVizError without a row or a panel.
    """
    if not rows or not panels:
        raise SeqVizError("There is no probe to draw.")
    theme = theme_of(theme)
    layout: Spec = {
        "height": ROW * len(rows) + HEAD + FOOT, "paper_bgcolor": CLEAR, "plot_bgcolor": CLEAR, "template": {},
        "margin": {"l": round(20 + LETTER * max(map(len, rows))), "r": 16, "t": HEAD, "b": FOOT}, "bargap": 0.35,
        "font": {"family": FONT, "color": theme.text}, "uirevision": uirevision, "meta": {"alt": alt}, "annotations": [],
        "shapes": [], "modebar": {"bgcolor": CLEAR, "color": theme.muted, "activecolor": theme.text},
        "yaxis": {"tickvals": list(range(len(rows))), "ticktext": [plain(row, 40) for row in rows], "fixedrange": True,
                  "range": [len(rows) - 0.5, -0.5], "showgrid": False, "zeroline": False, "ticks": "",
                  "tickfont": {"size": 12, "color": theme.text}},
        "legend": {"orientation": "h", "x": 0, "xanchor": "left", "y": 1, "yanchor": "bottom", "yref": "paper",
                   "bgcolor": CLEAR, "itemclick": False, "itemdoubleclick": False, "font": {"size": 12, "color": theme.text}}}
    layout["legend"]["y"] = 1 + 44 / (ROW * len(rows))
    traces = []
    for k, panel in enumerate(panels):
        traces += _panel(k, len(panels), panel, rows, colour, layout, theme)
    return figure(traces, layout)


def known_table(rows: Sequence[str], panels: Sequence[Panel]) -> dict[str, list]:
    """Return the numbers: a row for each internal and target."""
    pairs = [(row, panel, cell) for panel in panels for row, cell in zip(rows, panel.cells) if cell is not None]
    columns = {"internal": [row for row, *_ in pairs], "target": [panel.title for _, panel, _ in pairs],
               "score": [panel.unit for _, panel, _ in pairs],
               "constant answer": [panel.chance for _, panel, _ in pairs]}
    return columns | {name: [getattr(cell, name) for *_, cell in pairs] for name in Cell.__dataclass_fields__}


def _panel(k: int, n: int, panel: Panel, rows: Sequence[str], colour: str, layout: Spec, theme: Theme) -> list[Spec]:
    """Add a panel's axis, title and line to the layout; return its traces."""
    width = (1 - GAP * (n - 1)) / n
    start, axis = k * (width + GAP), f"x{k + 1 if k else ''}"
    low = LOWEST if panel.chance == 0 else 0.0
    layout[f"xaxis{k + 1 if k else ''}"] = {
        "domain": [start, start + width], "range": [low - EDGE, 1.03], "tickvals": [0, 0.5, 1], "fixedrange": True,
        "showgrid": True,
        "gridcolor": theme.grid, "zeroline": True, "zerolinecolor": theme.zero, "tickfont": {"size": 12, "color": theme.text}}
    title = f'{plain(panel.title, 24)}<br><span style="font-size:11px">{plain(panel.unit, 24)}</span>'
    layout["annotations"].append({"text": title, "align": "left", "xref": "paper", "x": start, "xanchor": "left", "yref": "paper",
                                  "y": 1, "yanchor": "bottom", "yshift": 3, "showarrow": False,
                                  "font": {"size": 13, "color": theme.text}})
    if panel.chance:
        layout["shapes"].append({"type": "line", "xref": axis, "x0": panel.chance, "x1": panel.chance, "yref": "paper", "y0": 0,
                                 "y1": 1, "line": {"color": theme.muted, "width": 1, "dash": "dot"}})
    there = [(row, cell) for row, cell in enumerate(panel.cells) if cell is not None and np.isfinite(cell.value)]
    marks = [_mark(name, axis, there, low, k == 0, theme) for name in TICKS]
    return [_bars(axis, there, rows, low, colour, theme), *marks]


def _bars(axis: str, there: list[tuple[int, Cell]], rows: Sequence[str], low: float, colour: str, theme: Theme) -> Spec:
    value = [max(cell.value, low) for _, cell in there]
    edge = lambda cell, name: 0.0 if not np.isfinite(getattr(cell, name)) else max(getattr(cell, name), low)
    return {"type": "bar", "orientation": "h", "xaxis": axis, "y": [row for row, _ in there], "x": value, "showlegend": False,
            "marker": {"color": colour}, "hoverlabel": hover_label(theme),
            "customdata": [_told(rows[row], cell) for row, cell in there], "hovertemplate": "%{customdata}<extra></extra>",
            "error_x": {"type": "data", "symmetric": False, "color": theme.muted, "thickness": 1.5, "width": 4,
                        "array": [max(edge(c, "high") - v, 0) for (_, c), v in zip(there, value)],
                        "arrayminus": [max(v - edge(c, "low"), 0) for (_, c), v in zip(there, value)]}}


def _mark(name: str, axis: str, there: list[tuple[int, Cell]], low: float, legend: bool, theme: Theme) -> Spec:
    symbol, words = TICKS[name]
    ink = theme.text if name != "control" else theme.muted
    at = [(max(getattr(cell, name), low), row) for row, cell in there if np.isfinite(getattr(cell, name))]
    return {"type": "scatter", "mode": "markers", "xaxis": axis, "x": [x for x, _ in at], "y": [y for _, y in at], "name": words,
            "showlegend": legend, "hoverinfo": "skip",
            "marker": {"symbol": symbol, "size": 16 if symbol == "line-ns" else 8, "color": ink,
                       "line": {"width": 2, "color": ink}}}


def _told(row: str, cell: Cell) -> str:
    figures = (f"{cell.value:.2f} ({cell.low:.2f} to {cell.high:.2f})", f"before training {short_number(cell.untrained)}",
               f"letters alone {short_number(cell.letters)}", f"control {short_number(cell.control)}")
    return f"{plain(row, 40)}<br>" + "<br>".join(figures)
