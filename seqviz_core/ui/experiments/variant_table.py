"""The numbers of variants: a table that sorts, all models as CSV, and one variant taken to Explore."""

from typing import Any

import numpy as np
import streamlit as st

from ...datasets import Task
from ...experiments.variants import VariantEffects, share_below
from ...sequences.variants import written
from ..components import numbers
from ..hit_tracks import known_motifs
from ..tested import explore_button
from ..workbench import View, short_name
from .variant_results import Screen, motif_words

HEIGHT = 320


def variant_table(view: View, results: dict[str, Screen], shares: np.ndarray, motifs: list[str], source: str) -> None:
    """Show the numbers of the model in focus with the others' changes beside them, and the ways on from one variant."""
    effects = results[view.focus][0]
    if not effects.variants:
        return
    st.markdown("**By how much, and which motif with it?** Click a column\u2019s head to sort, a row to choose a variant.")
    columns = table_of(view, results, shares, motifs)
    order = np.argsort(np.where(effects.rank > 0, effects.rank, 10**9), kind="stable")
    shown = {name: [column[i] for i in order] for name, column in columns.items()}
    event = st.dataframe(shown, hide_index=True, key="variant_table", on_select="rerun", selection_mode="single-row",
                         height=min(HEIGHT, 38 + 35 * len(order)), column_config=_config(shown))
    rows = [row for row in event.selection.rows if row < len(order)] if event else []
    chosen = effects.variants[int(order[rows[0] if rows else 0])]
    with st.container(horizontal=True, vertical_alignment="center", gap="small", key="variant_onward"):
        explore_button(f"Take {written(chosen)} to Explore", "variant_explore",
                       steps=(*view.state.steps, chosen.forward_edit(view.state.strand, len(view.edited.sequence))), undone=(),
                       layer="edited")
        numbers("variant-effects", lambda: long_table(view, results, source))


def table_of(view: View, results: dict[str, Screen], shares: np.ndarray, motifs: list[str]) -> dict[str, list]:
    """Return the columns of the table, a row for each variant in the order typed."""
    effects = results[view.focus][0]
    before, after = probabilities(view.loaded.task, effects)
    columns: dict[str, list] = {"variant": [f"{v.name} {written(v)}".strip() for v in effects.variants],
                                "change of the logit": numbers_of(effects.change)}
    for run, (other, _) in results.items():
        if run != view.focus:
            columns[f"change, {short_name(view.models[run])}"] = numbers_of(other.change)
    columns |= {"rank": [int(r) or None for r in effects.rank], "larger than": numbers_of(100 * shares), "motif": motifs,
                "logit before": numbers_of(effects.reference), "after": numbers_of(effects.alternative),
                "probability before": numbers_of(before), "probability after": numbers_of(after)}
    if any(effects.problems):
        columns["left out because"] = list(effects.problems)
    return columns


def _config(shown: dict[str, list]) -> dict[str, Any]:
    plain = lambda label, form, help="": st.column_config.NumberColumn(label, format=form, help=help or None)
    config = {name: plain(name, "%+.2f") for name in shown if name.startswith("change")}
    config |= {name: plain(name, "%.2f") for name in ("logit before", "after")}
    config |= {name: plain(name, "%.3f") for name in ("probability before", "probability after")}
    config["larger than"] = plain("larger than", "%.0f %%", "Share of the control, single substitutions of this sequence, that "
                                                             "change the logit less")
    config["rank"] = plain("rank", "%d", "1: the variant of this list that changes the logit most, either way")
    return config


def numbers_of(values: np.ndarray) -> list[float | None]:
    """Return numbers as a table shows them: an empty cell where there is none."""
    return [float(v) if np.isfinite(v) else None for v in values]


def probabilities(task: Task, effects: VariantEffects) -> tuple[np.ndarray, np.ndarray]:
    """Return the explained class's probability without and with each variant (V,)."""
    return tuple(task.probabilities(logits)[:, effects.target] if len(logits) else np.zeros(0)
                 for logits in (effects.reference_logits, effects.alternative_logits))



def long_table(view: View, results: dict[str, Screen], source: str) -> dict[str, list]:
    """Return one row for each model and variant."""
    columns: dict[str, list] = {}
    for run, (effects, control) in results.items():
        model, (before, after) = view.models[run], probabilities(view.models[run].task, effects)
        n = len(effects.variants)
        part = {"model": [short_name(model)] * n, "class": [view.explained(run)] * n,
                "variant": [written(v) for v in effects.variants], "position": [v.start + 1 for v in effects.variants],
                "ref": [v.ref for v in effects.variants], "alt": [v.alt for v in effects.variants],
                "reference logit": list(effects.reference), "alternative logit": list(effects.alternative),
                "change": list(effects.change), "reference probability": list(before), "alternative probability": list(after),
                "rank": [int(r) for r in effects.rank],
                "share of the control below": list(share_below(effects.change, control.null)), "control": [control.words] * n,
                "problem": list(effects.problems),
                "motif": motif_words(view.edited.sequence, effects, known_motifs(source, model.task).motifs)}
        for name, column in part.items():
            columns.setdefault(name, []).extend(column)
    return columns
