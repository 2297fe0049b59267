"""Long computations on a page: a button that says how long it will take, then progress with Cancel, then the result.

    if files := worked(WorkSpec("seqviz_core.checks.some_check", "score", {"run": run_id}), "score",
                       "Score 500 sequences", seconds=40):
        result = json.loads(files("result.json"))
"""

import time
from collections.abc import Callable

import streamlit as st

from ..training.work import WorkSpec, WorkStatus, WorkStore
from .components import literal, told
from .sentences import duration
from .services import work_service

POLL_SECONDS = 1


def worked(spec: WorkSpec, key: str, label: str, seconds: float) -> Callable[[str], bytes] | None:
    """Return a function that reads a file of the finished work by its name; None while it is not done.

    Shows the button that starts it, with the time it will take, then how far it is and Cancel. It goes on when the page is left
    or loaded anew, and equal work is done once for everybody. key : tells two of them on one page apart.
    """
    store = WorkStore()
    status = store.status(spec.id)
    if status is not None and not status.ended:
        work_service()  # a new server first finds out what a dead one left
        status = store.status(spec.id)
    if status is not None and status.state == "done":
        return lambda name: store.read(spec.id, name)
    with st.container(key=f"work_{key}"):
        if status is not None and not status.ended:
            _going_on(spec, key)
        else:
            if status is not None:
                st.warning(literal(status.message))
            st.button(f"{label} (about {duration(seconds)})", key=f"start_{key}", on_click=_start, args=(spec,))
    return None


def _start(spec: WorkSpec) -> None:
    with told():
        work_service().submit(spec)


def _going_on(spec: WorkSpec, key: str) -> None:
    @st.fragment(run_every=POLL_SECONDS)
    def live() -> None:
        status = WorkStore().status(spec.id)
        if status is None or status.ended:
            st.rerun()
        with st.container(horizontal=True, vertical_alignment="bottom"):
            st.progress(status.share, literal(_progress(status)))
            st.button("Cancel", key=f"cancel_{key}", on_click=lambda: work_service().cancel(spec.id))

    live()


def _progress(status: WorkStatus) -> str:
    if status.started is None:
        return "Waiting for a free worker."
    left = status.seconds_left(time.time())
    return status.message.rstrip(".") + ("" if left is None else f", about {duration(left)} left")
