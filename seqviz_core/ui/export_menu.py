"""The Export menu of a view: everything it holds, made when somebody asks for it."""

from collections.abc import Callable, Mapping
from typing import NamedTuple

import streamlit as st

from ..export.logos import Format
from .components import literal
from .print_buttons import print_buttons


class Parts(NamedTuple):
    """What makes each file. None of it may call Streamlit: a download runs outside the page's script.

    bed : None where no motif was planted. logos : what to call it -> an attribution's logo for print.
    """

    report: Callable[[], str]
    script: Callable[[], str]
    notebook: Callable[[], bytes]
    numbers: Callable[[], str]
    fasta: Callable[[], str]
    bed: Callable[[], str] | None
    logos: Mapping[str, Callable[[Format], bytes]]


def export_menu(parts: Parts) -> None:
    """Show the menu."""
    with st.popover("Export", key="export_menu"), st.container(gap="xxsmall"):
        _file("Report (HTML)", parts.report, "html", "text/html", "One file that needs no network: the pictures with their "
              "captions, the sequence, settings, seeds and versions, the runs with their checksums, the link, the Python")
        _file("Python script", parts.script, "py", "text/x-python", "Gives the same numbers with seqviz_core, without this page")
        _file("Notebook", parts.notebook, "ipynb", "application/x-ipynb+json", "The same Python, for Jupyter")
        _file("Numbers of all tracks (CSV)", parts.numbers, "csv", "text/csv", "A row a number, as drawn")
        _file("Sequence (FASTA)", parts.fasta, "fasta", "text/plain", "Where it is edited, before and after")
        if parts.bed:
            _file("Planted sites (BED)", parts.bed, "bed", "text/plain", "Where they lie in the sequences of the FASTA file; "
                  "positions count from 0")
        for label, make in parts.logos.items():
            st.caption(literal(label))
            with st.container(horizontal=True, gap="small"):
                print_buttons(f"logo-{list(parts.logos).index(label) + 1}", make)


def _file(label: str, make: Callable[[], str | bytes], ending: str, mime: str, says: str) -> None:
    st.download_button(label, make, f"seqviz-view.{ending}", mime, key=f"export_{ending}", on_click="ignore", type="tertiary",
                       help=says)
