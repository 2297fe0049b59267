"""The learning curve, live or finished: the score against what can be reached, and the loss."""

from collections.abc import Mapping, Sequence

import numpy as np
import plotly.graph_objects as go

from ..errors import SeqVizError
from .palette import CLEAR, FONT, Theme, ThemeName, model_colour, plain, readable, short_number, theme_of
from .strips import Spec, Strip, end_labels, figure, hover_label

UPPER, LOWER, BETWEEN, HEAD = 140, 80, 22, 26  # pixels
MARGIN = {"l": 52, "r": 180, "t": 6, "b": 44}


def training_curve(epoch: Sequence[int] | np.ndarray, train_loss: Sequence[float] | np.ndarray,
                   valid_loss: Sequence[float] | np.ndarray, score: Sequence[float] | np.ndarray, *, metric: str = "AUROC",
                   ceiling: float | None = None, baseline: float | None = None, chance: float | None = None,
                   baseline_name: str = "6-mer baseline", best_epoch: int | None = None, n_epochs: int | None = None,
                   architecture: str = "cnn", theme: ThemeName | Theme = "light", uirevision: str = "training") -> go.Figure:
    """Return the validation score above and both losses below, epoch by epoch, each line named and valued at its right end.

    All series (E,); E may be 0, before the first epoch has ended. `ceiling`, `baseline` and `chance` are dashed lines of the
    same `metric`. `n_epochs` fixes the x axis, so that a live curve grows to the right instead of shrinking.
    Raises SeqVizError where the series have different lengths.
    """
    theme = theme_of(theme)
    epoch, train, valid, score = (np.asarray(s, dtype=np.float32) for s in (epoch, train_loss, valid_loss, score))
    if len({len(epoch), len(train), len(valid), len(score)}) > 1:
        raise SeqVizError(f"A learning curve needs equally long series; these have {len(epoch)}, {len(train)}, {len(valid)} "
                          f"and {len(score)} epochs.")
    references = {name: value for name, value in (("Bayes ceiling", ceiling), (baseline_name, baseline), ("chance", chance))
                  if value is not None}
    total = 2 * HEAD + UPPER + BETWEEN + LOWER
    upper = Strip("y", 1 - HEAD / total, 1 - (HEAD + UPPER) / total, UPPER)
    lower = Strip("y2", LOWER / total, 0, LOWER)
    colour = model_colour(architecture)
    layout = _layout(epoch, n_epochs, total, theme, uirevision)
    traces = [*_panel(layout, upper, epoch, {f"validation {metric}": score}, [colour], references, theme),
              *_panel(layout, lower, epoch, {"validation": valid, "training": train}, [colour, theme.muted], {}, theme)]
    traces += _best(epoch, score, valid, best_epoch, colour)
    for strip, question in ((upper, f"How good is it on sequences it has not seen? ({plain(metric, 20)})"),
                            (lower, "Is it still learning? (loss: cross-entropy, lower is better)")):
        layout["annotations"].append(_title(question, strip, theme))
    layout["meta"] = {"alt": training_alt(epoch, score, metric, references)}
    if not len(epoch):
        layout["annotations"].append(_waiting(upper, theme))
    return figure(traces, layout)


def _range(series: Sequence[np.ndarray], references: Mapping[str, float]) -> tuple[float, float]:
    """Return the y range: scores end at 1 and begin a little below the lowest line; losses begin at 0."""
    finite = np.concatenate([*[s[np.isfinite(s)] for s in series], np.array(list(references.values()), dtype=np.float32)])
    if references:
        low = max(0.0, float(finite.min()) - 0.05)
        return low, 1 + 0.04 * (1 - low)  # too little above 1 for a tick that no score can reach
    return 0.0, 1.05 * float(finite.max(initial=0)) or 1.0


def _panel(layout: Spec, strip: Strip, epoch: np.ndarray, series: Mapping[str, np.ndarray], colours: Sequence[str],
           references: Mapping[str, float], theme: Theme) -> list[Spec]:
    """Write one panel's axis, dashed lines and end labels into `layout` and return its lines."""
    is_score = strip.axis == "y"
    limits = _range(list(series.values()), references or ({"perfect": 1.0} if is_score else {}))
    layout["yaxis" if is_score else "yaxis2"] = {
        "domain": [strip.bottom, strip.top], "range": list(limits), "fixedrange": True, "nticks": 5, "gridcolor": theme.grid,
        "zeroline": False, "tickfont": {"size": 12, "color": theme.muted}}
    for value in references.values():
        layout["shapes"].append({"type": "line", "xref": "x domain", "x0": 0, "x1": 1, "yref": strip.axis, "y0": value,
                                 "y1": value, "layer": "below", "line": {"color": theme.truth, "width": 1.5, "dash": "dash"}})
    lines = {name: values for name, values in series.items() if np.isfinite(values).any()}
    last = [float(v[np.isfinite(v)][-1]) for v in lines.values()] + list(references.values())
    names = [f"{plain(name, 24)} {value:.3f}" for name, value in zip([*lines, *references], last, strict=True)]
    paint = [readable(c, theme) for c in colours[: len(lines)]] + [theme.text] * len(references)
    layout["annotations"].extend(end_labels(np.array(last), names, paint, limits, strip))
    return [{"type": "scatter", "x": epoch, "y": values, "mode": "lines+markers" if len(epoch) < 3 else "lines",
             "yaxis": strip.axis, "line": {"color": colour, "width": 2.5 if k == 0 else 1.5},
             "hovertemplate": f"epoch %{{x}}, {plain(name, 24)} %{{y:.3f}}<extra></extra>", "hoverlabel": hover_label(theme)}
            for k, ((name, values), colour) in enumerate(zip(series.items(), colours, strict=True))]


def _best(epoch: np.ndarray, score: np.ndarray, loss: np.ndarray, best: int | None, colour: str) -> list[Spec]:
    """Return a ring on both panels at the best epoch, whose weights are kept."""
    at = np.flatnonzero(epoch == best) if best is not None else np.array([], dtype=int)
    return [{"type": "scatter", "x": epoch[at], "y": values[at], "yaxis": axis, "mode": "markers", "hoverinfo": "skip",
             "marker": {"symbol": "circle-open", "size": 11, "color": colour, "line": {"width": 2}}}
            for axis, values in (("y", score), ("y2", loss)) if len(at)]


def _layout(epoch: np.ndarray, n_epochs: int | None, total: int, theme: Theme, uirevision: str) -> Spec:
    last = max(n_epochs or 0, int(epoch.max(initial=0)), 2)
    return {"height": total + MARGIN["t"] + MARGIN["b"], "margin": MARGIN, "shapes": [], "annotations": [],
            "paper_bgcolor": CLEAR, "plot_bgcolor": CLEAR, "font": {"family": FONT, "color": theme.text}, "template": {},
            "showlegend": False, "hovermode": "closest", "uirevision": uirevision,
            "xaxis": {"range": [1 - 0.02 * last, last], "anchor": "y2", "showgrid": False, "zeroline": False, "ticks": "outside",
                      "ticklen": 4, "tickcolor": theme.zero, "tickformat": "d", "nticks": min(last, 12), "fixedrange": True,
                      "tickfont": {"size": 12, "color": theme.text},
                      "title": {"text": "epoch", "standoff": 4, "font": {"size": 12, "color": theme.muted}}},
            "modebar": {"bgcolor": CLEAR, "color": theme.muted, "activecolor": theme.text,
                        "remove": ["select2d", "lasso2d", "zoom2d", "pan2d", "zoomIn2d", "zoomOut2d", "autoScale2d"]}}


def _title(question: str, strip: Strip, theme: Theme) -> Spec:
    return {"text": question, "xref": "paper", "x": 0, "xanchor": "left", "xshift": -MARGIN["l"] + 4, "yref": "paper",
            "y": strip.top, "yanchor": "bottom", "yshift": 6, "showarrow": False,
            "font": {"size": 14, "color": theme.text, "weight": 600}}


def _waiting(strip: Strip, theme: Theme) -> Spec:
    return {"text": "The first epoch has not ended yet.", "xref": "paper", "x": 0.5, "yref": "paper", "showarrow": False,
            "y": (strip.top + strip.bottom) / 2, "font": {"size": 13, "color": theme.muted}}


def training_alt(epoch: np.ndarray, score: np.ndarray, metric: str, references: Mapping[str, float]) -> str:
    """Return one sentence on where the score stands against its references."""
    against = ", ".join(f"{name} {short_number(value)}" for name, value in references.items())
    if not len(epoch):
        return f"Learning curve without any epoch yet{': ' + against if against else ''}."
    return (f"Learning curve of {len(epoch)} epochs: validation {metric} from {short_number(score[0])} to "
            f"{short_number(score[-1])}{'; ' + against if against else ''}.")
