"""Take the pictures of the README: each page of a server of its own, the Train page with a run that has just ended.

    python -m scripts.screenshots
"""

import tempfile
from pathlib import Path

from playwright.sync_api import Page

from scripts.local_app import ROOT, TOUR_SEEN, Server, launch_browser, serve, wait_idle

FOLDER = ROOT / "docs"
WIDTH = 1280
HEIGHTS = {"explore": 1500, "train": 960, "motifs": 960, "experiments": 1500, "trust": 1240}


def open_explore(page: Page, server: Server) -> None:
    page.goto(server.url)
    page.locator(".seqviz .track").first.wait_for()


def open_train(page: Page, server: Server) -> None:
    page.goto(f"{server.url}/train")
    page.get_by_role("button", name="Train", exact=True).click()
    page.get_by_role("button", name="Open in Explore").first.wait_for(timeout=180_000)


def open_motifs(page: Page, server: Server) -> None:
    page.goto(f"{server.url}/motifs")
    page.get_by_role("button", name="Motifs (MEME)").wait_for()


def open_experiments(page: Page, server: Server) -> None:
    page.goto(f"{server.url}/experiments")
    page.get_by_text("Which variants change the logit").wait_for()


def open_trust(page: Page, server: Server) -> None:
    page.goto(f"{server.url}/trust")
    page.get_by_text("How fast does the logit fall").wait_for()


def main() -> None:
    FOLDER.mkdir(exist_ok=True)
    opened = {"explore": open_explore, "train": open_train, "motifs": open_motifs, "experiments": open_experiments,
              "trust": open_trust}
    with tempfile.TemporaryDirectory() as folder, serve(Path(folder)) as server, launch_browser() as browser:
        for name, height in HEIGHTS.items():
            page = browser.new_page(viewport={"width": WIDTH, "height": height}, color_scheme="light")
            page.add_init_script(TOUR_SEEN)
            opened[name](page, server)
            wait_idle(page)
            page.wait_for_timeout(1500)  # figures draw after the script has ended
            page.screenshot(path=FOLDER / f"{name}.png")
            page.close()


if __name__ == "__main__":
    main()
