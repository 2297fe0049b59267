"""The script behind every page: what the browser's tab and the sidebar show, then the page. Imports nothing heavy."""

import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
SIDEBAR = 200  # px; a projector has 1024
STYLE = """<style>
/* the primary colour carries white labels, so as a text colour on the dark page it is too dark to read (AA) */
.stButtonGroup button[data-selected]:not([data-disabled]), [data-testid="stSliderThumbValue"] { color: inherit; }
[data-testid="stImage"] [data-testid="stElementToolbar"], [data-testid="stFullScreenFrame"]:has([data-testid="stImage"])
  [data-testid="stElementToolbar"] { display: none; }  /* it would cover the button beside a logo */
[data-testid="stCaptionContainer"] { opacity: 0.75; }  /* 0.6 of the text's colour is too faint on the light page (AA) */
.st-key-page_head { padding-top: 1.5rem; }  /* a title in a row has no room of its own above it */
.stMainBlockContainer { padding: 2.5rem 2rem 3rem; }
</style>"""


def route() -> None:
    """Show the page that the address names, pages/<address>.py."""
    import streamlit as st

    def page(name: str, title: str, default: bool = False) -> st.Page:
        return st.Page(ROOT / "pages" / f"{name}.py", title=title, url_path=name, default=default)

    st.set_page_config(page_icon=Path(__file__).with_name("favicon.svg"), layout="wide", initial_sidebar_state=SIDEBAR)
    current = st.navigation({  # after the width: a sidebar that is there already keeps its own
        "Explore": [page("explore", "Explore", default=True), page("compare", "Compare")],
        "Make": [page("data", "Data"), page("train", "Train"), page("motifs", "Motifs")],
        "Test": [page("experiments", "Experiments"), page("trust", "Trust")],
    })
    st.set_page_config(page_title=f"{current.title} - SeqViz")
    st.html(STYLE)
    current.run()


if __name__ == "__main__":  # not so in a worker process, whose start runs the parent's main script once more
    if str(ROOT) not in sys.path:  # the script's own folder is on the path, the repository's need not be
        sys.path.insert(0, str(ROOT))
    route()
