"""Where the sequence on the screen comes from: an example, a paste, an upload, a synthetic draw or the link.

The records live in the session under "records"; a mistake leaves them, and what was typed, as they were.
"""

import re
from contextlib import suppress

import streamlit as st

from ..datasets import DATASETS, Task, make_task
from ..errors import SeqVizError
from ..examples import examples
from ..export import drawn_records, reverse_complement_record, to_fasta
from ..sequences import Limits, SequenceRecord, parse_sequences
from ..training import find_run
from .components import literal

LINK_BASES = 2000  # the longest sequence that is written into the address
TEXT_BASES = 20_000  # the longest text that is shown for editing
DRAWN = 10  # sequences at a time
DRAW_LENGTHS = (60, 100, 200, 1000)


def sequence_bar() -> SequenceRecord:
    """Show the ways to a sequence and what went wrong with the last one; return the record on the screen."""
    if "records" not in st.session_state:
        _first_visit()
    with st.container(horizontal=True, gap="small", vertical_alignment="bottom", key="sequence_bar"):
        _pick_record()
        with st.popover("Examples", key="examples", on_change="rerun"):
            for label, record in examples():
                st.button(label, key=f"example.{label}", on_click=_show, args=((record,),), width="stretch")
        with st.popover("Paste or upload", key="paste", on_change="rerun"):
            _paste_form()
        with st.popover("Draw a synthetic one", key="draw", on_change="rerun"):
            _draw_form()
        st.button("Reverse complement", key="reverse", on_click=_reverse, help="Read the other strand")
    if error := st.session_state.get("input_error"):
        st.error(literal(error))
    for notice in st.session_state.get("notices", ()):
        st.caption(literal(notice))
    record = _current()
    st.text(f"{_readable(record)}: {counted(len(record.sequence), 'base')}")
    _write_link(record)
    return record


def _first_visit() -> None:
    st.session_state.records = (examples()[0].record,)
    if sequence := st.query_params.get("seq"):
        _take(f">{st.query_params.get('name', 'from the link')}\n{sequence}")
    elif run_id := st.query_params.get("run"):
        with suppress(SeqVizError):  # Explore tells it where there is no such run
            show_task(find_run(run_id).spec.make_task())
    st.session_state.sequence_text = to_fasta(st.session_state.records)


def _current() -> SequenceRecord:
    records = st.session_state.records
    return records[min(st.session_state.get("record", 0), len(records) - 1)]


def _readable(record: SequenceRecord) -> str:
    """Return a record's name without the sites it states, which are drawn."""
    return re.sub(r"\bsites=\S+", "", record.name).replace(" | ", ", ").strip(" ,") or "sequence"


def counted(n: int, noun: str) -> str:
    """Return e.g. "1 base", "1,000 bases"."""
    return f"{n:,} {noun}" + ("" if n == 1 else "s")


def _write_link(record: SequenceRecord) -> None:
    """Keep the address naming what is on the screen; without a sequence where it would be too long."""
    if len(record.sequence) <= LINK_BASES:
        st.query_params.update(seq=record.sequence, name=record.name[:200])
    else:
        for name in {"seq", "name"} & set(st.query_params):
            del st.query_params[name]


def _pick_record() -> None:
    records = st.session_state.records
    if len(records) > 1:
        st.session_state.record = min(st.session_state.get("record", 0), len(records) - 1)
        st.selectbox("Sequence", range(len(records)), key="record", width=320, persist_state="session",
                     format_func=lambda i: f"{i + 1} of {len(records)}: {_readable(records[i])[:60]}")


def _show(records: tuple[SequenceRecord, ...], notices: tuple[str, ...] = ()) -> None:
    """Put `records` on the screen and, where it is not too long, into the text field."""
    st.session_state.update(records=records, notices=notices, input_error=None, record=0, own_records=False)
    _close_menus()
    if sum(len(r.sequence) for r in records) <= TEXT_BASES:
        st.session_state.sequence_text = to_fasta(records)


def _take(data: str | bytes) -> None:
    """Read pasted or uploaded data; on a mistake keep everything and say what it is."""
    try:
        parsed = parse_sequences(data, Limits.from_environment())
    except SeqVizError as error:
        st.session_state.input_error = str(error)
        return
    st.session_state.update(records=parsed.records, notices=parsed.notices, input_error=None, record=0, own_records=True)
    _close_menus()


def _close_menus() -> None:
    """Close the menus of the bar: they would cover the answer."""
    st.session_state.update(examples=False, paste=False, draw=False)


def _paste_form() -> None:
    limits = Limits.from_environment()
    st.text_area("DNA or RNA, plain or FASTA", key="sequence_text", height=220, persist_state="session",
                 placeholder=">my sequence\nACGTTAGATAAG", on_change=lambda: _take(st.session_state.sequence_text))
    st.button("Use this text", key="use_text", type="primary", on_click=lambda: _take(st.session_state.sequence_text))
    if error := st.session_state.get("input_error"):
        st.caption(f":red[{literal(error)}]")
    st.file_uploader("Or a file: FASTA or plain text, also gzipped", key="upload", on_change=_take_upload)
    st.caption(f"Up to {limits.records:,} sequences, {limits.length:,} bases each. Nothing leaves this server; a sequence of up "
               f"to {LINK_BASES:,} bases is written into the page's address, so that the link shows it.")


def _take_upload() -> None:
    if st.session_state.upload is not None:
        _take(st.session_state.upload.getvalue())


def _draw_form() -> None:
    drawn = [entry.name for entry in DATASETS if not entry.task.fixed]
    st.selectbox("Task", drawn, key="draw_task", format_func=lambda name: DATASETS[name].label,
                 index=drawn.index("in_class_danq"), persist_state="session")
    st.selectbox("Length", (None, *DRAW_LENGTHS), key="draw_length", persist_state="session",
                 format_func=lambda n: "as the task has it" if n is None else f"{n:,} bases")
    st.number_input("Seed", 0, 2**31 - 1, 1, key="draw_seed", persist_state="session",
                    help="The same seed draws the same sequences")
    st.button("Draw ten", key="draw_go", type="primary", on_click=_draw)
    st.button("Draw ten others", key="draw_next", on_click=_draw, args=(1,))


def show_task(task: Task, always: bool = False) -> None:
    """Put sequences of a task on the screen, a positive first; not over the visitor's own, unless `always`."""
    if st.session_state.get("own_records") and not always:
        return
    records = drawn_records(task, DRAWN, seed=1)
    positive = task.classes[1] if len(task.classes) == 2 else task.classes[0]
    _show(tuple(sorted(records, key=lambda r: not r.name.startswith(f"{positive},"))))


def _draw(step: int = 0) -> None:
    st.session_state.draw_seed += step
    try:
        length = st.session_state.draw_length
        task = make_task(st.session_state.draw_task, {} if length is None else {"length": length})
        _show(tuple(drawn_records(task, DRAWN, int(st.session_state.draw_seed))))
    except SeqVizError as error:
        st.session_state.input_error = str(error)


def _reverse() -> None:
    try:
        _show((reverse_complement_record(_current()),))
    except SeqVizError as error:
        st.session_state.input_error = str(error)
