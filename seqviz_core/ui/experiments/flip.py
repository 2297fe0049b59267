"""Flip it: the fewest substitutions that change the call, and the way from a random start to a class, step by step."""

from dataclasses import dataclass, replace

import numpy as np
import streamlit as st

from ...attribution import At
from ...errors import SeqVizError
from ...experiments.flip import Goal, Path, allowed_positions, goal_for, n_pairs, random_goals, random_start
from ...experiments.flip_job import Way, better, found_way, from_json, way_args, with_pairs
from ...experiments.ranges import read_ranges
from ...sequences import decode, one_hot_encode
from ...settings import setting
from ...training.work import WorkSpec
from ..cached import Loaded, computed
from ..tool import EXPERIMENTS, Asked, tool
from ..work import worked
from ..workbench import View
from .flip_shown import Shown, show
from .pace import INLINE, seconds_of_mutagenesis, seconds_per_row

HOW = {"flip": "flip this sequence", "climb": "from a random start"}
ANY, OTHER = "any other class", "the other side of 0.5"
TYPICAL = 4  # steps: what the time of a greedy search is estimated with
LONGEST_START = 1000  # bases
LONGEST_PROOF = 1800.0  # seconds up to which every pair may be tried


@dataclass(frozen=True)
class FlipSettings:
    how: str = setting("flip", "Where from", choices=tuple(HOW))
    to: str = setting("", "To the class", help="Which class is to be called")
    protect: str = setting("", "Protected positions", help="Bases that stay, as in 10-20, 33; counted from 1, both ends included")
    spare: bool = setting(False, "Protect the planted sites")
    width: int = setting(4, "Beam", help="How many sequences each step goes on with; 1 is greedy", low=1, high=50)
    most: int = setting(12, "Most substitutions", low=1, high=100)
    n: int = setting(100, "Random ways", help="Controls: as many substitutions at random", low=10, high=2000)
    seed: int = setting(0, "Seed", help="Draws the controls and the random start", low=0, high=2**31 - 1)
    step: int = setting(-1, "Step", low=-1, high=100)


@tool(EXPERIMENTS, "flip", label="Flip it", question="How little changes its mind?", settings=FlipSettings, order=50,
      shows="Substitutions are looked for that change the call, step by step; beside them, as many at random.")
def flip(view: View, asked: Asked) -> None:
    """Show the fewest substitutions found, what every model says of each step, and what chance does."""
    climb, head = asked.value("how") == "climb", view.loaded.task.head
    with st.container(horizontal=True, vertical_alignment="bottom", gap="small", key="flip_ask"):
        asked.widget("how", format_func=HOW.get)
        if climb or head != "sigmoid":
            asked.widget("to", options=("", *view.loaded.task.classes), width=220,
                         format_func=lambda name: name or (view.class_name if climb else ANY))
        if not climb:
            asked.widget("protect", placeholder="10-20, 33")
            if view.edited.sites:
                asked.widget("spare")
    with st.expander("How it is done"):
        asked.row("width", "most", "n", "seed")
    settings = asked.checked()
    sequence, way = _climb(view, settings) if climb else _flip(view, settings)
    loaded, allowed = view.loaded, allowed_positions(one_hot_encode([sequence])[0], way.protected)
    above, below = st.container(), st.container()
    with below:
        path, by = _found(view, sequence, way, allowed, settings.width)
        if path is not None and not climb:
            path = _proven(view, sequence, way, path, allowed)
    if path is not None:
        control = computed(chance, loaded, sequence, way, max(1, len(path.changes)), settings.n, settings.seed)
        with above:
            show(view, asked, Shown(sequence, way, path, by, control, settings.seed, settings.step))


def _flip(view: View, settings: FlipSettings) -> tuple[str, Way]:
    """Return the sequence on the screen, and the way away from what the model in focus calls."""
    sequence, loaded = view.edited.sequence, view.loaded
    protected = read_ranges(settings.protect, len(sequence))
    protected += [(s.start, s.end) for s in view.edited.sites] if settings.spare else []
    classes = loaded.task.classes
    to = classes.index(settings.to) if settings.to in classes and loaded.task.head != "sigmoid" else None
    logits = view.trace(view.focus, view.edited).logits[0].numpy()
    goal = goal_for(logits, view.target(view.focus, view.edited), loaded.task.head, to)
    return sequence, Way(goal, tuple(sorted(set(protected))), 1, settings.most)


def _climb(view: View, settings: FlipSettings) -> tuple[str, Way]:
    """Return a random start as long as the sequence on the screen, and the way to a class of the model in focus."""
    loaded, length = view.loaded, min(len(view.edited.sequence), LONGEST_START)
    index = loaded.task.classes.index(settings.to if settings.to in loaded.task.classes else view.class_name)
    if len(loaded.task.classes) < 2 and loaded.task.head != "sigmoid":
        raise SeqVizError("This model has one class: everything is called it, so there is no way to it.")
    target = At(index, length // 2) if loaded.task.head == "positions" else index
    sequence = decode(random_start(length, settings.seed).argmax(0).astype(np.uint8)[None])[0]
    return sequence, Way(Goal(target, loaded.task.head, away=False), (), 1, settings.most, climb=True)


def _found(view: View, sequence: str, way: Way, allowed: np.ndarray, width: int) -> tuple[Path | None, str]:
    """Return the best path that is known by now and how it was found; a longer search is offered with the time it takes."""
    loaded, width = view.loaded, min(width, 3 * int(allowed.sum()))
    one = seconds_of_mutagenesis(loaded, len(sequence), way.goal.target)
    path = _asked(loaded, sequence, way, one * min(way.most, TYPICAL), INLINE, "greedy", "Look for substitutions")
    if path is None or width == 1 or (not way.climb and path.fewest_proven):
        return path, "greedy search"
    steps = way.most if way.climb or path.reached is None else path.reached - 1
    wide = _asked(loaded, sequence, replace(way, width=width, most=max(1, steps)), one * width * steps, INLINE / 2,
                  "wide", f"Look wider, with a beam of {width}")
    return (path, "greedy search") if wide is None else (better(path, wide), f"a beam search of width {width}")


def _asked(loaded: Loaded, sequence: str, way: Way, seconds: float, at_once: float, key: str, label: str) -> Path | None:
    """Return the path, at once if that takes at most `at_once` seconds, else when its work is done; None until then."""
    if seconds <= at_once:
        return computed(path_found, loaded, sequence, way)
    args = {"run": loaded.run.id, "finished": loaded.run.status.finished, "sequence": sequence, "way": way_args(way)}
    if files := worked(WorkSpec("seqviz_core.experiments.flip_job", "find_way", args), f"flip_{key}", label, seconds):
        return from_json(files("path.json"))
    if key == "greedy":
        st.caption(f"Every substitution of the {len(sequence):,} bases is tried at each step; it is done once, and kept.")
    return None


def path_found(loaded: Loaded, sequence: str, way: Way) -> Path:
    """Return what `found_way` finds in one model."""
    return found_way(loaded.model, sequence, way)


def chance(loaded: Loaded, sequence: str, way: Way, k: int, n: int, seed: int) -> np.ndarray:
    """Return the goal's margin (n, k + 1) along random substitutions."""
    x = one_hot_encode([sequence])[0]
    return random_goals(way.goal.asks(loaded.model), x, allowed_positions(x, way.protected), k, n, seed)


def _proven(view: View, sequence: str, way: Way, path: Path, allowed: np.ndarray) -> Path:
    """Offer to try every pair of substitutions where that could find fewer, or prove that there are not; return what is known."""
    if path.fewest_proven or path.goals[0] > 0 or allowed.sum() < 2:
        return path
    seconds = n_pairs(allowed) * seconds_per_row(view.loaded, len(sequence), way.goal.target)
    if seconds > LONGEST_PROOF:
        st.caption(f"Whether two substitutions are enough is not known: trying all {n_pairs(allowed):,} pairs takes too long.")
        return path
    pairs = _asked(view.loaded, sequence, replace(way, pairs=True), seconds, INLINE / 4, "pairs",
                   f"Prove it: try all {n_pairs(allowed):,} pairs")
    return path if pairs is None else with_pairs(path, pairs)
