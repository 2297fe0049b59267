"""Two matrices that compare runs: which planted motif each found, and how far their maps agree."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import plotly.graph_objects as go

from ..errors import SeqVizError
from .comparison import room_for
from .palette import CLEAR, FONT, Theme, ThemeName, colorscale, ink_on, plain, theme_of
from .strips import Spec, figure, hover_label

MISSED = "missed"
ROW, TOP, BOTTOM, RIGHT, GAP = 34, 44, 14, 12, 0.3  # pixels; GAP in rows
SQUARE, TRUTH, UNDER = 30, 150, 30
WIDE, NARROW, ROOM = 230, 84, 640  # pixels: of a column, and of all where they fit a projector
NUMBERED = 14  # maps up to which a cell has room for its number
MOST_TEXT = 34


@dataclass(frozen=True)
class MotifCell:
    """How one run found one planted motif.

    status : "found", "split", "in part" or "missed".  covered : share of the motif's information under the best match.
    by : how many filters or patterns match it.  hover : what else there is to say.
    """

    status: str
    covered: float
    by: int
    hover: str = ""


def motif_matrix(cells: Sequence[Sequence[MotifCell]], motifs: Sequence[str], runs: Sequence[str], totals: Sequence[str] = (),
                 *, unit: str = "filter", theme: ThemeName | Theme = "light", uirevision: str = "motifs") -> go.Figure:
    """Return planted motifs (rows) against runs (columns): the darker, the more of the motif is covered.

    cells : for each motif one cell a run.  totals : one line under each run's column.  unit : "filter" or "pattern".
    Raises SeqVizError where the cells do not fit the names.
    """
    if not motifs or len(cells) != len(motifs) or any(len(row) != len(runs) for row in cells):
        raise SeqVizError(f"The table of {len(motifs)} motifs and {len(runs)} runs needs as many cells.")
    theme = theme_of(theme)
    covered = np.array([[0.0 if c.status == MISSED else c.covered for c in row] for row in cells], dtype=np.float32)
    hover = [[f"{plain(motif, 20)}, {plain(run, 40)}: {plain(c.hover or c.status, 120)}" for c, run in zip(row, runs)]
             for row, motif in zip(cells, motifs)]
    heat = {"type": "heatmap", "z": covered, "x0": 0, "dx": 1, "y0": 0, "dy": 1, "zmin": 0, "zmax": 1, "xgap": 3, "ygap": 3,
            "colorscale": colorscale(theme, signed=False), "showscale": False, "customdata": hover,
            "hoverlabel": hover_label(theme), "hovertemplate": "%{customdata}<extra></extra>"}
    texts = [_text(cell_text(cells[i][j], unit), j, i, ink_on(theme.sequential, float(covered[i, j])))
             for i in range(len(motifs)) for j in range(len(runs))]
    texts += [_text(plain(total, 60), j, len(motifs) + GAP, theme.text) for j, total in enumerate(totals)]
    last = len(motifs) - 0.5 + (1 if totals else 0)
    left, column = room_for([*motifs, "in all"], 20), max(NARROW, min(WIDE, ROOM // len(runs)))
    layout = {"height": round(TOP + ROW * (last + 0.5) + BOTTOM), "width": left + column * len(runs) + RIGHT,
              "margin": {"l": left, "r": RIGHT, "t": TOP, "b": BOTTOM},
              "xaxis": _axis(list(range(len(runs))), [_broken(name) for name in runs], len(runs) - 0.5, theme, side="top"),
              "yaxis": _axis([*range(len(motifs)), *([len(motifs) + GAP] if totals else [])],
                             [*(plain(name, 20) for name in motifs), *(["in all"] if totals else [])], last, theme, down=True),
              "annotations": texts, **_common(theme, uirevision), "meta": {"alt": motifs_alt(cells, motifs, runs)}}
    return figure([heat], layout)


def cell_text(cell: MotifCell, unit: str) -> str:
    """Return "found 0.93, 2 filters" or "missed"."""
    if cell.status == MISSED:
        return MISSED
    return f"{cell.status} {cell.covered:.2f}, {cell.by} {unit}{'s' * (cell.by != 1)}"


def motifs_alt(cells: Sequence[Sequence[MotifCell]], motifs: Sequence[str], runs: Sequence[str]) -> str:
    """Return one sentence: of how many motifs each run found, and which it missed."""
    told = []
    for j, run in enumerate(runs):
        found = sum(row[j].status == "found" for row in cells)
        missed = [plain(name, 20) for name, row in zip(motifs, cells) if row[j].status == MISSED]
        told.append(f"{plain(run, 40)} found {found} of {len(motifs)}" + (f" and missed {', '.join(missed)}" if missed else ""))
    return f"Planted motifs: {'; '.join(told)}."


def agreement_heatmap(values: np.ndarray, names: Sequence[str], chance: np.ndarray, *, truth: Sequence[tuple[float, float]] = (),
                      measure: str = "r", theme: ThemeName | Theme = "light", uirevision: str = "agreement") -> go.Figure:
    """Return the agreement of each map with each above it, -1 to 1; in brackets what is no better than chance.

    values (K, K).  chance (K, K) : what turned maps stay below.  truth : AUPRC of each map against the planted sites, and the
    same for shuffled maps; written at the right. Raises SeqVizError where the numbers do not fit the names.
    """
    theme, values, chance = theme_of(theme), np.asarray(values, dtype=np.float64), np.asarray(chance, dtype=np.float64)
    k = len(names)
    if values.shape != (k, k) or chance.shape != (k, k) or (truth and len(truth) != k) or not k:
        raise SeqVizError(f"The agreement of {k} maps needs {k} x {k} values; these have shape {values.shape}.")
    below = np.tril(np.ones((k, k), dtype=bool), -1)
    hover = [[f"{i + 1} {plain(names[i], 60)} and {j + 1} {plain(names[j], 60)}: {plain(measure, 20)} {values[i, j]:.2f}, turned "
              f"maps below {chance[i, j]:.2f}" if below[i, j] else "" for j in range(k)] for i in range(k)]
    heat = {"type": "heatmap", "z": np.where(below, values, np.nan).astype(np.float32), "x0": 0, "dx": 1, "y0": 0, "dy": 1,
            "zmin": -1, "zmax": 1, "xgap": 2, "ygap": 2, "colorscale": colorscale(theme, signed=True), "showscale": False,
            "hoverongaps": False, "customdata": hover, "hoverlabel": hover_label(theme),
            "hovertemplate": "%{customdata}<extra></extra>"}
    layout = _square(k, [f"{n} {plain(name, MOST_TEXT)}" for n, name in enumerate(names, 1)], bool(truth), theme, uirevision)
    layout["annotations"] = _correlations(values, chance, below, theme) if k <= NUMBERED else []
    layout["annotations"] += _truths(truth, k, theme)
    layout["meta"] = {"alt": agreement_alt(values, names, below, measure)}
    return figure([heat], layout)


def agreement_alt(values: np.ndarray, names: Sequence[str], below: np.ndarray, measure: str) -> str:
    """Return one sentence: which two maps agree most, and which least."""
    known = np.argwhere(below & np.isfinite(values))
    if not len(known):
        return f"Agreement of {len(names)} maps: there is no pair to compare."
    order = known[np.argsort([values[i, j] for i, j in known])]
    told = lambda pair: (f"{plain(names[pair[1]], 60)} and {plain(names[pair[0]], 60)} "
                         f"({plain(measure, 20)} {values[tuple(pair)]:.2f})")
    least = f"; least {told(order[0])}" if len(order) > 1 else ""
    return f"Agreement of {len(names)} maps: most agree {told(order[-1])}{least}."


def _correlations(values: np.ndarray, chance: np.ndarray, below: np.ndarray, theme: Theme) -> list[Spec]:
    found = []
    for i, j in np.argwhere(below & np.isfinite(values)):
        number = f"{values[i, j]:.2f}".replace("-", "\u2212")
        found.append(_text(number if values[i, j] > chance[i, j] else f"({number})", int(j), int(i),
                           ink_on(theme.diverging, (values[i, j] + 1) / 2)))
    return found


def _truths(truth: Sequence[tuple[float, float]], k: int, theme: Theme) -> list[Spec]:
    """Return each map's truth score with its null at the right of its row, under a head of its own."""
    if not truth:
        return []
    side = {"xref": "paper", "x": 1, "xanchor": "left", "xshift": 12, "showarrow": False}
    lines = [{**side, "text": f"{score:.2f} (null {null:.2f})", "y": i, "yanchor": "middle",
              "font": {"size": 12, "color": theme.text}} for i, (score, null) in enumerate(truth)]
    return [*lines, {**side, "text": "truth AUPRC", "yref": "paper", "y": 1, "yanchor": "bottom", "yshift": 6,
                     "font": {"size": 12, "color": theme.text, "weight": 600}}]


def _square(k: int, names: Sequence[str], with_truth: bool, theme: Theme, uirevision: str) -> Spec:
    left, right, cell = room_for(names, MOST_TEXT + 3), TRUTH if with_truth else RIGHT, max(SQUARE, min(64, 400 // k))
    return {"height": UNDER + SQUARE * k + BOTTOM, "width": left + cell * k + right,
            "margin": {"l": left, "r": right, "t": UNDER, "b": BOTTOM},
            "xaxis": _axis(list(range(k)), [str(n + 1) for n in range(k)], k - 0.5, theme, side="top"),
            "yaxis": _axis(list(range(k)), list(names), k - 0.5, theme, down=True), **_common(theme, uirevision)}


def _axis(at: list[float], texts: list[str], last: float, theme: Theme, side: str = "", down: bool = False) -> Spec:
    return {"showgrid": False, "zeroline": False, "ticks": "", "fixedrange": True, "tickmode": "array", "tickvals": at,
            "ticktext": texts, "range": [last, -0.5] if down else [-0.5, last], "tickangle": 0,
            "tickfont": {"size": 12, "color": theme.text}, **({"side": side} if side else {})}


def _broken(name: str) -> str:
    """Return a run's name on lines broken at its commas."""
    return "<br>".join(plain(part, 22) for part in str(name).split(", ")[:3])


def _text(text: str, x: float, y: float, colour: str) -> Spec:
    return {"text": text, "x": x, "y": y, "showarrow": False, "font": {"size": 12, "color": colour}}


def _common(theme: Theme, uirevision: str) -> Spec:
    return {"paper_bgcolor": CLEAR, "plot_bgcolor": CLEAR, "font": {"family": FONT, "color": theme.text}, "template": {},
            "hovermode": "closest", "uirevision": uirevision,
            "modebar": {"bgcolor": CLEAR, "color": theme.muted, "activecolor": theme.text,
                        "remove": ["select2d", "lasso2d", "zoom2d", "pan2d", "zoomIn2d", "zoomOut2d", "autoScale2d"]}}
