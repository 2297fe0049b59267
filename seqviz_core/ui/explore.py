"""The upper half of the Explore page: where the view comes from, what every model says of the sequence, and why."""


from contextlib import suppress

import streamlit as st

from ..errors import SeqVizError
from ..figures.prediction import probability as figures
from ..sequences import reverse_complement
from ..state import FIRST, fitting
from ..training import Run, find_run
from . import sentences, tracks
from .cached import answered, filters_of, knockout_of
from .components import literal
from .page_head import recipes
from .records import longest, restored, show_task
from .train import page_path
from .view_state import change, navigated, set_view, view_of_address, view_state, write_address
from .workbench import View, model_name, open_run


def restore_view() -> None:
    """Make the view the one of the address where the visitor came by a link or the browser's Back, and open a run it names."""
    run_id, tool = st.query_params.get("run"), st.query_params.pop("open", "")
    if navigated():
        try:
            state, problems = fitting(restored(view_of_address()), longest())
            st.session_state.view_problems = [*st.session_state.view_problems, *problems]
            set_view(state)
        except SeqVizError as error:
            st.session_state.view_problems = [*st.session_state.get("view_problems", ()), str(error)]
            set_view(restored(FIRST))
        st.session_state.pop("view_changed", None)
    if run_id:
        _open(run_id)
    if tool:
        change(tool=tool, asked=())


def link_problems() -> None:
    """Say what of the address could not be read."""
    for problem in st.session_state.pop("view_problems", ()):
        st.warning(literal(problem))


def _open(run_id: str) -> None:
    """Look into the run that a page or a link of old names, on its task's sequences unless one of that task is on the screen."""
    try:
        run = find_run(run_id)
    except SeqVizError as error:
        st.session_state.view_problems = [*st.session_state.get("view_problems", ()), str(error)]
    else:
        if "seq" not in st.query_params and "s" not in st.query_params and not _fits(run):
            show_task(run.spec.make_task())
        open_run(run_id)
    del st.query_params["run"]


def _fits(run: Run) -> bool:
    """Return whether what is on the screen is a sequence of the run's task: of its length, and shown to a model of it."""
    with suppress(SeqVizError):
        seen = find_run(view_state().focus).spec
        return seen.task == run.spec.task and len(view_state().reference) == run.spec.make_task().length
    return False


def keep_address() -> None:
    """Write the view into the address."""
    write_address(recipes())


def say(text: str) -> None:
    """Print a computed sentence as it stands."""
    st.markdown(literal(text))


def say_trained(view: View) -> None:
    """Print what the model in focus was trained on."""
    st.caption(sentences.trained_on(view.loaded.run))


def onward() -> None:
    """Show the ways to test what is on the screen."""
    with st.container(horizontal=True, gap="small", key="onward"):
        st.page_link(page_path("experiments"), label="What if I change it?")
        st.page_link(page_path("trust"), label="Should I believe the picture?")


def why(view: View) -> str:
    """Return why the model in focus calls what it calls, and what the edits changed."""
    loaded, task, run = view.loaded, view.loaded.task, view.focus
    text = ""
    if getattr(loaded.model, "first_map", None) and not sentences.is_absence(view.class_name, task):
        knockout = knockout_of(loaded, view.edited.sequence, view.target(run, view.edited))
        name = "" if knockout is None else tracks.filter_label(knockout.filter, filters_of(loaded))
        called = task.classes[view.answers[run].best] if task.head == "softmax" else view.class_name
        without = called if knockout is None or task.head != "softmax" else task.classes[knockout.called_without]
        text += " " + sentences.reason(view.class_name, called, knockout, without, view.edited.sites, name)
    if view.is_edited:
        text += " " + _what_changed(view)
    return text.strip()


def _what_changed(view: View) -> str:
    """Return by how much the edits changed the logit in every model, and whose call they changed."""
    changes = []
    for run, model in view.models.items():
        index = view.class_index(run)
        after, before = (float(view.answer(run, read).logits[index]) for read in (view.edited, view.reference))
        changes.append((model_name(model), model.task.classes[index], after - before,
                        view.answers[run].called != view.answers_before[run].called))
    return sentences.edits_changed(changes)


def call(view: View) -> str:
    """Return what the model in focus calls, and whether the sequence is of a length it knows."""
    return _verdict(view) + sentences.other_length(view.loaded.task, len(view.edited.sequence))


def _verdict(view: View) -> str:
    """Return what the model in focus calls, in the words of its task, and whether the others agree."""
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
    old = view.answers_before[view.focus]
    before = (task.classes[old.best], float(old.probabilities[old.best])) if view.is_edited else None
    return sentences.verdict(label, task.classes[best], float(answer.probabilities[best]), others, sites, task.classes, before,
                             _on_the_other_strand(view))


def _on_the_other_strand(view: View) -> str:
    """Return what the model in focus calls on the other strand, where all that was planted lies on that one; else ""."""
    if not view.edited.sites or any(s.strand == "+" for s in view.edited.sites):
        return ""
    return view.loaded.task.classes[answered(view.loaded, reverse_complement(view.edited.sequence)).best]
