"""Forms that build themselves from a settings dataclass."""

from typing import Any

import streamlit as st

from ..settings import Setting, config_from, settings_of


def settings_form(config_type: type, key: str, start: Any = None, skip: tuple[str, ...] = ()) -> dict[str, Any]:
    """Show one widget per setting and return the values by name, as yet unchecked.

    start : an instance whose values the widgets begin with (default: the type's own defaults).
    skip : names that this form leaves at their start. Raises SeqVizError for a value the settings refuse.
    """
    start = start if start is not None else config_type()
    values = {s.name: getattr(start, s.name) if s.name in skip else _widget(s, getattr(start, s.name), f"{key}.{s.name}")
              for s in settings_of(config_type)}
    config_from(config_type, values)
    return values


def _widget(s: Setting, value: Any, key: str) -> Any:
    common = {"key": key, "help": s.help or None, "persist_state": "session"}
    st.session_state.setdefault(key, value)
    if s.choices:
        return st.selectbox(s.label, s.choices, **common)
    if s.type is bool:
        return st.checkbox(s.label, **common)
    if s.type is int:
        return int(st.number_input(s.label, min_value=int(s.low), max_value=int(s.high), step=1, **common))
    if s.type is float:
        low, high = float(s.low), float(s.high)
        return float(st.number_input(s.label, min_value=low, max_value=high, step=_step(s), format="%g", **common))
    if s.name == "sequences":
        return st.text_area(s.label, height=90, **common)
    return st.text_input(s.label, **common)


def _step(s: Setting) -> float:
    """Return a step of a sensible size: a tenth of a small default, else 0.05 to 0.5."""
    if 0 < s.default < 0.05:
        return s.default / 10
    return 0.05 if s.high <= 1 else 0.5
