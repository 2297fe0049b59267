"""The upper half of the Explore page: what every model says of the sequence, which one is in focus, and why it says so."""

from dataclasses import dataclass

import numpy as np
import streamlit as st

from ..datasets import Site
from ..errors import SeqVizError
from ..export import sites_from_header
from ..figures.prediction import Prediction, predictions_svg
from ..figures.table import predictions_table
from ..models import Trace
from ..sequences import SequenceRecord
from . import sentences, tracks
from .cached import Loaded, filters_of, knockout_of, load, pretrained_ids, probabilities_of, trace_of
from .components import literal, picture_and_numbers, svg, text_colour, theme


@dataclass(frozen=True)
class View:
    """What is on the screen: the sequence with its planted sites, the model in focus and the class that is explained."""

    record: SequenceRecord
    sites: list[Site]
    loaded: Loaded
    trace: Trace
    target: int

    @property
    def class_name(self) -> str:
        return self.loaded.task.classes[self.target]

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
    """Show what every model says of the sequence; return the view of the one the visitor puts in focus."""
    models = {m.run.id: m for m in models_on_screen()}
    probabilities = {i: probabilities_of(m, record.sequence) for i, m in models.items()}
    with st.container(horizontal=True, vertical_alignment="bottom", gap="medium", key="focus_bar"):
        focus = st.segmented_control("Look inside", list(models), key="focus", default=next(iter(models)), required=True,
                                     format_func=lambda i: model_name(models[i]), bind="query-params", persist_state="session")
        target = pick_target(models[focus], probabilities[focus])
        answers = [Prediction(model_name(m), m.run.spec.architecture, m.task.classes, probabilities[i])
                   for i, m in models.items()]
        draw = lambda page: predictions_svg(answers, focus=list(models).index(focus), truth=_planted_class(sites), theme=page,
                                            text_colour=text_colour(page))
        with st.popover("Save predictions"):
            picture_and_numbers("predictions", draw, lambda: predictions_table(answers))
    with st.container(key="predictions"):
        svg(draw(theme()))
    view = View(record, sites, models[focus], trace_of(models[focus], record.sequence), target)
    say(view, models, probabilities)
    return view


def _planted_class(sites: list[Site]) -> str | None:
    """Return the planted motif's name where there is just one kind."""
    names = {s.motif.name for s in sites}
    return names.pop() if len(names) == 1 else None


def model_name(loaded: Loaded) -> str:
    """Return "CNN" for a pretrained model, "your CNN (One motif)" for a run."""
    return loaded.label if loaded.run.id in pretrained_ids() else f"your {loaded.label} ({loaded.task.label})"


def pick_target(loaded: Loaded, probabilities: np.ndarray) -> int:
    """Let the visitor choose the class that is explained; by default the predicted one."""
    best = int(probabilities.argmax())
    classes = loaded.task.classes
    choice = st.session_state.get("target", "predicted")
    if choice not in ("predicted", *classes):
        st.session_state.target = "predicted"
    chosen = st.selectbox("Explain the class", ("predicted", *classes), key="target", width=240, bind="query-params",
                          persist_state="session", help="Predicted: whichever class the model in focus calls")
    return best if chosen == "predicted" else classes.index(chosen)


def say(view: View, models: dict[str, Loaded], probabilities: dict[str, np.ndarray]) -> None:
    """Print what the model in focus calls, whether the others agree, why, and what it was trained on."""
    loaded, sequence, classes = view.loaded, view.record.sequence, view.loaded.task.classes
    best = int(probabilities[loaded.run.id].argmax())
    others = [(model_name(m), classes[int(probabilities[i].argmax())], float(probabilities[i].max()))
              for i, m in models.items() if i != loaded.run.id and m.task.classes == classes]
    probability = float(probabilities[loaded.run.id][best])
    text = sentences.verdict(model_name(loaded), classes[best], probability, others, view.sites, classes)
    if getattr(loaded.model, "first_map", None) and not sentences.is_absence(view.class_name, loaded.task):
        knockout = knockout_of(loaded, sequence, view.target)
        name, without = ("", "") if knockout is None else (
            tracks.filter_label(knockout.filter, filters_of(loaded)), classes[knockout.called_without])
        text += " " + sentences.reason(view.class_name, classes[best], knockout, without, view.sites, name)
    st.markdown(text)
    st.caption(sentences.trained_on(loaded.run, len(sequence)))
