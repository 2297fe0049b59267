"""Pieces every page uses: a figure with its downloads, an SVG, an error that says one sentence."""

import html
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager

import plotly.graph_objects as go
import streamlit as st

from ..errors import SeqVizError
from ..export import to_csv
from ..figures import alt_text
from ..figures.palette import theme_of
from .picture_buttons import picture_buttons


def theme() -> str:
    """Return "light" or "dark", as the visitor's browser shows the page."""
    return st.context.theme.type or "light"


def figure(fig: go.Figure, key: str, table: Callable[[], Mapping[str, Sequence]], width: str = "stretch",
           on_select: Callable[[], None] | None = None) -> None:
    """Show a figure over its downloads: the numbers as CSV, the picture as SVG and PNG.

    on_select : called when points are clicked; what was, stands in the session under "chart_" and the key.
    """
    clicks = {"on_select": on_select, "selection_mode": "points"} if on_select else {}
    with st.container(key=f"figure_{key}", gap="xsmall"):
        st.plotly_chart(fig, width=width, key=f"chart_{key}", theme=None, alt=alt_text(fig), config={
            "displaylogo": False, "scrollZoom": False, "displayModeBar": "hover",
            "modeBarButtonsToRemove": ["select2d", "lasso2d", "autoScale2d"],
            "toImageButtonOptions": {"format": "png", "filename": f"seqviz-{key}", "scale": 3}}, **clicks)
        _downloads(key, table, None)


def picture_and_numbers(key: str, draw: Callable[[str], str], table: Callable[[], Mapping[str, Sequence]]) -> None:
    """Show the downloads of an SVG that `draw` gives for a theme: its numbers, and the picture as SVG and PNG."""
    _downloads(key, table, draw("light"))


def _downloads(key: str, table: Callable[[], Mapping[str, Sequence]], svg: str | None) -> None:
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        numbers(key, table)
        picture_buttons(key, theme(), svg)


def svg(picture: str, width: str | int = "content") -> None:
    """Show an SVG of the figures package. Its <title> is what a screen reader says; st.html would throw it away.

    Make it with `text_colour=text_colour(theme())`: an image cannot inherit the page's colour.
    """
    st.image(picture, width=width, alt=html.unescape(re.search(r"<title>(.*?)</title>", picture)[1]))


def text_colour(page: str) -> str:
    """Return the colour of text on a light or dark page."""
    return theme_of(page).text


def numbers(key: str, table: Callable[[], Mapping[str, Sequence]]) -> None:
    """Show a button that downloads a table as CSV; it is made only when somebody asks for it."""
    st.download_button("Numbers (CSV)", lambda: to_csv(table()), f"seqviz-{key}.csv", "text/csv", key=f"csv_{key}",
                       on_click="ignore", type="tertiary")


def table(key: str, columns: Mapping[str, Sequence[str]]) -> None:
    """Show a small table as text, which a screen reader reads and a projector shows as large as the rest."""
    with st.container(key=key):
        st.table({name: [literal(cell) for cell in column] for name, column in columns.items()}, hide_index=True,
                 border="horizontal", height="content" if len(next(iter(columns.values()))) <= 13 else 490)


def literal(text: object) -> str:
    """Return text that Streamlit prints as it stands: what a visitor typed is no markup."""
    return re.sub(r"([\\`*_{}\[\]#|<>$:~])", r"\\\1", str(text))


@contextmanager
def told() -> Iterator[None]:
    """Within the block, a visitor's mistake is shown as its sentence; everything else is a bug and goes on up."""
    try:
        yield
    except SeqVizError as error:
        st.error(literal(error))
