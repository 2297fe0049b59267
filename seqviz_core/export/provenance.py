"""Where the numbers of a view come from: the runs with the checksums of their weights, the versions, the settings."""

import platform
from collections.abc import Sequence
from importlib.metadata import version
from typing import NamedTuple

from .. import __version__
from ..state import ViewState
from .run_ref import RunRef
from .script import python_script

LIBRARIES = ("torch", "numpy", "captum", "plotly")


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


def versions() -> dict[str, str]:
    """Return the versions of what computes the numbers."""
    return {"seqviz_core": __version__, "Python": platform.python_version(), **{name: version(name) for name in LIBRARIES}}


def provenance(view: ViewState, models: Sequence[RunRef], date: str, link: str = "") -> Provenance:
    """Return everything a view was made from, on a given date, with the script that gives its numbers."""
    return Provenance(view, tuple(models), versions(), date, link, python_script(view, models))
