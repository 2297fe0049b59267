"""The parts of the Train page: what to train, the live run, the list of runs."""

import numpy as np
import streamlit as st

from ..datasets import DATASETS
from ..figures.table import training_table
from ..figures.training import training_curve
from ..models import ARCHITECTURES
from ..training import Run, RunSpec, find_run, seconds_left
from . import sentences
from .components import figure, theme, told
from .services import job_service

POLL_SECONDS = 2


def start(spec: RunSpec) -> None:
    """Hand a run to the job service and put it on the screen (and into the address)."""
    with told():
        st.query_params["job"] = job_service().submit(spec)


def device_line() -> str:
    """Return where a run would train."""
    import torch
    return "Trains on this server's GPU." if torch.cuda.is_available() else "Trains on this server's CPU, one core a run."


def nothing_yet() -> None:
    """Say what will appear here."""
    st.info("Press Train: loss, accuracy and AUROC appear here as they come, against the Bayes ceiling and a 6-mer baseline. "
            "You can reload or leave the page; the run goes on.")


def show_run(run: Run) -> None:
    """Show a run's curve, and while it lasts its progress, time left and Cancel, read anew every few seconds."""
    active = not run.status.ended

    @st.fragment(run_every=POLL_SECONDS if active else None)
    def live() -> None:
        now = find_run(run.id)
        if active and now.status.ended:
            st.rerun()
        _progress(now)
        _curve(now)

    live()


def _progress(run: Run) -> None:
    status, epochs = run.status, run.epochs()
    st.markdown(f"**{run_name(run)}**")
    if status.ended:
        _outcome(run)
        return
    total = run.spec.training.epochs
    if status.state == "queued":
        st.progress(0.0, _queue_text(run.id))
    else:
        left = seconds_left(epochs, total)
        text = "Preparing data, baselines and the Bayes ceiling" if not epochs else f"Epoch {len(epochs)} of at most {total}"
        text += f", about {sentences.duration(left)} left" if left is not None else ""
        st.progress(min(len(epochs) / total, 1.0), f"{text}, on {status.device or 'a worker'}")
    st.button("Cancel", key="cancel", on_click=lambda: job_service().cancel(run.id))


def _queue_text(run_id: str) -> str:
    position = job_service().queue_position(run_id)
    return f"Waiting: number {position} in the queue" if position and position > 1 else "Starting"


def _outcome(run: Run) -> None:
    status = run.status
    if status.state != "done":
        st.warning(status.message or f"The run is {status.state}.")
        st.button("Train it again", key="again", on_click=start, args=(run.spec,))
        return
    if run.brought:
        st.info(f"{status.message} {status.n_parameters:,} parameters; how good it is was not measured here.")
        open_buttons(run, "done")
        return
    control = run.spec.training.permute_labels
    (st.info if control else st.warning if sentences.is_beaten(status) else st.success)(status.message)
    took = sentences.duration(status.finished - status.started) if status.started else "unknown time"
    kind = "held-out" if DATASETS[run.spec.task].task.fixed else "fresh"
    st.caption(f"On {status.n_test:,} {kind} sequences. {status.n_parameters:,} parameters, {status.n_epochs} epochs, {took} on "
               f"{status.device}, "
               f"seed {run.spec.training.seed}.")
    open_buttons(run, "done")


def open_buttons(run: Run, key: str) -> None:
    """Show the ways to look into a finished run."""
    with st.container(horizontal=True, gap="small", width="content"):
        if st.button("Open in Explore", key=f"explore_{key}", type="primary" if key == "done" else "secondary"):
            st.switch_page(page_path("explore"), query_params={"run": run.id})
        if st.button("See its motifs", key=f"motifs_{key}"):
            st.switch_page(page_path("motifs"), query_params={"run": run.id})
        if st.button("Trust card", key=f"card_{key}", help="Every check of the Trust page for this run, on one page"):
            st.switch_page(page_path("trust"), query_params={"run": run.id, "open": "card"})


def page_path(name: str) -> str:
    from .router import ROOT
    return str(ROOT / "pages" / f"{name}.py")


METRICS = {"accuracy": ("Accuracy", "valid_accuracy"), "auroc": ("AUROC", "valid_auroc")}


def _curve(run: Run) -> None:
    epochs, status = run.epochs(), run.status
    known = status.gc.majority if status.gc else None
    guessing = known if known is not None else 1 / len(run.spec.make_task().classes)
    if not epochs and status.kmer is None:
        st.caption("No curve came with it." if run.brought else "The curve appears with the first epoch.")
        return
    rare = status.gc is not None and status.gc.unbalanced  # one answer is nearly always right: accuracy would show nothing
    metric = st.segmented_control("Validation score", list(METRICS), key=f"metric_{'rare' if rare else 'common'}",
                                  default="auroc" if rare else "accuracy", required=True,
                                  format_func=lambda m: METRICS[m][0], persist_state="session")
    label, name = METRICS[metric]
    series = {n: np.array([getattr(e, n) for e in epochs]) for n in ("train_loss", "valid_loss", "valid_accuracy", "valid_auroc")}
    number = np.array([e.epoch for e in epochs], dtype=int)
    reference = lambda scores: getattr(scores, metric) if scores else None
    fig = training_curve(number, series["train_loss"], series["valid_loss"], series[name], metric=label,
                         best_epoch=status.best_epoch, ceiling=reference(status.ceiling), baseline=reference(status.kmer),
                         baseline_name=status.kmer_name, chance=guessing if metric == "accuracy" else 0.5,
                         n_epochs=run.spec.training.epochs, architecture=run.spec.architecture, theme=theme(), uirevision=run.id)
    seen = f"The {status.kmer_name} is a logistic regression on the first {run.spec.training.n_train:,} sequences"
    fresh = run.spec.training.fresh and not DATASETS[run.spec.task].task.fixed
    if run.brought:
        st.caption("As its file tells it; nothing of it was measured here.")
        figure(fig, "curve", lambda: training_table(number, series))
        return
    st.caption(seen + ("; the model draws as many new ones every epoch." if fresh else ", as is the model."))
    figure(fig, "curve", lambda: training_table(number, series))


def run_name(run: Run) -> str:
    """Return e.g. "LSTM, One motif, seed 0"; of a run made elsewhere, whose seed may be anything, "LSTM, One motif, brought"."""
    return f"{_kind(run.spec)}, brought" if run.brought else spec_name(run.spec)


def spec_name(spec: RunSpec) -> str:
    """Return the same of a run that is still to be trained; of a control run "LSTM, One motif, seed 0, labels permuted"."""
    return f"{_kind(spec)}, seed {spec.training.seed}" + (", labels permuted" if spec.training.permute_labels else "")


def _kind(spec: RunSpec) -> str:
    return f"{ARCHITECTURES[spec.architecture].label}, {DATASETS[spec.task].label}"
