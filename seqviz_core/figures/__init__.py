"""Arrays in, a plotly figure or an SVG string out. No torch, no Streamlit, nothing else of the package but its errors.

Arguments that recur:

theme : "light" or "dark"
    The page the picture stands on; backgrounds are transparent. Show plotly figures with `theme=None`.
text_colour : str
    The colour of text in an SVG: "currentColor" (the default) where it stands inline in the page, a real colour where it is
    an image of its own, which cannot inherit one.
uirevision : str
    While it stays the same, plotly keeps the visitor's zoom; change it with the sequence.
alt
    Every figure says in one sentence what it shows: `alt_text(figure)` for plotly, <title> and aria-label for SVG.
"""

import plotly.graph_objects as go


def alt_text(figure: go.Figure) -> str:
    """Return the one sentence that says what a plotly figure of this package shows."""
    return figure.layout.meta["alt"]
