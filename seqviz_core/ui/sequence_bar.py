"""Where the sequence on the screen comes from: an example, a paste, an upload, a synthetic draw.

A mistake leaves the sequences at hand, and what was typed, as they were.
"""

import re

import streamlit as st

from ..datasets import DATASETS, make_task
from ..errors import SeqVizError
from ..examples import examples
from ..export import drawn_records, to_fasta
from ..sequences import Limits, parse_sequences, without_label
from .components import literal
from .records import DRAWN, LINK_BASES, records, show_records, show_row
from .view_state import view_state

TEXT_BASES = 20_000  # the longest text that is shown for editing
LISTED = 200  # records in the list; a table opens any of more
DRAW_LENGTHS = (60, 100, 200, 1000)


def sequence_bar() -> None:
    """Show the ways to a sequence, what went wrong with the last one, and which one is on the screen."""
    with st.container(horizontal=True, gap="small", vertical_alignment="center", key="sequence_bar"):
        _pick_record()
        taken = st.session_state.get("taken", 0)  # a menu of another key is a new one, and closed
        with st.popover("Examples", key=f"examples_{taken}"):
            for label, record in examples():
                st.button(label, key=f"example.{label}", on_click=_take, args=((record,),), width="stretch")
        with st.popover("Paste or upload", key=f"paste_{taken}"):
            _paste_form()
        with st.popover("Draw a synthetic one", key=f"draw_{taken}"):
            _draw_form()
        st.text(_what_is_shown(), width="content")
    if error := st.session_state.get("input_error"):
        st.error(literal(error))
    for notice in st.session_state.get("notices", ()):
        st.caption(literal(notice))


def _what_is_shown() -> str:
    state = view_state()
    text = f"{readable(state.name)}: {counted(len(state.sequence), 'base')}"
    text += f", {counted(len(state.steps), 'edit')}" if state.steps else ""
    return text + (", reverse strand" if state.strand == "-" else "")


def readable(name: str) -> str:
    """Return a record's name without the sites and the label it states, which are shown elsewhere."""
    return re.sub(r"\bsites=\S+", "", without_label(name)).replace(" | ", ", ").strip(" ,") or "sequence"


def counted(n: int, noun: str) -> str:
    """Return e.g. "1 base", "1,000 bases"."""
    return f"{n:,} {noun}" + ("" if n == 1 else "s")


def _pick_record() -> None:
    found, row = records(), view_state().row
    if len(found) > 1:
        listed = sorted({*range(min(len(found), LISTED)), row})
        st.session_state.record = row
        st.selectbox("Sequence", listed, key="record", width=320, label_visibility="collapsed",
                     on_change=lambda: show_row(st.session_state.record),
                     format_func=lambda i: f"{i + 1:,} of {len(found):,}: {readable(found[i].name)[:60]}")


def _take(found: tuple, own: bool = False, notices: tuple[str, ...] = ()) -> None:
    """Put sequences on the screen and, where they are not too long, into the text field; close the menus over the answer."""
    show_records(found, own=own, notices=notices)
    st.session_state.taken = st.session_state.get("taken", 0) + 1
    if not own and sum(len(r.sequence) for r in found) <= TEXT_BASES:
        st.session_state.sequence_text = to_fasta(found)


def _read(data: str | bytes) -> None:
    """Read pasted or uploaded data; on a mistake keep everything and say what it is."""
    try:
        parsed = parse_sequences(data, Limits.from_environment())
        _take(parsed.records, own=True, notices=parsed.notices)
    except SeqVizError as error:
        st.session_state.input_error = str(error)


def _paste_form() -> None:
    limits = Limits.from_environment()
    if "sequence_text" not in st.session_state:
        st.session_state.sequence_text = to_fasta(records()) if sum(len(r.sequence) for r in records()) <= TEXT_BASES else ""
    st.text_area("DNA or RNA, plain or FASTA", key="sequence_text", height=220, persist_state="session",
                 placeholder=">my sequence\nACGTTAGATAAG", on_change=lambda: _read(st.session_state.sequence_text))
    st.button("Use this text", key="use_text", type="primary", on_click=lambda: _read(st.session_state.sequence_text))
    if error := st.session_state.get("input_error"):
        st.caption(f":red[{literal(error)}]")
    st.file_uploader("Or a file: FASTA or plain text, also gzipped", key="upload", on_change=_take_upload)
    st.caption(f"Up to {limits.records:,} sequences, {limits.length:,} bases each; more than a megabyte is quicker as a file "
               f"than pasted. Nothing leaves this server; a sequence of up to {LINK_BASES:,} bases is written into the page's "
               "address, so that the link shows it, more is kept here for the link.")


def _take_upload() -> None:
    if st.session_state.upload is not None:
        _read(st.session_state.upload.getvalue())


def _draw_form() -> None:
    drawn = [entry.name for entry in DATASETS if not entry.task.fixed]
    st.selectbox("Task", drawn, key="draw_task", format_func=lambda name: DATASETS[name].label,
                 index=drawn.index("in_class_danq"), persist_state="session")
    st.selectbox("Length", (None, *DRAW_LENGTHS), key="draw_length", persist_state="session", placeholder="as the task has it",
                 format_func=lambda n: "as the task has it" if n is None else f"{n:,} bases")
    st.number_input("Seed", 0, 2**31 - 1, 1, key="draw_seed", persist_state="session",
                    help="The same seed draws the same sequences")
    st.button("Draw ten", key="draw_go", type="primary", on_click=_draw)
    st.button("Draw ten others", key="draw_next", on_click=_draw, args=(1,))


def _draw(step: int = 0) -> None:
    st.session_state.draw_seed += step
    try:
        length = st.session_state.draw_length
        task = make_task(st.session_state.draw_task, {} if length is None else {"length": length})
        _take(tuple(drawn_records(task, DRAWN, int(st.session_state.draw_seed))))
    except SeqVizError as error:
        st.session_state.input_error = str(error)
