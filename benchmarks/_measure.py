"""What the benchmarks share: a client that speaks Streamlit's websocket without a browser, and the RESULT line."""

import json
import math
import os
import platform
import statistics
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from google.protobuf.message import Message
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from streamlit.proto.WidgetStates_pb2 import WidgetState
from streamlit.runtime.state.session_state import STREAMLIT_INTERNAL_KEY_PREFIX
from websockets.sync.client import connect

from scripts.local_app import Server


@dataclass(frozen=True)
class Rerun:
    """One script run as a client sees it: seconds until the server says it is finished, and bytes received."""

    seconds: float
    bytes: int


class Client:
    """One visitor: a session on the server, and the values of its widgets by key.

    Like a browser it keeps the large messages it got, so that the server sends only their names when they come again.
    """

    def __init__(self, server: Server, query: str = "", page: str = ""):
        """page : the name of a page in its address, "" the landing page."""
        address = server.url.replace("http://", "ws://") + "/_stcore/stream"
        self._connection = connect(address, subprotocols=["streamlit"], origin=server.url, max_size=None, compression=None)
        self._query, self._page = query, page
        self._ids: dict[str, str] = {}
        self._values: dict[str, object] = {}
        self._kept: dict[str, ForwardMsg] = {}  # by hash
        self._told = 0  # events of a viewer, which are numbered
        self.exceptions: list[str] = []
        self.elements: list[str] = []  # kinds of elements of the last run, in order

    def __enter__(self) -> "Client":
        self._socket = self._connection.__enter__()
        return self

    def __exit__(self, *error: object) -> None:
        self._connection.__exit__(*error)

    def rerun(self, **values: object) -> Rerun:
        """Set widgets by key, run the script, and return how long that took; raise RuntimeError if it shows an exception."""
        self._values |= values
        return self._run([])

    def go(self, query: str) -> Rerun:
        """Follow a link to the same page; only when the server has had a second to see that it is no echo of its own."""
        time.sleep(1.1)
        self._query = query
        return self._run([])

    def tell(self, key: str, event: dict) -> Rerun:
        """Do one thing in the viewer of that key, as `ui.viewer` sends it, and run the script."""
        self._told += 1
        value = {"client": "benchmark", "seq": self._told, "events": [event]}
        trigger = WidgetState(id=f"{STREAMLIT_INTERNAL_KEY_PREFIX}_{self._ids[key]}__events",
                              json_trigger_value=json.dumps([{"event": "events", "value": value}]))
        return self._run([WidgetState(id=self._ids[key], json_value="{}"), trigger])

    def _run(self, triggers: Sequence[WidgetState]) -> Rerun:
        message = BackMsg()
        message.rerun_script.query_string, message.rerun_script.page_name = self._query, self._page
        message.rerun_script.cached_message_hashes.extend(self._kept)
        values = [_state(self._ids[key], value) for key, value in self._values.items()]
        message.rerun_script.widget_states.widgets.extend([*values, *triggers])
        self.exceptions, self.elements = [], []
        start = time.perf_counter()
        self._socket.send(message.SerializeToString())
        received = sum(self._until_finished())
        seconds = time.perf_counter() - start
        if self.exceptions:
            raise RuntimeError(f"the page shows an exception: {self.exceptions[0]}")
        return Rerun(seconds, received)

    def _until_finished(self) -> Iterator[int]:
        """Take in messages up to the end of the run; yield the size of each in bytes."""
        while True:
            data = self._socket.recv(timeout=120)
            message = ForwardMsg.FromString(data)
            if message.metadata.cacheable:
                self._kept[message.hash] = message
            self._note(self._kept[message.ref_hash] if message.HasField("ref_hash") else message)
            yield len(data)
            if message.WhichOneof("type") == "script_finished":
                return

    def _note(self, message: ForwardMsg) -> None:
        if message.HasField("page_info_changed"):
            self._query = message.page_info_changed.query_string  # a browser sends back the address it was given last
        if not message.HasField("delta"):
            return
        for widget in _ids_in(message.delta):
            self._ids[widget.rpartition("-")[2]] = widget  # "$$ID-<hash>-<key>"
        if message.delta.HasField("new_element"):
            kind = message.delta.new_element.WhichOneof("type")
            self.elements.append(kind)
            if kind == "exception":
                self.exceptions.append(message.delta.new_element.exception.message)


def _ids_in(message: Message) -> Iterator[str]:
    """Yield every widget id in a message, at any depth."""
    for field, value in message.ListFields():
        if field.type == field.TYPE_MESSAGE:
            for part in (value if isinstance(value, Sequence) else [value]):
                if isinstance(part, Message):
                    yield from _ids_in(part)
        elif field.name == "id" and isinstance(value, str) and value.startswith("$$ID-"):
            yield value


def _state(widget: str, value: object) -> WidgetState:
    state = WidgetState(id=widget)
    if isinstance(value, str):
        state.string_value = value
    elif isinstance(value, bool):
        state.bool_value = value
    elif isinstance(value, (list, tuple)):
        state.string_array_value.data.extend(value)
    elif isinstance(value, int):
        state.int_value = value
    elif isinstance(value, float):
        state.double_value = value
    else:
        raise TypeError(f"no widget state for {value!r}")
    return state


def spread(values: Sequence[float], digits: int = 1) -> dict[str, float]:
    """Return the median, the 90th percentile (nearest rank), the extremes and the number of `values`."""
    p90 = sorted(values)[math.ceil(0.9 * len(values)) - 1]
    return {"median": round(statistics.median(values), digits), "p90": round(p90, digits), "min": round(min(values), digits),
            "max": round(max(values), digits), "n": len(values)}


def device() -> str:
    """Return the processor in words."""
    info = Path("/proc/cpuinfo")
    models = [line.partition(":")[2].strip() for line in info.read_text().splitlines() if line.startswith("model name")] \
        if info.exists() else []
    return f"{models[0] if models else platform.machine()}, {os.cpu_count()} cores"


def report(name: str, figures: Mapping[str, object]) -> None:
    """Print the benchmark's last line: RESULT and JSON with its name, figures (units in their names) and device."""
    print("RESULT", json.dumps({"name": name, "figures": figures, "device": device()}))
