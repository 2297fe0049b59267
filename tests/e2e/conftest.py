"""The browser harness: a server, a Chromium, and a page that fails its test at any exception or console error."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, ConsoleMessage, Page, expect

from scripts.local_app import TOUR_SEEN, Server, serve, wait_idle

FAILURES = Path(__file__).parent / "failures"
PROBING = re.compile(r"/\w+/_stcore/(health|host-config)")  # a deep link makes Streamlit's page look for its server there first
FAILED = pytest.StashKey[bool]()
expect.set_options(timeout=20_000)  # milliseconds until something must be there: two browsers and two servers share two cores

OpenPage = Callable[..., Page]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker(pytest.mark.e2e)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Iterator[None]:
    report = yield
    item.stash[FAILED] = item.stash.get(FAILED, False) or report.failed
    return report


@dataclass
class Watch:
    """What went wrong on one page so far, and every address it asked for."""

    page: Page
    errors: list[str] = field(default_factory=list)
    requests: list[str] = field(default_factory=list)

    @classmethod
    def over(cls, page: Page) -> "Watch":
        watch = cls(page)
        page.on("console", watch._hear)
        page.on("pageerror", lambda error: watch.errors.append(f"uncaught: {error}"))
        page.on("request", lambda request: watch.requests.append(request.url))
        page.on("websocket", lambda socket: watch.requests.append(socket.url))
        return watch

    def _hear(self, message: ConsoleMessage) -> None:
        expected = "404" in message.text and PROBING.fullmatch(urlsplit(message.location["url"]).path)
        if message.type == "error" and not expected:
            self.errors.append(f"console: {message.text} ({message.location['url']})")

    def problems(self) -> list[str]:
        """Return a line for every exception shown, every console error and every request that left 127.0.0.1."""
        shown = [f"exception shown: {text}" for text in self.page.get_by_test_id("stException").all_inner_texts()]
        outside = [f"asked for {url}" for url in self.requests if not _stays_here(url)]
        return self.errors + shown + outside


def _stays_here(url: str) -> bool:
    parts = urlsplit(url)
    return parts.scheme in ("data", "blob", "about") or parts.hostname == "127.0.0.1"


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """One server for all tests that do not need it fresh; its runs are in a folder of its own."""
    with serve(tmp_path_factory.mktemp("server")) as server:
        yield server


@pytest.fixture
def fresh_server(tmp_path: Path) -> Iterator[Server]:
    """A server that nobody has visited yet."""
    with serve(tmp_path) as server:
        yield server


@pytest.fixture
def watch_over() -> Callable[[Page], Watch]:
    """The watching itself, for the test that proves it sees."""
    return Watch.over


@pytest.fixture
def watch(browser: Browser, request: pytest.FixtureRequest) -> Iterator[Watch]:
    """A watched page in a browser context of its own; the test fails if anything went wrong on it."""
    if "fresh_server" in request.fixturenames:
        request.getfixturevalue("fresh_server")  # set up first, so that it is still there when this page is judged
    context = browser.new_context(viewport={"width": 1280, "height": 900})
    context.add_init_script(TOUR_SEEN)
    watch = Watch.over(context.new_page())
    yield watch
    problems = watch.problems()
    if problems or request.node.stash.get(FAILED, False):
        name = re.sub(r"\W+", "-", request.node.name)
        watch.page.screenshot(path=FAILURES / f"{name}.png", full_page=True)
    context.close()
    assert not problems, "\n".join(problems)


@pytest.fixture
def page(watch: Watch) -> Page:
    """The watched page itself."""
    return watch.page


@pytest.fixture
def open_page(page: Page, server: Server) -> OpenPage:
    """Return a function that goes to a page of the shared server and waits: open_page("train"), open_page("?run=...")."""

    def go(path: str = "", wait: bool = True) -> Page:
        page.goto(f"{server.url}/{path}")
        if wait:
            wait_idle(page)
        return page

    return go


@pytest.fixture(scope="session")
def viewer_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A server of the viewer's harness."""
    with serve(tmp_path_factory.mktemp("viewer"), app=Path(__file__).with_name("viewer_app.py")) as server:
        yield server


@pytest.fixture
def open_viewer(page: Page, viewer_server: Server) -> OpenPage:
    """Return a function that goes to the viewer's harness and waits: open_viewer("?length=10000&slow=0.4")."""

    def go(query: str = "") -> Page:
        page.goto(f"{viewer_server.url}/{query}")
        wait_idle(page)
        page.locator(".letters .field").wait_for()
        return page

    return go
