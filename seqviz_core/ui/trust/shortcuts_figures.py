"""The figures of Shortcuts: rules beside the model and its ceiling, the GC content of each class, the table of symmetries."""

import math
from collections.abc import Mapping, Sequence

import streamlit as st

from ...checks.card import Findings
from ...checks.gc_use import GC_STEP, GcUse
from ...checks.shortcuts import Rules
from ...checks.symmetry_says import rules_say, use_says
from ...figures.palette import model_colour
from ...figures.points import Bar, bar_figure, bars_table
from ..components import figure, literal, table, theme
from ..workbench import View, model_name, short_name

CHANCE = "chance"


def show_rules(view: View, found: Rules) -> None:
    """Show a bar for each rule, the model's and the ceiling's below, and the conclusion."""
    st.markdown("How well does a rule do that knows no motif?")
    rows = [Bar(rule.name, rule.auroc, null=found.chance) for rule in found.rules]
    rows.append(Bar(short_name(view.loaded), found.model.value, model_colour(view.loaded.run.spec.architecture), found.model.low,
                    found.model.high, found.chance))
    if found.ceiling is not None:
        rows.append(Bar("best possible (Bayes)", found.ceiling, null=found.chance))
    alt = "AUROC: " + ", ".join(f"{row.name} {row.value:.3f}" for row in rows) + "."
    drawn = bar_figure(rows, x="AUROC on fresh sequences", alt=alt, null=CHANCE, theme=theme(), uirevision="rules",
                       limits=(min(0.45, *(row.value for row in rows)), 1.0))
    figure(drawn, "shortcuts-rules", lambda: bars_table(rows, "AUROC", CHANCE))
    st.markdown(f"**{literal(rules_say(found))}**")


def show_gc(view: View, found: Sequence[GcUse]) -> None:
    """Show what GC content does to the log odds of each class, and the conclusion."""
    step = f"{100 * GC_STEP:.0f}"
    st.markdown(f"How do the log odds change when the GC content rises by {step} points and nothing else changes?")
    colour = model_colour(view.loaded.run.spec.architecture)
    rows = [Bar(u.class_name, u.effect.value, colour, u.effect.low, u.effect.high, math.copysign(u.chance, u.effect.value))
            for u in found]
    alt = "Change of the log odds: " + ", ".join(f"{row.name} {row.value:.2f}" for row in rows) + "."
    x = f"change in log odds for {step} points of GC"
    drawn = bar_figure(rows, x=x, alt=alt, null=CHANCE, theme=theme(), uirevision="gc")
    figure(drawn, "shortcuts-gc", lambda: _gc_table(found))
    st.markdown(f"**{literal(use_says(found))}**")
    use = found[0]
    st.caption(literal(
        f"n = {use.n:,} fresh sequences. A and T become G or C, or the other way, outside planted sites. Subtracted, the "
        "control: the same bases change and the GC content stays (A becomes T, C becomes G). The tick is what 95 % of the "
        f"effects reach with random signs, whatever the class. Within the classes, the log odds of {use.class_name} and the GC "
        f"content correlate by {_number(use.correlation)} (95 % of shuffles reach {_number(use.correlation_chance)})."))


def _gc_table(found: Sequence[GcUse]) -> dict[str, list]:
    return {"class": [u.class_name for u in found], "change in log odds": [u.effect.value for u in found],
            "low": [u.effect.low for u in found], "high": [u.effect.high for u in found], "chance": [u.chance for u in found],
            "between the classes": [u.gap for u in found], "correlation within classes": [u.correlation for u in found],
            "of chance": [u.correlation_chance for u in found]}


def show_symmetries(view: View, found: Mapping[str, Findings]) -> None:
    """Show the numbers of each model, each with its control, and a sentence for each."""
    st.markdown("And over many sequences?")
    names = list(dict.fromkeys(n.name for f in found.values() for n in f.numbers))
    columns = {"": [name[0].upper() + name[1:] for name in names]}
    for run, findings in found.items():
        numbers = {n.name: n for n in findings.numbers}
        columns[short_name(view.models[run])] = [_with_control(numbers[name].value, numbers[name].null) if name in numbers else
                                                 "no map" for name in names]
    table("shortcuts_symmetries", columns)
    told = view.focus if view.focus in found else next(iter(found))
    st.markdown(literal(f"{model_name(view.models[told])}: {found[told].conclusion}"))
    first = next(iter(found.values()))
    st.caption(literal(f"n = {first.n} fresh sequences of each model's own task, each asked about its own class. In brackets, "
                       f"the control: {first.null_is}."))


def _with_control(value: float, null: float | None) -> str:
    return _number(value) if null is None else f"{_number(value)} ({_number(null)})"


def _number(value: float) -> str:
    if value != value:
        return "not defined"
    return ("less than 0.001" if 0 < abs(value) < 0.001 else f"{value:.2f}").replace("-", "\u2212")
