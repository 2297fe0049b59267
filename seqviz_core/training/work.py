"""Long computations other than training: what is to be done, how far it is, and what came of it, a folder each.

A piece of work is a function of a module of SeqViz and arguments that JSON can hold; equal work has one id and is done once.

    def score(args: Args, tell: Tell) -> Files:                 # in seqviz_core/checks/some_check.py
        for k, part in enumerate(parts):
            tell(k / len(parts), "Scoring part 3 of 8")          # raises Cancelled once somebody cancels
        return {"result.json": ..., "table.tsv": ...}            # text or bytes by file name

    spec = WorkSpec("seqviz_core.checks.some_check", "score", {"run": "cnn", "n": 500})

    <root>/.work/<id>/spec.json, status.json, and the files that the function returned
"""

import hashlib
import importlib
import json
import re
import shutil
import time
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

from .. import __version__
from ..errors import SeqVizError
from .config import json_object
from .files import read_text, write_whole
from .results import ENDED, State
from .runs import default_store

FOLDER, SPEC, STATUS = ".work", "spec.json", "status.json"
KEPT_SECONDS = 30 * 24 * 3600
INTERRUPTED = "The server stopped before this was done. Start it again."

Args = Mapping[str, Any]
Files = dict[str, str | bytes]
Tell = Callable[[float, str], None]
"""`tell(share, sentence)`: how much is done, 0 to 1, and what is going on."""


class Cancelled(Exception):
    """Somebody cancelled the work: raised by `tell` in the function that does it."""


@dataclass(frozen=True)
class WorkSpec:
    """A function `function(args, tell) -> Files` of a module (its whole dotted name), and its arguments."""

    module: str
    function: str
    args: dict[str, Any]

    @property
    def id(self) -> str:
        """24 hexadecimal digits of the content, and of SeqViz's version: a newer one does it anew."""
        return hashlib.sha256(f"{__version__} {self.to_json()}".encode()).hexdigest()[:24]

    def to_json(self) -> str:
        return json.dumps(asdict(self), sort_keys=True, allow_nan=False)

    @classmethod
    def from_json(cls, text: str) -> "WorkSpec":
        return cls(**json.loads(text))

    def run(self, tell: Tell) -> Files:
        """Do the work here and return its files; raises what its function raises."""
        return getattr(importlib.import_module(self.module), self.function)(self.args, tell)


@dataclass(frozen=True)
class WorkStatus:
    """Where a piece of work stands. Times are seconds since 1970; `share` is how much is done, 0 to 1."""

    state: State
    created: float
    message: str = ""
    share: float = 0.0
    started: float | None = None
    finished: float | None = None

    @property
    def ended(self) -> bool:
        return self.state in ENDED

    def seconds_left(self, now: float) -> float | None:
        """Return the time left, from the share that is done; None before anything is."""
        if self.started is None or not self.share:
            return None
        return (now - self.started) * (1 - self.share) / self.share


class WorkStore:
    """The pieces of work beside the runs."""

    def __init__(self, root: Path | str | None = None):
        self.root = Path(root if root is not None else default_store().root) / FOLDER

    def status(self, work_id: str) -> WorkStatus | None:
        """Return where it stands; None for one that nobody asked for, or whose files are damaged."""
        try:
            return WorkStatus(**json_object(read_text(self._folder(work_id) / STATUS)))
        except (SeqVizError, TypeError):
            return None

    def begin(self, spec: WorkSpec) -> None:
        """Put it there as queued; what an earlier attempt left is gone."""
        folder = self._folder(spec.id)
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True)
        write_whole(folder / SPEC, spec.to_json())
        self.write_status(spec.id, WorkStatus("queued", time.time()))

    def write_status(self, work_id: str, status: WorkStatus) -> None:
        write_whole(self._folder(work_id) / STATUS, json.dumps(asdict(status)))

    def finish(self, work_id: str, status: WorkStatus, files: Mapping[str, str | bytes]) -> None:
        """Write the files, then the status: whoever reads "done" finds them."""
        for name, content in files.items():
            write_whole(self._folder(work_id) / name, content)
        self.write_status(work_id, status)

    def read(self, work_id: str, name: str) -> bytes:
        """Return a file of finished work; raises SeqVizError where it is not there."""
        try:
            return (self._folder(work_id) / name).read_bytes()
        except FileNotFoundError as error:
            raise SeqVizError("What was computed is not on this server any more. Start it again.") from error

    def end_orphans(self) -> None:
        """For a new server: mark what a dead one left as interrupted, and remove what is older than a month."""
        for path in self.root.glob("*"):
            status = self.status(path.name) if re.fullmatch("[0-9a-f]{24}", path.name) else None
            if status is None or time.time() - status.created > KEPT_SECONDS:
                shutil.rmtree(path, ignore_errors=True)
            elif not status.ended:
                self.write_status(path.name, replace(status, state="interrupted", message=INTERRUPTED, finished=time.time()))

    def _folder(self, work_id: str) -> Path:
        if not re.fullmatch("[0-9a-f]{24}", work_id):
            raise SeqVizError(f"{work_id[:40]!r} is no piece of work.")
        return self.root / work_id


def work_here(spec: WorkSpec, store: WorkStore | None = None) -> WorkStatus:
    """Do a piece of work in this process and keep it; return its end. Raises what its function raises."""
    store, now = store or WorkStore(), time.time()
    store.begin(spec)
    files = spec.run(lambda share, message: None)
    status = WorkStatus("done", now, "", 1.0, now, time.time())
    store.finish(spec.id, status, files)
    return status
