"""From what a model did to the tracks of the picture: plain functions, no Streamlit."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from ..attribution import METHODS, Attribution
from ..checks import spread
from ..datasets import Site, Task
from ..figures.kinds import (
    GATES,
    OPEN_OR_SHUT,
    HeatmapTrack,
    LineTrack,
    LogoTrack,
    SiteMark,
    SitesTrack,
    Track,
    gate_tracks,
    top_rows,
)
from ..models import Activation, Trace
from .badges import gap_badge, truth_badge
from .cached import Found
from .sentences import subject

KINDS = {"planted": "planted sites", "hits": "known motifs", "answer": "answer per base", "attribution": "attribution",
         "reading": "reading on", "feature_map": "feature maps", "gate": "gates", "attention": "attention"}
"""What can be shown, as the visitor reads it."""
ALWAYS = {"planted", "hits", "attribution", "reading"}
UNASKED = {"answer"}
"""Kinds that are drawn wherever a model has them: what it answers is no choice."""


def kinds_in(trace: Trace) -> set[str]:
    """Return which of KINDS this model has."""
    kinds = {a.kind for a in trace.activations.values()}
    kinds |= {"gate"} if "state" in kinds else set()
    return ALWAYS | kinds & set(KINDS) | ({"answer"} if trace.logits.ndim == 3 else set())


CHANGED = "Red: higher than in the reference, blue: lower. A base without a counterpart there counts as no change."
CHANGED_LETTERS = "Up: more than in the reference, down: less. A base without a counterpart there counts as no change."
GRADIENT_LEGEND = "Up: more of this base would raise the logit. Down: it would lower it."


def sites_track(sites: Sequence[Site], known: bool) -> SitesTrack:
    """Return the planted sites; `known` says whether none means that none was planted."""
    marks = [SiteMark(s.motif.name, s.start, s.end, s.strand) for s in sites]
    empty = "No motif was planted in this sequence." if known else "The true sites of this sequence are not known."
    return SitesTrack("Where were motifs planted?", marks, lanes=2, empty=empty)


def attribution_track(attribution: Attribution, values: np.ndarray, class_name: str, sites: list[Site], corrected: bool,
                      changed: bool = False) -> LogoTrack:
    """Return the logo of values (L,) at the bases that are there; its truth score and null where motifs were planted.

    values : those of `attribution`, or where `changed` their difference from the reference's.
    """
    method = METHODS[attribution.method]
    label = method.label + (", corrected" if corrected else "")
    badges = [truth_badge(np.abs(values), sites), "" if changed else gap_badge(attribution)]
    legend = GRADIENT_LEGEND if method.correctable else f"{attribution.note.split('. ')[0].rstrip('.')}."  # one line
    question = f"Which bases push {class_name} up or down?" if method.signed else "Which bases does the model look at?"
    if changed:
        question, legend = f"Which bases push {class_name} otherwise than in the reference?", CHANGED_LETTERS
    return LogoTrack(f"{question} {label}", values, badge=", ".join(filter(None, badges)), legend=legend)


def answer_track(task: Task, p: np.ndarray, sites: list[Site], changed: bool = False) -> LineTrack:
    """Return the probability p (C, L) of every class but background at every base, or where `changed` its difference."""
    lines, badge = p[1:].astype(np.float32), truth_badge(np.abs(p[1:]).max(axis=0), sites)
    if changed:
        return LineTrack("What does it answer otherwise at each base?", lines, names=task.classes[1:], unit="probability",
                         badge=badge, legend="Above zero: likelier than in the reference.")
    return LineTrack("What does it answer at each base?", lines, names=task.classes[1:], limits=(0, 1), unit="probability",
                     badge=badge,
                     legend=f"The rest to 1 is the probability of {task.classes[0]}.")


def reading_track(values: np.ndarray, class_name: str, sites: list[Site]) -> LineTrack:
    """Return the logit (2, L) as more and more of the sequence is shown, from the left and from the right.

    What is scored against the truth is by how much each base changes the logit, read from either end.
    """
    steps = np.abs(np.diff(values[0], prepend=values[0, :1])) + np.abs(np.diff(values[1], append=values[1, -1:]))
    return LineTrack(f"How does the logit of {class_name} grow as the model reads on?", values, names=("prefix", "suffix"),
                     unit="logit", badge=truth_badge(steps, sites, "steps: "),
                     legend="Prefix: the model is shown only the bases up to here. Suffix: only those from here on.")


def feature_map_track(values: np.ndarray, activation: Activation, filters: Found | None, sites: list[Site], length: int, n: int,
                      first: int | None = None, changed: bool = False) -> tuple[HeatmapTrack, np.ndarray]:
    """Return the `n` filters that fire strongest, each named after the planted motif it matches, and which they are.

    values (C, P) : what is drawn: the map of `activation`, or where `changed` its difference from the reference's.
    filters : the motifs of these filters; None for a deeper layer, whose rows are its channels.
    first : the filter that carries the prediction, put on top and scored against the truth; None: the strongest.
    """
    rows = top_rows(values, n)
    if first is not None and not changed:
        rows = np.array([first, *[r for r in rows if r != first]])[:n]
    kind = "filter" if filters else "channel"
    badge = truth_badge(spread(np.abs(values[rows[:1]]), activation.span, length)[0], sites, f"{kind} {rows[0]}: ")
    by_filter = {m.number: i for i, m in enumerate(filters.motifs)} if filters else {}
    signed = changed or bool(values.min() < -0.1 * values.max())
    of = "" if filters else f" of {layer_name(activation.name)}"
    title = f"Where does each {kind}{of} fire {'otherwise' if changed else ''}".rstrip() + "?"
    which = "Most changed" if changed else "Strongest"
    return HeatmapTrack(
        f"{title} {which} {len(rows)} of {len(values)}", values[rows].astype(np.float32), badge=badge,
        rows=[filter_name(int(r), filters, by_filter) if filters else f"channel {r}" for r in rows], unit="activation",
        signed=signed, legend=CHANGED if changed else None, **_span(activation),
        logos=[_ppm(filters, by_filter[int(r)]) for r in rows] if filters else ()), rows


def layer_name(name: str) -> str:
    """Return how a layer's probe reads on the screen: "group1_unit2" is "layer group1 unit2"."""
    return f"layer {name.replace('_', ' ').replace('.', ' ')}"


def _ppm(filters: Found, index: int) -> np.ndarray | None:
    motif = filters.motifs[index].motif
    return None if motif is None else motif.ppm()


def filter_label(number: int, filters: Found) -> str:
    """Return how a filter is called on the screen; see `filter_name`."""
    return filter_name(number, filters, {m.number: i for i, m in enumerate(filters.motifs)})


def filter_name(number: int, filters: Found | None, by_filter: dict[int, int]) -> str:
    """Return e.g. "filter 7 GATA1": the planted motif it matches, or only its number where it matches none well."""
    named = filters.recovery.named[by_filter[number]] if filters and number in by_filter else None
    return f"filter {number}" + (f" {named.planted.target.name}" if named and named.is_planted else "")


def recurrent_parts(trace: Trace, direction: str) -> dict[str, Activation]:
    """Return the gates and states of one reading direction by their letter."""
    return {a.name.rsplit(".", 1)[1]: a for a in trace.activations.values() if a.name.split(".")[-2:-1] == [direction]}


def recurrent_tracks(maps: dict[str, np.ndarray], activation: Activation, direction: str, unit: int | None, sites: list[Site],
                     length: int, changed: bool = False) -> list[Track]:
    """Return thin maps of all gates and states of one reading direction, or lines of one unit.

    maps : letter -> (units, P), what is drawn; where `changed` the difference from the reference. activation : any of them.
    """
    maps, reads = {name: values.astype(np.float32) for name, values in maps.items()}, direction.replace("_", " ")
    if unit is not None:
        return _unit_tracks(maps, unit, reads, activation, sites, length, changed)
    memory, span = "c" if "c" in maps else "h", activation.span
    change = np.abs(maps[memory] if changed else np.diff(maps[memory], axis=1, prepend=0)).mean(axis=0, keepdims=True)
    question = "What do the gates let through, what is remembered?" if len(maps) > 1 else "What is remembered?"
    drawn = gate_tracks(maps, f"{question} {reads.capitalize()}", span=(span.stride, span.offset, span.width))
    if changed:
        drawn = [replace(t, signed=True, zmin=None, zmax=None, legend=CHANGED if t.title else "") for t in drawn]
    badge = truth_badge(spread(change, span, length)[0], sites, f"change of {memory}: ")
    return [replace(drawn[0], badge=badge), *drawn[1:]]


def _unit_tracks(maps: dict[str, np.ndarray], unit: int, reads: str, activation: Activation, sites: list[Site], length: int,
                 changed: bool) -> list[Track]:
    """Return the lines of one unit: its gates, where it has any, and its states."""
    names = [n for n in GATES if n in maps]
    gates, states = ([n for n in names if (n in OPEN_OR_SHUT) == shut] for shut in (True, False))
    says = lambda names: ", ".join(f"{n} {GATES[n]}{' state' if n in 'ch' else ''}" for n in names)
    def lines(title: str, names: list[str], **rest) -> LineTrack:
        values = np.stack([maps[n][unit] for n in names])
        change = np.abs(values if changed else np.diff(values, axis=1, prepend=0)).mean(axis=0, keepdims=True)
        badge = truth_badge(spread(change, activation.span, length)[0], sites, "change: ")
        return LineTrack(title, values, names=names, badge=badge, **rest, **_span(activation))

    remembered = lines(f"What does unit {unit} remember?" + ("" if gates else f" Reading {reads}"), states, unit="state",
                       legend=f"{says(states)}.")
    return [remembered] if not gates else [
        lines(f"How open are the gates of unit {unit}? Reading {reads}", gates, limits=None if changed else (0, 1),
              unit="openness", legend=f"{says(gates)}; 1 is open."), remembered]


def directions_in(trace: Trace) -> list[str]:
    """Return the reading directions whose gates and states were recorded."""
    return list(dict.fromkeys(a.name.split(".")[-2] for a in trace.of_kind("state")))


def units_in(trace: Trace, direction: str) -> int:
    """Return the number of units of one direction."""
    return next(a for a in trace.of_kind("state") if a.name.split(".")[-2] == direction).value.shape[1]


def attention_names(trace: Trace) -> list[str]:
    """Return the attention probes by name, in the order of the layers."""
    return [a.name for a in trace.of_kind("attention")]


def attention_tracks(pattern: np.ndarray, activation: Activation, head: int, base: int, sites: list[Site], length: int,
                     changed: bool = False) -> list[LineTrack]:
    """Return how much each token is looked at on average, and what the token under `base` (0-based) looks at.

    pattern (query, key) : what is drawn: that of `activation` and `head`, or where `changed` its difference.
    """
    query = token_of(activation, base)
    start, end = activation.span.bases(query, length)
    where, received = f"{attention_label(activation.name)}, head {head + 1}", pattern.mean(axis=0)
    badge = truth_badge(spread(np.abs(received[None]), activation.span, length)[0], sites)
    more = " more" if changed else ""
    adds = "above zero: more than in the reference" if changed else "the shares add up to 1"
    return [LineTrack(f"How much{more} is each position looked at? {where.capitalize()}", received, badge=badge,
                      **_span(activation), unit="share of attention", legend=f"The mean over all tokens that look; {adds}."),
            LineTrack(f"What does position {base + 1} look at{more}? {where.capitalize()}", pattern[query], **_span(activation),
                      unit="share of attention", query=base,
                      badge=truth_badge(spread(np.abs(pattern[query:query + 1]), activation.span, length)[0], sites),
                      legend=f"Its token sees bases {start + 1} to {end}; {adds}.")]


def token_of(activation: Activation, base: int) -> int:
    """Return the query whose bases are centred nearest to `base` (0-based)."""
    span, queries = activation.span, activation.value.shape[2]
    return int(np.clip(round((base - span.offset - (span.width - 1) / 2) / span.stride), 0, queries - 1))


def attention_label(name: str) -> str:
    """Return how a probe reads on the screen: "layer1.attention.pattern" is "layer 1"."""
    part = name.split(".")[0]
    return f"layer {part[5:]}" if part.startswith("layer") else "read-out"


def missing_sentence(kind: str, label: str, owner: str | None) -> str:
    """Return why there is nothing to see, and which model has it; the labels are as `workbench.model_name` gives them."""
    has = f" {subject(owner, begins=False)} has" if owner else " no model here has any"
    return f"{subject(label)} has no {KINDS[kind]};{has}"


def _span(activation: Activation) -> dict[str, int]:
    s = activation.span
    return {"span_stride": s.stride, "span_offset": s.offset, "span_width": s.width}
