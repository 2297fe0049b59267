"""What the tests of the viewer do with the harness page: where a base lies, and what has arrived."""

import json

import numpy as np
from playwright.sync_api import Locator, Page

SEQUENCE = "".join(np.random.default_rng(1).choice(list("ACGT"), 100))


def sent(page: Page) -> list[dict]:
    return json.loads(page.locator("[data-testid='stCode'] code").inner_text())


def expect_sent(page: Page, *events: dict, but: str = "") -> None:
    """Wait until exactly these events have arrived, those of kind `but` aside."""
    for _ in range(100):
        if len([e for e in sent(page) if e["kind"] != but]) >= len(events):
            break
        page.wait_for_timeout(50)
    page.wait_for_timeout(150)  # so that one too many would be seen
    assert [e for e in sent(page) if e["kind"] != but] == list(events)


def replaced(start: int, letter: str) -> dict:
    return {"kind": "edit", "start": start, "deleted": 1, "inserted": letter}


def at_base(page: Page, base: int, row: str = ".letters", down: float = 25, shown: int = 100,
            first: float = 0) -> tuple[float, float]:
    """Return where on the screen a base (0-based) lies, `down` pixels below the top of a row; `shown` bases are, from `first`."""
    box = page.locator(f"{row} canvas.plot").first.bounding_box()
    return box["x"] + (base - first + 0.5) / shown * box["width"], box["y"] + down


def click(page: Page, base: int) -> None:
    page.mouse.click(*at_base(page, base))


def seen(page: Page) -> str:
    return page.locator(".seqviz").evaluate("root => root.viewer.seen.letters")


def track(page: Page, start: str) -> Locator:
    return page.locator(f".track[data-track^='{start}']").first


def other(letter: str) -> str:
    return "ACGT"[("ACGT".index(letter) + 1) % 4]
