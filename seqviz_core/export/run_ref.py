"""A run by what never changes about it: its settings and the checksum of its weights."""

import hashlib
from typing import NamedTuple

from ..errors import SeqVizError
from ..training import Run, RunSpec
from ..training.runs import WEIGHTS


class RunRef(NamedTuple):
    """A run as a visitor can find it again: what it was made from, and the SHA-256 of its weights' file."""

    id: str
    label: str
    pretrained: bool
    spec: RunSpec
    weights: str


def run_ref(run: Run, label: str, pretrained: bool) -> RunRef:
    """Return a finished run's reference; raises SeqVizError where its weights are gone."""
    try:
        with open(run.path / WEIGHTS, "rb") as file:
            return RunRef(run.id, label, pretrained, run.spec, hashlib.file_digest(file, "sha256").hexdigest())
    except OSError as error:
        raise SeqVizError(f"Run {run.id} has no weights any more, so that nothing can be said about them.") from error
