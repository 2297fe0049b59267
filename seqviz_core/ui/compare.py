"""Which runs the Compare page compares: ticked in a list, kept in the address."""

import time

import streamlit as st

from ..datasets import DATASETS
from ..errors import SeqVizError
from ..training import Run, default_store, find_run
from .cached import Loaded, finished_runs, load, pretrained_ids
from .compare_groups import names_of
from .components import literal
from .run_list import reached
from .train import page_path, run_name

MOST = 8
LISTED = 10  # of the visitors' own runs, unless all are asked for
ROW = 44  # pixels
SHOWN_ROWS = 6  # without scrolling
SETTLED = 1.0  # seconds after which the browser surely knows the address written last: an older one is no navigation


def ticked_models() -> tuple[list[Loaded], dict[str, str]]:
    """Let the visitor tick runs; return them as models, in the order of the list, with the shortest name of each by its id.

    A run whose files are damaged is told and left out.
    """
    every = [*map(find_run, pretrained_ids()), *finished_runs()]
    chosen = _restore({run.id: run for run in every})
    _list(every, chosen)
    models = []
    for run in (run for run in every if run.id in chosen):
        try:
            models.append(load(run.id))
        except SeqVizError as error:
            st.warning(literal(error))
    return models, names_of([model.run for model in models])


def _restore(known: dict[str, Run]) -> list[str]:
    """Return the ids that are ticked: those of the address where the visitor came by a link or the browser's Back."""
    said, state = st.query_params.get("runs"), st.session_state
    written, at = state.get("compare_written", (None, 0.0))
    settled = not state.pop("compare_changed", False) and time.monotonic() - at > SETTLED
    here = "untick" in state  # the last page shown was this one: a bare address is no way in from another
    if "compared" not in state or (settled and said != written and (said is not None or here)):
        state.compared, state.compare_problem = _wanted(said, known)
    ids = [run_id for run_id in state.compared if run_id in known]
    if state.get("compare_problem"):
        st.warning(state.compare_problem)
    _write(said, ids)
    return ids


def _write(said: str | None, ids: list[str]) -> None:
    """Keep the address naming what is ticked; bare it stands for the shipped models."""
    named = ",".join(ids)
    if said != named and (said is not None or ids != list(pretrained_ids())):
        if ids == list(pretrained_ids()):
            del st.query_params["runs"]
        else:
            st.query_params["runs"] = named
    if st.query_params.get("runs") != st.session_state.get("compare_written", ("",))[0]:
        st.session_state.compare_written = (st.query_params.get("runs"), time.monotonic())


def _wanted(said: str | None, known: dict[str, Run]) -> tuple[list[str], str]:
    """Return the ids that an address names, and one sentence on those that cannot be compared; without any the shipped ones."""
    if not said:
        return list(pretrained_ids()), ""
    ids = list(dict.fromkeys(filter(None, said.split(","))))
    here, gone = [i for i in ids if i in known], [i for i in ids if i not in known]
    if gone:
        named = ", ".join(literal(i[:24]) for i in gone[:4]) + (" and others" if len(gone) > 4 else "")
        one = len(gone) == 1
        return here[:MOST] or list(pretrained_ids()), (
            f"The link names {'a run that is' if one else f'{len(gone)} runs that are'} not here, or not finished ({named}); "
            f"{'it is' if one else 'they are'} left out.")
    return here[:MOST], f"The link names {len(here)} runs; the first {MOST} are compared." if len(here) > MOST else ""


def _list(every: list[Run], chosen: list[str]) -> None:
    """Show the runs, each with its tick and its way into Explore."""
    with st.container(horizontal=True, vertical_alignment="bottom", gap="small"):
        tasks = list(dict.fromkeys(run.spec.task for run in every))
        task = st.selectbox("Runs on", ["", *tasks], key="compare_task", persist_state="session", width=300,
                            format_func=lambda name: DATASETS[name].label if name else "every task")
        st.markdown(f"**{len(chosen)} of at most {MOST} ticked**", width="content")
        st.button("Untick all", key="untick", on_click=_set, args=([],), disabled=not chosen)
        st.button("Tick the shipped models", key="tick_shipped", on_click=_set, args=(list(pretrained_ids()),))
    shown = [run for run in every if task in ("", run.spec.task) or run.id in chosen]
    shipped = set(pretrained_ids())
    own = [run for run in shown if run.id not in shipped]
    all_of_them = len(own) <= LISTED or st.session_state.get("compare_all", False)
    rows = [run for run in shown if run.id in shipped or all_of_them or run in own[:LISTED] or run.id in chosen]
    with st.container(height=ROW * SHOWN_ROWS if len(rows) > SHOWN_ROWS else "content", border=True, gap="xxsmall",
                      key="runs_to_compare"):
        for run in rows:
            _row(run, run.id in shipped, run.id in chosen, len(chosen) >= MOST)
    _below(own, chosen)


def _row(run: Run, shipped: bool, ticked: bool, full: bool) -> None:
    key = f"tick_{run.id}"
    st.session_state[key] = ticked
    label = f"{'Shipped' if shipped else 'Yours'}: {run_name(run)} \u2013 {reached(run.status)}"
    with st.container(horizontal=True, vertical_alignment="center", gap="small", key=f"row_{run.id}"):
        st.checkbox(label, key=key, on_change=_toggle, args=(run.id,), disabled=full and not ticked, width="stretch")
        st.page_link(page_path("explore"), label="Open in Explore", query_params={"run": run.id})
        st.page_link(page_path("trust"), label="Trust card", query_params={"run": run.id, "open": "card"})


def _below(own: list[Run], chosen: list[str]) -> None:
    """Say what the list leaves out, and what to do where there is nothing to compare."""
    if len(own) > LISTED:
        st.checkbox(f"List all {len(own)} of yours, not only the newest {LISTED}", key="compare_all", persist_state="session")
    training = sum(not run.status.ended for run in default_store().runs())
    if training:
        with st.container(horizontal=True, vertical_alignment="center", gap="small"):
            st.caption(f"{training} run{'s are' if training > 1 else ' is'} still training; tick "
                       f"{'them' if training > 1 else 'it'} here once done.", width="content")
            st.button("Look again", key="look_again", type="tertiary")
    elif not own:
        with st.container(horizontal=True, vertical_alignment="center", gap="small"):
            st.caption("You have trained no model here yet; one that you train stands in this list.", width="content")
            st.page_link(page_path("train"), label="Train one")
    if not chosen:
        st.info("Nothing is ticked. Tick two runs or more to see them side by side.")


def _toggle(run_id: str) -> None:
    ids = [i for i in st.session_state.compared if i != run_id]
    _set([*ids, run_id] if st.session_state[f"tick_{run_id}"] else ids)


def _set(ids: list[str]) -> None:
    st.session_state.update(compared=ids[:MOST], compare_problem="", compare_changed=True)
