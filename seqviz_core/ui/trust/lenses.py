"""What the tools about maps share: which methods are asked, the sequence at hand as a case, and how long that takes."""

from collections.abc import Sequence
from typing import Any

import streamlit as st

from ...attribution import METHODS, At
from ...checks.lens import Lens, applicable, every_lens, lens_of
from ...errors import SeqVizError
from ...figures.palette import MODEL_COLOURS, MORE_COLOURS
from ..cached import Loaded, finished_runs
from ..compare_groups import differ_in_seed_only
from ..components import literal
from ..experiments.pace import seconds_per_row
from ..tool import Asked
from ..workbench import View

MOST = 5  # methods at once: more lines cannot be told apart
COLOURS = (*MODEL_COLOURS.values(), *MORE_COLOURS)
_ROWS = {"instant": 3, "seconds": 600}  # forward passes that one explanation of one sequence is worth


def choose_lenses(view: View, asked: Asked, usual: Sequence[Lens]) -> list[Lens]:
    """Let the visitor choose methods; return those that apply to the model in focus, and say why others do not.

    usual : those asked until somebody chooses, beside the method of the view. Raises SeqVizError where none is left.
    """
    names, model = [lens.name for lens in every_lens()], view.loaded.model
    chosen = [name for name in asked.value("methods").split(",") if name in names][:MOST]
    if not chosen:
        mine = [Lens(m, view.state.corrected and METHODS[m].correctable) for m in view.state.methods if m in METHODS]
        chosen = [lens.name for lens in dict.fromkeys([*usual, *mine])][:MOST]
        able, _ = applicable(model, [lens_of(name) for name in chosen])
        chosen = [lens.name for lens in able]
    key = f"{asked.entry.name}.methods"
    st.session_state[key] = chosen
    st.multiselect(f"Methods (at most {MOST})", names, key=key, max_selections=MOST, format_func=lambda name: lens_of(name).label,
                   on_change=lambda: asked.set(methods=",".join(st.session_state[key])))
    lenses, without = applicable(model, [lens_of(name) for name in chosen])
    for sentence in without:
        st.caption(literal(sentence))
    if not lenses:
        raise SeqVizError("Choose a method that applies to this model.")
    return lenses


def colour_of(lens: Lens, lenses: Sequence[Lens]) -> str:
    """Return the colour of a method among those chosen."""
    return COLOURS[list(lenses).index(lens) % len(COLOURS)]


def case_args(view: View, run: str) -> dict[str, Any]:
    """Return the sequence at hand as arguments that JSON can hold; see `checks.faithfulness_says.cases_asked`."""
    target = view.target(run, view.edited)
    at = isinstance(target, At)
    return {"sequence": view.edited.sequence, "target": target.target if at else target,
            "position": target.position if at else None, "sites": sites_asked(view, run)}


def sites_asked(view: View, run: str) -> list[list[int]] | None:
    """Return (start, end) of the planted sites that speak for the class in question; None where no truth is known."""
    task, sites = view.models[run].task, view.edited.sites
    name, motifs = task.classes[view.class_index(run)], {m.name for m in task.motifs}
    if motifs & set(task.classes):
        sites = [s for s in sites if s.motif.name == name]
    return [[s.start, s.end] for s in sites if s.motif.name in motifs] or None


def seconds_of(view: View, run: str, rows: float, length: int) -> float:
    """Return about how long so many forward passes of this length take."""
    return rows * seconds_per_row(view.models[run], length, view.target(run, view.edited))


def explain_rows(lens: Lens, length: int) -> float:
    """Return about how many forward passes one explanation is worth."""
    if lens.method == "ism":
        return 2.0 * length
    return _ROWS[METHODS[lens.method].cost]


def others_of_seed(loaded: Loaded) -> list[Any]:
    """Return the finished runs that are this one's training with another seed."""
    return [r for r in finished_runs() if not r.brought and differ_in_seed_only(r.spec, loaded.run.spec)]
