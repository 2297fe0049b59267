"""One filter under the knife: zeroed, or another pattern put into it, before and after."""

from collections.abc import Mapping
from typing import TYPE_CHECKING

import numpy as np
import streamlit as st

from ...attribution import METHODS, At
from ...checks.filter_redundancy import SEED
from ...checks.filter_says import surgery_says
from ...checks.filter_surgery import Operated, kernel_like, log_odds_of, operated, replaced, shuffled_columns
from ...checks.skill import fresh, labels_of
from ...errors import SeqVizError
from ...figures.logo import limits_of, logo_svg
from ...motifs import Motif
from ..cached import Loaded, computed, filters_of, one_hot
from ..components import literal, picture_and_numbers, svg, table, text_colour, theme
from ..tool import Asked
from ..workbench import View
from .surgery_figures import names_of
from .surgery_pattern import chosen_pattern, pick_new_pattern

if TYPE_CHECKING:
    from .surgery import SurgerySettings

HOW = {"zero": "zero it", "replace": "put a pattern into it"}
SHOWN = 120  # bases of the maps
SLOW = ("ism",)
LONG = 400  # bases from which a slow method is replaced by the gradient
BEFORE, ZEROED = "as it is", "zeroed"


def one_filter(view: View, asked: Asked, settings: "SurgerySettings", n: int, without: np.ndarray) -> None:
    """Show what becomes of the logit, the AUROC and the map when one filter is zeroed or replaced."""
    st.subheader("What does one filter do?")
    names, order = names_of(filters_of(view.loaded)), np.argsort(without, kind="stable").tolist()
    chosen = chosen_filter(settings.filter, without)
    with st.container(horizontal=True, vertical_alignment="bottom", gap="small", key="surgery_one"):
        asked.widget("filter", options=[-1, *order], width=250, format_func=lambda f: (
            "the one that matters most here" if f < 0 else f"filter {f}, {names[f]}"))
        asked.widget("how", format_func=HOW.get)
        if settings.how == "replace":
            pick_new_pattern(view, asked)
    asked.examples({"Zero it": {"how": "zero"}, "Put in CTTATC": {"how": "replace", "source": "typed", "letters": "CTTATC"},
                    "Put in CACGTG": {"how": "replace", "source": "typed", "letters": "CACGTG"}})
    motif = chosen_pattern(view, asked) if settings.how == "replace" else None
    method = method_of(view)
    found = computed(operations, view.loaded, view.edited.sequence, view.target(view.focus), chosen, motif, n, method)
    _say(view, found, chosen, motif, n)
    _maps(view, found, method)


def chosen_filter(number: int, without: np.ndarray) -> int:
    """Return the filter that is asked for, of -1 the one whose loss lowers the logit most. without : (F,) logits.

    Raises SeqVizError for a number the model does not have.
    """
    if number >= len(without):
        raise SeqVizError(f"There is no filter {number}; the model has {len(without)}, counted from 0.")
    return number if number >= 0 else int(np.argmin(without))


def method_of(view: View) -> str:
    """Return the attribution that is drawn: that of Explore, or the gradient where it would take long."""
    first = view.state.methods[0] if view.state.methods else "ism"
    return "saliency" if first in SLOW and len(view.edited.sequence) > LONG else first


def operations(loaded: Loaded, sequence: str, target: int | At, chosen: int, motif: Motif | None, n: int,
               method: str) -> dict[str, Operated]:
    """Return the model as it is, with the filter zeroed and, where a motif is given, with that in it and with its control."""
    data, x, model = fresh(loaded.run, loaded.task, n, SEED), one_hot(sequence), loaded.model
    X, labels = data.X, labels_of(data)
    ask = lambda model, without=(): operated(model, x, target, method, X, labels, without)
    found = {BEFORE: ask(model), ZEROED: ask(model, [chosen])}
    if motif is not None:
        kernel = kernel_like(model.first_conv, chosen, log_odds_of(motif, model.first_conv.kernel_size[0])[0], X)
        found[f"{motif.name} in it"] = ask(replaced(model, chosen, kernel))
        found["its columns shuffled"] = ask(replaced(model, chosen, shuffled_columns(kernel, SEED)))
    return found


def after_of(found: Mapping[str, Operated]) -> str:
    """Return the name of the operation that was asked for."""
    return list(found)[2 if len(found) > 2 else 1]


def _say(view: View, found: Mapping[str, Operated], chosen: int, motif: Motif | None, n: int) -> None:
    """Show the conclusion and the numbers of each operation."""
    before, after = found[BEFORE], found[after_of(found)]
    what = f"Zeroing filter {chosen}" if motif is None else f"Putting {motif.name} into filter {chosen}"
    explained = view.explained(view.focus)
    said = surgery_says(what, (before.logit, after.logit), explained, before.skill, after.skill)
    st.markdown(f"**{literal(said)}**")
    table("surgery_numbers", {
        f"filter {chosen}": list(found), f"logit of {explained} here": [_number(o.logit, 2) for o in found.values()],
        "AUROC": [_number(o.skill.auroc, 3) for o in found.values()],
        "95 % interval": [" to ".join(_number(min(v, 1.0), 3) for v in o.skill.interval[1:]) for o in found.values()],
        "accuracy": [_number(o.skill.accuracy, 3) for o in found.values()]})
    st.caption(literal(f"AUROC and accuracy over {n:,} fresh sequences. {_scale(view, motif)}"))


def _scale(view: View, motif: Motif | None) -> str:
    if motif is None:
        return "The control is the filter as it is."
    width = view.loaded.model.first_conv.kernel_size[0]
    left_out = log_odds_of(motif, width)[1]
    cut = f" {left_out} of its {motif.width} columns do not fit into the filter and are left out." if left_out else ""
    return ("The pattern's log odds are written into a copy of the model, on the old filter's scale: its mean response over all "
            f"windows, and that to the best windows of the strongest 5 % of the sequences, stay.{cut} Control: the same columns "
            "in random order.")


def _maps(view: View, found: Mapping[str, Operated], method: str) -> None:
    """Show the maps of the sequence before and after, one scale."""
    st.markdown(literal(f"Which bases speak for {view.explained(view.focus)}, before and after?"))
    after, sequence = after_of(found), view.edited.sequence
    start = window_of(np.abs(found[BEFORE].observed) + np.abs(found[after].observed), SHOWN)
    end = min(start + SHOWN, len(sequence))
    letters = one_hot(sequence)[0].numpy()[:, start:end]
    heights = {name: letters * found[name].observed[start:end] for name in (BEFORE, after)}
    limits = limits_of(np.concatenate(list(heights.values()), axis=1))
    for name, drawn in heights.items():
        st.caption(literal(name))
        draw = lambda page, drawn=drawn, name=name: logo_svg(drawn, width_px=960, height_px=90, limits=limits, theme=page,
                                                            text_colour=text_colour(page), alt=f"Attribution, {name}.")
        svg(draw(theme()), width="stretch")
        numbers = {"base": list(range(1, len(sequence) + 1)), "letter": list(sequence),
                   METHODS[method].label: found[name].observed.tolist()}
        picture_and_numbers(f"surgery-map-{'before' if name == BEFORE else 'after'}", draw, lambda numbers=numbers: numbers)
    part = f" Bases {start + 1:,} to {end:,} of {len(sequence):,}, where it matters most."
    where = part if end - start < len(sequence) else ""
    corrected = ", with gradient correction" if METHODS[method].correctable else ""
    st.caption(literal(f"{METHODS[method].label}{corrected}; both on one scale, up raises the logit.{where}"))


def window_of(sizes: np.ndarray, width: int) -> int:
    """Return the start of the `width` bases that hold most."""
    if len(sizes) <= width:
        return 0
    return int(np.convolve(sizes, np.ones(width), "valid").argmax())


def _number(value: float, digits: int) -> str:
    return "not defined" if value != value else f"{value:z.{digits}f}".replace("-", "\u2212")
