"""How long a visitor waits: the server's share of an Explore rerun, click to paint, and from start to first prediction.

    python -m benchmarks.latency

Server times are of a client on the same machine that speaks the websocket: from its request to "script finished".
"cached" repeats a view; "new sequence" shows one that the server has not seen, so that every model runs again.
"""

import random
import tempfile
import time
from pathlib import Path

import psutil
from playwright.sync_api import Browser, Page

from benchmarks._measure import Client, report, spread
from scripts.local_app import Server, launch_browser, serve, wait_idle
from seqviz_core.models import ARCHITECTURES
from seqviz_core.training import pretrained_store

LENGTHS = (100, 1000)  # bases
SHIPPED = {run.spec.architecture for run in pretrained_store().runs()}
LABELS = tuple(architecture.label for architecture in ARCHITECTURES if architecture.name in SHIPPED)
REPEATS = 10
SETTLED = """([key, label]) => new Promise(resolve => {
  const app = document.querySelector("[data-testid='stApp']"), start = performance.now();
  let last = start, ran = false;
  new MutationObserver(() => { last = performance.now(); }).observe(app, {subtree: true, childList: true, characterData: true});
  const look = () => {
    const state = app.getAttribute("data-test-script-state");
    ran ||= state === "running";
    if (ran && state === "notRunning" && performance.now() - last > 500) resolve(last - start);
    else requestAnimationFrame(look);
  };
  [...document.querySelectorAll(`.st-key-${key} button`)].find(b => b.textContent.includes(label)).click();
  look();
})"""  # milliseconds from the click to the last change of the page


def random_sequence(length: int, rng: random.Random) -> str:
    return "".join(rng.choices("ACGT", k=length))


def server_times(server: Server) -> dict[str, dict[str, float]]:
    """Return the spread of milliseconds by "<model>, <length>, cached | new sequence"."""
    rng, times = random.Random(1), {}
    for label in LABELS:
        for length in LENGTHS:
            with Client(server) as client:
                client.rerun()
                client.rerun(sequence_text=random_sequence(length, rng), focus=[label])
                new = [client.rerun(sequence_text=random_sequence(length, rng)) for _ in range(REPEATS)]
                cached = [client.rerun() for _ in range(REPEATS)]
            times[f"{label}, {length} bases, new sequence"] = spread([1000 * rerun.seconds for rerun in new])
            times[f"{label}, {length} bases, cached"] = spread([1000 * rerun.seconds for rerun in cached])
    return times


def click_times(page: Page, server: Server) -> dict[str, dict[str, float]]:
    """Return the spread of milliseconds from choosing a model to the last change on the page, by length."""
    rng, times = random.Random(2), {}
    for length in LENGTHS:
        page.goto(f"{server.url}/?seq={random_sequence(length, rng)}")
        page.locator(".st-key-predictions").wait_for()
        wait_idle(page)
        clicks = [page.evaluate(SETTLED, ["focus", label]) for _ in range(REPEATS // 3) for label in (*LABELS[1:], LABELS[0])]
        times[f"{length} bases"] = spread(clicks, digits=0)
    return times


def start_to_prediction(browser: Browser) -> float:
    """Return the seconds from starting the server to the first prediction on the screen of a browser that is open."""
    page = browser.new_page()
    with tempfile.TemporaryDirectory() as folder:
        start = time.perf_counter()
        with serve(Path(folder)) as server:
            page.goto(server.url)
            page.locator(".st-key-predictions").wait_for(timeout=60_000)
            seconds = time.perf_counter() - start
            page.close()
    return seconds


def main() -> None:
    with launch_browser() as browser:
        starts = [start_to_prediction(browser) for _ in range(3)]
        with tempfile.TemporaryDirectory() as folder, serve(Path(folder)) as server:
            reruns = server_times(server)
            clicks = click_times(browser.new_page(viewport={"width": 1280, "height": 900}), server)
            memory = psutil.Process(server.process.pid).memory_info().rss
    for title, table in (("server time of a rerun, ms", reruns), ("click to paint, ms", clicks)):
        print(f"\n{title}")
        for name, figures in table.items():
            print(f"  {name:40}" + "".join(f"{what} {value:<9}" for what, value in figures.items()))
    report("latency", {"rerun_ms": reruns, "click_to_paint_ms": clicks, "start_to_first_prediction_s": spread(starts),
                       "server_rss_mb": round(memory / 1e6)})


if __name__ == "__main__":
    main()
