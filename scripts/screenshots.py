"""Take the pictures of the README: each page of a server of its own, with a small trained run.

    python -m scripts.screenshots
"""

import tempfile
from pathlib import Path

from playwright.sync_api import Browser

from scripts.local_app import ROOT, launch_browser, serve, wait_idle

FOLDER = ROOT / "docs"
SIZE = {"width": 1280, "height": 960}


def picture(browser: Browser, url: str, name: str, scheme: str = "light") -> None:
    """Save docs/<name>.png of the page at `url`."""
    page = browser.new_page(viewport=SIZE, color_scheme=scheme)
    page.goto(url)
    wait_idle(page)
    page.wait_for_timeout(1000)  # figures draw after the script has ended
    page.screenshot(path=FOLDER / f"{name}.png")
    page.close()


def main() -> None:
    FOLDER.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory() as folder, serve(Path(folder)) as server, launch_browser() as browser:
        for name, path in (("explore", ""), ("train", "train"), ("motifs", "motifs")):
            picture(browser, f"{server.url}/{path}", name)
        picture(browser, server.url, "explore-dark", scheme="dark")


if __name__ == "__main__":
    main()
