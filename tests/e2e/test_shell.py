"""The app as a whole: every page first on a fresh server, nothing from outside, nothing left behind."""

import json
import os
import signal
import time
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import psutil
import pytest
from playwright.sync_api import Browser, Page, expect

from scripts.local_app import ROOT, Server, serve, wait_idle

QUESTIONS = {
    "": "What does this model see in this sequence?",
    "compare": "Which lens fits?",
    "data": "What is there to learn?",
    "train": "Can it learn this?",
    "motifs": "What did it learn?",
    "experiments": "What if I change it?",
    "trust": "Should I believe the picture?",
}
TOO_FAINT = """() => {
  const parts = colour => { const n = colour.match(/[\\d.]+/g).map(Number); return n.length < 4 ? [...n, 1] : n; };
  const over = (top, ground) => top.slice(0, 3).map((c, i) => c * top[3] + ground[i] * (1 - top[3]));
  const luminance = rgb => rgb.map(c => c / 255).map(c => c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4)
    .reduce((sum, c, i) => sum + c * [0.2126, 0.7152, 0.0722][i], 0);
  const ground = e => e ? over(parts(getComputedStyle(e).backgroundColor), ground(e.parentElement)) : [255, 255, 255];
  const faint = e => {
    const back = ground(e), text = over(parts(getComputedStyle(e).color), back);
    const [low, high] = [luminance(back), luminance(text)].sort((a, b) => a - b);
    const large = parseFloat(getComputedStyle(e).fontSize) >= 24;
    return (high + 0.05) / (low + 0.05) < (large ? 3 : 4.5);
  };
  const says = e => [...e.childNodes].some(n => n.nodeType === 3 && n.textContent.trim()) && e.checkVisibility();
  return [...document.querySelectorAll("[data-testid='stApp'] *:not(svg *):not(style):not(script)")]
    .filter(e => says(e) && !e.closest("[disabled]") && faint(e))
    .map(e => e.textContent.slice(0, 40) + " " + getComputedStyle(e).color);
}"""  # the texts with less than contrast AA (WCAG 2.2) against what lies behind them


def test_every_page_file_has_its_question_here() -> None:
    assert {path.stem for path in (ROOT / "pages").glob("*.py")} == {name or "explore" for name in QUESTIONS}


@pytest.mark.parametrize("path", ["", "train", "trust"])  # the landing page, and deep links of two sections
def test_first_request_of_a_fresh_server(path: str, page: Page, fresh_server: Server) -> None:
    page.goto(f"{fresh_server.url}/{path}")
    expect(page.get_by_role("heading", level=1)).to_have_text(QUESTIONS[path], timeout=60_000)
    wait_idle(page)
    expect(page.get_by_role("dialog")).to_have_count(0)
    assert page.get_by_test_id("stSidebarNavLink").all_inner_texts() == ["Explore", "Compare", "Data", "Train", "Motifs",
                                                                         "Experiments", "Trust"]


def test_explore_has_an_address_by_name(page: Page, server: Server) -> None:
    page.goto(f"{server.url}/explore?seq=ACGTTAGATAAGACGTTTGACGATCA&name=a%20b")
    wait_idle(page)
    address = urlsplit(page.url)
    assert address.path == "/"
    said = parse_qs(address.query)
    assert said == {"v": ["1"], "seq": ["ACGTTAGATAAGACGTTTGACGATCA"], "name": ["a b"], "focus": ["cnn"]}
    expect(page.get_by_role("dialog")).to_have_count(0)


@pytest.mark.parametrize("path", QUESTIONS)
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_a_projector_shows_it_whole_and_readable(path: str, scheme: str, page: Page, server: Server) -> None:
    page.set_viewport_size({"width": 1024, "height": 768})
    page.emulate_media(color_scheme=scheme)
    page.goto(f"{server.url}/{path}")
    expect(page.get_by_role("heading", level=1)).to_have_text(QUESTIONS[path])
    wait_idle(page)
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
    assert page.get_by_test_id("stSidebar").bounding_box()["width"] == 200
    assert page.evaluate(TOO_FAINT) == []


@pytest.mark.parametrize("sign", [signal.SIGTERM, signal.SIGINT, signal.SIGKILL])
def test_no_process_is_left(sign: signal.Signals, browser: Browser, fresh_server: Server) -> None:
    page = browser.new_page()  # not watched: an open tab rightly complains when its server goes
    page.goto(fresh_server.url)  # and must not hold the server up
    wait_idle(page)
    workers = _workers_of(fresh_server)
    if sign is signal.SIGINT:
        os.killpg(fresh_server.process.pid, sign)  # as Ctrl-C in a terminal: to the workers too
    else:
        fresh_server.process.send_signal(sign)
    fresh_server.process.wait(timeout=20)
    _, alive = psutil.wait_procs(workers, timeout=10)
    assert alive == []
    page.close()


def test_stopping_in_the_middle_of_training_is_written_down(browser: Browser, fresh_server: Server, tmp_path: Path) -> None:
    page = browser.new_page()
    page.goto(f"{fresh_server.url}/train")
    page.get_by_role("button", name="Train", exact=True).click()
    page.get_by_role("button", name="Cancel").wait_for(timeout=60_000)
    workers = _workers_of(fresh_server)
    fresh_server.process.terminate()
    fresh_server.process.wait(timeout=20)
    _, alive = psutil.wait_procs(workers, timeout=10)
    (status,) = (tmp_path / "runs").glob("*/status.json")
    assert (alive, json.loads(status.read_text())["state"]) == ([], "interrupted")
    page.close()


def _workers_of(server: Server) -> list[psutil.Process]:
    """Return the processes the server started, once there are some."""
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline and "Traceback" not in server.log.read_text():
        workers = psutil.Process(server.process.pid).children(recursive=True)
        if any("spawn_main" in " ".join(worker.cmdline()) for worker in workers):
            return workers
        time.sleep(0.2)
    raise AssertionError(f"the server started no worker:\n{server.log.read_text()}")


def test_signal_while_loading_ends_cleanly(tmp_path: Path) -> None:
    with serve(tmp_path) as server:  # stopped the moment it answers, in the middle of loading torch
        pass
    assert server.process.returncode == -signal.SIGTERM
    log = server.log.read_text()
    assert "Traceback" not in log and "terminate called" not in log, log
