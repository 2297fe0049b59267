"""The figures of the probes' tool, with their sentences and legends."""

import numpy as np
import streamlit as st

from ...checks.erasure import Erased
from ...checks.probes import Along, Known
from ...checks.probes_says import METRICS, internal_name
from ...figures.known import Cell, Panel, known_figure, known_table
from ...figures.lines import Line, line_figure, lines_table
from ...figures.palette import model_colour
from ...figures.points import Bar, bar_figure, bars_table
from ..cached import Loaded
from ..components import figure, literal, theme
from ..workbench import model_name

NARROWEST = 0.05  # of AUROC: differences that mean nothing are not blown up


def draw_known(known: list[Known], loaded: Loaded) -> None:
    """Show every internal's score of every target."""
    rows, targets = list(dict.fromkeys(k.probe for k in known)), list(dict.fromkeys(k.target for k in known))
    by = {(k.probe, k.target): k for k in known}
    panels = [Panel(target, METRICS[by[rows[0], target].metric], by[rows[0], target].chance,
                    tuple(_cell(by[row, target]) for row in rows)) for target in targets]
    names = [internal_name(row, by[row, targets[0]].kind) for row in rows]
    best = max(known, key=lambda k: -np.inf if np.isnan(k.gain) else k.gain)
    alt = (f"What a linear probe tells from each internal of the {model_name(loaded)}: {len(rows)} internals, "
           f"{', '.join(targets)}. Training added most to {best.target}: {best.value.value:.2f} against "
           f"{best.untrained.value:.2f}.")
    fig = known_figure(names, panels, colour=model_colour(loaded.run.spec.architecture), alt=alt, theme=theme(),
                       uirevision=f"known{len(rows)}")
    figure(fig, "probes", lambda: known_table(names, panels))
    st.caption(f"Bars: how well the probe answers for {known[0].n} sequences it has not learned from, with its 95 % "
               "interval over sequences; 1 is always right. R\u00b2 0, or the dotted line, is what a constant answer scores. "
               "Accuracy counts every class alike. Letters alone: a probe on the bases of a unit's window, or, for one answer to "
               "a whole sequence, on its words of three bases. Control: every word of three bases has a random answer.")


def _cell(known: Known) -> Cell:
    return Cell(*known.value, known.untrained.value, known.raw.value, known.control.value)


def draw_along(found: Along, known: Known, loaded: Loaded) -> None:
    """Show one score position by position."""
    colour = model_colour(loaded.run.spec.architecture)
    lines = [Line("trained", found.read, found.value, colour, found.low, found.high, points=True),
             Line("before training", found.read, found.untrained, dash="dash"),
             Line("letters alone", found.read, found.raw, dash="dot")]
    metric, there = METRICS[known.metric], np.isfinite(found.value)
    alt = (f"{known.target} told from {internal_name(known.probe, known.kind)}, by how many bases it has read: {metric} from "
           f"{found.value[there][0]:.2f} to {found.value[there][-1]:.2f}.")
    drawn = np.concatenate([line.y[np.isfinite(line.y)] for line in lines])
    limits = (max(min(float(drawn.min()), known.chance), -0.3) - 0.05, 1.05)
    fig = line_figure(lines, x="bases read so far", y=metric, alt=alt, limits=limits, theme=theme(), uirevision=known.probe)
    figure(fig, "probes_along", lambda: lines_table(lines, "bases read", metric))
    st.caption("One probe for all positions, asked at each by itself. The band is the 95 % interval over sequences"
               + (f"; a constant answer has {known.chance:.2f}." if known.chance else "; a constant answer has 0."))


def draw_erased(erased: Erased, loaded: Loaded) -> None:
    """Show the task before and after, and after random erasures."""
    colour = model_colour(loaded.run.spec.architecture)
    random = np.array(erased.random)
    lost = erased.before - random
    bars = [Bar(f"without {erased.target}", erased.before - erased.after, colour),
            Bar("without as many at random", float(lost.mean()), "", float(lost.min()), float(lost.max()))]
    alt = (f"AUROC that the {model_name(loaded)}'s task loses: {bars[0].value:.3f} without {erased.target}, {lost.mean():.3f} "
           "without random directions.")
    ends = [b.value for b in bars] + [float(lost.max()), float(lost.min())]
    fig = bar_figure(bars, x=f"AUROC lost, of {erased.before:.3f}", alt=alt, theme=theme(), uirevision="erased",
                     limits=(min(1.1 * min(ends), -0.002), max(1.1 * max(ends), NARROWEST)))
    figure(fig, "probes_erased", lambda: bars_table(bars, "AUROC lost"))
    st.caption(literal(
        f"On {erased.n} sequences the erasure was not fitted to. The grey bar is the mean of {len(random)} random erasures of "
        f"{erased.directions} of {erased.channels} directions, its whisker their whole range. A probe fitted anew tells the "
        f"target with {METRICS[erased.metric]} {erased.told_before.value:.2f} before and {erased.told_after.value:.2f} after; a "
        f"constant answer has {erased.chance:.2f}."))
