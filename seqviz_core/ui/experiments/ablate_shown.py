"""What Ablate found: the parts on the sequence, their costs, the smallest sufficient sets, and the pairs."""

import numpy as np
import streamlit as st

from ...experiments.ablation import NULL_SHUFFLES, PLACES, Ablation
from ...experiments.knock_out import KnockedOut, Question
from ...experiments.knock_out_words import amount, called_words, conclude, listed, unchanged_words
from ...experiments.replacing import FILLERS
from ...experiments.sufficiency import PairKnockouts
from ...figures.interactions import interaction_heatmap, interactions_table
from ...figures.kinds import LineTrack, SiteMark, SitesTrack
from ...figures.lines import Line, line_figure, lines_table
from ...figures.palette import model_colour
from ...figures.points import Bar, bar_figure, bars_table
from ...figures.scene import Placed, scene
from ..components import figure, literal, numbers, table, theme
from ..picture import take_event
from ..sentences import subject
from ..tracks import sites_track
from ..viewer import viewer
from ..workbench import View, model_name, short_name

MOST_BARS = 48


def show(view: View, question: Question, found: dict[str, KnockedOut]) -> None:
    """Show it all: the focus first, the others beside it."""
    focus = view.focus if view.focus in found else next(iter(found))
    ordered = {focus: found[focus], **found}
    first, *rest = conclude(found[focus], view.explained(focus), subject(model_name(view.models[focus])))
    st.markdown(f"**{literal(first)}** {literal(' '.join(rest))}")
    for sentence in dict.fromkeys(filter(None, (w for k in ordered.values() for w in _warnings(view, k, focus)))):
        st.caption(literal(sentence))
    _on_the_sequence(view, question, found[focus], focus)
    if question.tile:
        _tiles(view, question, ordered)
    if any(k.ablation for k in ordered.values()):
        _bars(view, question, ordered)
        _verdicts(view, ordered)
    if found[focus].pairs is not None:
        _pairs(view, found[focus], focus)


def _warnings(view: View, found: KnockedOut, focus: str) -> list[str]:
    ablation = found.ablation or found.scan
    return [called_words(ablation, view.explained(focus)), unchanged_words(ablation)]


def _on_the_sequence(view: View, question: Question, found: KnockedOut, focus: str) -> None:
    """Draw the parts under the letters."""
    sequence, placed = view.edited.sequence, []
    parts = found.ablation.parts if found.ablation else ()
    if parts:
        title = "Which stretches stand out?" if question.tile else "Which parts are taken out?"
        placed.append(Placed(SitesTrack(title, [SiteMark(p.name or "span", p.start, p.end) for p in parts], lanes=2,
                                        legend="Each is replaced by shuffles, alone; the rest of the sequence stays."),
                             "parts:ablate", "parts", fixed=True))
    if found.scan:
        placed.append(Placed(LineTrack("What does a tile here cost?", _per_base(found.scan, len(sequence)), unit="logit",
                                       legend="The mean over the tiles that hold the base."), "cost:ablate", "cost",
                             model_name(view.models[focus]), _colour(view, focus), fixed=True))
    if view.edited.sites and (question.tile or not all(p.name for p in parts)):
        placed.append(Placed(sites_track(view.edited.sites, view.truth_known), "planted:ablate", "planted", fixed=True))
    a, edited = view.alignment, view.is_edited
    viewer(scene(sequence, placed, changed=a.changed if edited else None, deleted_before=a.deleted_before if edited else None,
                 reference=view.reference.sequence if edited else "", source=a.source if edited else None, zoom=view.state.zoom,
                 strand=view.state.strand, theme=theme(), steps=(len(view.state.steps), len(view.state.undone)),
                 bands=[SiteMark(p.name or "span", p.start, p.end) for p in parts]), "ablate_picture", take_event)


def _per_base(scan: Ablation, length: int) -> np.ndarray:
    """Return the mean cost of the tiles over each base, (length,)."""
    total, n = np.zeros(length), np.zeros(length)
    for part, cost in zip(scan.parts, scan.cost):
        total[part.start:part.end] += cost
        n[part.start:part.end] += 1
    return (total / n).astype(np.float32)


def _tiles(view: View, question: Question, found: dict[str, KnockedOut]) -> None:
    lines = []
    for run, one in found.items():
        centres = np.array([(p.start + p.end + 1) / 2 for p in one.scan.parts])
        low, high = one.scan.interval.T
        lines.append(Line(short_name(view.models[run]), centres, one.scan.cost, _colour(view, run), low, high))
    scan = next(iter(found.values())).scan
    nulls = np.array([null.mean for null in scan.nulls])
    lines.append(Line("in shuffles", lines[0].x, nulls, dash="dot"))
    st.markdown("**What does each tile carry of the logit?**")
    tried, focus = len(scan.nulls[0].costs), short_name(view.models[next(iter(found))])
    st.caption(f"A tile of {question.tile} bases, a new one every {max(1, question.tile // 2)}, is replaced n = {question.n} "
               f"times by {FILLERS[question.filler]}. Line: mean cost; band: 95 % interval (bootstrap). Dotted, the control: "
               f"the same tile in {tried} shuffles of the sequence, in {literal(focus)}. Seed {question.seed}.")
    fig = line_figure(lines, x="middle of the tile, base", y="cost, logit", theme=theme(), uirevision=view.edited.sequence,
                      marks=[((s.start + s.end + 1) / 2, s.motif.name) for s in view.edited.sites],
                      alt=f"Cost of {len(scan.parts)} tiles; the largest is {amount(scan.cost.max())}.")
    figure(fig, "ablate_tiles", lambda: lines_table(lines, "middle of the tile", "cost"))


def _colour(view: View, run: str) -> str:
    return model_colour(view.models[run].run.spec.architecture)


def _bars(view: View, question: Question, found: dict[str, KnockedOut]) -> None:
    bars = []
    shared = len({k.ablation.parts for k in found.values() if k.ablation}) == 1
    rows = [(run, k.ablation, i) for run, k in found.items() if k.ablation for i in range(len(k.ablation.parts))]
    for run, ablation, i in sorted(rows, key=lambda row: row[2]) if shared else rows:
        name = ablation.parts[i].words + (f", {short_name(view.models[run])}" if len(found) > 1 else "")
        low, high = ablation.interval[i]
        bars.append(Bar(name, float(ablation.cost[i]), _colour(view, run), float(low), float(high), ablation.nulls[i].mean))
    where = {null.where for _, a, _ in rows for null in a.nulls}
    null = ("random spans elsewhere" if where == {"elsewhere"} else
            "the same span in shuffles" if where == {"shuffles"} else "random spans elsewhere, or in shuffles")
    st.markdown(f"**How much of the logit does each {'stretch' if question.tile else 'part'} carry?**")
    control = (f"{PLACES} random spans of the same width that touch no part, {min(NULL_SHUFFLES, question.n)} shuffles each" if
               where != {"shuffles"} else "the same span replaced in shuffles of the sequence, as no room is left elsewhere")
    name, seed = literal(view.explained(next(iter(found)))), question.seed + (1 if question.tile else 0)
    st.caption(f"Bar: logit of {name} minus the mean logit without the part, which is replaced n = {question.n} times "
               f"by {FILLERS[question.filler]}; whisker: 95 % interval (bootstrap). Tick, the control: {control}. "
               f"Seed {seed}.")
    if len(bars) > MOST_BARS:
        st.caption(f"The first {MOST_BARS} of {len(bars)} rows; all are in the table of numbers.")
    fig = bar_figure(bars[:MOST_BARS], x="cost, logit", null=null, theme=theme(), uirevision=view.edited.sequence,
                     alt=f"Cost of {len(bars)} parts; the largest is {amount(max(b.value for b in bars))}.")
    figure(fig, "ablate", lambda: bars_table(bars, "cost", "control"))


def _verdicts(view: View, found: dict[str, KnockedOut]) -> None:
    """Show for every model what is necessary and what is enough."""
    columns: dict[str, list[str]] = {name: [] for name in ("Model", "Necessary", "Smallest sufficient set", "Logit: as it is",
                                                           "Only that set kept", "Random spans kept", "All shuffled")}
    for run, k in found.items():
        a, s = k.ablation or k.scan, k.sufficient
        needed = listed([p.words for p, yes in zip(a.parts, a.necessary) if yes]) if k.ablation else ""
        kept = "too many parts to try" if s is None else "none of them" if s.kept is None else (
            listed([s.parts[i].words for i in s.kept]) or "nothing: shuffles do") + ("" if s.exact else " (one by one)")
        row = (model_name(view.models[run]), needed or "no single part", kept if k.ablation else "no part stands out",
               amount(a.logit), "" if s is None else amount(s.logits.mean()),
               amount(s.null.mean()) if s is not None and len(s.null) else "", amount(a.whole))
        for name, cell in zip(columns, row):
            columns[name].append(cell)
    st.markdown("**Which parts are necessary, which are enough?**")
    first = next((k for k in found.values() if k.ablation), None)
    lost = ("the class is called in half of the shuffles or fewer" if first.ablation.criterion.by == "call" else
            f"more than {100 * first.ablation.criterion.share:.0f} % of what the logit has above shuffles is gone")
    st.caption(f"Lost: {lost}. Necessary: lost without it. Sufficient: not lost when everything else is shuffled; control: "
               f"random spans of the same widths kept instead, {PLACES} places.")
    table("ablate_verdicts", columns)
    numbers("ablate_verdicts", lambda: columns)


def _pairs_control(pairs: PairKnockouts) -> str:
    if not len(pairs.null):
        return "There is no room beside the parts for a control."
    return (f"Control: the costliest part with {len(pairs.null)} random spans that touch no part, {amount(pairs.null.min())} to "
            f"{amount(pairs.null.max())}.")


def _pairs(view: View, found: KnockedOut, focus: str) -> None:
    pairs, names = found.pairs, [p.words for p in found.pairs.parts]
    if not np.isfinite(pairs.interaction).any():
        return st.caption("All parts share bases, so no two can be lost apart from each other.")
    kinds = [[pairs.kind(i, j) if np.isfinite(pairs.interaction[i, j]) else "" for j in range(len(names))]
             for i in range(len(names))]
    st.markdown("**Do the parts need each other?**")
    st.caption(f"{literal(model_name(view.models[focus]))}: the change of the logit when both are lost, minus the changes when "
               f"each is lost alone, mean of n = {pairs.n} shuffles. Above zero (red), synergy: one is worth little without the "
               "other. Below zero (blue), redundancy: one stands in for the other. An interaction whose 95 % interval holds 0, "
               "or that is under a twentieth of what the logit has above shuffles, or no larger than the control's largest, is "
               f"called additive. {_pairs_control(pairs)}")
    fig = interaction_heatmap(pairs.interaction, names, kinds, least=abs(pairs.evidence) / 2, theme=theme(),
                              uirevision=view.edited.sequence)
    figure(fig, "ablate_pairs", lambda: interactions_table(pairs.interaction, pairs.interval, names, kinds), width="content")
