"""What the models say of a list of variants: a sentence, the largest changes, all against random ones, a table, files."""

from collections.abc import Callable

import numpy as np
import pandas as pd
import streamlit as st

from ...experiments.variant_job import TSV_FILE, VCF_FILE, ListResult, conclude
from ...experiments.variant_scores import QUANTILE, ScoredVariants
from ...experiments.variant_windows import SAME_PLACES, window_start
from ...export.tables import safe_cell
from ...figures.lines import Line, line_figure, lines_table
from ...figures.palette import model_colour
from ...figures.points import Bar, bar_figure, bars_table
from ...genome import Genome, GenomeVariant, Region
from ...sequences import Edit
from ...sequences.variants import Variant, written
from ..components import figure, literal, theme
from ..records import show_records
from ..sentences import subject
from ..tool import opens
from ..train import page_path
from ..view_state import change
from ..workbench import View
from .genome_choice import region_record

MOST_BARS, HEIGHT = 15, 380
MOST_SHARE, CURVE_POINTS = 50, 201  # per cent of random substitutions that are drawn


def show(view: View, result: ListResult, read: Callable[[str], bytes], key: str, genome: Genome, genome_key: str) -> None:
    """Show it all for the model in focus, or the first that took part."""
    for sentence in result.left_out:
        st.warning(literal(sentence))
    focus = result.models[result.runs.index(view.focus) if view.focus in result.runs else 0]
    st.markdown(f"**{literal(conclude(result, focus, subject(focus.name, begins=False)))}**")
    for sentence in _remarks(result, focus):
        st.caption(literal(sentence))
    if not focus.scored:
        return
    st.markdown(f"**Which variants change the answer of {literal(subject(focus.name, begins=False))} most?**")
    _bars(result, focus)
    _curves(result)
    st.markdown("**What does each variant do?**")
    chosen = _table(result, focus, key)
    _downloads(read)
    if chosen is not None:
        _open(result, chosen, focus, genome, genome_key)


def _remarks(result: ListResult, focus: ScoredVariants) -> list[str]:
    others = [m for m in result.models if m is not focus]
    texts = []
    if others:
        texts.append("; ".join(f"{subject(m.name, begins=m is others[0])} marks {int(m.above.sum()):,} of {m.scored:,}"
                               for m in others) + ".")
    where = ("with another base at the places of the list" if result.null == SAME_PLACES else
             "anywhere on the contigs of the list")
    texts.append(f"n = {focus.scored:,} variants. Control: {len(focus.null):,} random substitutions {where}, read in the same "
                 f"kind of window: {focus.length:,} bases with the variant in the middle. Behind a deletion more of the genome "
                 "comes in, by an insertion the window's last bases are pushed out.")
    if unknown := int((focus.unknown > 0).sum()):
        texts.append(f"{unknown:,} variant{'s have' if unknown > 1 else ' has'} unknown bases (N) in the window, also beyond a "
                     "contig's end: the model reads nothing there. Take these changes with care; the table counts them.")
    if lost := len(result.variants) - focus.scored:
        texts.append(f"{lost:,} have alleles that do not fit into the window and are not scored.")
    return texts


def _bars(result: ListResult, focus: ScoredVariants) -> None:
    size = np.where(np.isfinite(focus.change), np.abs(focus.change), -1)
    best = [int(k) for k in np.argsort(-size, kind="stable")[:MOST_BARS] if size[k] >= 0]
    edge = focus.threshold if np.isfinite(focus.threshold) else None
    colour, change = model_colour(focus.architecture), focus.change
    bars = [Bar(f"{result.variants[k]}, {focus.classes[focus.target[k]]}", float(change[k]), colour,
                null=None if edge is None else float(np.copysign(edge, change[k]))) for k in best]
    tick = "1 in 20 random substitutions change it more than this"
    drawn = bar_figure(bars, x="change of the logit, alternative minus reference", null=tick, theme=theme(),
                       alt=f"The {len(bars)} largest changes; the first is {bars[0].name}, {bars[0].value:+.2f}.")
    figure(drawn, "genome-largest", lambda: bars_table(bars, "change of the logit", tick))


def _curves(result: ListResult) -> None:
    """The share of variants that change the logit by at least so much, against the share of random substitutions."""
    models = [m for m in result.models if np.isfinite(m.threshold)]
    if not models:
        return
    st.markdown("**How many change it more than random substitutions do?**")
    x = np.linspace(0, MOST_SHARE, CURVE_POINTS)
    lines = [Line(m.name, x, _share_above(m, x), model_colour(m.architecture)) for m in models]
    lines.append(Line("no more than random", x, x, dash="dot"))
    names = "random substitutions that change it at least as much, %", "variants of the list, %"
    at = 100 * (1 - QUANTILE)
    drawn = line_figure(lines, x=names[0], y=names[1], limits=(0, 104), theme=theme(), zero=False, marks=[(at, "1 in 20")],
                        alt="; ".join(f"{_share_above(m, np.array([at]))[0]:.0f}% of the variants change the logit of {m.name} "
                                      f"more than all but 5% of random substitutions" for m in models) + ".")
    figure(drawn, "genome-share", lambda: lines_table(lines, *names))
    st.caption("A list that matters no more than random substitutions lies on the dotted line; the higher above it, the more "
               "variants matter. Where a line meets \u201c1 in 20\u201d is the share that the sentence on top counts.")


def _share_above(model: ScoredVariants, x: np.ndarray) -> np.ndarray:
    """Return which percentage of variants changes the logit more than all but x percent of the random substitutions."""
    null, size = np.abs(model.null[np.isfinite(model.null)]), np.abs(model.change[np.isfinite(model.change)])
    return 100 * (size > np.quantile(null, 1 - x / 100)[:, None]).mean(axis=1)


def _table(result: ListResult, focus: ScoredVariants, key: str) -> int | None:
    """Show every variant, the largest change in the focus first; return the one that is ticked."""
    frame, order = _frame(key, focus.name, result)
    column = st.column_config
    shown = {"variant": column.TextColumn("Variant", width=150, pinned=True), "id": column.TextColumn("ID", width=120),
             "planted": column.TextColumn("Planted site", width=90), "unknown": column.NumberColumn("N in window", width=80)}
    for i, m in enumerate(result.models):
        shown |= {f"change{i}": column.NumberColumn(f"{m.name} change", format="%+.2f", width=118),
                  f"class{i}": column.TextColumn(f"{m.name} class", width=85),
                  f"above{i}": column.TextColumn(f"{m.name}, above random", width=75),
                  f"before{i}": column.NumberColumn(f"{m.name} P(ref)", format="%.3f", width=80),
                  f"after{i}": column.NumberColumn(f"{m.name} P(alt)", format="%.3f", width=80),
                  f"rank{i}": column.NumberColumn(f"{m.name} rank", format="%d", width=70)}
    state = st.dataframe(frame, hide_index=True, height=min(HEIGHT, 37 + 35 * len(frame)), column_config=shown, on_select="rerun",
                         selection_mode="single-row", key=f"genome_table_{key}", alt="Variants, a row each")
    st.caption("Click a heading to sort; tick a row to open the variant. Change: alternative minus reference logit of the class "
               "named beside it; P: its probability without and with the variant.")
    rows = state.selection.rows
    return int(order[rows[0]]) if rows else None


@st.cache_resource(max_entries=16, show_spinner=False)
def _frame(key: str, focus_name: str, _result: ListResult) -> tuple[pd.DataFrame, np.ndarray]:
    """Return the table, and which variant each row is."""
    v = _result.variants
    columns = {"variant": [str(x) for x in v]}
    if any(x.name for x in v):
        columns["id"] = [safe_cell(x.name) for x in v]
    if _result.planted:
        columns["planted"] = list(_result.planted)
    for what, values in (("change", lambda m: m.change), ("class", lambda m: [m.classes[c] for c in m.target]),
                         ("above", lambda m: np.where(m.above, "yes", "no")), ("before", lambda m: m.reference_p),
                         ("after", lambda m: m.alternative_p), ("rank", lambda m: m.rank)):
        columns |= {f"{what}{i}": values(m) for i, m in enumerate(_result.models)}
    unknown = np.max([m.unknown for m in _result.models], axis=0)
    if unknown.any():
        columns["unknown"] = unknown
    focus = next(m for m in _result.models if m.name == focus_name)
    order = np.argsort(np.where(focus.rank > 0, focus.rank, len(v) + 1), kind="stable")
    return pd.DataFrame(columns).iloc[order], order


def _downloads(read: Callable[[str], bytes]) -> None:
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        st.download_button("VCF with these changes", lambda: read(VCF_FILE), "seqviz-variants.vcf", "text/plain",
                           key="genome_vcf", on_click="ignore", type="tertiary")
        st.download_button("Table (TSV)", lambda: read(TSV_FILE), "seqviz-variants.tsv", "text/tab-separated-values",
                           key="genome_tsv", on_click="ignore", type="tertiary")


def _open(result: ListResult, k: int, focus: ScoredVariants, genome: Genome, genome_key: str) -> None:
    """Show the ticked variant, and the ways on with it."""
    v = result.variants[k]
    said = "; ".join(f"{m.name} {m.classes[m.target[k]]} {m.reference[k]:.2f} to {m.alternative[k]:.2f}"
                     for m in result.models)
    st.markdown(f"**{literal(v)}** {literal(v.name)}. Logit without and with it: {literal(said)}.")
    with st.container(horizontal=True, gap="small"):
        if st.button("Open this variant in Explore", key="genome_explore", type="primary"):
            _put_on_screen(v, focus, genome, genome_key)
            st.switch_page(page_path("explore"))
        st.button("Open it in Variants", key="genome_variants", on_click=_open_in_variants, args=(v, focus, genome, genome_key))


def _open_in_variants(v: GenomeVariant, focus: ScoredVariants, genome: Genome, genome_key: str) -> None:
    """Put the variant's window on the screen as it is in the genome, and the variant into the tool of that name."""
    start = _put_on_screen(v, focus, genome, genome_key)
    change(steps=(), **opens("variants", text=written(Variant(v.start - start, v.ref, v.alt))))


def _put_on_screen(v: GenomeVariant, focus: ScoredVariants, genome: Genome, genome_key: str) -> int:
    """Put the variant's window on the screen, as far as the contig goes and as the genome has it, with the variant as an edit.

    Return where it begins.
    """
    start = window_start(v, focus.length)
    region = Region(v.contig, max(start, 0), min(start + focus.length, genome.contigs[v.contig]))
    show_records((region_record(region, genome, genome_key),), own=True)
    change(steps=(Edit(v.start - region.start, len(v.ref), v.alt),), strand="+")
    return region.start
