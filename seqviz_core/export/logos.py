"""Logos for print, drawn by logomaker (Tareen & Kinney 2020, Bioinformatics, 10.1093/bioinformatics/btz921).

Letters are outlines; words and numbers stay text that can be edited, in Arial or what stands in for it. Columns are as wide as
fits the two columns of a journal (180 mm) with 100 bases a row.
"""

import io
import threading
from typing import TYPE_CHECKING, Literal

import numpy as np

from ..errors import SeqVizError
from ..figures.logo import information_heights, limits_of
from ..figures.palette import LIGHT

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

Format = Literal["svg", "png"]
PER_ROW, LONGEST = 100, 1000  # bases
DPI = 300
_WIDEST, _COLUMN, _ROW, _MARGIN = 7.08, 0.16, 1.25, 0.55  # inches
_LOOK = {"font.family": "sans-serif", "font.sans-serif": ["Arial", "Helvetica", "Liberation Sans", "DejaVu Sans"],
         "font.size": 7, "axes.linewidth": 0.6, "xtick.major.width": 0.6, "ytick.major.width": 0.6, "svg.fonttype": "none",
         "svg.hashsalt": "seqviz"}
_one_at_a_time = threading.Lock()  # matplotlib's settings belong to the whole process


def print_motif(ppm: np.ndarray, kind: Format) -> bytes:
    """Return the logo of a PPM (4, k) in bits, 0 to 2, as an SVG or a PNG of 300 dpi; raises SeqVizError as `print_logo`."""
    return print_logo(information_heights(ppm), kind, unit="bits", limits=(0, 2))


def print_logo(heights: np.ndarray, kind: Format, *, unit: str = "logit", first: int = 1,
               limits: tuple[float, float] | None = None) -> bytes:
    """Return a logo of signed `heights` (4, L), in `unit`, as an SVG or a PNG of 300 dpi; the first column is numbered `first`.

    All rows share one scale: `limits`, or what the heights need. Raises SeqVizError for heights that cannot be drawn, or for
    more than LONGEST bases.
    """
    heights = np.asarray(heights, dtype=np.float64)
    if heights.ndim != 2 or heights.shape[0] != 4 or not heights.shape[1] or not np.isfinite(heights).all():
        raise SeqVizError(f"A logo needs finite heights of shape (4, L); these have shape {heights.shape}.")
    if heights.shape[1] > LONGEST:
        raise SeqVizError(f"A logo for print holds {LONGEST:,} bases, not {heights.shape[1]:,}; zoom in first.")
    from matplotlib import rc_context

    with _one_at_a_time, rc_context(_LOOK):
        return _saved(_drawn(heights, unit, first, limits or _roomy(limits_of(heights))), kind)


def _roomy(limits: tuple[float, float]) -> tuple[float, float]:
    room = 0.04 * (limits[1] - limits[0])
    return limits[0] - (room if limits[0] < 0 else 0), limits[1] + room


def _drawn(heights: np.ndarray, unit: str, first: int, limits: tuple[float, float]) -> "Figure":
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    length = heights.shape[1]
    columns, rows = min(length, PER_ROW), -(-length // PER_ROW)
    width = min(_WIDEST, columns * _COLUMN + _MARGIN)
    figure = Figure(figsize=(width, rows * _ROW + 0.1), layout="constrained")
    FigureCanvasAgg(figure)
    for row, axes in enumerate(figure.subplots(rows, 1, squeeze=False)[:, 0]):
        start = row * PER_ROW
        _row(axes, heights[:, start:start + PER_ROW], first + start, columns)
        axes.set(ylim=limits, ylabel=unit)
    axes.set_xlabel("position")
    return figure


def _row(axes: "Axes", heights: np.ndarray, first: int, columns: int) -> None:
    import pandas as pd
    from logomaker import Logo

    place = np.arange(first, first + heights.shape[1])
    if heights.any():  # logomaker warns of a row without letters
        Logo(pd.DataFrame(heights.T, index=place, columns=list("ACGT")), ax=axes, font_name="DejaVu Sans", font_weight="bold",
             color_scheme={base: LIGHT.bases[base] for base in "ACGT"}, flip_below=False, zorder=1)
    axes.spines[["top", "right"]].set_visible(False)
    axes.axhline(0, color=LIGHT.zero, linewidth=0.5, zorder=0)
    axes.set_xlim(first - 0.5, first + columns - 0.5)
    step = 1 if columns <= 30 else 10
    axes.set_xticks([p for p in place.tolist() if p % step == 0 or p == first])


def _saved(figure: "Figure", kind: Format) -> bytes:
    out = io.BytesIO()
    if kind == "svg":
        figure.savefig(out, format="svg", metadata={"Date": None, "Creator": "SeqViz"})
    else:
        figure.savefig(out, format="png", dpi=DPI, facecolor="white")
    return out.getvalue()
