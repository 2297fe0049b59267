"""A control run: the same training on permuted labels, and how alike its maps are to the model's."""

import json
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import streamlit as st

from ...checks.lens import Lens
from ...checks.randomisation import Likeness
from ...checks.seeds import control_says
from ...training import Run, RunSpec
from ...training.work import WorkSpec
from ..components import literal
from ..work import worked
from ..workbench import View, model_name
from .lenses import explain_rows, seconds_of
from .trained import run_of, still_training, train_button, training_took

N, SEED = 40, 2026


def control_of(spec: RunSpec) -> RunSpec:
    """Return the same training with the labels of its training and validation sequences permuted."""
    return replace(spec, training=replace(spec.training, permute_labels=True))


def control_section(view: View, lenses: Sequence[Lens]) -> None:
    """Show how alike the maps of the model and of its control are, or the button that trains the control."""
    st.subheader("Would a model that had nothing to learn draw the same map?")
    run = view.loaded.run
    name = literal(model_name(view.loaded))
    if run.brought:
        st.caption(f"{name} was made elsewhere, so its control cannot be trained here.")
        return
    if run.spec.training.permute_labels:
        st.caption(f"{name} is itself a control: its labels were permuted.")
        return
    spec = control_of(run.spec)
    control = run_of(spec)
    if control is not None and control.trained:
        _compared(view, control, lenses)
        return
    st.caption(f"The control is {name} trained again, the same seed and sequences, with the labels permuted: there is nothing "
               "left to learn. A map that is like the control's shows the sequence, not what was learned.")
    if control is None or not still_training([control], "control"):
        train_button([spec], "Train the control", "randomise_control", training_took(run))


def _compared(view: View, control: Run, lenses: Sequence[Lens]) -> None:
    run = view.loaded.run
    args: dict[str, Any] = {"run": run.id, "control": control.id, "finished": [run.status.finished, control.status.finished],
                            "lenses": [lens.name for lens in lenses], "n": N, "seed": SEED}
    length = view.loaded.task.length
    seconds = seconds_of(view, view.focus, 2 * N * sum(explain_rows(lens, length) for lens in lenses), length)
    spec = WorkSpec("seqviz_core.checks.seeds", "measure_control", args)
    if control.status.test is not None:
        st.caption(f"The control reached an AUROC of {control.status.test.auroc:.2f} on fresh sequences; chance is 0.5.")
    if files := worked(spec, "randomise_control_maps", f"Compare the maps on {N} fresh sequences", max(seconds, 2)):
        content = json.loads(files("control.json"))
        curves = [Likeness(**{k: tuple(v) if isinstance(v, list) else v for k, v in row.items()}) for row in content["rows"]]
        st.markdown(f"**{literal(control_says(curves, content['n']))}**")
