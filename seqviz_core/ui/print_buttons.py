"""The two buttons that save a logo as a journal wants it."""

from collections.abc import Callable

import streamlit as st

from ..export.logos import DPI, Format

_MIME = {"svg": "image/svg+xml", "png": "image/png"}


def print_buttons(name: str, make: Callable[[Format], bytes]) -> None:
    """Show the downloads of a logo for print; it is drawn when somebody asks for it."""
    for kind, mime in _MIME.items():
        st.download_button(f"For print ({kind.upper()})", lambda kind=kind: make(kind), f"seqviz-{name}-print.{kind}", mime,
                           key=f"print_{kind}_{name}", on_click="ignore", type="tertiary",
                           help="With axes and labels; words stay text" if kind == "svg" else f"With axes and labels; {DPI} dpi")
