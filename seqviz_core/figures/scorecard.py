"""The scorecard: which channel found which planted motif, with what chance gives below."""

from collections.abc import Sequence

import numpy as np
import plotly.graph_objects as go

from ..errors import SeqVizError
from .palette import CLEAR, FONT, Theme, ThemeName, colorscale, ink_on, plain, theme_of
from .palette import INKS as INKS
from .strips import Spec, figure, hover_label

ROW, GAP, TOP, BOTTOM, LEFT, RIGHT = 24, 0.4, 58, 30, 220, 12  # pixels; GAP in rows
LEGEND = "Framed: the best of its column. In brackets: no better than chance."
CHANCE, NULL = "best by chance", "shuffled maps"
LOWEST = {"AUROC": 0.5, "AUPRC": 0.0}
"""Where the colour scale begins: below it there is nothing to tell apart."""


def scorecard_rows(values: np.ndarray, always: Sequence[int] = (), most: int = 16) -> list[int]:
    """Return which channels to show, at most `most`: those named, the best of the others in each column, then the strongest.

    values (channels, columns). The best ones in the order of the columns, so that finds lie near the diagonal; name the
    attributions, or they would be the best of nearly all and hide which unit inside found what.
    """
    values = np.nan_to_num(np.asarray(values, dtype=np.float64))
    others = np.setdiff1d(np.arange(len(values)), always)
    if not len(others):
        return list(always)[:most]
    best = others[values[others].argmax(axis=0)].tolist()
    strongest = others[np.argsort(-values[others].max(axis=1), kind="stable")].tolist()
    return list(dict.fromkeys([*always, *best, *strongest]))[:most]


def scorecard_heatmap(values: np.ndarray, rows: Sequence[str], columns: Sequence[str], *, null: np.ndarray, chance: np.ndarray,
                      n: np.ndarray, measure: str = "AUPRC", n_channels: int | None = None, theme: ThemeName | Theme = "light",
                      uirevision: str = "scorecard") -> go.Figure:
    """Return channels (rows) against planted motifs (columns), the value in each cell, the best of a column framed.

    values (K, M) : AUROC or AUPRC.  null (M,) : the same for shuffled maps.  chance (M,) : what the best of all
    `n_channels` (by default K) reaches by chance; a value that is no higher stands in brackets.  n (M,) : sequences.
    Raises SeqVizError where the numbers do not fit the names.
    """
    theme, values = theme_of(theme), np.asarray(values, dtype=np.float32)
    null, chance, n = np.asarray(null, dtype=np.float32), np.asarray(chance, dtype=np.float32), np.asarray(n)
    if values.shape != (len(rows), len(columns)) or not values.size or {null.shape, chance.shape, n.shape} != {(len(columns),)}:
        raise SeqVizError(f"A scorecard of {len(rows)} channels and {len(columns)} motifs needs as many values; "
                          f"these have shape {values.shape}.")
    names = [*(plain(name, 34) for name in rows), f"{CHANCE} (of {n_channels or len(rows)})", NULL]
    heads = [f"<b>{plain(name, 16)}</b><br>{count} seq." for name, count in zip(columns, n.tolist(), strict=True)]
    y = np.concatenate([np.arange(len(rows)), len(rows) + GAP + np.arange(2)])
    z, found = np.vstack([values, chance, null]), values > chance
    text = [[f"{v:.2f}" if ok else f"({v:.2f})" for v, ok in zip(row, oks, strict=True)]
            for row, oks in zip(values.tolist(), found.tolist(), strict=True)]
    text += [[f"{v:.2f}" for v in row] for row in (chance.tolist(), null.tolist())]
    maps = [_cells(z[part], y[part][0], names[part], columns, measure, theme)
            for part in (slice(None, len(rows)), slice(len(rows), None))]  # two: the cells of one would fill the gap
    layout = _layout(len(columns), y, names, heads, theme, uirevision)
    layout["annotations"] += [_number(text[i][j], j, y[i], _ink(float(z[i, j]), LOWEST.get(measure, 0.0), theme))
                              for i in range(len(z)) for j in range(len(columns))]
    layout["shapes"] = [_frame(column, row := int(np.nan_to_num(values[:, column]).argmax()),
                                _ink(float(z[row, column]), LOWEST.get(measure, 0.0), theme))
                        for column in range(len(columns)) if found[:, column].any()]
    layout["meta"] = {"alt": scorecard_alt(values, rows, columns, null, found, measure)}
    return figure(maps, layout)


def scorecard_alt(values: np.ndarray, rows: Sequence[str], columns: Sequence[str], null: np.ndarray, found: np.ndarray,
                  measure: str) -> str:
    """Return one sentence: the best channel of each motif with its value and null, and what nobody found."""
    best = [f"{plain(name, 16)} by {plain(rows[int(values[:, m].argmax())], 34)} ({values[:, m].max():.2f}, null {null[m]:.2f})"
            for m, name in enumerate(columns) if found[:, m].any()]
    missed = [plain(name, 16) for m, name in enumerate(columns) if not found[:, m].any()]
    parts = [f"found best: {', '.join(best)}"] * bool(best) + [f"found by none: {', '.join(missed)}"] * bool(missed)
    return f"Scorecard of {len(rows)} channels by {plain(measure, 12)}; {'; '.join(parts)}."


def _cells(z: np.ndarray, first: float, names: list[str], columns: Sequence[str], measure: str, theme: Theme) -> Spec:
    hover = [[f"{name}, {plain(column, 16)}" for column in columns] for name in names]
    return {"type": "heatmap", "z": z, "x0": 0, "dx": 1, "y0": float(first), "dy": 1, "customdata": hover,
            "zmin": LOWEST.get(measure, 0.0), "zmax": 1, "colorscale": colorscale(theme, signed=False), "showscale": False,
            "xgap": 2, "ygap": 2, "hoverlabel": hover_label(theme),
            "hovertemplate": f"%{{customdata}}: {plain(measure, 12)} %{{z:.3f}}<extra></extra>"}


def _layout(n_columns: int, y: np.ndarray, names: list[str], heads: list[str], theme: Theme, uirevision: str) -> Spec:
    axis = {"showgrid": False, "zeroline": False, "ticks": "", "fixedrange": True, "tickmode": "array",
            "tickfont": {"size": 12, "color": theme.text}}
    return {"height": round(TOP + ROW * (y[-1] + 1) + BOTTOM), "margin": {"l": LEFT, "r": RIGHT, "t": TOP, "b": BOTTOM},
            "xaxis": {**axis, "side": "top", "tickvals": list(range(n_columns)), "ticktext": heads,
                      "range": [-0.5, n_columns - 0.5]},
            "yaxis": {**axis, "tickvals": y.tolist(), "ticktext": names, "range": [float(y[-1]) + 0.5, -0.5]},
            "annotations": [{"text": LEGEND, "xref": "paper", "x": 0, "xanchor": "left", "xshift": 8 - LEFT, "yref": "paper",
                             "y": 0, "yanchor": "top", "yshift": -8, "showarrow": False,
                             "font": {"size": 12, "color": theme.muted}}],
            "paper_bgcolor": CLEAR, "plot_bgcolor": CLEAR, "font": {"family": FONT, "color": theme.text}, "template": {},
            "hovermode": "closest", "uirevision": uirevision,
            "modebar": {"bgcolor": CLEAR, "color": theme.muted, "activecolor": theme.text}}


def _frame(column: int, row: int, colour: str) -> Spec:
    """Return a frame inside the cell, in the colour of its number, which is seen on the cell's own."""
    return {"type": "rect", "x0": column - 0.43, "x1": column + 0.43, "y0": row - 0.38, "y1": row + 0.38,
            "line": {"color": colour, "width": 2}}


def _number(text: str, column: int, y: float, colour: str) -> Spec:
    """Return a cell's number; plotly's own text in cells is grey on purple, too faint to read."""
    return {"text": text, "x": column, "y": float(y), "showarrow": False, "font": {"size": 12, "color": colour}}


def _ink(value: float, lowest: float, theme: Theme) -> str:
    """Return black or white, whichever is better read on the colour of the value's cell."""
    return ink_on(theme.sequential, (float(np.nan_to_num(value)) - lowest) / (1 - lowest))
