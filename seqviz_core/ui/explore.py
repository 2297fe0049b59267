"""The upper half of the Explore page: where the view comes from, what every model says of the sequence, and why."""

from collections.abc import Callable

import streamlit as st

from ..errors import SeqVizError
from ..figures.prediction import Prediction, predictions_svg
from ..figures.prediction import probability as figures
from ..figures.table import predictions_table
from ..state import FIRST, fitting
from ..training import find_run
from . import sentences, tracks
from .cached import filters_of, knockout_of
from .components import literal, picture_and_numbers, svg, text_colour, theme
from .page_head import recipes
from .records import restored, show_task
from .view_state import bound, change, navigated, set_view, view_of_address, write_address
from .workbench import Read, View, model_name, open_run, short_name


def restore_view() -> None:
    """Make the view the one of the address where the visitor came by a link or the browser's Back, and open a run it names."""
    run_id = st.query_params.get("run")
    if navigated():
        try:
            state, problems = fitting(restored(view_of_address()))
            st.session_state.view_problems = [*st.session_state.view_problems, *problems]
            set_view(state)
        except SeqVizError as error:
            st.session_state.view_problems = [*st.session_state.get("view_problems", ()), str(error)]
            set_view(restored(FIRST))
        st.session_state.pop("view_changed", None)
    if run_id:
        _open(run_id)


def link_problems() -> None:
    """Say what of the address could not be read."""
    for problem in st.session_state.pop("view_problems", ()):
        st.warning(literal(problem))


def _open(run_id: str) -> None:
    """Look into the run that a page or a link of old names; its task's sequences are shown where nothing else is."""
    try:
        run = find_run(run_id)
    except SeqVizError as error:
        st.session_state.view_problems = [*st.session_state.get("view_problems", ()), str(error)]
    else:
        if "seq" not in st.query_params and "s" not in st.query_params:
            show_task(run.spec.make_task())
        open_run(run_id)
    del st.query_params["run"]


def keep_address() -> None:
    """Write the view into the address."""
    write_address(recipes())


def predictions(view: View) -> None:
    """Show what every model says of the sequence, and let the visitor choose the model in focus and the class explained."""
    with st.container(horizontal=True, vertical_alignment="bottom", gap="medium", key="focus_bar"):
        ids = list(view.models)
        if view.state.focus != view.focus:
            change(focus=view.focus)
        st.segmented_control("Look inside", ids, required=True, format_func=lambda i: model_name(view.models[i]),
                             **bound("focus"))
        _pick_class(view)
        shown, draw = predictions_drawn(view)
        with st.popover("Save predictions"):
            picture_and_numbers("predictions", draw, lambda: predictions_table(shown))
    with st.container(key="predictions"):
        svg(draw(theme()))
        if view.is_edited:
            st.caption("The dark tick on a bar is the probability before your edits.")


def predictions_drawn(view: View) -> tuple[list[Prediction], Callable[[str], str]]:
    """Return what every model says of the sequence, and a function that draws it for a light or a dark page."""
    shown = [_prediction(view, run) for run in view.models]
    return shown, lambda page: predictions_svg(shown, focus=list(view.models).index(view.focus), theme=page,
                                               truth=_planted_class(view.edited), text_colour=text_colour(page))


def _pick_class(view: View) -> None:
    classes = view.loaded.task.classes
    if view.state.target not in ("", *classes):
        change(target="")
    st.selectbox("Explain the class", ("", *classes), width=240, format_func=lambda name: name or "predicted",
                 help="Predicted: the class that the model in focus finds likeliest, before any edit", **bound("target"))


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


def _planted_class(read: Read) -> str | None:
    """Return the planted motif's name where there is just one kind."""
    names = {s.motif.name for s in read.sites}
    return names.pop() if len(names) == 1 else None


def say(view: View) -> None:
    """Print what the model in focus calls, whether the others agree, why, and what it was trained on."""
    loaded, task, run = view.loaded, view.loaded.task, view.focus
    text = _verdict(view)
    if getattr(loaded.model, "first_map", None) and not sentences.is_absence(view.class_name, task):
        knockout = knockout_of(loaded, view.edited.sequence, view.target(run, view.edited))
        name = "" if knockout is None else tracks.filter_label(knockout.filter, filters_of(loaded))
        called = task.classes[view.answers[run].best] if task.head == "softmax" else view.class_name
        without = called if knockout is None or task.head != "softmax" else task.classes[knockout.called_without]
        text += " " + sentences.reason(view.class_name, called, knockout, without, view.edited.sites, name)
    if view.is_edited:
        text += " " + _what_changed(view)
    st.markdown(literal(text))


def trained_on(view: View) -> None:
    """Print what the model in focus was trained on."""
    st.caption(sentences.trained_on(view.loaded.run, len(view.edited.sequence)))


def _what_changed(view: View) -> str:
    """Return by how much the edits changed the logit in every model, and whose call they changed."""
    changes = []
    for run, model in view.models.items():
        index = view.class_index(run)
        after, before = (float(view.answer(run, read).logits[index]) for read in (view.edited, view.reference))
        changes.append((model_name(model), model.task.classes[index], after - before,
                        view.answers[run].called != view.answers_before[run].called))
    return sentences.edits_changed(changes)


def _verdict(view: View) -> str:
    """Return what the model in focus calls, in the words of its task."""
    task, answer, label = view.loaded.task, view.answers[view.focus], model_name(view.loaded)
    sites = view.edited.sites
    if task.head != "softmax":
        places = None if answer.places is None else [int(answer.places[c]) for c in answer.called]
        called = [(task.classes[c], float(answer.probabilities[c])) for c in answer.called]
        text = sentences.several(label, called, places, sites, task.classes)
        at = "" if answer.places is None else f" at base {answer.places[answer.best] + 1:,}"
        nearest = f" Likeliest is {task.classes[answer.best]}{at} ({figures(float(answer.probabilities[answer.best]))})."
        return text + ("" if called else nearest)
    others = [(model_name(m), task.classes[view.answers[i].best], float(view.answers[i].probabilities.max()))
              for i, m in view.models.items() if i != view.focus and m.task.classes == task.classes]
    best = answer.best
    return sentences.verdict(label, task.classes[best], float(answer.probabilities[best]), others, sites, task.classes)
