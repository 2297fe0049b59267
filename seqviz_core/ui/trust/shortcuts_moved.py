"""The sequence at hand moved through the window, and turned round: what becomes of its logit."""

import numpy as np
import streamlit as st

from ...attribution import At
from ...checks.symmetries import AnswerShift, answer_shift, own_logits
from ...checks.symmetry_says import shift_says
from ...figures.lines import Line, line_figure, lines_table, told
from ...figures.palette import model_colour
from ...sequences import encode, reverse_complement_codes
from ..cached import Loaded, computed
from ..components import figure, literal, theme
from ..experiments.pace import INLINE, seconds_per_row
from ..workbench import View, model_name, short_name

X, Y = "bases the sequence is moved to the right", "logit"


def moved_here(view: View, most: int) -> None:
    """Show the logit of the sequence at hand at every shift, a line for each model, with the control of the one in focus."""
    sequence, found = view.edited.sequence, {}
    for run, loaded in view.models.items():
        step = _step(loaded, len(sequence), view.target(run), most, len(view.models))
        found[run] = computed(moved_of, loaded, sequence, view.target(run), most, step)
    st.markdown("Does the logit of the sequence at hand stay when it moves through the window?")
    lines = [Line(short_name(view.models[run]), f.shifts.astype(float), f.moved[0],
                  model_colour(view.models[run].run.spec.architecture)) for run, f in found.items()]
    focus = found[view.focus]
    lines.append(Line("nothing moved", focus.shifts.astype(float), focus.kept[0], dash="dot"))
    alt = f"Logit against the shift: {'; '.join(told(line) for line in lines if np.isfinite(line.y).any())}."
    drawn = line_figure(lines, x=X, y=Y, alt=alt, marks=[(0, "as it is")], zero=False, theme=theme(), uirevision="moved")
    figure(drawn, "shortcuts-moved", lambda: lines_table(lines, X, Y))
    here = computed(turned_of, view.loaded, sequence, view.target(view.focus))
    there = computed(turned_of, view.loaded, sequence, view.target(view.focus), True)
    said = (f"{model_name(view.loaded)}: {shift_says(focus)} Turned to the other strand its logit of "
            f"{view.explained(view.focus)} is {_number(there)}, as it is {_number(here)}.")
    st.markdown(f"**{literal(said)}**")
    st.caption(literal(f"Each model's logit of its class in question ({view.explained(view.focus)} for "
                       f"{model_name(view.loaded)}). Bases that come into view are random, with the composition of the sequence. "
                       "Dotted, the control: the same bases lost and the same ones put in their place, with nothing moved."))


def _step(loaded: Loaded, length: int, target: int | At, most: int, models: int) -> int:
    """Return how far apart the shifts are, so that the curve comes at once."""
    shifts = 2 * (2 * most + 1)
    return max(1, int(np.ceil(shifts * seconds_per_row(loaded, length, target) * models / INLINE)))


def moved_of(loaded: Loaded, sequence: str, target: int | At, most: int, step: int) -> AnswerShift:
    return answer_shift(loaded.model, encode([sequence]), [target], most, step)


def turned_of(loaded: Loaded, sequence: str, target: int | At, turn: bool = False) -> float:
    """Return the logit of the sequence, or of its reverse complement, where the base in question lies on the other strand."""
    codes = encode([sequence])
    if turn:
        codes = reverse_complement_codes(codes)
        target = At(target.target, len(sequence) - 1 - target.position) if isinstance(target, At) else target
    return float(own_logits(loaded.model, codes, [target])[0])


def _number(value: float) -> str:
    return f"{value:z.2f}".replace("-", "\u2212")
