"""The run store: one folder per run, read by every page, written by the job service (or by `train_here`) alone.

A run made elsewhere is put there by whoever brings it, whole (`adopt`) and under an id that no training has, so that the service
never meets it half done.

    <root>/<run id>/config.json          the RunSpec
                    status.json          the RunStatus; written to another name, then put in place
                    metrics.jsonl        one Epoch a line, appended
                    weights.safetensors  the best epoch's weights; there once the run is done
    <root>/.trash/<run id>/              deleted runs, kept for a week
"""

import hashlib
import os
import re
import shutil
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from json import dumps
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from ..errors import SeqVizError
from .config import RunSpec, json_object
from .files import about, load_weights, read_text, write_whole
from .results import Epoch, RunStatus, epoch_from, status_from, to_plain

if TYPE_CHECKING:
    from torch import nn

CONFIG, STATUS, METRICS, WEIGHTS = "config.json", "status.json", "metrics.jsonl", "weights.safetensors"
STOPPED = "The server stopped before this run was done. Train it again to start it over."
BROUGHT_ID = "-brought"
"""How the ids of runs end that were made elsewhere; of what is trained here, an id is hexadecimal."""
TRASH, TRASH_SECONDS = ".trash", 7 * 24 * 3600


@dataclass(frozen=True)
class Run:
    """One run as it stood when it was read; `epochs()` and `load_model()` read the files again."""

    id: str
    path: Path
    spec: RunSpec
    status: RunStatus

    def epochs(self) -> list[Epoch]:
        """Return the epochs so far; a last line that is still being written is left out.

        Raises SeqVizError that names the run where any other line is not an epoch.
        """
        with about(self.id, METRICS):
            text = read_text(self.path / METRICS, missing="")
            return [epoch_from(json_object(line)) for line in text.split("\n")[:-1]]

    @property
    def trained(self) -> bool:
        """Whether it is done and its weights are there."""
        return self.status.state == "done" and (self.path / WEIGHTS).is_file()

    @property
    def brought(self) -> bool:
        """Whether it was made elsewhere: nothing of it was measured here."""
        return self.id.endswith(BROUGHT_ID)

    def load_model(self) -> "nn.Module":
        """Return the trained model on the CPU in eval mode.

        Raises SeqVizError that names the run where there are no weights, or they are damaged or another model's.
        """
        if not (self.path / WEIGHTS).is_file():
            raise SeqVizError(f"Run {self.id} has no weights: it is {self.status.state}. Train it again to open it.")
        with about(self.id, CONFIG):
            model = self.spec.make_model()
        with about(self.id, WEIGHTS):
            return load_weights(model, self.path / WEIGHTS).eval()


class RunStore:
    """The runs in one folder. Reading is safe from any thread and process; writing is for one writer per run."""

    def __init__(self, root: Path | str, read_only: bool = False):
        self.root, self.read_only = Path(root), read_only

    def get(self, run_id: str) -> Run:
        """Return a run; raises SeqVizError for an id that is not one, a run that is not here, or files that are damaged."""
        path = self._folder(run_id)
        if not path.is_dir():
            raise SeqVizError(f"Run {run_id!r} is not on this server (deleted, or made elsewhere).")
        return _read(run_id, path, _stamp(path / CONFIG), _stamp(path / STATUS))

    def runs(self) -> list[Run]:
        """Return every readable run, newest first; `problems()` tells of the others."""
        return self._listing().runs

    def problems(self) -> list[str]:
        """Return one sentence for each run that cannot be read."""
        return self._listing().problems

    def create(self, spec: RunSpec, run_id: str | None = None) -> Run:
        """Return a new queued run named `run_id` (by default the spec's own); raises SeqVizError where there is one."""
        run_id, status = run_id or spec.run_id, RunStatus("queued", time.time())
        path = self._put(run_id, {CONFIG: spec.to_json(), STATUS: dumps(to_plain(status))})
        return Run(run_id, path, spec, status)

    def adopt(self, spec: RunSpec, status: RunStatus, epochs: Sequence[Epoch], weights: bytes) -> Run:
        """Return a finished run that was made elsewhere, now here; the same one brought again is the one that is here."""
        files = {CONFIG: spec.to_json(), METRICS: _lines(epochs), WEIGHTS: weights}
        run_id = hashlib.sha256((files[CONFIG] + files[METRICS]).encode() + weights).hexdigest()[:24] + BROUGHT_ID
        if not self._writable(run_id).is_dir():
            self._put(run_id, {**files, STATUS: dumps(to_plain(status))})
        return self.get(run_id)

    def _put(self, run_id: str, files: dict[str, str | bytes]) -> Path:
        """Make a run's folder with these files, all of it at once: no reader ever meets half a run. Return its path."""
        path = self._writable(run_id)
        unfinished = self.root / f".new-{run_id}-{os.getpid()}-{threading.get_ident()}"
        unfinished.mkdir(parents=True)
        try:
            for name, content in files.items():
                write_whole(unfinished / name, content)
            unfinished.rename(path)
        except OSError as error:
            shutil.rmtree(unfinished)
            if path.exists():
                raise SeqVizError(f"There is a run {run_id!r} already.") from error
            raise
        return path

    def start_over(self, spec: RunSpec, run_id: str | None = None) -> Run:
        """Return the run queued anew, or new: its weights and metrics are gone, any other file in its folder stays."""
        run_id = run_id or spec.run_id
        path, status = self._writable(run_id), RunStatus("queued", time.time())
        if not path.exists():
            return self.create(spec, run_id)
        self.write_status(run_id, status)
        (path / WEIGHTS).unlink(missing_ok=True)
        self.write_epochs(run_id, [])
        write_whole(path / CONFIG, spec.to_json())
        return Run(run_id, path, spec, status)

    def write_status(self, run_id: str, status: RunStatus) -> None:
        """Put a new status in the place of the old one; a reader sees either whole."""
        write_whole(self._writable(run_id) / STATUS, dumps(to_plain(status)))

    def append_epoch(self, run_id: str, epoch: Epoch) -> None:
        """Add a line to the metrics."""
        with open(self._writable(run_id) / METRICS, "a", encoding="utf-8") as file:
            file.write(dumps(to_plain(epoch)) + "\n")

    def write_epochs(self, run_id: str, epochs: Sequence[Epoch]) -> None:
        """Put these epochs in the place of all there were."""
        write_whole(self._writable(run_id) / METRICS, _lines(epochs))

    def write_weights(self, run_id: str, weights: bytes) -> None:
        """Put weights in the safetensors format (see `weights_of`) into the run's folder."""
        write_whole(self._writable(run_id) / WEIGHTS, weights)

    def delete(self, run_id: str) -> None:
        """Move a run to the trash; raises SeqVizError for one that is queued or running."""
        path, trash = self._writable(run_id), self.root / TRASH
        if not path.is_dir():
            raise SeqVizError(f"Run {run_id!r} is not on this server (deleted, or made elsewhere).")
        if self._is_active(run_id):
            raise SeqVizError(f"Run {run_id} has not ended; cancel it first.")
        trash.mkdir(exist_ok=True)
        if (trash / run_id).exists():
            shutil.rmtree(trash / run_id)
        path.rename(trash / run_id)
        os.utime(trash / run_id)  # the day it was thrown away

    def restore(self, run_id: str) -> Run:
        """Return a run fetched back from the trash; raises SeqVizError where it is not there or has been trained anew."""
        path, thrown_away = self._writable(run_id), self.root / TRASH / run_id
        if not thrown_away.is_dir():
            raise SeqVizError(f"Run {run_id!r} is not in the trash any more.")
        if path.exists():
            raise SeqVizError(f"Run {run_id!r} has been trained anew in the meantime; delete that one first.")
        thrown_away.rename(path)
        return self.get(run_id)

    def empty_trash(self, older_than: float = TRASH_SECONDS) -> None:
        """Remove for good what was deleted more than `older_than` seconds ago."""
        for path in (self.root / TRASH).glob("*"):
            if time.time() - path.stat().st_mtime > older_than:
                shutil.rmtree(path)

    def _listing(self) -> "_Listing":
        runs, problems = [], []
        for path in sorted(self.root.glob("*")):
            if path.is_dir() and _is_run_id(path.name):
                try:
                    runs.append(self.get(path.name))
                except SeqVizError as error:
                    problems.append(str(error))
        return _Listing(sorted(runs, key=lambda run: -run.status.created), problems)

    def _is_active(self, run_id: str) -> bool:
        try:
            return not self.get(run_id).status.ended
        except SeqVizError:  # damaged, so nobody trains it
            return False

    def _folder(self, run_id: str) -> Path:
        if not _is_run_id(run_id):
            raise SeqVizError(f"{str(run_id)[:60]!r} is not a run id; those have only a-z, 0-9, - and _.")
        return self.root / run_id

    def _writable(self, run_id: str) -> Path:
        if self.read_only:
            raise SeqVizError(f"The runs in {self.root.name!r} are read-only; run {str(run_id)[:60]!r} stays as it is.")
        return self._folder(run_id)


@lru_cache(maxsize=512)  # an Explore rerun asks for the same few runs about thirty times
def _read(run_id: str, path: Path, config: object, status: object) -> Run:
    """Return the run whose files have these stamps; another stamp is another call."""
    with about(run_id, CONFIG):
        spec = RunSpec.from_json(read_text(path / CONFIG))
    with about(run_id, STATUS):
        return Run(run_id, path, spec, status_from(json_object(read_text(path / STATUS))))


def _stamp(file: Path) -> tuple[int, int, int] | None:
    """Return what changes whenever a file is put in place; None where it is missing."""
    try:
        now = file.stat()
    except FileNotFoundError:
        return None
    return now.st_mtime_ns, now.st_ino, now.st_size


class _Listing(NamedTuple):
    runs: list[Run]
    problems: list[str]


def default_store() -> RunStore:
    """Return the store of what this server's visitors train: the folder SEQVIZ_RUNS, or runs/ in the working folder."""
    return RunStore(os.environ.get("SEQVIZ_RUNS") or "runs")


def pretrained_store() -> RunStore:
    """Return the read-only store of shipped runs; a run's id is its folder's name."""
    return RunStore(Path(__file__).resolve().parents[2] / "pretrained", read_only=True)


def find_run(run_id: str) -> Run:
    """Return a run from the default or the pretrained store; raises SeqVizError where neither has it."""
    store = default_store()
    return (store if (store._folder(run_id)).is_dir() else pretrained_store()).get(run_id)


def end_orphans(store: RunStore) -> None:
    """Mark every queued or running run as interrupted: for a new server that finds what a dead one left."""
    for run in store.runs():
        if not run.status.ended:
            store.write_status(run.id, replace(run.status, state="interrupted", message=STOPPED, finished=time.time()))


def _lines(epochs: Sequence[Epoch]) -> str:
    return "".join(dumps(to_plain(epoch)) + "\n" for epoch in epochs)


def _is_run_id(name: object) -> bool:
    return isinstance(name, str) and re.fullmatch(r"[0-9a-z_-]{1,80}", name) is not None
