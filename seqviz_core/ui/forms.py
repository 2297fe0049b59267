"""Forms that build themselves from a settings dataclass."""

from typing import Any

import streamlit as st

from ..settings import Setting, settings_of

TEXTS = {"sequences": 90, "text": 180}  # settings of many lines, and how high their fields are
LONGEST_TEXT = 20_000  # characters that are shown for editing


def settings_form(config_type: type, key: str, start: Any = None) -> dict[str, Any]:
    """Show one widget per setting and return the values by name, unchecked: whoever makes the config checks them.

    start : an instance whose values the widgets begin with (default: the type's own defaults). The widgets have no bounds of
    their own, since a browser only turns a refused number red and silently keeps the old one.
    """
    start = start if start is not None else config_type()
    return {s.name: _widget(s, getattr(start, s.name), f"{key}.{s.name}") for s in settings_of(config_type)}


def _widget(s: Setting, value: Any, key: str) -> Any:
    common = {"key": key, "help": help_of(s), "persist_state": "session"}
    st.session_state.setdefault(key, value)
    if s.choices:
        return st.selectbox(s.label, s.choices, **common)
    if s.type is bool:
        return st.checkbox(s.label, **common)
    if s.type is int:
        return st.number_input(s.label, step=1, **common)
    if s.type is float:
        return st.number_input(s.label, step=step_of(s), format="%g", **common)
    if s.name in TEXTS:
        return _text(s, common)
    return st.text_input(s.label, **common).strip()


def _text(s: Setting, common: dict[str, Any]) -> str:
    """Show a text of many lines for editing; one that a browser would choke on is only counted, and can be put away."""
    text = st.session_state[common["key"]]
    if len(text) <= LONGEST_TEXT:
        return st.text_area(s.label, height=TEXTS[s.name], **common)
    with st.container(horizontal=True, vertical_alignment="center"):
        st.caption(f"{s.label}: {len(text):,} characters, too many to edit here.", width="content")
        st.button("Put them away", key=f"{common['key']}.away", on_click=st.session_state.update, args=({common["key"]: ""},))
    return text


def help_of(s: Setting) -> str | None:
    """Return what a widget says of a setting: its help and its bounds."""
    bounds = f"{s.low:g} to {s.high:g}" if s.low is not None and s.high is not None else ""
    return ". ".join(filter(None, [s.help, bounds])) or None


def step_of(s: Setting) -> float:
    """Return a step of a sensible size: a tenth of a small default, else 0.05 to 0.5."""
    if 0 < s.default < 0.05:
        return s.default / 10
    return 0.05 if s.high <= 1 else 0.5
