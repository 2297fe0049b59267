"""Editing in the viewer, in a real browser: what is typed arrives exactly, once and in order."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from benchmarks._measure import Client
from scripts.local_app import Server, wait_idle
from seqviz_core.figures.viewer import code
from tests.e2e.viewer_page import SEQUENCE, at_base, click, expect_sent, other, replaced, seen, sent, track

OpenViewer = Callable[..., Page]


def test_a_click_and_a_letter_edit_that_very_base(open_viewer: OpenViewer):
    page, letter = open_viewer(), other(SEQUENCE[41])
    click(page, 41)
    page.keyboard.type(letter.lower())
    assert seen(page) == SEQUENCE[:41] + letter + SEQUENCE[42:]  # at once, before any answer
    expect_sent(page, replaced(41, letter))
    expect(page.get_by_text(f"sequence {SEQUENCE[:41]}{letter}{SEQUENCE[42:]}")).to_be_visible()
    expect(page.locator(".where")).to_contain_text("43 of 100, + strand; reference")


def test_five_letters_typed_faster_than_the_server_answers_arrive_in_order_and_never_flicker(open_viewer: OpenViewer):
    page = open_viewer("?slow=0.4")
    page.locator(".seqviz").evaluate("""root => { root.history = new Set();
        const look = () => { root.history.add(root.viewer.seen.letters); requestAnimationFrame(look); }; look(); }""")
    letters = [other(b) for b in SEQUENCE[10:15]]
    click(page, 10)
    page.keyboard.type("".join(letters), delay=120)
    expect(page.locator(".seqviz.waiting")).to_have_count(1)
    steps = [SEQUENCE[:10] + "".join(letters[:n]) + SEQUENCE[10 + n:] for n in range(6)]
    expect_sent(page, *(replaced(10 + i, letter) for i, letter in enumerate(letters)))
    expect(page.get_by_text(f"sequence {steps[-1]}")).to_be_visible()
    wait_idle(page)
    assert page.locator(".seqviz").evaluate("root => [...root.history]") == steps
    expect(page.locator(".seqviz.waiting")).to_have_count(0)
    assert page.locator(".seqviz").evaluate("root => [root.viewer.caret, root.viewer.pending.length]") == [15, 0]


def test_insert_delete_and_backspace(open_viewer: OpenViewer):
    page = open_viewer()
    click(page, 20)
    page.keyboard.press("Delete")
    page.keyboard.press("Backspace")
    page.keyboard.press("Insert")
    expect(page.get_by_role("button", name="Typing inserts bases")).to_be_visible()
    page.keyboard.type("u")
    expect_sent(page, {"kind": "edit", "start": 20, "deleted": 1, "inserted": ""},
                {"kind": "edit", "start": 19, "deleted": 1, "inserted": ""},
                {"kind": "edit", "start": 19, "deleted": 0, "inserted": "T"})
    assert seen(page) == SEQUENCE[:19] + "T" + SEQUENCE[21:]


def test_the_letter_already_there_only_moves_on_and_a_stranger_is_refused(open_viewer: OpenViewer):
    page = open_viewer()
    click(page, 5)
    page.keyboard.type(SEQUENCE[5:8] + "x")
    expect(page.locator(".where")).to_contain_text("“x” is not a base")
    page.keyboard.press("ArrowRight")
    expect(page.locator(".where")).to_contain_text("10 of 100")
    expect_sent(page)


def test_a_selection_is_copied_pasted_over_and_refused_where_it_is_no_dna(open_viewer: OpenViewer):
    page = open_viewer()
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page.mouse.move(*at_base(page, 30))
    page.mouse.down()
    page.mouse.move(*at_base(page, 32))
    page.mouse.move(*at_base(page, 33))
    page.mouse.up()
    page.mouse.move(5, 5)
    expect(page.locator(".where")).to_have_text("Bases 31 to 34 selected (4)")
    page.keyboard.press("Control+c")
    expect(page.locator(".where")).to_contain_text("Copied 4 bases")
    assert page.evaluate("() => navigator.clipboard.readText()") == SEQUENCE[30:34]
    page.evaluate("() => navigator.clipboard.writeText(' ggg\\nuuu ')")
    page.keyboard.press("Control+v")
    expect_sent(page, {"kind": "edit", "start": 30, "deleted": 4, "inserted": "GGGTTT"})
    expect(page.locator(".where")).to_contain_text("Pasted 6 bases at 31.")
    page.evaluate("() => navigator.clipboard.writeText('ACGXT')")
    page.keyboard.press("Control+v")
    expect(page.locator(".where")).to_contain_text("Nothing was pasted: “X” is not a base.")
    assert len(sent(page)) == 1 and seen(page) == SEQUENCE[:30] + "GGGTTT" + SEQUENCE[34:]


def test_undo_and_redo_by_key_and_button_and_what_is_typed_meanwhile_waits(open_viewer: OpenViewer):
    page, letter = open_viewer("?slow=0.3"), other(SEQUENCE[50])
    expect(page.get_by_role("button", name="Undo the last edit")).to_be_disabled()
    click(page, 50)
    page.keyboard.type(letter)
    page.keyboard.press("Control+z")
    page.keyboard.press("Control+Shift+z")
    page.keyboard.press("Delete")  # base 52 of the sequence that the redo brings back
    expect_sent(page, replaced(50, letter), {"kind": "undo"}, {"kind": "redo"},
                {"kind": "edit", "start": 51, "deleted": 1, "inserted": ""})
    page.get_by_role("button", name="Take back all edits").click()
    expect(page.get_by_text(f"sequence {SEQUENCE}")).to_be_visible()
    expect(page.get_by_role("button", name="Undo the last edit")).to_be_disabled()
    expect(page.get_by_role("button", name="Redo")).to_be_enabled()


def test_the_keyboard_alone_reaches_everything(open_viewer: OpenViewer):
    page, letter = open_viewer(), other(SEQUENCE[2])
    for _ in range(40):
        page.keyboard.press("Tab")
        if page.evaluate("() => { let e = document.activeElement; while (e?.shadowRoot) e = e.shadowRoot.activeElement; "
                         "return e?.className === 'field'; }"):
            break
    else:
        pytest.fail("Tab never reached the letters")
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowRight")
    expect(page.get_by_role("status").filter(has_text=f"{SEQUENCE[2]} 3 of 100, + strand")).to_have_count(1)
    page.keyboard.type(letter)
    expect_sent(page, replaced(2, letter))
    expect(page.locator(".letters .field")).to_be_focused()  # also after the answer
    page.keyboard.press("Home")
    page.keyboard.press("Shift+ArrowRight")
    page.keyboard.press("Shift+ArrowRight")
    page.keyboard.press("Delete")
    expect_sent(page, replaced(2, letter), {"kind": "edit", "start": 0, "deleted": 2, "inserted": ""})
    body = track(page, "feature_map:").locator(".body")
    body.focus()
    page.keyboard.press("Enter")  # the first windows begin left of the first column
    expect(page.locator(".where")).to_contain_text("This track has no value at that base.")
    for key in ("ArrowDown", *["ArrowRight"] * 9, "Enter"):
        page.keyboard.press(key)
    expect(page.get_by_test_id("stCode")).to_contain_text('"pick"')
    picked = sent(page)[-1]
    assert picked["kind"] == "pick" and picked["probe"] == "conv1" and 20 <= picked["row"] < 32 and picked["position"] == 4


def test_the_code_travels_once(viewer_server: Server):
    with Client(viewer_server) as client:
        first = client.rerun()
        again = client.tell("viewer", {"kind": "zoom", "first": 10, "last": 60})
        assert first.bytes - again.bytes > 0.9 * len(code())


def test_what_is_drawn_is_kept_over_a_rerun(open_viewer: OpenViewer):
    page = open_viewer()
    before = page.locator(".seqviz").evaluate_handle("root => [...root.querySelectorAll('canvas, button, h3')]")
    heights = page.locator(".track").evaluate_all("nodes => nodes.map(n => n.offsetHeight)")
    click(page, 12)
    page.keyboard.type(other(SEQUENCE[12]))
    wait_idle(page)
    assert page.locator(".seqviz").evaluate("""(root, before) => {
        const now = [...root.querySelectorAll('canvas, button, h3')];
        return now.length === before.length && now.every((n, i) => n === before[i]); }""", before)
    assert page.locator(".track").evaluate_all("nodes => nodes.map(n => n.offsetHeight)") == heights
