"""The two buttons that save a picture as SVG or PNG, always in the colours of a white page."""

from pathlib import Path

import streamlit as st

from ..figures.recolour import light_colours

_HTML = '<button type="button" data-format="svg">Picture (SVG)</button><button type="button" data-format="png">PNG</button>'
_CSS = """
:host { display: block }
button { font: inherit; font-size: 0.875rem; color: var(--st-text-color); background: none; border: 0;
  border-radius: var(--st-base-radius); padding: 0.25rem 0.5rem 0.25rem 0; margin-right: 0.5rem;
  min-height: 2.5rem; cursor: pointer }
button:hover { color: var(--st-link-color) }
button:focus-visible { outline: 2px solid var(--st-primary-color); outline-offset: 1px }
"""
_buttons = st.components.v2.component("seqviz_pictures", html=_HTML, css=_CSS, js=Path(__file__).with_suffix(".js").read_text())


def picture_buttons(key: str, page: str, svg: str | None = None) -> None:
    """Show the buttons of the plotly figure in the container "figure_<key>", or of an SVG drawn for a light page.

    page : "light" or "dark", what the figure is drawn for.
    """
    colours = light_colours() if page == "dark" and svg is None else {}
    _buttons(key=f"pictures_{key}", data={"key": key, "name": f"seqviz-{key}", "colours": colours, "svg": svg})
