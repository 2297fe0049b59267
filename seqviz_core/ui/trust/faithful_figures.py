"""The figures of the faithfulness tool: a question, the figure, and what its marks are, in words."""

from collections.abc import Sequence

import numpy as np
import streamlit as st

from ...checks.deletion import Band
from ...checks.faithfulness import Faithfulness
from ...checks.lens import Lens, in_text, lens_of
from ...figures.lines import Line, line_figure, lines_table
from ...figures.matrices import agreement_heatmap
from ..components import figure, literal, numbers, table, theme
from .lenses import colour_of

X, Y = "share of the bases", "logit"
CURVE_FIELDS = ("deletion_area", "insertion_area", "comprehensiveness", "sufficiency", "gain", "gain_low", "gain_high")
SCORE_FIELDS = ("infidelity", "infidelity_null", "sensitivity", "sensitivity_null", "gap", "gap_share", "truth", "truth_null")
SHORT = {"integrated_gradients": "integrated grad.", "guided_backprop": "guided backprop.", "ism": "mutagenesis (ISM)"}


WORDS = """
- **above random orders**: the area between a method's curves and those of random orders, mean of both (logits); null: the best
  of them against their mean.
- **infidelity**: the share of what single substitutions do to the logit that the letters do not foretell, 0 at best; null: the
  same map moved along the sequence (captum.metrics, with substitutions instead of noise; Yeh et al. 2019). A method with one
  value a base cannot know which base comes instead.
- **sensitivity**: the most that the map changes when one base does, as a share of its size; null: the map of a shuffled sequence.
- **gap**: by how much the letters miss the change of the logit that they should add up to, in logits and as a share of it; empty
  where a method promises no sum.
- **truth AUPRC**: how well the sizes of the letters find the planted bases; null: the same values shuffled.
"""


def short(name: str) -> str:
    """Return what a method is called at the end of its line, where there is room for 22 letters."""
    lens = lens_of(name)
    label = SHORT.get(lens.method, in_text(Lens(lens.method)))
    return f"{label}, corr." if lens.corrected else label


def draw_curves(found: Faithfulness, lenses: Sequence[Lens], key: str) -> None:
    """Draw what happens as bases are replaced, and as they are put back, by each method's order."""
    d = found.deletion
    of = "On this sequence, n = 1" if d.n == 1 else f"On n = {d.n} sequences"
    first = {"size": "with the largest letters", "for": "that speak most for the class"}[d.order]
    falls = f"How fast does the logit fall as the bases {first} are replaced?"
    back = "How fast does it rise as they are put back?"
    for what, question, band in (("deletion", falls, d.random_deletion), ("insertion", back, d.random_insertion)):
        lines = [_line(found, name, what, lenses) for name in (c.name for c in d.curves)] + [_random(found, band)]
        st.markdown(f"**{question}**")
        drawn = line_figure(lines, x=f"{X} {'replaced' if what == 'deletion' else 'put back'}", y=Y, height=270, theme=theme(),
                            limits=_limits(found), alt=_alt(found, what, band), uirevision=f"{what}_{key}")
        figure(drawn, f"{what}_{key}", lambda lines=lines: lines_table(lines, X, Y))
    st.caption(f"{of}. A base is replaced by the one at its place in a dinucleotide shuffle of the sequence, "
               f"never by nothing. Faithful: the first curve falls early, the second rises early. Dotted, the control: "
               f"{d.orders} random orders, their mean, and in the band all of them. Dashed: the order of in-silico mutagenesis, "
               "which asks the model about every change.")


def _line(found: Faithfulness, name: str, what: str, lenses: Sequence[Lens]) -> Line:
    curve, lens = found.deletion.of(name), lens_of(name)
    asked, is_ism = lens in lenses, lens.method == "ism"
    return Line(short(name), np.array(found.deletion.shares), np.array(getattr(curve, what)),
                "" if is_ism or not asked else colour_of(lens, lenses), dash="dash" if is_ism else "solid")


def _random(found: Faithfulness, band: Band) -> Line:
    return Line("random orders", np.array(found.deletion.shares), np.array(band.mean), low=np.array(band.low),
                high=np.array(band.high), dash="dot")


def _limits(found: Faithfulness) -> tuple[float, float]:
    """Return one scale for both figures."""
    d = found.deletion
    values = np.concatenate([np.concatenate([c.deletion, c.insertion]) for c in d.curves]
                            + [np.concatenate([b.low, b.high]) for b in (d.random_deletion, d.random_insertion)])
    room = 0.06 * float(np.ptp(values)) or 1.0
    return float(values.min()) - room, float(values.max()) + room


def _alt(found: Faithfulness, what: str, band: Band) -> str:
    areas = ", ".join(f"{short(c.name)} {getattr(c, f'{what}_area'):.2f}" for c in found.deletion.curves)
    return f"Logit along the {what} curve; area under it: {areas}; random orders {band.area:.2f}."


def draw_scores(found: Faithfulness, key: str) -> None:
    """Show the figures of every method, each with its null in brackets."""
    st.markdown("**What does each method score?**")
    d, scores = found.deletion, found.scores
    columns = {"method": [lens_of(s.name).label for s in scores],
               "above random orders": [f"{d.of(s.name).gain:z.2f} (null {d.random_gain:.2f})".replace("-", "\u2212")
                                       for s in scores],
               "infidelity": [_with_null(s.infidelity, s.infidelity_null) for s in scores],
               "sensitivity": [_with_null(s.sensitivity, s.sensitivity_null) for s in scores],
               "gap": ["" if s.gap is None else f"{s.gap:.2g} ({s.gap_share:.1%})" for s in scores]}
    if any(s.truth is not None for s in scores):
        columns["truth AUPRC"] = [_with_null(s.truth, s.truth_null) for s in scores]
    table(f"faithful_scores_{key}", columns)
    with st.expander("What the columns mean", key=f"faithful_words_{key}"):
        st.markdown(WORDS)
    _numbers(found, key)


def _with_null(value: float | None, null: float | None) -> str:
    return "" if value is None or null is None else f"{value:.2f} (null {null:.2f})"


def _numbers(found: Faithfulness, key: str) -> None:
    d, k = found.deletion, len(found.scores)
    curves = {f: [getattr(d.of(s.name), f) for s in found.scores] for f in CURVE_FIELDS}
    scores = {f: [getattr(s, f) for s in found.scores] for f in SCORE_FIELDS}
    numbers(f"faithful_{key}", lambda: {
        "method": [s.name for s in found.scores], "n": [found.n] * k, **curves,
        "random_deletion_area": [d.random_deletion.area] * k, "random_insertion_area": [d.random_insertion.area] * k, **scores})


def draw_agreement(found: Faithfulness, key: str) -> None:
    """Draw how alike the methods' maps are, pair by pair."""
    nan = lambda square: np.array([[np.nan if v is None else v for v in row] for row in square])
    truth = [(s.truth, s.truth_null) for s in found.scores if s.truth is not None]
    values, null = nan(found.agreement), nan(found.agreement_null)
    names = [lens_of(s.name).label for s in found.scores]
    fig = agreement_heatmap(values, names, null, truth=truth if len(truth) == len(names) else (), theme=theme())
    pairs = [(i, j) for j in range(len(names)) for i in range(j)]
    figure(fig, f"faithful_agreement_{key}", lambda: {
        "first": [names[i] for i, _ in pairs], "second": [names[j] for _, j in pairs], "r": [values[p] for p in pairs],
        "turned maps": [null[p] for p in pairs]}, width="content")
    st.caption(literal(f"Pearson's r over the bases, n = {found.n}. In brackets: no better than one of the two turned along the "
                       "sequence by a random number of bases, which 95 % of turned maps stay below."))
