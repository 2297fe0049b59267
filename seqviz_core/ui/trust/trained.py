"""Runs that a check needs and trains itself: other seeds, a control; their progress on the page that asked for them."""

import time
from collections.abc import Sequence
from contextlib import suppress

import streamlit as st

from ...errors import SeqVizError
from ...training import Run, RunSpec, find_run
from ..components import literal, told
from ..sentences import duration
from ..services import job_service

POLL_SECONDS = 2


def run_of(spec: RunSpec) -> Run | None:
    """Return the run of a spec, whatever its state; None where nobody has trained it."""
    with suppress(SeqVizError):
        return find_run(spec.complete().run_id)
    return None


def train_button(specs: Sequence[RunSpec], label: str, key: str, took: float | None) -> None:
    """Show a button that trains these runs; `took`: seconds of one like them."""
    about = "" if took is None else f" (about {duration(took * len(specs))} on a worker like the first run's)"
    st.button(f"{label}{about}", key=key, on_click=_train, args=(tuple(specs),))


def _train(specs: Sequence[RunSpec]) -> None:
    with told():
        for spec in specs:
            job_service().submit(spec)


def training_took(run: Run) -> float | None:
    """Return the seconds a run took; None where that is not known."""
    return run.status.finished - run.status.started if run.status.started and run.status.finished else None


def still_training(runs: Sequence[Run], key: str) -> bool:
    """Show how far each of these runs is, with Cancel, until all have ended; return whether one has not."""
    active = [run.id for run in runs if not run.status.ended]
    for run in runs:
        if run.status.ended and run.status.state != "done":
            st.warning(literal(f"The run with seed {run.spec.training.seed} is {run.status.state}. {run.status.message}"))
    if not active:
        return False

    @st.fragment(run_every=POLL_SECONDS)
    def live() -> None:
        now = [find_run(run) for run in active]
        if all(run.status.ended for run in now):
            st.rerun()
        for run in now:
            _progress(run, key)

    live()
    return True


def _progress(run: Run, key: str) -> None:
    total, done = run.spec.training.epochs, len(run.epochs())
    text = f"Seed {run.spec.training.seed}: "
    if run.status.ended:
        text += run.status.state
    elif run.status.state == "queued":
        text += "waiting for a free worker"
    else:
        text += f"epoch {done} of at most {total}" if done else "preparing data and baselines"
        if done and run.status.started:
            text += f", about {duration((time.time() - run.status.started) * (total - done) / done)} left at most"
    with st.container(horizontal=True, vertical_alignment="bottom"):
        st.progress(1.0 if run.status.ended else min(done / total, 1.0), text)
        st.button("Cancel", key=f"{key}_cancel_{run.id}", disabled=run.status.ended,
                  on_click=lambda: job_service().cancel(run.id))
