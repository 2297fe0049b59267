"""The workbench in a real browser: edits by click and key, undo, difference layers, every control's link, the keyboard alone."""

import re
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from scripts.local_app import wait_idle

OpenPage = Callable[..., Page]
SEQUENCE = "TGAAGTAACCCTCGTATAACTTATTGCATGGTAAAGTAGACCGACCAAAAGGCTTTGAACGATAACTTATCTAGACCCACTAACCAAGGCGAGCCCAGAT"


def letters(page: Page) -> str:
    """The sequence as the visitor sees it."""
    return page.locator(".seqviz").evaluate("root => root.viewer.seen.letters")


def click_base(page: Page, base: int, shown: int = 100) -> None:
    """Click a base (0-based) in the row of letters."""
    box = page.locator(".seqviz .letters canvas.plot").first.bounding_box()
    page.mouse.click(box["x"] + (base + 0.5) / shown * box["width"], box["y"] + 25)


def settle(page: Page) -> None:
    page.wait_for_timeout(300)
    wait_idle(page)


def press(page: Page, *keys: str) -> None:
    for key in keys:
        page.keyboard.press(key)
    settle(page)


def headers(page: Page) -> str:
    """What stands at the tracks, but for the values under the cursor."""
    return page.locator(".seqviz").evaluate("""root => [...root.querySelectorAll('.track')].map(track => {
      const copy = track.cloneNode(true);
      copy.querySelectorAll('.value').forEach(value => value.remove());
      return copy.textContent; }).join('\\n')""")


def everything(page: Page) -> str:
    """What a visitor reads on the page, the sequence, the zoom and every track included."""
    view = page.locator(".seqviz").evaluate("({viewer}) => [Math.floor(viewer.view.a), Math.ceil(viewer.view.b)]")
    return page.get_by_test_id("stMain").inner_text() + headers(page) + letters(page) + str(view)


def test_a_clicked_base_is_replaced_by_what_is_typed_and_every_view_follows(open_page: OpenPage) -> None:
    page = open_page()
    assert letters(page) == SEQUENCE
    click_base(page, 67)
    press(page, "c")
    assert letters(page) == SEQUENCE[:67] + "C" + SEQUENCE[68:]
    expect(page.get_by_text("1 edit", exact=False).first).to_be_visible()
    expect(page.get_by_text(re.compile("Your edits change the logit of GATA2 most"))).to_be_visible()
    assert "edits=68-1-C" in page.url
    expect(page.get_by_role("img", name=re.compile("CNN says none"))).to_be_visible()


def test_undo_redo_and_reset_by_key_and_by_button(open_page: OpenPage) -> None:
    page = open_page()
    click_base(page, 67)
    press(page, "c", "c", "c")
    edited = letters(page)
    assert edited[67:70] == "CCC"
    press(page, "Control+z")
    assert letters(page)[67:70] == "CC" + SEQUENCE[69]
    press(page, "Control+y")
    assert letters(page) == edited
    page.get_by_role("button", name="Undo the last edit").click()
    settle(page)
    assert letters(page)[69] == SEQUENCE[69]
    page.get_by_role("button", name="Take back all edits").click()
    settle(page)
    assert letters(page) == SEQUENCE


def test_the_browsers_back_button_undoes_an_edit(open_page: OpenPage) -> None:
    page = open_page()
    click_base(page, 67)
    press(page, "c")
    page.wait_for_timeout(1200)
    page.go_back()
    page.wait_for_function("sequence => document.querySelector('.st-key-picture [data-testid=stBidiComponentIsolated]')"
                           ".shadowRoot.querySelector('.seqviz').viewer.seen.letters === sequence", arg=SEQUENCE)
    assert letters(page) == SEQUENCE


def test_insertions_and_deletions_move_the_planted_site(open_page: OpenPage) -> None:
    page = open_page()
    click_base(page, 10)
    press(page, "Delete", "Delete", "Delete")
    assert letters(page) == SEQUENCE[:10] + SEQUENCE[13:]
    expect(page.get_by_text(": 97 bases, 3 edits")).to_be_visible()
    assert page.locator(".seqviz").evaluate("root => root.viewer.scene.bands")[0][1:3] == [62, 69]


def test_difference_layers_of_maps_gates_and_attention(open_page: OpenPage) -> None:
    page = open_page("?v=1&edits=68-2-CC&inside=every")
    page.locator(".st-key-layer").get_by_role("radio", name="Difference").click()
    settle(page)
    text = headers(page)
    assert text.count("otherwise than in the reference") == 3 and "fire otherwise" in text and "looked at" in text
    assert "Red: higher than in the reference" in text
    expect(page.get_by_role("heading", name=re.compile("Which token looks"))).to_have_count(0)  # the focus is the CNN
    page.locator(".st-key-layer").get_by_role("radio", name="Reference").click()
    settle(page)
    assert letters(page) == SEQUENCE


def choose(key: str, name: str) -> Callable[[Page], None]:
    return lambda page: page.locator(f".st-key-{key}").get_by_role("radio", name=name, exact=True).click()


def in_menu(menu: str, act: Callable[[Page], None]) -> Callable[[Page], None]:
    def go(page: Page) -> None:
        page.locator(f".st-key-{menu}").get_by_role("button").first.click()
        act(page)
        page.wait_for_timeout(200)
        page.keyboard.press("Escape")
    return go


def pill(key: str, name: str) -> Callable[[Page], None]:
    return lambda page: page.locator(f".st-key-{key}").get_by_role("button", name=name, exact=True).click()


def tick(label: str) -> Callable[[Page], None]:
    return lambda page: page.get_by_text(label, exact=False).first.click()


def pick_class(page: Page) -> None:
    page.locator(".st-key-target").get_by_role("combobox").click()
    page.get_by_role("option", name="REST").click()


CONTROLS = {
    "focus": choose("focus", "LSTM"), "target": pick_class, "models": in_menu("models_menu", pill("on_ruler", "LSTM")),
    "tracks": in_menu("tracks_menu", pill("track_kinds", "reading on")),
    "inside": in_menu("tracks_menu", tick("of every model")),
    "methods": in_menu("attribution_menu", pill("methods", "Saliency")),
    "corrected": in_menu("attribution_menu", tick("Gradient correction")),
    "every_row": in_menu("inside_menu", tick("All rows, not only")),
    "strand": in_menu("strands_menu", choose("strand", "Reverse")),
    "zoom": lambda page: (click_base(page, 50), page.keyboard.press("+"), page.keyboard.press("+"), page.wait_for_timeout(900)),
    "closed": lambda page: page.locator(".seqviz .track").nth(1).get_by_role("button", name=re.compile("fold", re.I)).click(),
}


GROUPS = (("focus", "target", "tracks", "methods", "corrected", "strand"), ("models", "inside", "every_row", "zoom", "closed"))


def test_no_control_is_forgotten() -> None:
    assert sorted(name for group in GROUPS for name in group) == sorted(CONTROLS)


@pytest.mark.parametrize("controls", GROUPS, ids=" ".join)
def test_every_control_is_in_the_link_and_comes_back(controls: Sequence[str], open_page: OpenPage, browser: Browser) -> None:
    page = open_page("?v=1&edits=68-1-C")
    for control in controls:
        before = page.url
        CONTROLS[control](page)
        settle(page)
        assert f"{control}=" in page.url and page.url != before
    here = everything(page)
    context = browser.new_context(viewport=page.viewport_size)
    other = context.new_page()
    other.goto(page.url)
    settle(other)
    there = everything(other)
    context.close()
    assert there == here


def test_a_clicked_cell_shows_its_arithmetic(open_page: OpenPage) -> None:
    page = open_page()
    cells = page.locator(".seqviz .track[data-track^='feature_map'] canvas.plot").first
    cells.scroll_into_view_if_needed()
    box = cells.bounding_box()
    page.mouse.click(box["x"] + 0.7 * box["width"], box["y"] + 8)
    settle(page)
    expect(page.get_by_role("heading", name=re.compile("^Why does filter 32 GATA2 give"))).to_be_visible()
    assert "unit=cnn" in page.url
    page.locator(".st-key-arithmetic").get_by_role("button", name="Close").click()
    settle(page)
    expect(page.get_by_role("heading", name=re.compile("^Why does"))).to_have_count(0)


def test_the_keyboard_alone_edits_zooms_and_folds(open_page: OpenPage) -> None:
    page = open_page()
    page.locator(".seqviz .letters .field").focus()
    press(page, "Home", *["ArrowRight"] * 5, "a", "Shift+ArrowRight", "Shift+ArrowRight", "Delete")
    assert letters(page) == SEQUENCE[:5] + "A" + SEQUENCE[8:]
    press(page, "+", "+", "+")
    page.wait_for_timeout(900)
    wait_idle(page)
    assert "zoom=" in page.url
    for _ in range(12):  # from the letters on to the first track's buttons
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.shadowRoot ? 1 : 0") and "old" in page.evaluate(
                "document.activeElement.shadowRoot.activeElement?.getAttribute('aria-label') ?? ''"):
            break
    press(page, "Enter")
    assert "closed=" in page.url


def test_ten_thousand_bases_pan_and_say_how_they_are_binned(open_page: OpenPage, tmp_path: Path) -> None:
    page = open_page()
    page.get_by_role("button", name="Paste or upload").click()
    (tmp_path / "long.fa").write_text(">long\n" + "ACGTTGCATGCCATTAGGCA" * 500 + "\n")
    page.locator("input[type=file]").first.set_input_files(tmp_path / "long.fa")
    page.wait_for_timeout(1000)
    expect(page.get_by_text("long: 10,000 bases")).to_be_visible(timeout=60_000)
    wait_idle(page)
    assert len(letters(page)) == 10_000 and re.search(r"largest of \d+", headers(page))
    assert "&s=" in page.url and "seq=" not in page.url
    click_base(page, 5000, shown=10_000)
    press(page, *["+"] * 6)
    page.wait_for_timeout(900)
    wait_idle(page)
    assert "zoom=" in page.url
