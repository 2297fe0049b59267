"""How fast the ticked runs learned."""

import numpy as np
import streamlit as st

from ..datasets import DATASETS
from ..figures.comparison import Curve, CurvePanel, learning_curves
from ..training import Epoch, Run
from .cached import Loaded
from .compare_groups import grouped, names_of, same_task
from .compare_says import learned, learned_sentence
from .components import figure, literal, theme

METRICS = {"accuracy": ("accuracy", "valid_accuracy"), "auroc": ("AUROC", "valid_auroc")}


def learning_section(models: list[Loaded], names: dict[str, str]) -> None:
    """Show validation scores against epochs or seconds, one panel a task."""
    st.subheader("How fast does each learn?")
    with st.container(horizontal=True, gap="medium"):
        metric = st.segmented_control("Validation score", list(METRICS), key="learn_score", required=True,
                                      default="auroc" if any(_rare(m) for m in models) else "accuracy",
                                      format_func=lambda m: METRICS[m][0], bind="query-params", persist_state="session")
        x = st.segmented_control("Against", ("epochs", "seconds"), key="learn_by", default="epochs", required=True,
                                 bind="query-params", persist_state="session")
    epochs = {m.run.id: m.run.epochs() for m in models}
    if not any(epochs.values()):
        st.info("None of these runs kept its epochs.")
        return
    said, panels = _panels([m for m in models if epochs[m.run.id]], epochs, metric, x)
    st.markdown(literal(" ".join(said)))
    figure(learning_curves(panels, metric=METRICS[metric][0], x=x, theme=theme(), uirevision=x), "compare_learning",
           lambda: _learning_csv(models, names, epochs))
    devices = list(dict.fromkeys(m.run.status.device for m in models if m.run.status.device))
    note = f" These runs were trained on {' and '.join(devices)}: their seconds cannot be compared." if len(devices) > 1 else ""
    st.caption("A line has its architecture's colour; where two share one, the second is dashed. Seconds are training and "
               "validation. The ceiling is that of the test sequences (their mean over these runs)." + note)


def _panels(models: list[Loaded], epochs: dict[str, list[Epoch]], metric: str, x: str) -> tuple[list[str], list[CurvePanel]]:
    """Return for each task a sentence and a panel of its runs."""
    label, field = METRICS[metric]
    groups = grouped(models, same_task)
    said, panels = [], []
    for group in groups:
        short = names_of([m.run for m in group])
        when = {short[m.run.id]: learned(epochs[m.run.id], field, _guessing(m, metric)) for m in group}
        which = f"{group[0].task.label}: " if len(groups) > 1 else ""
        said.append(which + learned_sentence(when, label))
        ceilings = [getattr(m.run.status.ceiling, metric) for m in group if m.run.status.ceiling]
        curves = [_curve(m.run, epochs[m.run.id], short[m.run.id], field, x) for m in group]
        panels.append(CurvePanel(group[0].task.label, curves, sum(ceilings) / len(ceilings) if ceilings else None))
    return said, panels


def _rare(model: Loaded) -> bool:
    """Return whether one answer is nearly always right, so that accuracy would show nothing."""
    return model.run.status.test is not None and model.run.status.test.unbalanced


def _guessing(model: Loaded, metric: str) -> float:
    """Return what guessing reaches."""
    if metric == "auroc":
        return 0.5
    known = model.run.status.gc.majority if model.run.status.gc else None
    return known if known is not None else 1 / len(model.task.classes)


def _curve(run: Run, epochs: list[Epoch], name: str, field: str, x: str) -> Curve:
    along = [e.epoch for e in epochs] if x == "epochs" else np.cumsum([e.seconds for e in epochs])
    return Curve(name, run.spec.architecture, np.asarray(along, dtype=float), np.array([getattr(e, field) for e in epochs]))


def _learning_csv(models: list[Loaded], names: dict[str, str], epochs: dict[str, list]) -> dict[str, list]:
    rows = [(names[m.run.id], DATASETS[m.run.spec.task].label, e) for m in models for e in epochs[m.run.id]]
    fields = ("epoch", "seconds", "train_loss", "valid_loss", "valid_accuracy", "valid_auroc")
    return {"run": [r[0] for r in rows], "task": [r[1] for r in rows], **{f: [getattr(r[2], f) for r in rows] for f in fields}}


