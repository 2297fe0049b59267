"""What every model on the ruler answers, side by side, with the choice of the one in focus and of the class explained."""

from collections.abc import Callable

import streamlit as st

from ..figures.prediction import Prediction, predictions_svg
from ..figures.table import predictions_table
from .components import picture_and_numbers, svg, text_colour, theme
from .view_state import bound, change
from .workbench import Read, View, model_name, short_name


def predictions(view: View) -> None:
    """Show what every model says of the sequence, and let the visitor choose the model in focus and the class explained."""
    with st.container(horizontal=True, vertical_alignment="bottom", gap="medium", key="focus_bar"):
        pick_focus(view)
        pick_class(view)
        shown, draw = predictions_drawn(view)
        with st.popover("Save predictions"):
            picture_and_numbers("predictions", draw, lambda: predictions_table(shown))
    with st.container(key="predictions"):
        svg(draw(theme()))


def pick_focus(view: View) -> None:
    """Let the visitor choose the model that is looked into."""
    if view.state.focus != view.focus:
        change(focus=view.focus)
    st.segmented_control("Look inside", list(view.models), required=True, format_func=lambda i: model_name(view.models[i]),
                         **bound("focus"))


def predictions_drawn(view: View) -> tuple[list[Prediction], Callable[[str], str]]:
    """Return what every model says of the sequence, and a function that draws it for a light or a dark page."""
    shown = [_prediction(view, run) for run in view.models]
    return shown, lambda page: predictions_svg(shown, focus=list(view.models).index(view.focus), theme=page,
                                               truth=planted_class(view.edited), text_colour=text_colour(page))


def pick_class(view: View) -> None:
    """Let the visitor choose the class whose logit is explained."""
    classes = view.loaded.task.classes
    if view.state.target not in ("", *classes):
        change(target="")
    st.selectbox("Explain the class", ("", *classes), width=240, format_func=lambda name: name or "predicted",
                 help="Predicted: the class that the model in focus finds likeliest, before any edit. In the bars, a triangle "
                 "marks what was planted, a dark tick the probability before your edits", **bound("target"))


def _prediction(view: View, run: str) -> Prediction:
    """Return what the figure shows; at every base some base is background for sure, which says nothing."""
    model, answer = view.models[run], view.answers[run]
    first = 0 if answer.places is None else 1
    before = view.answers_before[run].probabilities[first:] if view.is_edited else None
    return Prediction(short_name(model), model.run.spec.architecture, model.task.classes[first:], answer.probabilities[first:],
                      before, _logits(view, run))


def _logits(view: View, run: str) -> str:
    """Return e.g. "logit of GATA2 3.12", and where something is edited what it was and by how much it changed."""
    index = view.class_index(run)
    after, before = (float(view.answer(run, read).logits[index]) for read in (view.edited, view.reference))
    text = f"logit of {view.models[run].task.classes[index]} "
    return text + (f"{before:.2f} \u2192 {after:.2f} ({after - before:+.2f})" if view.is_edited else f"{after:.2f}")


def planted_class(read: Read) -> str | None:
    """Return the planted motif's name where there is just one kind."""
    names = {s.motif.name for s in read.sites}
    return names.pop() if len(names) == 1 else None
