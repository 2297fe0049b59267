"""A guided tour of a page: a small card beside one element after another, shown on the first visit and whenever asked for.

The page stays alive under it: a ring marks the element, what surrounds it is dimmed, and every click goes through to the page.
"""

from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

import streamlit as st

FOLDER = Path(__file__).parent
KEY = "seqviz-tour-1"  # in the browser's localStorage once ended or skipped; a new number shows a new tour to everybody once


class Step(NamedTuple):
    """One card: the CSS selector of its element (" >>> " goes into a shadow root), its title and its text, which are no markup.

    under : selector of what stays at the top of the screen, over the element, while the page is scrolled.
    A step whose element is not on the page is left out.
    """

    selector: str
    title: str
    text: str
    under: str = ""


_mount = st.components.v2.component("seqviz_tour", html=(FOLDER / "tour.html").read_text(), css=(FOLDER / "tour.css").read_text(),
                                    js=(FOLDER / "tour.js").read_text())


def tour(steps: Sequence[Step]) -> None:
    """Guide a visitor who has not been here before, or who asks for it; call it last on a page, under what it points at."""
    asked = st.session_state.pop("tour_asked", False)
    st.session_state.tours = st.session_state.get("tours", 0) + asked
    _mount(key="tour", data={"steps": [step._asdict() for step in steps], "key": KEY,
                             "start": st.session_state.tours if asked else 0})


def tour_button() -> None:
    """Show the button that starts the tour again."""
    st.button("Tour", key="show_tour", help="Six cards on what is on the screen", type="tertiary",
              on_click=lambda: st.session_state.update(tour_asked=True))
