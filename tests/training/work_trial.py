"""Work to try the work service with: it counts, and fails when asked to."""

import json
import time

from seqviz_core.errors import SeqVizError
from seqviz_core.training.work import Args, Files, Tell


def count(args: Args, tell: Tell) -> Files:
    """Return {"sum.json": 1 + ... + to}, waiting `wait` seconds at each."""
    total = 0
    for k in range(args["to"]):
        total += k + 1
        tell((k + 1) / args["to"], f"Counted {k + 1}")
        time.sleep(args.get("wait", 0))
    return {"sum.json": json.dumps(total)}


def fail(args: Args, tell: Tell) -> Files:
    """Raise as a visitor's mistake or a bug would."""
    if args["how"] == "mistake":
        raise SeqVizError("There is nothing to count.")
    return {"never": str(1 / 0)}


def misname(args, tell):
    """Return a file that cannot be written where work is kept."""
    return {"no/such/folder.json": "{}"}
