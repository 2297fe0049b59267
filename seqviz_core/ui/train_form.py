"""The form of the Train page: task, architecture, their settings, and the button that trains."""

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

import streamlit as st

from ..datasets import DATASETS, DatasetEntry, Task
from ..errors import SeqVizError
from ..figures.architecture import architecture_svg
from ..figures.logo import motif_logo_svg
from ..figures.table import layers_table
from ..models import ARCHITECTURES, Architecture, count_parameters
from ..models.anatomy import layers_of, totals
from ..settings import config_from
from ..training import RunSpec, TrainingConfig
from ..training.auxiliary import check_auxiliary
from .components import literal, picture_and_numbers, svg, text_colour, theme
from .forms import settings_form
from .train import device_line, start
from .train_link import spec_of_address

LARGE = 5_000_000  # parameters beyond which one core trains for hours
LOGOS = 12
DIAGRAM = 560  # px wide


def ask_and_train() -> RunSpec | None:
    """Show the choice of task, architecture and settings, and the button that trains them; return what it would train.

    Settings that are refused, or do not fit together, leave the form as it is; the button waits and says why.
    """
    _follow_address()
    task_name = st.selectbox("Task", DATASETS.names(), format_func=lambda n: DATASETS[n].label, key="task",
                             persist_state="session")
    st.caption(DATASETS[task_name].summary)
    name = st.selectbox("Architecture", ARCHITECTURES.names(), format_func=lambda n: ARCHITECTURES[n].label, key="architecture",
                        persist_state="session")
    entry, data = ARCHITECTURES[name], DATASETS[task_name]
    st.caption(f"{entry.summary} Good for: {entry.good_for}. Not for: {entry.not_for}.")
    top = st.container()
    task_values, model_values, training_values = _ask_settings(data, entry)
    with top:
        try:
            spec = RunSpec(task_name, task_values, name, model_values, config_from(TrainingConfig, training_values)).complete()
            parameters = _tried(spec)
        except SeqVizError as error:
            st.button("Train", key="train", type="primary", width="stretch", disabled=True)
            st.error(literal(error))
            return None
        _show_task(spec.make_task())
        st.button("Train", key="train", type="primary", width="stretch", on_click=start, args=(spec,))
        slow = " So many take hours on a CPU; the teaching preset takes about a minute." if parameters > LARGE else ""
        st.caption(f"{parameters:,} parameters.{slow} {device_line()}")
    return spec


def _ask_settings(data: DatasetEntry, entry: Architecture) -> tuple[dict[str, Any], dict[str, Any], dict[str, Any]]:
    """Show the settings of task, model and training, folded away; return their values, unchecked."""
    with st.expander("Task settings"):
        task_values = _values(data.task, "task", data.name, data.presets)
    with st.expander("Model settings"):
        model_values = _values(entry.config, "model", entry.name, starts_of(entry))
    with st.expander("Training settings"):
        defaults = TrainingConfig(epochs=entry.epochs, learning_rate=entry.learning_rate)
        return task_values, model_values, settings_form(TrainingConfig, f"training.{entry.name}", defaults)


def starts_of(entry: Architecture) -> dict[str, Any]:
    """Return the settings a form can start from: the presets, then the published definitions."""
    return dict(entry.presets) | {f"{name} (as published)": paper.config for name, paper in entry.published.items()}


def _follow_address() -> None:
    """On a page just loaded, let the form stand at the settings of the run that the address names."""
    if "task" not in st.session_state and (spec := spec_of_address()):
        st.session_state.update(fields_of(spec))


def fields_of(spec: RunSpec) -> dict[str, Any]:
    """Return the fields of the form that stand for a spec with every setting written out, by their keys.

    They start from the preset that is equal to the settings, or, where none is, from the first.
    """
    entry, data = ARCHITECTURES[spec.architecture], DATASETS[spec.task]
    fields = {"task": spec.task, "architecture": spec.architecture}
    for kind, name, settings, starts in (("task", spec.task, spec.task_settings, data.presets),
                                         ("model", spec.architecture, spec.model_settings, starts_of(entry))):
        start = next((key for key, config in starts.items() if asdict(config) == settings), next(iter(starts)))
        fields |= {f"preset.{kind}.{name}": start} | {f"{kind}.{name}.{start}.{s}": v for s, v in settings.items()}
    return fields | {f"training.{spec.architecture}.{s}": v for s, v in asdict(spec.training).items()}


def _tried(spec: RunSpec) -> int:
    """Return the model's number of parameters; raises SeqVizError where the model or the task's sequences cannot be made, or the
    auxiliary loss does not suit them."""
    task = spec.make_task()
    task.sample(2, seed=0)
    model = spec.define_model(task)
    check_auxiliary(spec.training, model, task)
    return count_parameters(model)


def show_layers(spec: RunSpec, expanded: bool) -> None:
    """Say what the architecture is, where it comes from, and draw it layer by layer."""
    entry, task = ARCHITECTURES[spec.architecture], spec.make_task()
    with st.expander(f"What is a {entry.label} made of? Layer by layer", expanded=expanded):
        layers = layers_of(entry, config_from(entry.config, spec.model_settings), n_outputs=len(task.classes), length=task.length,
                           per_position=task.head == "positions")
        sums = totals(layers, spec.training.batch_size)
        st.markdown(entry.description)
        draw = lambda page: architecture_svg(layers, task.length, label=entry.label, width_px=DIAGRAM, theme=page,
                                             text_colour=text_colour(page))
        svg(draw(theme()))
        st.caption(f"{sums.parameters:,} parameters, {sums.weights_mb:.2g} MB; a batch of {spec.training.batch_size} takes about "
                   f"{sums.activations_mb:.2g} MB more. Source: {literal(entry.reference)}.")
        picture_and_numbers("layers", draw, lambda: layers_table(layers))


def _values(config_type: type, kind: str, name: str, starts: Mapping[str, Any]) -> dict[str, Any]:
    """Show the choice of where to start from, where there is more than one, and the settings' form."""
    key = f"preset.{kind}.{name}"
    if len(starts) > 1:
        st.selectbox("Start from", list(starts), key=key, persist_state="session")
    chosen = st.session_state.get(key, next(iter(starts)))
    return settings_form(config_type, f"{kind}.{name}.{chosen}", starts[chosen])


def _show_task(task: Task) -> None:
    """Show the logos of what is planted."""
    asked = {"softmax": "classes", "sigmoid": "labels, any number of them at once", "positions": "classes, one at every base"}
    planted = f"Planted: {', '.join(m.name for m in task.motifs)}. " if task.motifs else ""
    st.caption(literal(f"{planted}{len(task.classes)} {asked[task.head]}, {task.length:,} bases."))
    with st.container(horizontal=True, gap="small", key="planted_logos"):
        for motif in task.motifs[:LOGOS]:
            with st.container(width="content", gap=None):
                st.caption(motif.name)
                alt = f"Logo of {motif.name}"
                svg(motif_logo_svg(motif.ppm(), width_px=8 * motif.width, height_px=34, theme=theme(), alt=alt))
