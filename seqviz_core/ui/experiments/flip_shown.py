"""What Flip it found: the way in a figure and a table, step by step, with every model's opinion, and the sequence of a step."""

from dataclasses import dataclass, replace
from functools import cached_property
from typing import NamedTuple

import numpy as np
import streamlit as st
import torch

from ...attribution import At
from ...attribution.gradient import rows_per_pass
from ...experiments.calls import margin
from ...experiments.flip import Path
from ...experiments.flip_job import Way
from ...experiments.flip_words import Opinion, climbed, column_words, conclude
from ...experiments.knock_out_words import amount
from ...experiments.motif_changes import MotifChange, motif_changes
from ...figures.lines import Line, line_figure, lines_table
from ...figures.palette import model_colour
from ...figures.prediction import probability
from ...figures.scene import Placed, scene
from ...models import record
from ...sequences import ALPHABET, SequenceRecord, decode, one_hot_encode
from ...sequences.variants import Variant
from ..cached import Loaded, computed, hits_in
from ..components import figure, literal, numbers, table, theme
from ..hit_tracks import hits_track, known_motifs
from ..picture import take_event
from ..records import show_records
from ..sentences import listed, subject
from ..tested import explore_button
from ..tool import Asked
from ..tracks import sites_track
from ..train import page_path
from ..view_state import change
from ..viewer import viewer
from ..workbench import View, model_name, short_name

MOST_ROWS = 13  # of the table at once


@dataclass(frozen=True, eq=False)
class Shown:
    """What is shown: the way from `sequence`, how it was found, random ways (n, k + 1), the seed, and which step is open."""

    sequence: str
    way: Way
    path: Path
    by: str
    control: np.ndarray
    seed: int
    step: int

    @cached_property
    def sequences(self) -> tuple[str, ...]:
        """The sequence before each step and at the end."""
        X = self.path.sequences(one_hot_encode([self.sequence])[0])
        codes = np.where(X.sum(1).numpy() > 0, X.argmax(1).numpy(), 4).astype(np.uint8)
        return tuple(decode(codes))

    @property
    def open(self) -> int:
        """The step that is open, the last one unless another was chosen."""
        last = len(self.path.changes)
        return last if not 0 <= self.step <= last else self.step


class Said(NamedTuple):
    """What one model says along the way: the class it calls and its probability, and the lead of the class in question, (k + 1,).

    lead : None where the model has no such class.
    """

    called: list[str]
    probability: np.ndarray
    lead: np.ndarray | None


def show(view: View, asked: Asked, shown: Shown) -> None:
    """Show the conclusion, the way, the table of its steps and the sequence of the open one."""
    target = shown.way.goal.target
    index, position = target if isinstance(target, At) else (target, None)
    name = view.loaded.task.classes[index]
    said = {run: computed(along, model, shown.sequences, name, position) for run, model in view.models.items()}
    st.markdown(f"**{literal(_conclusion(view, shown, said))}**")
    if not shown.path.changes:
        st.caption("Choose another class, or another seed." if shown.way.climb else "Choose another class.")
    else:
        _way(view, shown, said)
        _steps(view, shown, said)
    _sequence(view, asked, shown)


def class_words(loaded: Loaded, way: Way) -> str:
    """Return the name of the class in question, with its base where the model answers per base."""
    target = way.goal.target
    return (f"{loaded.task.classes[target.target]} at base {target.position + 1:,}" if isinstance(target, At) else
            loaded.task.classes[target])


def along(loaded: Loaded, sequences: tuple[str, ...], name: str, position: int | None) -> Said:
    """Return what a model says of each sequence, and of the class `name`, at a base where one is given."""
    X, task = torch.from_numpy(one_hot_encode(list(sequences))), loaded.task
    logits = torch.cat([record(loaded.model, x).logits for x in X.split(rows_per_pass(256, X.shape[2]))])
    p, index = task.probabilities(logits.numpy()), task.classes.index(name) if name in task.classes else None
    p = p if p.ndim == 2 else p.max(2) if position is None else p[..., position]
    if task.head == "sigmoid" and index is not None:
        called, chosen = [name if row[index] >= 0.5 else f"not {name}" for row in p], p[:, index]
    else:
        called, chosen = [task.classes[i] for i in p.argmax(1)], p.max(1)
    if index is None or (len(task.classes) < 2 and task.head != "sigmoid"):
        return Said(called, chosen, None)
    target = index if position is None or logits.ndim == 2 else At(index, position)
    return Said(called, chosen, margin(logits, target, task.head).numpy())


def _conclusion(view: View, shown: Shown, said: dict[str, Said]) -> str:
    """Return the sentence on the way."""
    own, model = said[view.focus], subject(model_name(view.loaded))
    at = len(shown.path.changes) if shown.path.reached is None or shown.way.climb else shown.path.reached
    others = [Opinion(model_name(view.models[run]), s.called[0], s.called[at]) for run, s in said.items() if run != view.focus]
    if shown.way.climb:
        return climbed(shown.path, model, class_words(view.loaded, shown.way), shown.control, others)
    target = shown.way.goal.target
    where = f" at base {target.position + 1:,}" if isinstance(target, At) else ""
    return conclude(shown.path, model, own.called[0], own.called[at], by=shown.by, where=where, random_goals=shown.control,
                    others=others)


def _way(view: View, shown: Shown, said: dict[str, Said]) -> None:
    """Draw the lead of the class in question after each substitution, in every model, beside random substitutions."""
    name, sign = class_words(view.loaded, shown.way), -1 if shown.way.goal.away else 1
    steps = np.arange(len(shown.sequences))
    lines = [Line(short_name(view.models[run]), steps, s.lead, model_colour(view.models[run].run.spec.architecture), points=True)
             for run, s in said.items() if s.lead is not None]
    chance = sign * shown.control[:, :len(steps)]
    low, high = np.percentile(chance, [2.5, 97.5], axis=0)
    lines.append(Line("random", steps[:chance.shape[1]], chance.mean(0), "", low, high, dash="dot"))
    label = view.loaded.task.head == "sigmoid"
    st.markdown(f"**How does the lead of {literal(name)} change with each substitution?**")
    lead = ("its logit; above 0 its probability is over 0.5" if label else
            "its logit minus the largest other one; above 0 the class is called")
    start = f" The start is random, {len(shown.sequence):,} bases." if shown.way.climb else ""
    st.caption(f"Lead: {lead}. The way was found by {shown.by} in {literal(model_name(view.loaded))}.{start} Dotted, the "
               f"control: the mean of n = {len(chance)} ways of random substitutions in the same model; grey band: 95 of 100 of "
               f"them. Seed {shown.seed}.")
    if without := [model_name(view.models[run]) for run, s in said.items() if s.lead is None]:
        st.caption(literal(f"{listed(without)} {'has' if len(without) == 1 else 'have'} no class {name} to compare."))
    fig = line_figure(lines, x="substitutions", y="lead, logit", theme=theme(), uirevision=shown.sequence,
                      marks=[(shown.open, f"step {shown.open}")] if 0 < shown.open < len(steps) - 1 else [],
                      alt=f"Lead of {name} over {len(steps) - 1} substitutions, from {amount(sign * shown.path.goals[0])} to "
                          f"{amount(sign * shown.path.goals[-1])}.")
    fig.update_xaxes(dtick=max(1, len(steps) // 15))
    figure(fig, "flip", lambda: lines_table(lines, "substitutions", "lead"))


def motifs_along(loaded: Loaded, shown_sequences: tuple[str, ...], changes: tuple, source: str) -> list[list[MotifChange]]:
    """Return which known motifs each substitution makes or breaks."""
    known = known_motifs(source, loaded.task).motifs
    return [motif_changes(before, [Variant(c.position, ALPHABET[c.was], ALPHABET[c.base])], known)[0]
            for before, c in zip(shown_sequences, changes)]


def _steps(view: View, shown: Shown, said: dict[str, Said]) -> None:
    """Show a row a step: the change, what every model says, the motifs, and the column of mutagenesis it was chosen from."""
    path = shown.path
    motifs = computed(motifs_along, view.loaded, shown.sequences, path.changes, view.state.hits)
    columns = {"Step": [str(i) for i in range(len(shown.sequences))], "Change": ["start", *(c.words for c in path.changes)]}
    for run, s in said.items():
        columns[short_name(view.models[run])] = [f"{c} {probability(float(p))}" for c, p in zip(s.called, s.probability)]
    columns["Motifs gained"] = ["", *(_motifs(m, "gained") for m in motifs)]
    columns["Motifs lost"] = ["", *(_motifs(m, "lost") for m in motifs)]
    columns["Mutagenesis at that base"] = ["", *(column_words(path, i) for i in range(len(path.changes)))]
    st.markdown("**What does each step do?**")
    towards = "away from the call" if shown.way.goal.away else f"towards {class_words(view.loaded, shown.way)}"
    taken = "; the largest of all places allowed was taken" if shown.by == "greedy search" else ""
    st.caption("Every model: the class it calls and its probability. Motifs: matches at p up to 0.0001, with their first base. "
               f"Mutagenesis: how far each base at that place moves {literal(model_name(view.loaded))} {literal(towards)}, in "
               f"logits, before the step{taken}.")
    table("flip_steps", columns)
    numbers("flip_steps", lambda: columns | {"sequence": list(shown.sequences)})


def _motifs(changes: list[MotifChange], word: str) -> str:
    return ", ".join(f"{c.hit.motif.name} {c.hit.start + 1}" for c in changes if c.word == word) or "\u2013"


def _sequence(view: View, asked: Asked, shown: Shown) -> None:
    """Show the sequence of one step, and take it to Explore."""
    last, step = len(shown.path.changes), shown.open
    if last:
        st.session_state["flip.step"] = step
        st.slider("Stop at step", 0, last, key="flip.step", width=420,
                  on_change=lambda: asked.set(step=st.session_state["flip.step"]))
    sequence = shown.sequences[step]
    known, found = hits_in(view.loaded, view.state.hits, sequence)
    track = replace(hits_track(found, known), empty="No known motif matches this sequence.")
    placed = [Placed(track, "hits:flip", "hits", fixed=True)]
    if not shown.way.climb and view.edited.sites:
        placed.insert(0, Placed(sites_track(view.edited.sites, view.truth_known), "planted:flip", "planted", fixed=True))
    changed = [a != b for a, b in zip(sequence, shown.sequence)]
    zoom = view.state.zoom if not shown.way.climb else None
    viewer(scene(sequence, placed, changed=changed, reference=shown.sequence, source=list(range(len(sequence))), zoom=zoom,
                 strand="+" if shown.way.climb else view.state.strand, theme=theme(), editable=False), "flip_picture", take_event)
    _to_explore(view, shown)


def _to_explore(view: View, shown: Shown) -> None:
    label, step = f"Open step {shown.open} in Explore", shown.open
    if shown.way.climb:
        name = f"Climbed to {class_words(view.loaded, shown.way)} from a random start, seed {shown.seed}, step {step} | synthetic"
        if st.button(label, key="flip_explore"):
            show_records((SequenceRecord(name, shown.sequences[step]),))
            change(strand="+")
            st.switch_page(page_path("explore"))
        return
    turned = [Variant(c.position, "N", ALPHABET[c.base]) for c in shown.path.changes[:step]]  # whatever base was there
    steps = tuple(v.forward_edit(view.state.strand, len(shown.sequence)) for v in turned)
    explore_button(label, "flip_explore", steps=view.state.steps + steps, undone=(), layer="edited")
