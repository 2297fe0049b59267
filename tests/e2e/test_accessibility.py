"""axe-core over every page, in both themes and two widths, and over every menu that opens: WCAG 2 A and AA.

What Streamlit itself brings and we cannot mend is listed in STREAMLITS, each with its reason; a line that nothing matches any
more fails too.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import NamedTuple

import pytest
from axe_playwright_python.base import AXE_SCRIPT
from playwright.sync_api import Browser, Page, expect

from scripts.local_app import ROOT, TOUR_SEEN, Server, serve, wait_idle
from seqviz_core.training import RunSpec, RunStore, TrainingConfig
from seqviz_core.training.worker import train_here

PAGES = sorted("" if path.stem == "explore" else path.stem for path in (ROOT / "pages").glob("*.py"))
TINY = RunSpec("one_motif", {"length": 40}, "cnn", {"filters": 4}, TrainingConfig(epochs=1, n_train=200, n_valid=100))
WORKBENCH = ("?v=1&seq=TGAAGTAACCCTCGTATAACTTATTGCATGGTAAAGTAGACC&edits=5-1-T_9-2-&focus=attention&inside=every&"
             "tracks=planted,hits,attribution,reading,feature_map,gate,attention&")
MORE = {"": [WORKBENCH + "layer=difference", WORKBENCH + "unit=cnn:conv:3:12", WORKBENCH + "unit=lstm:lstm.left_to_right.c:2:4",
             WORKBENCH + "unit=attention:layer1.attention.pattern:0:3"],
        "compare": ["compare?runs=cnn,{run}"], "data": ["data?task=labelled"], "train": ["train?job={run}"]}
"""Addresses that show more of a page than a first visit; {run} is a run trained here."""
SCHEMES, WIDTHS = ("light", "dark"), (1280, 1024)
GRAVE = ("serious", "critical")


class Known(NamedTuple):
    """A fault of Streamlit's own: axe's rule, what the element is or lies in, and why it is not ours."""

    rule: str
    selector: str
    reason: str


STREAMLITS = (
    Known("list", "[data-testid='stSidebarNavItems']", "the sidebar puts its section headings between the <li> of one list"),
    Known("listitem", "[data-testid='stSidebarNavItems']", "and wraps the items of a section in a <div>"),
    Known("color-contrast", "[data-testid='stWidgetLabel']:has(+ [aria-disabled]), .stButtonGroup:has([data-disabled])",
          "the label of a disabled control is faint as the control is; WCAG exempts it, but axe sees no tie between the two"),
)
RUN = """async ([within, known, grave]) => {
  const options = { elementRef: true, resultTypes: ['violations'],
                    runOnly: { type: 'tag', values: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa'] } };
  const { violations } = await axe.run(within, options);
  return violations.filter(v => grave.includes(v.impact)).flatMap(v => v.nodes.map(n => ({
    rule: v.id, html: n.html.slice(0, 200), why: n.failureSummary,
    known: known.findIndex(([rule, selector]) => rule === v.id && n.element.closest(selector)) })));
}"""


@dataclass(frozen=True)
class Fault:
    """One element that axe finds wrong, and where it was seen; known: its place in STREAMLITS, or -1."""

    rule: str
    html: str
    why: str
    known: int
    where: str


def faults(page: Page, where: str, within: str = "html") -> list[Fault]:
    """Return the serious and critical faults in an element of the page."""
    if not page.evaluate("'axe' in window"):
        page.evaluate(AXE_SCRIPT)
    known = [[k.rule, k.selector] for k in STREAMLITS]
    return [Fault(**found, where=where) for found in page.evaluate(RUN, [within, known, GRAVE])]


def told(found: list[Fault]) -> str:
    """Return the faults that are ours, each with where it is and what axe says."""
    return "\n\n".join(f"{f.where}: {f.rule}: {f.html}\n{f.why}" for f in found if f.known < 0)


def menus(page: Page, where: str) -> Iterator[Fault]:
    """Open every expander and every menu of the page, and yield the faults of what they show."""
    closed = page.locator("details:not([open]) > summary").filter(visible=True)
    while closed.count():
        closed.first.click()
    wait_idle(page)
    yield from faults(page, f"{where}, unfolded")
    for button in page.get_by_test_id("stPopoverButton").all():
        if button.is_disabled():
            continue
        button.click()
        page.get_by_test_id("stPopoverBody").wait_for()
        wait_idle(page)
        yield from faults(page, f"{where}, {button.inner_text()!r}", "[data-testid='stPopoverBody']")
        page.keyboard.press("Escape")
        page.get_by_test_id("stPopoverBody").wait_for(state="hidden")


Audit = Callable[[str], list[Fault]]


@pytest.fixture(scope="module")
def stocked(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Server, str]]:
    """A server that has trained a run, and the run's id."""
    folder = tmp_path_factory.mktemp("stocked")
    run = train_here(TINY, RunStore(folder / "runs"))
    with serve(folder) as server:
        yield server, run.id


@pytest.fixture(scope="module")
def audit(browser: Browser, stocked: tuple[Server, str]) -> Audit:
    """Return a function that gives the faults of a page of the app, in all its states; each page is looked at once."""
    done: dict[str, list[Fault]] = {}
    server, run = stocked

    def of(path: str) -> list[Fault]:
        if path not in done:
            more = [address.format(run=run) for address in MORE.get(path, ())]
            done[path] = [fault for scheme in SCHEMES for fault in _look(browser, server, path, more, scheme)]
        return done[path]

    return of


def _look(browser: Browser, server: Server, path: str, more: list[str], scheme: str) -> Iterator[Fault]:
    with _visit(browser, scheme) as page:
        _open(page, server, path)
        for width in WIDTHS:
            page.set_viewport_size({"width": width, "height": 900})
            page.wait_for_timeout(300)  # figures are drawn anew
            yield from faults(page, f"/{path} {scheme} {width}")
        yield from menus(page, f"/{path} {scheme}")
        for address in more:
            _open(page, server, address)
            yield from faults(page, f"/{address} {scheme}")
            expect(page.get_by_test_id("stException")).to_have_count(0)


@contextmanager
def _visit(browser: Browser, scheme: str, script: str = TOUR_SEEN) -> Iterator[Page]:
    """Open a page in a browser context of its own; no exception may be shown on it when it is closed."""
    context = browser.new_context(viewport={"width": WIDTHS[0], "height": 900}, color_scheme=scheme, reduced_motion="reduce")
    context.add_init_script(script)
    page = context.new_page()
    yield page
    expect(page.get_by_test_id("stException")).to_have_count(0)
    context.close()


def _open(page: Page, server: Server, address: str) -> None:
    page.goto(f"{server.url}/{address}")
    expect(page.get_by_role("heading", level=1)).to_be_visible(timeout=60_000)
    wait_idle(page)


@pytest.mark.parametrize("path", PAGES)
def test_no_serious_fault_of_ours(path: str, audit: Audit) -> None:
    assert told(audit(path)) == ""


def test_every_listed_fault_of_streamlit_is_still_there(audit: Audit) -> None:
    seen = {fault.known for path in PAGES for fault in audit(path)}
    assert [known for i, known in enumerate(STREAMLITS) if i not in seen] == []


@pytest.mark.parametrize("scheme", SCHEMES)
def test_the_tour_has_none(scheme: str, browser: Browser, stocked: tuple[Server, str]) -> None:
    with _visit(browser, scheme, script="") as page:
        _open(page, stocked[0], "")
        expect(page.get_by_role("dialog", name="What the models say")).to_be_visible()
        assert told(faults(page, f"tour {scheme}")) == ""


def test_a_bad_page_is_seen(browser: Browser) -> None:
    page = browser.new_page()
    page.set_content("<html lang='en'><title>Bad</title><main><h1>Bad</h1><img src='data:,'><button></button><input>"
                     "<p style='color: #999; background: #fff'>Too faint to read</p><ul><div>no item</div></ul>"
                     "<div id='host'></div></main>")
    page.evaluate("host.attachShadow({ mode: 'open' }).innerHTML = '<svg role=img></svg>'")  # as a component's insides
    found = faults(page, "bad page")
    assert {fault.rule for fault in found} == {"image-alt", "button-name", "label", "color-contrast", "list", "svg-img-alt"}
    assert all(fault.known < 0 for fault in found) and "Too faint to read" in told(found)
    page.close()
