"""Which order of the bases fits a model: the AUROC under each of the 24, with what chance gives."""

from collections.abc import Sequence

import numpy as np
import plotly.graph_objects as go

from ..errors import SeqVizError
from .palette import CLEAR, FONT, MODEL_COLOURS, MONOSPACE, ThemeName, theme_of
from .strips import figure, hover_label

HEIGHT, MARGIN = 240, {"l": 56, "r": 12, "t": 26, "b": 48}
SIZES = {True: 13, False: 8}


def base_orders_figure(orders: Sequence[str], aurocs: Sequence[float], stated: str, null: tuple[float, float], *,
                       theme: ThemeName = "light", uirevision: str = "orders") -> go.Figure:
    """Return a dot for each order, best first; the stated one is a large diamond, the band is chance.

    null : mean and standard deviation of the AUROC on shuffled motifs; the band is two of them to either side.
    Raises SeqVizError where there is not one AUROC for each order, or the stated one is not among them.
    """
    theme = theme_of(theme)
    if len(orders) != len(aurocs) or stated not in orders:
        raise SeqVizError(f"There are {len(orders)} orders and {len(aurocs)} AUROCs; each order needs one, the stated one too.")
    mean, spread = null
    is_stated = [order == stated for order in orders]
    points = {"type": "scatter", "x": list(orders), "y": np.asarray(aurocs, dtype=np.float32), "mode": "markers",
              "marker": {"size": [SIZES[s] for s in is_stated], "symbol": ["diamond" if s else "circle" for s in is_stated],
                         "color": [MODEL_COLOURS["cnn"] if s else theme.muted for s in is_stated], "opacity": 1},
              "hovertemplate": "%{x}: AUROC %{y:.3f}<extra></extra>", "hoverlabel": hover_label(theme)}
    axis = {"showgrid": False, "zeroline": False, "fixedrange": True, "tickfont": {"size": 12, "color": theme.text}}
    low = min(0.3, float(np.min(aurocs)) - 0.03, mean - 2 * spread - 0.03)
    layout = {"height": HEIGHT, "margin": MARGIN, "paper_bgcolor": CLEAR, "plot_bgcolor": CLEAR, "template": {},
              "font": {"family": FONT, "color": theme.text}, "uirevision": uirevision, "showlegend": False,
              "xaxis": {**axis, "type": "category", "tickangle": -90,
                        "tickfont": {"size": 12, "family": MONOSPACE, "color": theme.text}},
              "yaxis": {**axis, "range": [low, 1.04], "showgrid": True, "gridcolor": theme.grid, "dtick": 0.1,
                        "title": {"text": "AUROC", "font": {"size": 12}}},
              "shapes": [{"type": "rect", "xref": "paper", "x0": 0, "x1": 1, "y0": mean - 2 * spread, "y1": mean + 2 * spread,
                          "fillcolor": theme.truth_band, "line": {"width": 0}, "layer": "below"}],
              "annotations": [{"text": "Diamond: the stated order. Band: chance.", "xref": "paper", "x": 0, "xanchor": "left",
                               "yref": "paper", "y": 1, "yanchor": "bottom", "yshift": 4, "showarrow": False,
                               "font": {"size": 12, "color": theme.muted}}],
              "modebar": {"bgcolor": CLEAR, "color": theme.muted, "activecolor": theme.text}}
    best = int(np.argmax(aurocs))
    layout["meta"] = {"alt": f"AUROC under each of the {len(orders)} orders of the bases: best is {orders[best]} with "
                             f"{aurocs[best]:.2f}; the stated order {stated} has {aurocs[is_stated.index(True)]:.2f}; chance "
                             f"gives {mean:.2f} give or take {2 * spread:.2f}."}
    return figure([points], layout)
