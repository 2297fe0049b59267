"""The head that the Experiments and Trust pages share: the sequence at hand, the models asked, and the class in question."""

from typing import Any

import streamlit as st

from .components import literal
from .controls import models_menu
from .explore import call, link_problems
from .page_head import missing_runs, page_head
from .predictions import pick_class, pick_focus
from .sequence_bar import sequence_bar
from .train import page_path
from .view_state import change
from .workbench import View, the_view


def page_top(question: str) -> None:
    """Show the page's question, the link to what it shows, and where its sequence comes from."""
    page_head(question, tour=False)
    link_problems()
    sequence_bar()


def models_and_class() -> View:
    """Return what is in view, after its choice of models, of the one in focus and of the class in question.

    Raises SeqVizError where no model can read the sequence.
    """
    view = the_view()
    missing_runs()
    with st.container(horizontal=True, vertical_alignment="bottom", gap="small", key="tested"):
        with st.popover("Models", key="models_menu"):
            models_menu(view)
        pick_focus(view)
        pick_class(view)
    st.caption(literal(call(view)))
    return view


def explore_button(label: str, key: str, **fields: Any) -> None:
    """Show a button that changes the view (fields of ViewState) and opens Explore on it."""
    if st.button(label, key=key):
        change(**fields)
        st.switch_page(page_path("explore"))
