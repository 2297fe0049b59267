"""How long a visitor waits for one act on the Experiments and Trust pages: server time of the whole page, at 200 bases.

    python -m benchmarks.interactions [act ...]

Each act changes one setting of a tool to a value that nobody has asked for, so that nothing of it is cached; the three shipped
models are on the ruler. From the request of a client on the same machine, which speaks the websocket, to "script finished".
"""

import random
import sys
import tempfile
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple
from urllib.parse import urlencode

from benchmarks._measure import Client, report, spread
from scripts.local_app import Server, serve

BASES, TIMES = 200, 8
AIM_MS = 500


class Act(NamedTuple):
    """A tool, the settings it is opened with, and the widget that is set anew each time: its key and value k."""

    page: str
    tool: str
    asked: Mapping[str, str]
    key: str
    value: Callable[[int], object]
    focus: str = "cnn"


ACTS: dict[str, Act] = {}


def milliseconds(server: Server, act: Act, sequence: str) -> dict[str, float]:
    """Return the spread of an act's milliseconds, after a first one that does not count."""
    query = urlencode({"v": "1", "seq": sequence, "focus": act.focus, "tool": act.tool, "asked": urlencode(act.asked)})
    with Client(server, query, act.page) as client:
        client.rerun()
        times = [1000 * client.rerun(**{act.key: act.value(k)}).seconds for k in range(TIMES + 1)]
    return spread(times[1:], digits=0)


def main(names: Sequence[str]) -> None:
    sequence, figures = "".join(random.Random(5).choices("ACGT", k=BASES)), {}
    with tempfile.TemporaryDirectory() as folder, serve(Path(folder)) as server:
        for name in names or ACTS:
            figures[name] = milliseconds(server, ACTS[name], sequence)
            told = "" if figures[name]["p90"] <= AIM_MS else f"   over the aim of {AIM_MS} ms"
            print(f"{name:<34} {figures[name]['median']:>6.0f} ms (90th percentile {figures[name]['p90']:.0f}){told}", flush=True)
    report("interactions", {"bases": BASES, "aim_ms": AIM_MS, "server_ms": figures})


if __name__ == "__main__":
    main(sys.argv[1:])
