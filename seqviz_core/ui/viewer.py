"""The viewer on a page: a scene goes out, what the visitor did comes back."""

import json
from collections.abc import Callable, Mapping
from functools import partial
from hashlib import sha256
from typing import Any

import streamlit as st

from ..figures.viewer import code, style

_CODE = f"const code = {{ mount, style: {json.dumps(style())} }};\n{code()}"
_NAME = f"seqviz-viewer-{sha256(_CODE.encode()).hexdigest()[:12]}"  # another version of the code is another name
_DEFINE = """
globalThis[NAME] = code;
dispatchEvent(new Event(NAME));
export default function () {}
"""
_SHOW = """
const viewers = new WeakMap();

function whenDefined(doIt) {
  if (globalThis[NAME]) doIt(globalThis[NAME]);
  else addEventListener(NAME, () => doIt(globalThis[NAME]), { once: true });
}

function begin(root, entry) {
  whenDefined(({ mount, style }) => {
    if (viewers.get(root) !== entry) return;  // gone meanwhile
    const sheet = document.createElement('style');
    sheet.textContent = style;
    root.before(sheet);
    entry.viewer = mount(root, message => entry.send(message));
    entry.viewer.update(entry.data);
  });
}

export default function ({ data, parentElement, setTriggerValue }) {
  const root = parentElement.querySelector('.seqviz'), known = viewers.get(root), entry = known ?? {};
  entry.data = data;
  entry.send = message => setTriggerValue('events', message);
  viewers.set(root, entry);
  if (!known) begin(root, entry);
  else entry.viewer?.update(data);
  return () => { entry.viewer?.destroy(); viewers.delete(root); };
}
"""


def _named(script: str) -> str:
    return f"const NAME = {json.dumps(_NAME)};\n{script}"


# Streamlit sends all of a component with every rerun, unless the browser has the very same message: the code, which never
# changes, is therefore a component of its own, and travels once.
_definition = st.components.v2.component("seqviz_viewer_code", js=_CODE + _named(_DEFINE))
_component = st.components.v2.component("seqviz_viewer", html='<div class="seqviz"></div>\n', js=_named(_SHOW))


def viewer(scene: dict, key: str, on_event: Callable[[Mapping[str, Any]], None]) -> None:
    """Show a scene of `figures.scene`; `on_event` is called with each thing the visitor does there, once and in order.

    The browser numbers its events and sends again whatever has not been answered, because Streamlit keeps only the last message
    before a rerun; the number handled last goes back with the scene. Events are those of `state.apply_event`.
    """
    client, handled = st.session_state.get(_handled(key), ("", 0))
    with st.container(gap=None):
        _definition(key=f"{key}_code")
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
