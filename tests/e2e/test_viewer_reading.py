"""Reading in the viewer, in a real browser: values, zoom, fingers and tracks."""

import math
import re
from collections.abc import Callable

import numpy as np
import pytest
from playwright.sync_api import Page, expect

from scripts.local_app import wait_idle
from tests.e2e.viewer_page import SEQUENCE, at_base, click, expect_sent, sent, track

OpenViewer = Callable[..., Page]


def wave(base: int, seed: int, row: int = 0, letter: str = "") -> float:
    """Return one of the harness's numbers, by its formula alone."""
    code = "ACGTN".index(letter or SEQUENCE[base])
    return math.sin(code * (row + 1.3) + base / (3 + row % 5) + seed)


def test_the_readout_gives_the_very_numbers(open_viewer: OpenViewer):
    page = open_viewer()
    for base in (0, 37, 99):
        page.mouse.move(*at_base(page, base, ".track[data-track='attribution:@cnn']", 40))
        expect(page.locator(".where")).to_have_text(f"{SEQUENCE[base]} {base + 1} of 100, + strand")
        text = page.locator(".values").inner_text().replace("−", "-").replace("\n", "")
        for seed, model in enumerate(("CNN", "LSTM", "Attention")):
            value = float(re.search(rf"{model} attribution ([+-]?[\d.e-]+) logit", text)[1])
            assert value == pytest.approx(0.4 * wave(base, seed), abs=6e-4)


def test_the_row_under_the_pointer_is_read_and_picked(open_viewer: OpenViewer):
    page = open_viewer()
    plot = page.locator(".track[data-track='feature_map:@cnn'] canvas.plot")
    plot.scroll_into_view_if_needed()
    page.wait_for_timeout(200)
    column, row = 37, 4
    spot = at_base(page, column + 5, ".track[data-track='feature_map:@cnn']", (row + 0.5) * 19)  # a window of 11: 5 to its middle
    page.mouse.move(*spot)
    scale = np.linspace(1, 0.3, 12)[row]
    wanted = max(wave(column, 7, row) * scale, 0)
    value = page.locator(".track[data-track='feature_map:@cnn'] .value")
    expect(value).to_contain_text("filter 24 ")
    assert float(re.search(r"([\d.]+) activation", value.inner_text())[1]) == pytest.approx(wanted, abs=6e-4)
    page.mouse.click(*spot)
    expect_sent(page, {"kind": "pick", "run": "cnn", "probe": "conv1", "row": 24, "position": column})


def test_a_gate_is_read_to_the_digit_that_was_sent(open_viewer: OpenViewer):
    page = open_viewer()
    plot = page.locator(".track[data-track='gate:input i@lstm'] canvas.plot")
    plot.scroll_into_view_if_needed()
    page.wait_for_timeout(200)
    page.mouse.move(*at_base(page, 37, ".track[data-track='gate:input i@lstm']", 0.5 / 32 * 56))
    value = page.locator(".track[data-track='gate:input i@lstm'] .value")
    expect(value).to_have_text(re.compile(r"^0\.\d{1,2}$"))  # a byte each: half a step is 0.002
    assert float(value.inner_text()) == pytest.approx((wave(37, 0) + 1) / 2, abs=0.0071)


def test_a_click_in_the_attention_line_asks_about_that_base(open_viewer: OpenViewer):
    page = open_viewer()
    line = track(page, "attention:").locator("canvas.plot")
    line.scroll_into_view_if_needed()
    page.wait_for_timeout(200)
    page.mouse.click(*at_base(page, 70, ".track[data-track^='attention:']", 30))
    expect_sent(page, {"kind": "look", "position": 70})
    expect(page.get_by_role("heading", name="What does position 71 look at?")).to_be_visible()


def test_zoom_by_key_wheel_drag_and_button(open_viewer: OpenViewer):
    page = open_viewer()
    click(page, 49)
    page.keyboard.press("+")
    expect_sent(page, {"kind": "zoom", "first": 25, "last": 75})
    page.keyboard.press("0")
    expect_sent(page, *sent(page)[:1], {"kind": "zoom", "first": 1, "last": 100})
    x, y = at_base(page, 20, ".ruler", 20)
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(*at_base(page, 30, ".ruler", 20))
    page.mouse.move(*at_base(page, 39, ".ruler", 20))
    page.mouse.up()
    expect_sent(page, *sent(page)[:2], {"kind": "zoom", "first": 21, "last": 40})
    page.get_by_role("button", name="Show all bases").click()
    expect_sent(page, *sent(page)[:3], {"kind": "zoom", "first": 1, "last": 100})
    page.mouse.move(*at_base(page, 60, ".track[data-track='attribution:@cnn']", 40))
    page.keyboard.down("Control")
    page.mouse.wheel(0, -100)
    page.keyboard.up("Control")
    page.wait_for_timeout(900)
    last = sent(page)[-1]
    assert last["kind"] == "zoom" and last["first"] < 61 < last["last"] and last["last"] - last["first"] < 75
    expect(page.locator(".where")).to_contain_text(f"{SEQUENCE[60]} 61 of 100")  # the base under the pointer stayed there


def test_the_view_that_was_asked_for_is_the_one_that_opens(open_viewer: OpenViewer):
    page = open_viewer("?zoom=21-40")
    page.mouse.move(*at_base(page, 25, shown=20, first=20))
    expect(page.locator(".where")).to_have_text(f"{SEQUENCE[25]} 26 of 100, + strand")
    page.wait_for_timeout(700)
    assert sent(page) == []  # what came from outside is not sent back


def test_a_drag_pans_and_all_tracks_go_along(open_viewer: OpenViewer):
    page = open_viewer()
    click(page, 49)
    page.keyboard.press("+")
    page.wait_for_timeout(800)
    here = {"row": ".track[data-track='attribution:@cnn']", "down": 40, "shown": 50, "first": 24.75}
    page.mouse.move(*at_base(page, 50, **here))
    page.mouse.down()
    page.mouse.move(*at_base(page, 45, **here))
    page.mouse.move(*at_base(page, 40, **here))
    page.mouse.up()
    page.wait_for_timeout(900)
    assert sent(page)[-1] == {"kind": "zoom", "first": 35, "last": 85} and len(sent(page)) == 2


def fingers(page: Page) -> Callable[..., None]:
    """Return a function that puts fingers on the screen, moves them or (without a place) lifts them."""
    cdp = page.context.new_cdp_session(page)
    cdp.send("Emulation.setTouchEmulationEnabled", {"enabled": True, "maxTouchPoints": 2})
    return lambda kind, *places: cdp.send("Input.dispatchTouchEvent", {
        "type": f"touch{kind}", "touchPoints": [{"x": x, "y": y, "id": n} for n, (x, y) in enumerate(places)]})


def test_two_fingers_zoom_and_one_pans_or_scrolls_the_page(open_viewer: OpenViewer):
    page = open_viewer()
    row, touch = ".track[data-track='attribution:@cnn']", fingers(page)
    at = lambda base, down=40: at_base(page, base, row, down)
    view = lambda: page.locator(".seqviz").evaluate("root => [root.viewer.view.a, root.viewer.view.b]")
    touch("Start", at(44.5))
    touch("Start", at(44.5), at(54.5))
    touch("Move", at(39.5), at(54.5))
    touch("Move", at(39.5), at(59.5))  # twice as far apart: half as many bases, the same in the middle
    touch("End")
    assert view() == pytest.approx([25, 75], abs=0.5)
    page.wait_for_timeout(900)
    assert sent(page)[-1]["kind"] == "zoom"
    touch("Start", at(50))
    touch("Move", at(58))
    touch("Move", at(70))
    touch("End")
    assert view() == pytest.approx([15, 65], abs=0.6)  # 20 of 100 shown are 10 of 50
    assert {e["kind"] for e in sent(page)} == {"zoom"}
    tops = [page.locator(row).bounding_box()["y"]]
    start = at(50)
    touch("Start", start)
    for step in range(1, 9):
        touch("Move", (start[0], start[1] - 15 * step))
    touch("End")
    page.wait_for_timeout(300)
    tops.append(page.locator(row).bounding_box()["y"])
    assert tops[1] < tops[0] - 50 and view() == pytest.approx([15, 65], abs=0.6)


def test_tracks_fold_move_and_go(open_viewer: OpenViewer):
    page = open_viewer()
    first = track(page, "gate:")
    first.get_by_role("button", name="Fold LSTM").click()
    expect(page.locator(".track[data-track^='gate:']:visible")).to_have_count(1)
    expect_sent(page, {"kind": "fold", "track": "gate:input i@lstm"})
    expect(first.get_by_role("button", name="Open LSTM")).to_have_attribute("aria-expanded", "false")
    up = track(page, "gate:").get_by_role("button", name="Move gate up")
    up.focus()
    page.keyboard.press("Enter")
    expect_sent(page, {"kind": "move", "track_kind": "gate", "by": -1}, but="fold")
    wait_idle(page)
    order = page.locator(".track").evaluate_all("nodes => nodes.map(n => n.dataset.track.split(':')[0])")
    assert list(dict.fromkeys(order)) == ["planted", "attribution", "gate", "feature_map", "attention", "reading"]
    expect(up).to_be_focused()
    track(page, "attribution:").hover()
    track(page, "attribution:").get_by_role("button", name="Remove attribution").click()
    expect(page.locator(".track[data-track^='attribution:']")).to_have_count(0)
    expect_sent(page, {"kind": "move", "track_kind": "gate", "by": -1}, {"kind": "remove", "track_kind": "attribution"},
                but="fold")


def test_every_control_has_a_name_and_a_role(open_viewer: OpenViewer):
    page = open_viewer()
    nameless = page.locator(".seqviz").evaluate("""root => [...root.querySelectorAll('button, [tabindex], [role]')]
        .filter(n => !(n.getAttribute('aria-label') || n.textContent.trim() || n.getAttribute('role') === 'status'))
        .map(n => n.outerHTML)""")
    assert nameless == []
    expect(page.get_by_role("application", name=re.compile("^Sequence. Arrow keys move"))).to_have_count(1)
    expect(page.get_by_role("toolbar", name="Edits, zoom and saving")).to_be_visible()
    assert page.locator(".seqviz canvas").evaluate_all("all => all.every(c => c.getAttribute('aria-hidden') === 'true')")
    field = page.locator(".letters .field")
    field.focus()
    page.keyboard.press("ArrowRight")
    assert field.evaluate("n => getComputedStyle(n).outlineStyle") == "solid"


def test_ten_thousand_bases_pan_smoothly(open_viewer: OpenViewer, record_property):
    page = open_viewer("?length=10000")
    expect(track(page, "gate:").locator(".note")).to_contain_text("each pixel column: largest of ")
    frames = page.locator(".seqviz").evaluate("""async root => {
        const plot = root.querySelector('.ruler .plot'), box = plot.getBoundingClientRect(), v = root.viewer, times = [];
        v.view = { a: 4000, b: 5000 };
        for (let i = 0; i < 20; i++) {
          const t = performance.now();
          plot.dispatchEvent(new WheelEvent('wheel', { bubbles: true, composed: true, cancelable: true, deltaY: 40,
                                                       shiftKey: true, clientX: box.x + 300, clientY: box.y + 5 }));
          for (const task of v.tasks) task(v);
          times.push(performance.now() - t);
          await new Promise(requestAnimationFrame);
        }
        return times.sort((a, b) => a - b); }""")
    record_property("pan_ms", frames)
    track(page, "gate:").scroll_into_view_if_needed()
    expect(track(page, "gate:").locator(".note")).to_have_text("each column: largest of 2 positions")  # sent in detail
    print(f"one pan step of 10,000 bases: median {frames[10]:.1f} ms, worst {frames[-1]:.1f} ms")
    assert frames[10] < 100  # aim: under 16; here only that nothing is drawn base by base
    assert page.locator(".seqviz").evaluate("root => root.viewer.view.a") > 4500
