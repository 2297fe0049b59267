"""Pieces every page uses: a figure with its downloads, an SVG, an error that says one sentence."""

import base64
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager

import plotly.graph_objects as go
import streamlit as st

from ..errors import SeqVizError
from ..export import to_csv

IMAGE_FORMATS = ("svg", "png")


def theme() -> str:
    """Return "light" or "dark", as the visitor's browser shows the page."""
    return st.context.theme.type or "light"


def figure(fig: go.Figure, key: str, table: Callable[[], Mapping[str, Sequence]]) -> None:
    """Show a figure under its downloads: the picture as SVG or PNG from its toolbar, the numbers as CSV."""
    with st.container(key=f"figure_{key}", gap="xsmall"):
        st.plotly_chart(fig, key=key, theme=None, alt=fig.layout.meta["alt"], config={
            "displaylogo": False, "scrollZoom": False, "displayModeBar": "hover",
            "modeBarButtonsToRemove": ["select2d", "lasso2d", "autoScale2d"],
            "toImageButtonOptions": {"format": st.session_state.get("image_format", "svg"), "filename": f"seqviz-{key}", "scale": 2}})
        numbers(key, table)


def numbers(key: str, table: Callable[[], Mapping[str, Sequence]]) -> None:
    """Show a button that downloads a table as CSV; it is made only when somebody asks for it."""
    st.download_button("Numbers (CSV)", lambda: to_csv(table()), f"seqviz-{key}.csv", "text/csv", key=f"csv_{key}",
                       on_click="ignore", type="tertiary")


def image_format() -> None:
    """Show the choice of the picture's file format; a figure's camera button saves in it."""
    st.segmented_control("Pictures are saved as", IMAGE_FORMATS, key="image_format", default="svg", required=True,
                         format_func=str.upper, persist_state="session")


def svg(picture: str, alt: str, key: str) -> None:
    """Show an inline SVG (its text follows the theme's colour) with a text for screen readers."""
    with st.container(key=f"svg_{key}"):
        st.html(picture if "aria-label" in picture else picture.replace("<svg ", f'<svg role="img" aria-label="{_attribute(alt)}" ', 1))


def svg_uri(picture: str) -> str:
    """Return an SVG as an address that an image element takes."""
    return "data:image/svg+xml;base64," + base64.b64encode(picture.encode()).decode()


def _attribute(text: str) -> str:
    return text.replace("&", "&amp;").replace('"', "&quot;").replace("<", "&lt;")


@contextmanager
def told() -> Iterator[None]:
    """Within the block, a visitor's mistake is shown as its sentence; everything else is a bug and goes on up."""
    try:
        yield
    except SeqVizError as error:
        st.error(str(error))
