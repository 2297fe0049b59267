"""A server of the app and a browser looking at it, for the browser tests, the screenshots and the benchmarks."""

import os
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from playwright.sync_api import Browser, Page, expect, sync_playwright

from scripts.ensure_chromium import ADVICE, find_chromium

ROOT = Path(__file__).resolve().parents[1]
QUIET = ("--no-first-run", "--disable-gpu", "--disable-quic", "--disable-sync", "--disable-background-networking",
         "--disable-component-update", "--disable-default-apps", "--no-pings")  # the browser itself asks for nothing
TOUR_SEEN = "if (location.protocol === 'http:') localStorage.setItem('seqviz-tour-1', 'ended')"  # for add_init_script


@dataclass(frozen=True)
class Server:
    """A running server: its address, its process, and the file that holds what it printed."""

    url: str
    process: subprocess.Popen
    log: Path


def free_port() -> int:
    """Return a port of 127.0.0.1 that nobody listens on now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@contextmanager
def serve(folder: Path, app: Path = ROOT / "app.py", env: Mapping[str, str] | None = None) -> Iterator[Server]:
    """Start `app` on a free port with its runs and its log in `folder`; stop it with SIGTERM at the end."""
    port, log = free_port(), folder / "server.log"
    command = [sys.executable, "-m", "streamlit", "run", str(app), "--server.port", str(port)]
    settings = {**os.environ, "SEQVIZ_RUNS": str(folder / "runs"), **(env or {})}
    with log.open("wb") as output:
        process = subprocess.Popen(command, cwd=ROOT, env=settings, stdout=output, stderr=output, start_new_session=True)
    server = Server(f"http://127.0.0.1:{port}", process, log)
    try:
        wait_healthy(server)
        yield server
    finally:
        process.terminate()
        try:
            process.wait(timeout=30)
        except subprocess.TimeoutExpired:
            process.kill()
            raise


def wait_healthy(server: Server, seconds: float = 60) -> None:
    """Return when the server answers; raise RuntimeError with its log if it ends or takes longer than `seconds`."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline and server.process.poll() is None:
        try:
            urllib.request.urlopen(f"{server.url}/_stcore/health", timeout=2).close()
            return
        except (urllib.error.URLError, ConnectionError, TimeoutError):
            time.sleep(0.02)
    raise RuntimeError(f"the server did not come up:\n{server.log.read_text()}")


@contextmanager
def launch_browser() -> Iterator[Browser]:
    """Start a headless Chromium."""
    path = find_chromium() or sys.exit(ADVICE)
    sandbox = ("--no-sandbox",) if os.geteuid() == 0 else ()
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=[*QUIET, *sandbox])
        yield browser
        browser.close()


def wait_idle(page: Page, seconds: float = 60) -> None:
    """Return when the page is connected, its script has run and nothing is still a skeleton.

    Not for a page that polls (a fragment with run_every): wait for its content instead.
    """
    page.wait_for_timeout(200)  # widgets hold an edit back for a moment
    milliseconds = seconds * 1000
    app = "[data-testid='stApp']"
    page.locator(f"{app}[data-test-connection-state='CONNECTED']").wait_for(state="attached", timeout=milliseconds)
    page.locator(f"{app}[data-test-script-state='notRunning']").wait_for(state="attached", timeout=milliseconds)
    expect(page.get_by_test_id("stSkeleton")).to_have_count(0, timeout=milliseconds)
