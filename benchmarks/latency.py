"""How long a visitor waits: for an edit of the sequence, by models on the ruler and bases, and from start to first prediction.

    python -m benchmarks.latency [bases ...]

An edit replaces one base by another, so that every model runs on a sequence it has not seen, with the tracks that a first visit
shows. server: from the request of a client on the same machine, which speaks the websocket, to "script finished"; kB: what it
receives meanwhile. paint: in a real browser, from the press of the key until the tracks of the edited sequence are on the screen.
The models are the three shipped ones, then three runs of the same architectures, trained at the start.
"""

import random
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from urllib.parse import urlencode

import psutil
from playwright.sync_api import Browser, Page

from benchmarks._measure import Client, report, spread
from scripts.local_app import TOUR_SEEN, Server, launch_browser, serve, wait_idle
from seqviz_core.training import RunStore, TrainingConfig
from seqviz_core.training.pretrain import PRETRAINED
from seqviz_core.training.worker import train_here

LENGTHS = (100, 200, 1000, 10_000)  # bases
MODELS = (1, 3, 6)
EDITS = 10
QUICK = TrainingConfig(epochs=1, n_train=500, n_valid=100, seed=2)  # what a model has learned costs nothing
VIEWER = ".st-key-picture [data-testid='stBidiComponentIsolated'] .seqviz"
WATCH = """viewer => {
  const before = Number(viewer.dataset.drawn);
  window.painted = new Promise(resolve => {
    let pressed = 0;
    addEventListener('keydown', event => { pressed = event.timeStamp; }, { capture: true, once: true });
    new MutationObserver((_, watcher) => {
      if (Number(viewer.dataset.drawn) <= before) return;
      watcher.disconnect();
      setTimeout(() => resolve(performance.now() - pressed));  // the frame that drew it has been shown by then
    }).observe(viewer, { attributeFilter: ['data-drawn'] });
  });
}"""


def another(base: str) -> str:
    """Return a base that is not this one."""
    return "CGTA"["ACGT".index(base)]


def address(sequence: str, runs: Sequence[str]) -> str:
    return urlencode({"v": "1", "seq": sequence, "models": ",".join(runs)})


def server_edits(server: Server, sequence: str, runs: Sequence[str]) -> dict[str, object]:
    """Return the spread of milliseconds and of kilobytes of an edit, after a first one that does not count."""
    with Client(server, address(sequence, runs)) as client:
        client.rerun()
        reruns = [client.tell("picture", {"kind": "edit", "start": at, "deleted": 1, "inserted": another(sequence[at])})
                  for at in range(EDITS + 1)][1:]
    return {"server_ms": spread([1000 * rerun.seconds for rerun in reruns], digits=0),
            "kB": spread([rerun.bytes / 1000 for rerun in reruns], digits=0)}


def painted_edits(page: Page, server: Server, sequence: str, runs: Sequence[str]) -> dict[str, object]:
    """Return the spread of milliseconds from key to paint of an edit, after a first one that does not count."""
    page.goto(f"{server.url}/?{address(sequence, runs)}")
    viewer = page.locator(VIEWER)
    viewer.locator(".field").click(timeout=300_000)
    page.keyboard.press("Home")
    times = []
    for base in sequence[:EDITS + 1]:
        wait_idle(page, 300)
        viewer.evaluate(WATCH)
        page.keyboard.press(another(base))
        times.append(page.evaluate("painted"))
    return {"paint_ms": spread(times[1:], digits=0)}


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


def six_runs(folder: Path) -> list[str]:
    """Return the ids of the shipped runs and of as many that are trained into the server's own store now."""
    store = RunStore(folder / "runs")
    quick = [replace(spec, training=QUICK) for spec in PRETRAINED.values()]
    return [*PRETRAINED, *(train_here(spec, store).id for spec in quick)]


def main(lengths: Sequence[int]) -> None:
    rng, edits = random.Random(1), {}
    print(f"{'models':>6} {'bases':>7} {'server ms':>16} {'kB':>8} {'key to paint ms':>18}   (median, 90th percentile)")
    with launch_browser() as browser, tempfile.TemporaryDirectory() as folder:
        runs = six_runs(Path(folder))
        with serve(Path(folder)) as server:
            page = browser.new_page(viewport={"width": 1280, "height": 900})
            page.add_init_script(TOUR_SEEN)
            server_edits(server, "ACGT" * 50, runs)  # everything loaded, the filters read
            for models in MODELS:
                for length in lengths:
                    sequence, on = "".join(rng.choices("ACGT", k=length)), runs[:models]
                    cell = server_edits(server, sequence, on) | painted_edits(page, server, sequence, on)
                    edits[f"{models} models, {length} bases"] = cell
                    ms, kb, paint = cell["server_ms"], cell["kB"], cell["paint_ms"]
                    print(f"{models:>6} {length:>7,} {ms['median']:>9.0f} {ms['p90']:>6.0f} {kb['median']:>8.0f} "
                          f"{paint['median']:>11.0f} {paint['p90']:>6.0f}", flush=True)
            memory = psutil.Process(server.process.pid).memory_info().rss
        starts = [start_to_prediction(browser) for _ in range(3)]
    report("latency", {"edit": edits, "start_to_first_prediction_s": spread(starts), "server_rss_mb": round(memory / 1e6)})


if __name__ == "__main__":
    main([int(bases) for bases in sys.argv[1:]] or LENGTHS)
