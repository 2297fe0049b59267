"""Reducers: a view and what the visitor did, in; the next view, out."""

import re
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from ..errors import SeqVizError
from ..sequences import Edit, apply_edit, reverse_complement
from .view import Unit, ViewState

MOST_EDITS = 1000
MOST_UNITS = 1_000_000  # of one axis of a model's internals: what an address can hold
_NAME = re.compile(r"[\w.-]{1,200}")


def apply_event(state: ViewState, event: Mapping[str, Any]) -> ViewState:
    """Return the state after what the visitor did in the picture; raises SeqVizError where it cannot be done.

    event : {"kind": ...} with what EVENTS takes; anything else is refused.
    """
    if not isinstance(event, Mapping) or not isinstance(event.get("kind"), str) or event["kind"] not in EVENTS:
        raise SeqVizError("The picture asked for something that SeqViz does not know.")
    try:
        return EVENTS[event["kind"]](state, event)
    except SeqVizError:  # which is a ValueError too
        raise
    except (KeyError, TypeError, ValueError, OverflowError) as mistake:  # JSON's 1e999 is infinite
        raise SeqVizError("The picture asked for something that cannot be read.") from mistake


def edit(state: ViewState, start: int, deleted: int, inserted: str) -> ViewState:
    """Return the state after one edit, counted on the strand in view; raises SeqVizError where it cannot be made."""
    if len(state.steps) >= MOST_EDITS:
        raise SeqVizError(f"After {MOST_EDITS:,} edits no more are kept: copy the edited sequence and begin anew with it.")
    inserted, sequence = inserted.upper().replace("U", "T"), state.sequence
    if state.strand == "-":
        start, inserted = len(sequence) - start - deleted, reverse_complement(inserted)
    step = Edit(start, deleted, inserted)
    if apply_edit(sequence, step) == sequence:
        return state
    return replace(state, steps=(*state.steps, step), undone=(), unit=None)


def within(state: ViewState, longest: int) -> ViewState:
    """Return the state as it is; raises SeqVizError where its edits cannot be made, or are too many or too long.

    longest : bases that the edited sequence may have.
    """
    if len(state.steps) > MOST_EDITS:
        raise SeqVizError(f"There are {len(state.steps):,} edits; at most {MOST_EDITS:,} are kept.")
    if (length := len(state.sequence)) > longest:
        raise SeqVizError(f"The edited sequence would have {length:,} bases; at most {longest:,} are shown.")
    return state


def _edit(state: ViewState, event: Mapping[str, Any]) -> ViewState:
    return edit(state, int(event["start"]), int(event["deleted"]), str(event["inserted"]))


def undo(state: ViewState) -> ViewState:
    """Return the state before the last edit."""
    return replace(state, steps=state.steps[:-1], undone=(state.steps[-1], *state.undone)) if state.steps else state


def redo(state: ViewState) -> ViewState:
    """Return the state with the edit that was taken back last."""
    return replace(state, steps=(*state.steps, state.undone[0]), undone=state.undone[1:]) if state.undone else state


def reset(state: ViewState) -> ViewState:
    """Return the state without edits; each can be redone."""
    return replace(state, steps=(), undone=(*state.steps, *state.undone))


def zoom(state: ViewState, first: int, last: int) -> ViewState:
    """Return the state with the bases `first` to `last` (1-based) in view; all of them where that is everything."""
    length = len(state.sequence)
    first, last = max(1, min(first, length)), max(1, min(last, length))
    if last < first:
        raise SeqVizError("A view must end after it begins.")
    return replace(state, zoom=None if (first, last) == (1, length) else (first, last))


def fold(state: ViewState, track: str) -> ViewState:
    """Return the state with one track collapsed, or open again."""
    folded = track in state.closed
    return replace(state, closed=tuple(t for t in state.closed if t != track) if folded else (*state.closed, track)[-200:])


def move(state: ViewState, kind: str, by: int) -> ViewState:
    """Return the state with the tracks of a kind moved up (by < 0) or down among the kinds drawn."""
    kinds = list(state.tracks)
    if kind not in kinds:
        raise SeqVizError(f"There is no track {str(kind)[:40]!r} to move.")
    place = kinds.index(kind)
    kinds.insert(max(0, min(place + by, len(kinds) - 1)), kinds.pop(place))
    return replace(state, tracks=tuple(kinds))


def remove(state: ViewState, kind: str) -> ViewState:
    """Return the state without the tracks of a kind."""
    return replace(state, tracks=tuple(k for k in state.tracks if k != kind))


def pick(state: ViewState, run: str, probe: str, row: int, position: int) -> ViewState:
    """Return the state with one unit's arithmetic in view."""
    if not (_NAME.fullmatch(run) and _NAME.fullmatch(probe) and 0 <= row < MOST_UNITS and 0 <= position < MOST_UNITS - 1):
        raise SeqVizError("The picture asked for a unit that cannot be.")
    return replace(state, unit=Unit(run, probe, row, position))


EVENTS: dict[str, Callable[[ViewState, Mapping[str, Any]], ViewState]] = {
    "edit": _edit, "undo": lambda s, e: undo(s), "redo": lambda s, e: redo(s), "reset": lambda s, e: reset(s),
    "zoom": lambda s, e: zoom(s, int(e["first"]), int(e["last"])), "fold": lambda s, e: fold(s, str(e["track"])[:200]),
    "move": lambda s, e: move(s, str(e["track_kind"]), int(e["by"])), "remove": lambda s, e: remove(s, str(e["track_kind"])),
    "pick": lambda s, e: pick(s, str(e["run"]), str(e["probe"]), int(e["row"]), int(e["position"])),
    "look": lambda s, e: replace(s, query=max(0, min(int(e["position"]), len(s.sequence) - 1)))}
