"""Taking a visitor's own labelled sequences: uploads; pasting is the form's text field."""

import re
from pathlib import PurePath

import streamlit as st

from ..errors import SeqVizError
from ..sequences import Limits, label_records, parse_sequences
from ..sequences.unpack import read_text
from .components import literal

RECORDS = 50_000


def own_data(key: str) -> None:
    """Show the upload and say which forms are read; what is uploaded lands in the session under `key`, as if pasted."""
    limits = Limits.from_environment()
    st.markdown("Paste below, or upload: **FASTA** with a label in each header (`>name label=bound`, or `>name|bound`), a "
                "**table** with the columns `sequence` and `label` (tab, comma or semicolon), or **several FASTA files**, one a "
                "class.")
    st.file_uploader("Files: FASTA, CSV or TSV, also gzipped", key="own_files", accept_multiple_files=True, on_change=_take,
                     args=(key,))
    if error := st.session_state.get("own_error"):
        st.error(literal(error))
    st.caption(f"Up to {limits.bytes:,} bytes and {RECORDS:,} sequences of at most {limits.length:,} bases. They stay on this "
               "server, inside the settings of the runs you start, so that a run can be repeated; whoever opens this server sees "
               "its runs.")


def _take(key: str) -> None:
    """Put the uploaded text into the settings; a mistake leaves them as they were."""
    files = st.session_state.own_files
    if not files:
        return
    limits = Limits.from_environment()
    try:
        text = (read_text(files[0].getvalue(), limits.bytes) if len(files) == 1 else
                merged({file.name: file.getvalue() for file in files}, limits))
    except SeqVizError as error:
        st.session_state.own_error = str(error)
        return
    st.session_state.update({key: text, "own_error": None})


def merged(files: dict[str, bytes], limits: Limits) -> str:
    """Return one labelled FASTA text of several files, each a class named after its file; raises SeqVizError naming the file."""
    groups = {}
    for name, data in files.items():
        label = re.sub(r"[^\w.+-]+", "_", PurePath(name).name.split(".fa")[0])[:40] or "file"
        if label in groups:
            raise SeqVizError(f"Two files would both be the class {label!r}. Give them different names.")
        try:
            groups[label] = parse_sequences(data, Limits(RECORDS, limits.length, limits.bytes)).records
        except SeqVizError as error:
            raise SeqVizError(f"{name[:60]}: {error}") from error
    return label_records(groups)
