"""From the view to the tracks in their places: a function for each kind of track, all models of that kind together."""

import re
from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np

from ..attribution import METHODS
from ..errors import SeqVizError
from ..experiments.differences import attention_difference, difference
from ..figures.kinds import HeatmapTrack, Track
from ..figures.palette import model_colour
from ..figures.scene import Placed, legends_once
from ..models import Activation, Span
from . import says, tracks
from .cached import attribution_of, filters_of, has_filters, hits_in, knockout_of, reading_of
from .hit_tracks import hits_say, hits_track
from .sentences import is_absence, is_little
from .workbench import Read, View, model_name, short_name

LONGEST_READING = 2000  # bases
FILTER_ROWS = 12
EACH = Span()  # one column a base
AT_ONCE, LONGEST = 300, 2000  # bases up to which a method that takes seconds runs without being asked, or when asked
MUTAGENESIS = {"attention": (300, 1000), "state": (500, 2000), "convolution": (10_000, 10_000)}
"""The same for mutagenesis, by what there is in the model: it computes only what a mutation can change."""


@dataclass
class Notes:
    """What the page says beside the picture: refusals, what is drawn instead, and slow methods that wait to be asked.

    asks : (run, method) -> the sentence on its button.
    """

    problems: list[str] = field(default_factory=list)
    instead: list[str] = field(default_factory=list)
    asks: dict[tuple[str, str], str] = field(default_factory=dict)


def place(view: View, wanted: set[tuple[str, str, str]]) -> tuple[list[Placed], Notes]:
    """Return the tracks of the view, by kind as the visitor ordered them, and what is to be said beside them.

    What the colours mean stands once above the tracks of one kind.
    wanted : (run, sequence, method) of the slow methods somebody asked for.
    """
    placed, notes = [], Notes()
    kinds = [k for k in (*tracks.UNASKED, *view.state.tracks) if k in _PLACE]
    for kind in dict.fromkeys(kinds):
        for run in (view.models if kind in EVERY_MODEL else view.inside):
            if kind in tracks.kinds_in(view.trace(run)):
                try:
                    placed += _PLACE[kind](view, run, notes, wanted)
                except SeqVizError as error:
                    notes.problems.append(f"{model_name(view.models[run])}: {error}")
            if kind in ONCE:
                break
    return legends_once(placed), notes


def _one(view: View, run: str, kind: str, detail: str, track: Track, says: str = "", probe: str = "",
         rows: tuple[int, ...] = ()) -> Placed:
    model = view.models[run]
    track_id = f"{kind}:{detail}@{run}"
    return Placed(track, track_id, kind, short_name(model), model_colour(model.run.spec.architecture), says,
                  track_id not in view.state.closed, kind in tracks.UNASKED, run if probe else "", probe, rows)


def _planted(view: View, run: str, notes: Notes, wanted: set) -> list[Placed]:
    track = tracks.sites_track(view.shown.sites, view.truth_known)
    return [Placed(track, "planted", "planted", open="planted" not in view.state.closed)]


def _hits(view: View, run: str, notes: Notes, wanted: set) -> list[Placed]:
    known, found = hits_in(view.loaded, view.state.hits, view.shown.sequence)
    said = hits_say(found, view.shown.sites)
    return [Placed(hits_track(found, known), "hits", "hits", says=said, open="hits" not in view.state.closed)]


def _attribution(view: View, run: str, notes: Notes, wanted: set) -> list[Placed]:
    drawn = [_allowed(view, run, name, notes, wanted) for name in view.state.methods]
    out = []
    for name, corrected in dict.fromkeys(drawn):
        try:
            track = _attribution_track(view, run, name, corrected)
        except SeqVizError as refusal:  # no mistake of the visitor's: the other methods are drawn
            notes.instead.append(f"{model_name(view.models[run])}: {refusal}")
            continue
        said = says.of_attribution(track.values, view.shown.sequence, view.scored_sites(run))
        out.append(_one(view, run, "attribution", name + ("-corrected" if corrected else ""), track, said))
    return out


def _attribution_track(view: View, run: str, method: str, corrected: bool) -> Track:
    of = lambda read: attribution_of(view.models[run], read.sequence, method, view.target(run, read), corrected)
    shown, changed = of(view.shown), view.layer == "difference"
    values = shown.observed[0]
    if changed:
        values = difference(values, of(view.reference).observed[0], EACH, view.alignment)
    return tracks.attribution_track(shown, values, view.explained(run), view.scored_sites(run), corrected, changed)


def _allowed(view: View, run: str, name: str, notes: Notes, wanted: set) -> tuple[str, bool]:
    """Return the method to draw and whether it is corrected: a slow one runs on long sequences only when asked for."""
    method, length = METHODS[name], len(view.shown.sequence)
    as_asked = (name, view.state.corrected and method.correctable)
    if method.cost == "instant":
        return as_asked
    at_once, longest = _limits(view, run, name)
    if length <= at_once or (run, view.shown.sequence, name) in wanted and length <= longest:
        return as_asked
    label = model_name(view.models[run])
    if length > longest:
        notes.instead.append(f"{label}: {method.label} takes too long here beyond {longest:,} bases; corrected saliency is "
                             "drawn.")
    else:
        notes.asks[run, name] = (f"Run {method.label} of {label} on all {length:,} bases (some seconds; until then corrected "
                                 "saliency is drawn)")
    return "saliency", True


def _limits(view: View, run: str, name: str) -> tuple[int, int]:
    """Return up to how many bases a method that takes seconds runs unasked, and asked."""
    if name != "ism":
        return AT_ONCE, LONGEST
    inside = next((kind for kind in ("attention", "state") if view.trace(run).of_kind(kind)), "convolution")
    return MUTAGENESIS[inside]


def _answer(view: View, run: str, notes: Notes, wanted: set) -> list[Placed]:
    task, changed = view.models[run].task, view.layer == "difference"
    of = lambda read: task.probabilities(view.trace(run, read).logits[0].numpy()[None])[0]
    p = difference(of(view.shown), of(view.reference), EACH, view.alignment) if changed else of(view.shown)
    track = tracks.answer_track(task, p, list(view.shown.sites), changed)
    return [_one(view, run, "answer", "", track, says.of_answer(p, task.classes, changed))]


def _reading(view: View, run: str, notes: Notes, wanted: set) -> list[Placed]:
    length = len(view.shown.sequence)
    if length > LONGEST_READING:
        raise SeqVizError(f"Reading on takes a pass of the model for every base: too long here beyond {LONGEST_READING:,} bases.")
    if length > AT_ONCE and (run, view.shown.sequence, "reading") not in wanted:
        notes.asks[run, "reading"] = f"Let {model_name(view.models[run])} read on through all {length:,} bases (some seconds)"
        return []
    def of(read: Read) -> np.ndarray:
        reading = reading_of(view.models[run], read.sequence, view.target(run, read))
        return np.stack([reading.prefixes, reading.suffixes])
    values = of(view.shown)
    if view.layer == "difference":
        values = difference(values, of(view.reference), EACH, view.alignment)
    said = "" if view.layer == "difference" else says.of_reading(values)
    return [_one(view, run, "reading", "", tracks.reading_track(values, view.explained(run), view.scored_sites(run)), said)]


def shown_values(view: View, run: str, activation: Activation) -> np.ndarray:
    """Return what is drawn of an internal, without the sequence axis: its values, or their difference from the reference's."""
    values = activation.value[0].numpy()
    if view.layer != "difference":
        return values
    before = view.trace(run, view.reference)[activation.name].value[0].numpy()
    change = attention_difference if activation.kind == "attention" else difference
    return change(values, before, activation.span, view.alignment)


def _feature_map(view: View, run: str, notes: Notes, wanted: set) -> list[Placed]:
    loaded, trace, changed = view.models[run], view.trace(run), view.layer == "difference"
    maps = {a.name: a for a in trace.of_kind("feature_map")}
    activation = maps.get(view.state.map_layer) or next(iter(maps.values()))
    values, first = shown_values(view, run, activation), activation.name == getattr(loaded.model, "first_map", None)
    knockout = None  # only the first layer has logos, and no filter carries the absence of a motif
    if first and not is_absence(loaded.task.classes[view.class_index(run)], loaded.task):
        knockout = knockout_of(loaded, view.shown.sequence, view.target(run))
    track, rows = tracks.feature_map_track(
        values, activation, filters_of(loaded) if first and has_filters(loaded) else None, view.scored_sites(run),
        len(view.shown.sequence), len(values) if view.state.every_row else FILTER_ROWS, knockout and knockout.filter, changed)
    said = says.of_map(track.rows[0], track.values[0], activation.span, len(view.shown.sequence), view.shown.sites, changed)
    if knockout and not changed and not is_little(knockout):
        said += " " + says.of_knockout(knockout, view.explained(run))
    return [_one(view, run, "feature_map", activation.name, track, said, activation.name, tuple(int(r) for r in rows))]


def _gate(view: View, run: str, notes: Notes, wanted: set) -> list[Placed]:
    trace, state, changed = view.trace(run), view.state, view.layer == "difference"
    directions = tracks.directions_in(trace)
    direction = state.direction if state.direction in directions else directions[0]
    parts = tracks.recurrent_parts(trace, direction)
    maps, one = {letter: shown_values(view, run, a) for letter, a in parts.items()}, next(iter(parts.values()))
    units = one.value.shape[1]
    cell = state.cell if state.cell is not None and state.cell < units else None
    drawn = tracks.recurrent_tracks(maps, one, direction, cell, view.scored_sites(run), len(view.shown.sequence), changed)
    memory = "c" if "c" in maps else "h"
    said = says.of_memory(memory, maps[memory], one.span, len(view.shown.sequence), view.shown.sites, changed)
    out = []
    for i, track in enumerate(drawn):
        probe = parts[track.unit].name if isinstance(track, HeatmapTrack) else ""
        rows = tuple(range(units)) if probe else ()
        out.append(_one(view, run, "gate", f"{direction}.{track.unit if probe else i}", track, "" if i else said, probe, rows))
    return out


def head_in_view(view: View, run: str) -> tuple[Activation, int]:
    """Return the attention pattern and the head that are drawn of a model."""
    trace = view.trace(run)
    name, _, number = view.state.head.rpartition(":")
    names = tracks.attention_names(trace)
    activation = trace[name] if name in names else trace[names[0]]
    head = int(number) - 1 if name in names and re.fullmatch("[0-9]{1,4}", number) else 0
    return activation, min(max(head, 0), activation.value.shape[1] - 1)


def query_in_view(view: View) -> int:
    """Return the base (0-based) whose view of the others is drawn: the chosen one, or the middle of the first planted site."""
    length, sites = len(view.shown.sequence), view.shown.sites
    if view.state.query is not None:
        return min(view.state.query, length - 1)
    return (sites[0].start + sites[0].end) // 2 if sites else (length - 1) // 2


def _attention(view: View, run: str, notes: Notes, wanted: set) -> list[Placed]:
    (activation, head), length, changed = head_in_view(view, run), len(view.shown.sequence), view.layer == "difference"
    pattern = shown_values(view, run, activation)[head]
    drawn = tracks.attention_tracks(pattern, activation, head, query_in_view(view), view.scored_sites(run), length, changed)
    said = says.of_attention(pattern.mean(axis=0), activation.span, length, view.shown.sites, changed)
    looks = _one(view, run, "attention", f"{activation.name}:{head + 1}:from", drawn[1])
    return [_one(view, run, "attention", f"{activation.name}:{head + 1}:to", drawn[0], said), looks]


ONCE = {"planted", "hits"}  # one track, whatever the models
EVERY_MODEL = {*ONCE, "answer", "attribution", "reading"}  # drawn of all models, not only of those that are looked into
_PLACE: dict[str, Callable[[View, str, Notes, set], list[Placed]]] = {
    "planted": _planted, "hits": _hits, "answer": _answer, "attribution": _attribution, "reading": _reading,
    "feature_map": _feature_map, "gate": _gate, "attention": _attention}
