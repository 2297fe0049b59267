"""The sequences a visitor has at hand, and the one on the screen. They live in the session; the address holds one short
sequence itself, and a token for what is too long or too many."""

from dataclasses import replace

import streamlit as st

from ..datasets import Task
from ..errors import SeqVizError
from ..examples import examples
from ..export import drawn_records, to_fasta
from ..saved import load, save
from ..sequences import Limits, SequenceRecord, parse_sequences
from ..state import ViewState
from .view_state import set_view, view_state

LINK_BASES = 2000  # the longest sequence that is written into the address
DRAWN = 10  # sequences at a time


def longest() -> int:
    """Return how many bases a sequence may have."""
    return Limits.from_environment().length


def records() -> tuple[SequenceRecord, ...]:
    """Return the sequences at hand."""
    return st.session_state.get("records") or (examples()[0].record,)


def show_records(found: tuple[SequenceRecord, ...], row: int = 0, own: bool = False, notices: tuple[str, ...] = ()) -> None:
    """Put sequences at hand and one of them on the screen, without edits; `own`: they are the visitor's."""
    st.session_state.update(records=found, own_records=own, notices=notices, input_error=None)
    many = len(found) > 1 or len(found[0].sequence) > LINK_BASES
    set_view(on_screen(view_state(), found, row, save(to_fasta(found).encode()) if many else ""))


def on_screen(state: ViewState, found: tuple[SequenceRecord, ...], row: int, token: str) -> ViewState:
    """Return the view with another sequence on the screen; what belonged to the old one goes."""
    row = min(row, len(found) - 1)
    return replace(state, reference=found[row].sequence, name=found[row].name, token=token, row=row, steps=(), undone=(),
                   zoom=None, unit=None, query=None, layer="edited")


def show_row(row: int) -> None:
    """Put another of the sequences at hand on the screen."""
    set_view(on_screen(view_state(), records(), row, view_state().token))


def restored(state: ViewState) -> ViewState:
    """Return a view of the address with its sequence: its own, a saved one, or the first example. Raises SeqVizError."""
    if state.token:
        found = parse_sequences(load(state.token), Limits.from_environment()).records
        kept = on_screen(state, found, state.row, state.token)
        state = replace(state, reference=kept.reference, name=kept.name, row=kept.row)
        st.session_state.update(records=found, own_records=True)
        return state
    if not state.reference:
        state = replace(state, reference=examples()[0].record.sequence, name=examples()[0].record.name)
    if len(state.reference) > longest():
        raise SeqVizError(f"The sequence in the link has {len(state.reference):,} bases; at most {longest():,} are shown.")
    st.session_state.update(records=(SequenceRecord(state.name or "from the link", state.reference),), own_records=False)
    return state


def show_task(task: Task, always: bool = False) -> None:
    """Put sequences of a task on the screen, a positive first; not over the visitor's own or edited ones, unless `always`."""
    if (st.session_state.get("own_records") or view_state().steps) and not always:
        return
    drawn = drawn_records(task, DRAWN, seed=1)
    positive = task.classes[1] if len(task.classes) == 2 else task.classes[0]
    show_records(tuple(sorted(drawn, key=lambda r: not r.name.startswith(f"{positive},"))))
