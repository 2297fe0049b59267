"""How long a visitor waits for one act on the Experiments and Trust pages: server time of the whole page, at 200 bases.

    python -m benchmarks.interactions [act ...]

Each act is a link that asks one tool for something that nobody has asked for, so that nothing of it is cached; the three shipped
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
    """A tool, the model in focus, and the settings that ask for the k-th thing, of a sequence."""

    page: str
    tool: str
    focus: str
    asked: Callable[[int, str], Mapping[str, object]]


def substitution(k: int, sequence: str) -> dict[str, str]:
    """Return one variant, at another place each time."""
    at = 60 + 7 * k
    return {"text": f"{at}{sequence[at - 1]}>{'CGTA'['ACGT'.index(sequence[at - 1])]}"}


ACTS = {
    "one variant": Act("experiments", "variants", "cnn", substitution),
    "one insertion, N = 100": Act("experiments", "insert", "cnn", lambda k, s: {"seed": k + 1}),
    "every tile taken out": Act("experiments", "ablate", "cnn", lambda k, s: {"what": "tiles", "seed": k + 1}),
    "one masked edge": Act("trust", "heads", "attention", lambda k, s: {"head": 1, "query": 3, "key": k + 4}),
    "one clamped gate": Act("trust", "memory", "lstm", lambda k, s: {"what": "clamp", "place": 40 + 10 * k}),
    "a reset state": Act("trust", "memory", "lstm", lambda k, s: {"what": "reset", "place": 40 + 10 * k}),
}


def milliseconds(server: Server, act: Act, sequence: str) -> dict[str, float]:
    """Return the spread of an act's milliseconds, after a first one that does not count."""
    link = lambda k: urlencode({"v": "1", "seq": sequence, "focus": act.focus, "tool": act.tool,
                                "asked": urlencode(act.asked(k, sequence))})
    with Client(server, link(0), act.page) as client:
        client.rerun()
        times = [1000 * client.go(link(k)).seconds for k in range(1, TIMES + 1)]
        if "alert" in client.elements:
            raise RuntimeError(f"{act.tool} refuses: what was timed is a sentence, not an answer")
        return spread(times, digits=0)


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
