"""The viewer on a page: a scene goes out, what the visitor did comes back."""

from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

import streamlit as st

from ..figures.viewer import code, style

_EXPORT = """
const viewers = new WeakMap();
export default function ({ data, parentElement, setTriggerValue }) {
  const root = parentElement.querySelector('.seqviz');
  if (!viewers.has(root)) viewers.set(root, mount(root, () => {}));
  const viewer = viewers.get(root);
  viewer.send = message => setTriggerValue('events', message);
  viewer.update(data);
  return () => { viewer.destroy(); viewers.delete(root); };
}
"""
_component = st.components.v2.component("seqviz_viewer", html='<div class="seqviz"></div>\n', css=style(), js=code() + _EXPORT)


def viewer(scene: dict, key: str, on_event: Callable[[Mapping[str, Any]], None]) -> None:
    """Show a scene of `figures.scene`; `on_event` is called with each thing the visitor does there, once and in order.

    The browser numbers its events and sends again whatever has not been answered, because Streamlit keeps only the last message
    before a rerun; the number handled last goes back with the scene. Events are those of `state.apply_event`.
    """
    client, handled = st.session_state.get(_handled(key), ("", 0))
    _component(key=key, data={**scene, "client": client, "ack": handled}, on_events_change=partial(_receive, key, on_event))


def _receive(key: str, on_event: Callable[[Mapping[str, Any]], None]) -> None:
    message = st.session_state[key].get("events")
    for client, number, event in numbered(message, *st.session_state.get(_handled(key), ("", 0))):
        st.session_state[_handled(key)] = (client, number)  # first, so that an event that fails is not tried for ever
        on_event(event)


def numbered(message: Any, client: str, handled: int) -> list[tuple[str, int, Mapping[str, Any]]]:
    """Return (client, number, event) of those events of a message that come after the one `client` was last answered."""
    if not isinstance(message, Mapping):
        return []
    sender, last, events = (message.get(name) for name in ("client", "seq", "events"))
    if not (isinstance(sender, str) and isinstance(last, int) and isinstance(events, list)) or len(sender) > 40:
        return []
    after = handled if sender == client else 0
    found = enumerate(events, last - len(events) + 1)
    return [(sender, number, event) for number, event in found if number > after and isinstance(event, Mapping)]


def _handled(key: str) -> str:
    return f"{key}_handled"
