"""Print the path of a Chromium for the browser tests and screenshots, installing one where that is possible.

    python scripts/ensure_chromium.py

Looked at in this order: $SEQVIZ_CHROMIUM, the PATH, Playwright's own download. Then Debian's package (as root),
then Playwright's download. Where nothing helps it says in one line what to do, and fails.
"""

import os
import shutil
import subprocess
import sys
from pathlib import Path

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable",
         "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome")
INSTALLS = (
    (["apt-get", "update", "-qq"], ["apt-get", "install", "-y", "-qq", "--no-install-recommends", "chromium"]),
    ([sys.executable, "-m", "playwright", "install", "chromium"],),
)
ADVICE = "No Chromium found and none could be installed: install one and set SEQVIZ_CHROMIUM to the path of its executable."


def find_chromium() -> str | None:
    """Return the path of a Chromium or Chrome on this machine, or None."""
    named = os.environ.get("SEQVIZ_CHROMIUM")
    if named:
        if not shutil.which(named):
            sys.exit(f"SEQVIZ_CHROMIUM is {named!r}, which is not an executable file.")
        return named
    return next(filter(None, map(shutil.which, NAMES)), None) or _playwrights_own()


def _playwrights_own() -> str | None:
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        path = playwright.chromium.executable_path
    return path if Path(path).is_file() else None


def install_chromium() -> None:
    """Try each way of installing that this machine has, until one gives a Chromium; its output goes to stderr."""
    for commands in INSTALLS:
        if commands[0][0] == "apt-get" and (os.geteuid() != 0 or not shutil.which("apt-get")):
            continue
        quiet = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
        done = all(subprocess.run(command, stdout=sys.stderr, env=quiet).returncode == 0 for command in commands)
        if done and find_chromium():
            return


def main() -> None:
    """Print the path of a Chromium, installed where need be; exit with one line of advice where there is none."""
    if not find_chromium():
        install_chromium()
    print(find_chromium() or sys.exit(ADVICE))


if __name__ == "__main__":
    main()
