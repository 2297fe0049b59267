"""The figures of filter surgery: a row for each filter, the curve of the pruning, the pairs."""

from collections.abc import Mapping, Sequence

import numpy as np
import streamlit as st

from ...checks.filter_redundancy import Alone, Pair, Pruning
from ...checks.filter_says import alone_says, pairs_say, pruning_says
from ...figures.filter_bars import FilterRow, filter_bars_svg, filter_bars_table
from ...figures.lines import Line, line_figure, lines_table
from ...figures.palette import model_colour
from ..cached import Found, filters_of
from ..components import figure, literal, picture_and_numbers, svg, table, text_colour, theme
from ..workbench import View, short_name

ROWS = 10  # at first
LOSS, CHANGE = "fall of the AUROC when it is zeroed", "logit here"


def names_of(found: Found) -> dict[int, str]:
    """Return for each filter what it matches, e.g. "like GATA2", or ""."""
    said = {}
    for motif, named in zip(found.motifs, found.recovery.named, strict=True):
        match = named.match if named.is_known or named.is_planted else None
        said[motif.number] = f"like {match.target.name}" if match else "no match" if motif.motif else "silent"
    return said


def show_each(view: View, alone: Alone, logit: float, without: np.ndarray, chosen: int) -> None:
    """Show the filters whose loss costs most, each beside its logo, and the conclusion."""
    st.markdown(f"**{literal(alone_says(alone))}**")
    order = alone.order()
    every = len(order) > ROWS and st.session_state.get("surgery_all")
    drawn = order if every else order[:ROWS] + [chosen] * (chosen not in order[:ROWS])
    rows = _rows(view, alone, drawn, logit, without, chosen)
    draw = lambda page: filter_bars_svg(rows, x=LOSS, right=CHANGE, alt=_alt(rows), theme=page, text_colour=text_colour(page),
                                        colour=model_colour(view.loaded.run.spec.architecture))
    with st.container(key="figure_surgery_each", gap="xsmall"):
        svg(draw(theme()), width="stretch")
        picture_and_numbers("surgery-filters", draw, lambda: filter_bars_table(
            _rows(view, alone, order, logit, without, chosen), LOSS, CHANGE))
    if len(order) > ROWS:
        st.checkbox(f"Show all {len(order)}", key="surgery_all", persist_state="session")
    st.caption(literal(f"Each filter alone is zeroed everywhere, and {alone.n:,} fresh sequences are asked again (AUROC with all "
                       f"filters {alone.auroc.value:.3f}, accuracy {alone.accuracy:.3f}). Whiskers: 95 % interval; the control "
                       "is no change, 0, and a pale bar cannot be told from it. Shaded: the filter that is chosen below. At the "
                       "right, by how much the logit of "
                       f"{view.explained(view.focus)} changes on the sequence at hand."))


def _rows(view: View, alone: Alone, filters: Sequence[int], logit: float, without: np.ndarray, chosen: int) -> list[FilterRow]:
    found = filters_of(view.loaded)
    names, ppms = names_of(found), {m.number: m.motif.ppm() for m in found.motifs if m.motif}
    return [FilterRow(f"filter {f}", names[f], ppms.get(f), *alone.losses[f], _signed(without[f] - logit),
                      alone.losses[f].low > 0, f == chosen) for f in filters]


def _signed(value: float) -> str:
    return "0" if abs(value) < 0.005 else f"{value:+.2f}".replace("-", "\u2212")


def _alt(rows: Sequence[FilterRow]) -> str:
    first = ", ".join(f"{row.name} {row.value:.3f}" for row in rows[:4])
    return f"Filters by how much the AUROC falls when each is zeroed alone: {first}."


def show_pruning(view: View, found: Pruning) -> None:
    """Show the AUROC against the number of filters taken out, beside random orders."""
    st.markdown("How does the AUROC fall as filters are taken out, the least needed first?")
    colour = model_colour(view.loaded.run.spec.architecture)
    taken = np.arange(len(found.auroc), dtype=float)
    at, mean, low, high = (np.array(column, dtype=float) for column in zip(*found.random, strict=True))
    lines = [Line(short_name(view.loaded), taken, np.array(found.auroc), colour),
             Line("random order", at, mean, "", low, high, "dot")]
    axes = {"x": "filters zeroed together", "y": "AUROC"}
    alt = (f"AUROC against the number of filters zeroed: {found.auroc[0]:.3f} with none, {found.auroc[found.removable]:.3f} with "
           f"{found.removable}, {found.auroc[-1]:.3f} with all.")
    limits = (min(0.45, min(found.auroc), float(low.min())), 1.07)  # room for the mark above the curve
    marks = [(found.removable, f"{found.removable} can go")] if found.removable else []
    drawn = line_figure(lines, **axes, alt=alt, marks=marks, zero=False, limits=limits, theme=theme(), uirevision="surgery")
    figure(drawn, "surgery-pruning", lambda: lines_table(lines, **axes))
    st.markdown(f"**{literal(pruning_says(found))}**")
    st.caption(f"n = {found.n:,} fresh sequences that the order was not chosen on. Dotted, the control: the mean of five random "
               "orders, with the lowest and the highest. 0.5 is guessing.")


def show_pairs(found: Sequence[Pair]) -> None:
    """Show the pairs that fire together, and whether each makes up for the other."""
    st.markdown("Which filters make up for each other?")
    if found:
        table("surgery_pairs", _pairs(found))
    st.markdown(f"**{literal(pairs_say(found))}**")
    st.caption("The pairs whose highest values in each sequence go together most (Spearman). Zeroed together they would cost as "
               "much as both alone, if neither made up for the other: that sum is the control.")


def _pairs(found: Sequence[Pair]) -> Mapping[str, list[str]]:
    number = lambda value: f"{value:z.3f}".replace("-", "\u2212")
    return {"filters": [f"{p.first} and {p.second}" for p in found], "correlation": [f"{p.correlation:.2f}" for p in found],
            "AUROC lost, first alone": [number(p.first_alone) for p in found],
            "second alone": [number(p.second_alone) for p in found], "both": [number(p.both) for p in found],
            "more than the sum": [f"{number(p.more.value)} ({number(p.more.low)} to {number(p.more.high)})" for p in found]}
