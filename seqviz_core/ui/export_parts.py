"""What the Export menu of the Explore page is filled with, from the view and the tracks drawn of it."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import date
from functools import cache
from typing import Any

import numpy as np

from ..export import to_bed, to_csv, to_fasta, view_records
from ..export.logos import LONGEST, Format, print_logo
from ..export.provenance import provenance
from ..export.report import Section, report_html
from ..export.run_ref import RunRef, run_ref
from ..export.script import python_notebook, python_script
from ..figures.prediction import Prediction
from ..figures.scene import Placed
from ..figures.table import scene_table
from ..figures.viewer import standalone
from ..sequences import one_hot_encode
from ..state import ViewState
from .cached import pretrained_ids
from .explore import call, why
from .export_menu import Parts
from .picture import scene_of
from .predictions import predictions_drawn
from .sequence_bar import readable
from .workbench import View, model_name

PREDICTIONS = ("A bar is a probability, in the colour of its model; the underlined model is the one that is looked into. An "
               "arrowhead marks the planted motif, a dark tick the probability before the edits.")
TRACKS = ("All tracks stand under one ruler, which counts from 1 on the strand that the models read; each says in its first line "
          "what it asks and what its colours mean. Drag to move, use the buttons to zoom.")


def parts_of(view: View, placed: Sequence[Placed], link: str, more: Callable[[], Sequence[Section]] = tuple) -> Parts:
    """Return what makes the files of a view: of its tracks, its numbers, its sequences.

    more : further sections of the report. link : the view's permalink.
    """
    state, said = as_drawn(view, placed), tuple(filter(None, [call(view), why(view)]))
    models = cache(lambda: _models(view))
    sections = lambda: [*_sections(view, placed, said), *more()]
    report = lambda: report_html(readable(view.state.name), sections(),
                                 provenance(state, models(), date.today().isoformat(), link))
    planted = view.edited.sites or view.reference.sites
    return Parts(report, lambda: python_script(state, models()), lambda: python_notebook(state, models()),
                 lambda: to_csv(scene_table(view.shown.sequence, placed)),
                 lambda: to_fasta(view_records(state)), (lambda: to_bed(view_records(state))) if planted else None,
                 _logos(view, placed))


def as_drawn(view: View, placed: Sequence[Placed]) -> ViewState:
    """Return the state with what was left open made definite: the focus, the class, and the attribution that was drawn.

    On a long sequence corrected saliency may have stood in for a slow method.
    """
    drawn = [p.id.split(":")[1].split("@")[0] for p in placed if p.kind == "attribution"]
    methods = tuple(dict.fromkeys(name.removesuffix("-corrected") for name in drawn)) or view.state.methods
    return replace(view.state, focus=view.focus, target=view.class_name, methods=methods,
                   corrected=view.state.corrected or any(name.endswith("-corrected") for name in drawn))


def _models(view: View) -> list[RunRef]:
    return [run_ref(m.run, model_name(m), m.run.id in pretrained_ids()) for m in view.models.values()]


def _sections(view: View, placed: Sequence[Placed], said: tuple[str, ...]) -> list[Section]:
    shown, draw = predictions_drawn(view)
    drawn = scene_of(view, list(placed), "light")
    return [Section("What do the models call?", PREDICTIONS, draw("light"), said, table=_probabilities(shown)),
            Section("What do they see in the sequence?", TRACKS, standalone(drawn, readable(view.state.name)),
                    table=_captions(drawn["tracks"]))]


def _probabilities(shown: Sequence[Prediction]) -> dict[str, list[str]]:
    """Return a column a model with the probability of each class; "" where the model has no such class."""
    classes = list(dict.fromkeys(name for p in shown for name in p.classes))
    columns: dict[str, list[str]] = {"class": classes}
    for p in shown:
        known = dict(zip(p.classes, np.asarray(p.probabilities).tolist()))
        heading = p.model + "'" * sum(name.rstrip("'") == p.model for name in columns)
        columns[heading] = [f"{known[name]:.3g}" if name in known else "" for name in classes]
    return columns


def _captions(tracks: Sequence[Mapping[str, Any]]) -> dict[str, list[str]]:
    """Return what every track of a scene asks, what it says here and what its colours mean: the picture may cut it short."""
    titled = [track for track in tracks if track["title"]]
    return {"track": [f"{t['model']}: {t['title']}" if t["model"] else t["title"] for t in titled],
            "here": [t["says"] for t in titled], "how to read it": [t["legend"] for t in titled],
            "beside it": [t.get("badge", "") for t in titled]}


def _logos(view: View, placed: Sequence[Placed]) -> dict[str, Callable[[Format], bytes]]:
    """Return the attributions of the model in focus as logos for print, of the bases in view."""
    first, last = view.state.zoom or (1, len(view.shown.sequence))
    if last - first >= LONGEST:
        return {}
    ours = [p for p in placed if p.kind == "attribution" and p.id.endswith(f"@{view.focus}")]
    draw = lambda values: lambda kind: print_logo(_heights(view.shown.sequence, values)[:, first - 1:last], kind, first=first)
    return {f"Logo for print. {p.model}: {p.track.title}, bases {first:,} to {last:,}": draw(p.track.values) for p in ours}


def _heights(sequence: str, values: np.ndarray) -> np.ndarray:
    """Return (4, L): each value at its base, nothing at an unknown one."""
    return one_hot_encode([sequence])[0] * values
