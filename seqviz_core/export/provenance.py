"""Where the numbers of a view come from: the runs with the checksums of their weights, the versions, the settings."""

import hashlib
import platform
from collections.abc import Sequence
from importlib.metadata import version
from typing import NamedTuple

from .. import __version__
from ..errors import SeqVizError
from ..state import ViewState
from ..training import Run, RunSpec
from ..training.runs import WEIGHTS

LIBRARIES = ("torch", "numpy", "captum", "plotly")


class RunRef(NamedTuple):
    """A run as a visitor can find it again: what it was made from, and the SHA-256 of its weights' file."""

    id: str
    label: str
    pretrained: bool
    spec: RunSpec
    weights: str


class Provenance(NamedTuple):
    """Everything a view was made from.

    versions : name -> version. date : as the caller writes it. link : the view's permalink, "" where it has none.
    script : the Python that gives the view's numbers.
    """

    view: ViewState
    models: tuple[RunRef, ...]
    versions: dict[str, str]
    date: str
    link: str
    script: str


def run_ref(run: Run, label: str, pretrained: bool) -> RunRef:
    """Return a finished run's reference; raises SeqVizError where its weights are gone."""
    try:
        with open(run.path / WEIGHTS, "rb") as file:
            return RunRef(run.id, label, pretrained, run.spec, hashlib.file_digest(file, "sha256").hexdigest())
    except OSError as error:
        raise SeqVizError(f"Run {run.id} has no weights any more, so that nothing can be said about them.") from error


def versions() -> dict[str, str]:
    """Return the versions of what computes the numbers."""
    return {"seqviz_core": __version__, "Python": platform.python_version(), **{name: version(name) for name in LIBRARIES}}


def provenance(view: ViewState, models: Sequence[RunRef], date: str, link: str = "") -> Provenance:
    """Return everything a view was made from, on a given date, with the script that gives its numbers."""
    from .script import python_script

    return Provenance(view, tuple(models), versions(), date, link, python_script(view, models))
