"""The upper half of the Explore page: what every model says of the sequence, which one is in focus, and why it says so."""

from dataclasses import dataclass

import streamlit as st

from ..attribution import At
from ..datasets import Site, Task
from ..errors import SeqVizError
from ..export import sites_from_header
from ..figures.prediction import Prediction, predictions_svg
from ..figures.prediction import probability as figures
from ..figures.table import predictions_table
from ..models import Trace
from ..sequences import SequenceRecord
from . import sentences, tracks
from .answers import Answer
from .cached import Loaded, answered, filters_of, knockout_of, load, pretrained_ids, trace_of
from .components import literal, picture_and_numbers, svg, text_colour, theme


@dataclass(frozen=True)
class View:
    """What is on the screen: the sequence with its planted sites, the model in focus and the class that is explained."""

    record: SequenceRecord
    sites: list[Site]
    loaded: Loaded
    trace: Trace
    answer: Answer
    class_index: int

    @property
    def target(self) -> int | At:
        """What is explained: the class's logit, at the base where it is likeliest for a model that answers per base."""
        return self.answer.target(self.class_index)

    @property
    def class_name(self) -> str:
        return self.loaded.task.classes[self.class_index]

    @property
    def explained(self) -> str:
        """The class's name, with the base where the model answers per base."""
        target = self.target
        return f"{self.class_name} at base {target.position + 1:,}" if isinstance(target, At) else self.class_name

    @property
    def scored_sites(self) -> list[Site]:
        """The planted sites that speak for the explained class: those of its motif, or all where classes are no motifs."""
        task = self.loaded.task
        if {m.name for m in task.motifs} & set(task.classes):
            return [s for s in self.sites if s.motif.name == self.class_name]
        return [s for s in self.sites if s.motif in task.motifs]

    @property
    def truth_known(self) -> bool:
        """Whether the name says where motifs were planted, or that none was."""
        return bool(self.sites) or any(word in self.record.name for word in ("synthetic", "drawn with seed"))


def stated_sites(record: SequenceRecord) -> list[Site]:
    """Return the planted sites the record's name states; a wrong statement is told and leaves none."""
    try:
        return sites_from_header(record.name, len(record.sequence))
    except SeqVizError as error:
        st.warning(literal(error))
        return []


def models_on_screen() -> list[Loaded]:
    """Return the pretrained models, and before them the run that the address names; a run just opened gets the focus."""
    ids = list(pretrained_ids())
    run_id = st.query_params.get("run") or st.session_state.get("opened_run")
    opened = []
    if run_id and run_id not in ids:
        try:
            opened = [load(run_id)]
            st.query_params["run"] = run_id
        except SeqVizError as error:
            st.warning(literal(error))
    if opened and st.session_state.get("opened_run") != run_id and "focus" not in st.query_params:
        st.session_state.update(opened_run=run_id, focus=run_id)
    return [*opened, *map(load, ids)]


def predictions(record: SequenceRecord, sites: list[Site]) -> View:
    """Show what every model says of the sequence; return the view of the one the visitor puts in focus.

    A model that cannot read the sequence is left out, and why is said. Raises SeqVizError where none can.
    """
    answers, models = _asked(record.sequence)
    with st.container(horizontal=True, vertical_alignment="bottom", gap="medium", key="focus_bar"):
        focus = st.segmented_control("Look inside", list(models), key="focus", default=next(iter(models)), required=True,
                                     format_func=lambda i: model_name(models[i]), bind="query-params", persist_state="session")
        class_index = pick_class(models[focus].task, answers[focus])
        shown = [_prediction(m, answers[i]) for i, m in models.items()]
        draw = lambda page: predictions_svg(shown, focus=list(models).index(focus), truth=_planted_class(sites), theme=page,
                                            text_colour=text_colour(page))
        with st.popover("Save predictions"):
            picture_and_numbers("predictions", draw, lambda: predictions_table(shown))
    with st.container(key="predictions"):
        svg(draw(theme()))
    view = View(record, sites, models[focus], trace_of(models[focus], record.sequence), answers[focus], class_index)
    say(view, models, answers)
    return view


def _prediction(model: Loaded, answer: Answer) -> Prediction:
    """Return what the figure shows; at every base some base is background for sure, which says nothing."""
    first = 0 if answer.places is None else 1
    return Prediction(short_name(model), model.run.spec.architecture, model.task.classes[first:], answer.probabilities[first:])


def _asked(sequence: str) -> tuple[dict[str, Answer], dict[str, Loaded]]:
    """Return the answers and the models by run, of the models that can read the sequence; the others are told."""
    answers, models, problems = {}, {}, []
    for model in models_on_screen():
        try:
            answers[model.run.id], models[model.run.id] = answered(model, sequence), model
        except SeqVizError as error:
            problems.append(f"{model_name(model)} is left out. {error}")
    if not models:
        raise SeqVizError(" ".join(problems))
    for problem in problems:
        st.warning(literal(problem))
    if st.session_state.get("focus") not in (None, *models):
        st.session_state.focus = next(iter(models))
    return answers, models


def _planted_class(sites: list[Site]) -> str | None:
    """Return the planted motif's name where there is just one kind."""
    names = {s.motif.name for s in sites}
    return names.pop() if len(names) == 1 else None


def model_name(loaded: Loaded) -> str:
    """Return "CNN" for a pretrained model, "your CNN (One motif)" for a run."""
    return loaded.label if loaded.run.id in pretrained_ids() else f"your {loaded.label} ({loaded.task.label})"


def short_name(loaded: Loaded) -> str:
    """Return "your CNN" for a run: there is no room for its task above a column of bars."""
    return loaded.label if loaded.run.id in pretrained_ids() else f"your {loaded.label}"


def pick_class(task: Task, answer: Answer) -> int:
    """Let the visitor choose the class that is explained; by default the likeliest one."""
    if st.session_state.get("target", "predicted") not in ("predicted", *task.classes):
        st.session_state.target = "predicted"
    chosen = st.selectbox("Explain the class", ("predicted", *task.classes), key="target", width=240, bind="query-params",
                          persist_state="session", help="Predicted: whichever class the model in focus finds likeliest")
    return answer.best if chosen == "predicted" else task.classes.index(chosen)


def say(view: View, models: dict[str, Loaded], answers: dict[str, Answer]) -> None:
    """Print what the model in focus calls, whether the others agree, why, and what it was trained on."""
    loaded, task, sequence = view.loaded, view.loaded.task, view.record.sequence
    text = _verdict(view, models, answers)
    if getattr(loaded.model, "first_map", None) and not sentences.is_absence(view.class_name, task):
        knockout = knockout_of(loaded, sequence, view.target)
        name = "" if knockout is None else tracks.filter_label(knockout.filter, filters_of(loaded))
        called = task.classes[view.answer.best] if task.head == "softmax" else view.class_name
        without = called if knockout is None or task.head != "softmax" else task.classes[knockout.called_without]
        text += " " + sentences.reason(view.class_name, called, knockout, without, view.sites, name)
    st.markdown(text)
    st.caption(sentences.trained_on(loaded.run, len(sequence)))


def _verdict(view: View, models: dict[str, Loaded], answers: dict[str, Answer]) -> str:
    """Return what the model in focus calls, in the words of its task."""
    task, answer, label = view.loaded.task, view.answer, model_name(view.loaded)
    if task.head != "softmax":
        places = None if answer.places is None else [int(answer.places[c]) for c in answer.called]
        called = [(task.classes[c], float(answer.probabilities[c])) for c in answer.called]
        text = sentences.several(label, called, places, view.sites, task.classes)
        at = "" if answer.places is None else f" at base {answer.places[answer.best] + 1:,}"
        nearest = f" Likeliest is {task.classes[answer.best]}{at} ({figures(float(answer.probabilities[answer.best]))})."
        return text + ("" if called else nearest)
    others = [(model_name(m), task.classes[answers[i].best], float(answers[i].probabilities.max()))
              for i, m in models.items() if i != view.loaded.run.id and m.task.classes == task.classes]
    best = answer.best
    return sentences.verdict(label, task.classes[best], float(answer.probabilities[best]), others, view.sites, task.classes)
