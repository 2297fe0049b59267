"""The one view of a visitor: restored from the address, changed by widgets and the picture, written back into the address.

Widgets of the workbench own nothing: `bound("methods")` sets a widget from the view and hands its change to the view.
"""

import time
from dataclasses import replace
from typing import Any

import streamlit as st

from ..state import FIRST, ViewState, from_query, to_query
from ..state.query import CODECS

OWN = {"v", *(codec.key for codec in CODECS.values())}  # what of the address is the view's
SETTLED = 1.0  # seconds after which the browser surely knows the address written last


def view_state() -> ViewState:
    """Return what the visitor sees."""
    return st.session_state.get("view", FIRST)


def set_view(state: ViewState) -> None:
    """Make `state` what the visitor sees; for callbacks, and for pages before they draw."""
    st.session_state.update(view=state, view_changed=True)


def change(**fields: Any) -> None:
    """Change fields of the view."""
    set_view(replace(view_state(), **fields))


def bound(field: str, of: type = str) -> dict[str, Any]:
    """Return the arguments of a widget that shows one field of the view and changes it.

    of : tuple for a widget of several choices, or the type of the field; the key of the widget is the field's name.
    """
    value = getattr(view_state(), field)
    st.session_state[field] = list(value) if of is tuple else value
    return {"key": field, "on_change": _take, "args": (field, of)}


def _take(field: str, of: type) -> None:
    value = st.session_state[field]
    change(**{field: tuple(value) if of is tuple else value})


def address_says() -> dict[str, str]:
    """Return what of the address is the view's."""
    return {key: value for key, value in st.query_params.items() if key in OWN}


def navigated() -> bool:
    """Return whether the visitor came by a link or by the browser's Back, so that the address tells what to show.

    A browser that was busy sends the address of a moment ago along with the visitor's next act: that is no navigation.
    """
    changed, said = st.session_state.pop("view_changed", False), address_says()
    if "view" not in st.session_state:
        return True
    written, at = st.session_state.get("view_written", ({}, 0.0))
    return bool(said) and said != written and not changed and time.monotonic() - at > SETTLED


def view_of_address() -> ViewState:
    """Return the view the address names; what of it cannot be read is told by the page."""
    state, problems = from_query(address_says())
    st.session_state.view_problems = problems
    return state


def write_address(more: dict[str, str]) -> None:
    """Keep the address naming the view, and `more` with it."""
    query = {**to_query(view_state()), **more}
    if dict(st.query_params) != query:
        st.query_params.from_dict(query)
        st.session_state.view_written = (to_query(view_state()), time.monotonic())
    st.session_state.pop("view_changed", None)
