"""The runs of this server: a row each, with what can be done with it."""

import streamlit as st

from ..training import Run, RunStatus, default_store
from ..training.run_zip import export_run
from ..training.verdict import headline
from .components import told
from .train import open_buttons, run_name

LISTED = 10


def run_list() -> None:
    """Show the newest runs; a deleted one can be fetched back."""
    runs = default_store().runs()
    st.subheader("Which runs are there?")
    _undo()
    if not runs:
        st.caption("None yet. Press Train: the default settings take less than a minute and a half.")
        return
    for run in runs[:LISTED]:
        _row(run)
    if len(runs) > LISTED:
        st.caption(f"The newest {LISTED} of {len(runs)}.")
    for problem in default_store().problems():
        st.warning(problem)


def _row(run: Run) -> None:
    status = run.status
    with st.container(horizontal=True, vertical_alignment="center", gap="small", key=f"run_{run.id}"):
        how_far = "not measured here" if run.brought else reached(status)
        st.markdown(f"{run_name(run)} \u2013 {how_far}", width=270)
        st.button("Show", key=f"show_{run.id}", on_click=_show, args=(run.id,))
        if status.state == "done":
            open_buttons(run, run.id)
        if run.trained:
            st.download_button("Download", lambda: export_run(run), f"seqviz-run-{run.id[:8]}.zip", "application/zip",
                               key=f"download_{run.id}", on_click="ignore", type="tertiary",
                               help="This run as a zip, its settings, curve and weights, for another SeqViz")
        if status.ended:
            st.button("Delete", key=f"delete_{run.id}", type="tertiary", on_click=_delete, args=(run.id,))


def reached(status: RunStatus) -> str:
    """Return "accuracy 0.910 of 0.945", by the figure that fits the classes; of an unfinished run its state."""
    if status.test is None:
        return status.state
    unbalanced = status.test.unbalanced
    mine, best = headline(status.test, unbalanced), headline(status.ceiling, unbalanced)
    return f"{'AUPRC' if unbalanced else 'accuracy'} {mine:.3f}" + (f" of {best:.3f}" if best is not None else "")


def _show(run_id: str) -> None:
    st.query_params["job"] = run_id


def _delete(run_id: str) -> None:
    with told():
        default_store().delete(run_id)
        st.session_state.deleted = run_id
        if st.query_params.get("job") == run_id:
            del st.query_params["job"]


def _undo() -> None:
    if run_id := st.session_state.get("deleted"):
        with st.container(horizontal=True, vertical_alignment="center", gap="small"):
            st.caption("One run was deleted.", width="content")
            st.button("Undo", key="undo", type="tertiary", on_click=_restore, args=(run_id,))


def _restore(run_id: str) -> None:
    st.session_state.deleted = None
    with told():
        default_store().restore(run_id)
