"""The figures of the insertion tool: bars for a motif by itself, curves for everything that is varied. No Streamlit."""

from collections.abc import Sequence
from dataclasses import dataclass

import plotly.graph_objects as go

from ...experiments.insertion import Curve
from ...experiments.marginal import Marginal, Plan
from ...figures.lines import Line, line_figure, lines_table
from ...figures.points import Bar, bar_figure, bars_table

X_TITLES = {"position": "base at which the site starts", "copies": "copies put in",
            "strength": "match of the site to the motif (bits)", "pair": "bases between the two sites"}
CONTROL = "shuffled letters"
BAYES = "Bayes classifier"


@dataclass(frozen=True, eq=False)
class Asked:
    """One model's answer: its name and colour on the figure, and what it came to."""

    name: str
    colour: str
    found: Marginal


def bars(models: Sequence[Asked], bayes: Curve | None) -> list[Bar]:
    """Return a row for each model and strand, those of the Bayes classifier last; the tick is the control."""
    rows = [_bar(m.name, m.found.effect, i, m.colour, m.found.null) for i in (0, 1) for m in models]
    known = [] if bayes is None else [_bar(BAYES, bayes, i, "", None) for i in (0, 1)]
    n = len(models)
    return [*rows[:n], *known[:1], *rows[n:], *known[1:]]


def _bar(name: str, curve: Curve, strand: int, colour: str, null: Curve | None) -> Bar:
    effect = curve.at(strand)
    return Bar(f"{name}{', reverse strand' if strand else ''}", effect.mean, colour, _known(effect.low), _known(effect.high),
               None if null is None else float(null.mean[strand]))


def _known(value: float) -> float | None:
    return None if value != value else value


def curves(models: Sequence[Asked], bayes: Curve | None, focus: Asked | None) -> list[Line]:
    """Return a line for each model with its interval, the Bayes classifier's dashed, the control of the focus dotted."""
    lines = [Line(m.name, e.x, e.mean, m.colour, *_band(e), points=len(e.x) < 8) for m in models for e in [m.found.effect]]
    if bayes is not None:
        lines.append(Line(BAYES, bayes.x, bayes.mean, dash="dash"))
    if focus is not None and focus.found.null is not None:
        lines.append(Line(CONTROL, focus.found.null.x, focus.found.null.mean, dash="dot"))
    return lines


def _band(curve: Curve) -> tuple:
    return (None, None) if curve.n == 1 else (curve.low, curve.high)


def marginal_figure(plan: Plan, models: Sequence[Asked], bayes: Curve | None, focus: Asked | None, what: str,
                    planted: Sequence[tuple[float, str]], theme: str) -> tuple[go.Figure, dict]:
    """Return the figure and its numbers. what : the axis of the effect. planted : marks of planted gaps, for pairs."""
    if plan.vary == "itself":
        rows = bars(models, bayes)
        alt = "Bars: " + ", ".join(f"{row.name} {row.value:.2f}" for row in rows) + "."
        return bar_figure(rows, x=what, alt=alt, null=CONTROL, theme=theme, uirevision="insert"), bars_table(rows, what, CONTROL)
    lines, x = curves(models, bayes, focus), X_TITLES[plan.vary]
    alt = f"Curves over the {x}: " + ", ".join(f"{line.name} from {line.y[0]:.2f} to {line.y[-1]:.2f}" for line in lines) + "."
    drawn = line_figure(lines, x=x, y=what, alt=alt, marks=planted, theme=theme, uirevision="insert")
    if plan.vary == "copies":
        drawn.update_xaxes(dtick=1)
    return drawn, lines_table(lines, x, what)
