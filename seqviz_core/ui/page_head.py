"""The first line of a page that shows the view: its question, the link to what it shows, and what to do where a run is gone."""

from urllib.parse import urlencode, urlsplit, urlunsplit

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from ..errors import SeqVizError
from ..state import to_query
from ..training import find_run, read_recipe, write_recipe
from .cached import pretrained_ids
from .components import literal
from .services import job_service
from .tour import tour_button
from .train import page_path
from .view_state import change, view_state
from .workbench import wanted_runs

RECIPES = 4  # runs whose settings an address carries


def page_head(question: str, tour: bool = True) -> DeltaGenerator:
    """Show the question of the page, and at its right what one takes along; return the place beside that for more."""
    with st.container(horizontal=True, horizontal_alignment="distribute", vertical_alignment="center", key="page_head"):
        st.title(question, width="content")
        with st.container(horizontal=True, gap="small", width="content", key="take_along"):
            if tour:
                tour_button()
            with st.popover("Copy link", key="link_menu", on_change="rerun") as menu:
                if menu.open:
                    link_menu()
            return st.container(width="content")


def link_menu() -> None:
    """Show the address of what is on the screen, ready to copy."""
    st.markdown("This link shows what you see now: the sequence, its edits, the models, the tracks and the zoom.")
    st.code(address(), language=None, wrap_lines=True)
    own = [run for run in wanted_runs(view_state()) if run not in pretrained_ids()]
    if own:
        st.caption("Runs trained here are kept on this server; where one is gone, the link can train it again from its settings.")


def address() -> str:
    """Return the link to what is on the screen."""
    here = urlsplit(st.context.url or "")
    return urlunsplit((here.scheme, here.netloc, here.path, urlencode({**to_query(view_state()), **recipes()}), ""))


def recipes() -> dict[str, str]:
    """Return what the address holds beside the view: the settings of the runs trained here, so that they can be made again."""
    own = [run for run in wanted_runs(view_state()) if run not in pretrained_ids()][:RECIPES]
    written = {}
    for run_id in own:
        try:
            written[f"recipe_{run_id}"] = write_recipe(find_run(run_id).spec)
        except SeqVizError:  # gone: the address it came with still holds its recipe
            if kept := st.query_params.get(f"recipe_{run_id}"):
                written[f"recipe_{run_id}"] = kept
    return written


def missing_runs() -> None:
    """Say which runs of the link are not here, and offer to train each again from the settings in the link."""
    for run_id, why in st.session_state.get("missing_runs", {}).items():
        with st.container(horizontal=True, vertical_alignment="center", gap="small", key=f"missing_{run_id}"):
            spec = _spec(run_id)
            st.warning(literal(why) + (" Its settings are in the link." if spec else ""))
            if spec and st.button("Train it again", key=f"retrain_{run_id}"):
                st.switch_page(page_path("train"), query_params={"job": job_service().submit(spec)})
            st.button("Take it out", key=f"forget_{run_id}", type="tertiary", on_click=_forget, args=(run_id,))


def _spec(run_id: str):
    try:
        return read_recipe(st.query_params.get(f"recipe_{run_id}", ""))
    except SeqVizError:
        return None


def _forget(run_id: str) -> None:
    change(models=tuple(run for run in view_state().models if run != run_id))
