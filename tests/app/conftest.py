"""Pages without a browser: Streamlit's AppTest through the real router."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from seqviz_core.ui.services import close_job_service

ROOT = Path(__file__).resolve().parents[2]
ROUTER = ROOT / "seqviz_core" / "ui" / "router.py"

OpenPage = Callable[..., AppTest]


@pytest.fixture
def open_page() -> Iterator[OpenPage]:
    """Return a function that gives the AppTest of a page, run once.

        at = open_page("train")                       # also open_page("explore", query={"run": "abc"})
        at.button(key="train").click().run()

    The landing page is always run first, as AppTest demands; `query` is set after that, `link` before. The job
    service, if the page started one, ends with the test.
    """
    yield _open
    close_job_service()


def _open(page: str = "explore", query: dict[str, str] | None = None, state: dict | None = None,
          link: dict[str, str] | None = None) -> AppTest:
    at = AppTest.from_file(ROUTER, default_timeout=60)
    for name, value in (link or {}).items():
        at.query_params[name] = value
    at.run()
    if link and page == "explore":
        return at
    for name, value in (query or {}).items():
        at.query_params[name] = value
    for name, value in (state or {}).items():
        at.session_state[name] = value
    return at.switch_page(str(ROOT / "pages" / f"{page}.py")).run()  # switch_page alone runs nothing
