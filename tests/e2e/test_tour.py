"""The guided tour in a real browser: on a small page whose parts are known, and its steps on Explore as it is."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from scripts.local_app import ROOT, TOUR_SEEN, Server, serve, wait_idle
from seqviz_core.ui.tour import KEY

APP = f"""
import sys
sys.path.insert(0, {str(ROOT)!r})
import streamlit as st
from seqviz_core.ui.tour import Step, tour, tour_button
pressed = st.session_state.get("pressed", 0)
st.title("A page")
tour_button()
with st.container(key="count"):
    st.button("Count", on_click=lambda: st.session_state.update(pressed=pressed + 1))
with st.container(key="menu"), st.popover("Choices"):
    st.text("inside the menu")
if pressed < 2:
    with st.container(key="gone"):
        st.text("here until the second press")
st.container(key="space", height=900)
with st.container(key="far"):
    st.text("far below")
tour([Step(".st-key-count", "Count", f"Pressed {{pressed}} times."), Step(".st-key-gone", "Gone", "Goes."),
      Step(".st-key-nowhere", "Nowhere", "Is not on the page."), Step(".st-key-menu", "Menu", "<b>Open</b> it."),
      Step(".st-key-far", "Far", "Below.")])
"""
RECT = "e => { const {left, top, right, bottom} = e.getBoundingClientRect(); return [left, top, right, bottom]; }"


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    folder = tmp_path_factory.mktemp("tour")
    (folder / "small.py").write_text(APP)
    with serve(folder, app=folder / "small.py") as server:
        yield server


@pytest.fixture
def visit(browser: Browser, small: Server, watch_over) -> Iterator[Page]:
    """A first visit: a browser context that has seen nothing."""
    context = browser.new_context(viewport={"width": 1024, "height": 700})
    watch = watch_over(context.new_page())
    watch.page.goto(small.url)
    yield watch.page
    assert watch.problems() == []
    context.close()


def card(page: Page) -> Locator:
    return page.get_by_role("dialog")


def overlap(one: list[float], other: list[float]) -> bool:
    return one[0] < other[2] and other[0] < one[2] and one[1] < other[3] and other[1] < one[3]


def press(page: Page, name: str) -> None:
    card(page).get_by_role("button", name=name).click()


def test_it_leads_past_what_is_there_and_is_over_for_good(visit: Page) -> None:
    expect(card(visit)).to_have_accessible_name("Count")
    expect(card(visit)).to_be_focused()
    seen = []
    for _ in range(4):
        seen.append(card(visit).inner_text().split("\n")[0])
        press(visit, "Done" if len(seen) == 4 else "Next")
    assert seen == ["1 of 4", "2 of 4", "3 of 4", "4 of 4"]
    expect(card(visit)).to_have_count(0)
    assert visit.evaluate("key => localStorage.getItem(key)", KEY) == "ended"
    visit.reload()
    wait_idle(visit)
    visit.wait_for_timeout(300)
    expect(card(visit)).to_have_count(0)


def test_the_page_stays_alive_under_it(visit: Page) -> None:
    expect(card(visit)).to_contain_text("Pressed 0 times.")
    visit.get_by_role("button", name="Count").click()
    expect(card(visit)).to_contain_text("Pressed 1 times.")
    visit.get_by_role("button", name="Choices").click()  # dimmed, and of another step
    expect(visit.get_by_text("inside the menu")).to_be_visible()
    visit.keyboard.press("Escape")  # closes the menu, not the tour
    expect(visit.get_by_text("inside the menu")).to_be_hidden()
    expect(card(visit)).to_contain_text("1 of 4")
    visit.get_by_role("button", name="Count").click()  # one element goes: its step goes too
    expect(card(visit)).to_contain_text("1 of 3")
    press(visit, "Next")
    expect(card(visit)).to_contain_text("<b>Open</b> it.")  # text is no markup
    press(visit, "Skip the tour")
    expect(card(visit)).to_have_count(0)


def test_keys_lead_skip_and_give_the_focus_back(visit: Page) -> None:
    expect(card(visit)).to_be_focused()
    for key, title in (("ArrowRight", "Gone"), ("ArrowRight", "Menu"), ("ArrowLeft", "Gone"), ("ArrowLeft", "Count"),
                       ("ArrowLeft", "Count")):
        visit.keyboard.press(key)
        expect(card(visit)).to_have_accessible_name(title)
    visit.keyboard.press("Escape")
    expect(card(visit)).to_have_count(0)
    assert visit.evaluate("key => localStorage.getItem(key)", KEY) == "skipped"
    button = visit.get_by_role("button", name="Tour", exact=True)
    button.press("Enter")
    expect(card(visit)).to_be_focused()
    visit.keyboard.press("Tab")
    expect(card(visit).get_by_role("button", name="Skip the tour")).to_be_focused()
    visit.keyboard.press("Escape")
    expect(button).to_be_focused()
    visit.get_by_role("button", name="Count").click()
    expect(card(visit)).to_have_count(0)  # a rerun does not start it again


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_card_stands_beside_its_element_and_moves_nothing(visit: Page, scheme: str) -> None:
    visit.emulate_media(color_scheme=scheme)
    expect(card(visit)).to_be_visible()
    places = [visit.get_by_text("far below").evaluate(RECT)[1]]
    for title in ("Count", "Gone", "Menu", "Far"):
        expect(card(visit)).to_have_accessible_name(title)
        visit.wait_for_timeout(600)  # it may have to scroll
        box, target = card(visit).evaluate(RECT), visit.locator(f".st-key-{title.lower()}").evaluate(RECT)
        assert not overlap(box, target), title
        assert box[0] >= 0 and box[1] >= 0 and box[2] <= 1024 and box[3] <= 700, title
        assert target[1] >= 0 and target[3] <= 700, title
        if title != "Far":
            places.append(visit.get_by_text("far below").evaluate(RECT)[1])
            press(visit, "Next")
    press(visit, "Done")
    assert len(set(places)) == 1


def test_somebody_who_has_seen_it_is_not_shown_it(open_page) -> None:
    assert repr(KEY) in TOUR_SEEN
    page = open_page()
    page.wait_for_timeout(300)
    expect(card(page)).to_have_count(0)


def test_every_card_has_its_element_on_explore(browser: Browser, server: Server, watch_over) -> None:
    context = browser.new_context(viewport={"width": 1024, "height": 768}, reduced_motion="reduce")
    watch = watch_over(context.new_page())
    page = watch.page
    page.goto(server.url)
    for n in range(1, 7):
        expect(card(page)).to_contain_text(f"{n} of 6", timeout=60_000)
        page.wait_for_timeout(100)
        box, ring = card(page).evaluate(RECT), page.locator(".ring").evaluate(RECT)
        assert not overlap(box, ring) and ring[1] >= 0 and ring[3] <= 768, n
        press(page, "Done" if n == 6 else "Next")
    page.get_by_role("button", name="Tour", exact=True).click()
    expect(card(page)).to_contain_text("To the CNN, GATA2 is likeliest")
    assert watch.problems() == []
    context.close()
