"""Filters as rows: the logo of what each fires on, its name, a bar with its interval, and a number at the right."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from ..errors import SeqVizError
from . import logo, svg
from .palette import Theme, ThemeName, plain, short_number, theme_of

ROW, LOGO_WIDTH, LOGO, NAME, BAR, TEXT, HEAD, FOOT, GAP = 40, 170, 30, 190, 270, 110, 26, 40, 12  # pixels
WIDTH = LOGO_WIDTH + NAME + BAR + TEXT + 3 * GAP


@dataclass(frozen=True, eq=False)
class FilterRow:
    """A filter: name and, under it, `note`; ppm (4, k) of what it fires on, None where it never does; value, low and high.

    text : the number at the right. strong : whether the value is beyond chance. chosen : whether the row is marked.
    """

    name: str
    note: str
    ppm: np.ndarray | None
    value: float
    low: float
    high: float
    text: str
    strong: bool
    chosen: bool = False


def filter_bars_svg(rows: Sequence[FilterRow], *, x: str, right: str, alt: str, colour: str = "",
                    theme: ThemeName | Theme = "light", text_colour: str = "currentColor") -> str:
    """Return the rows over one axis; x : what the bars show, right : what the numbers at the right are.

    Bars beyond chance have `colour`, the others are pale. Raises SeqVizError without a row.
    """
    if not rows:
        raise SeqVizError("There is no filter to draw.")
    theme = theme_of(theme)
    low, high = min(0.0, *(r.low for r in rows)), max(0.0, *(r.high for r in rows))
    high = high if high > low else low + 1
    left, foot = LOGO_WIDTH + NAME + 2 * GAP, HEAD + ROW * len(rows)
    at = lambda value: left + BAR * (value - low) / (high - low)
    body = logo.OUTLINES + _heads(x, right, left, theme)
    for tick in _ticks(low, high):
        body += svg.line(at(tick), HEAD, at(tick), foot, theme.zero if tick == 0 else theme.grid)
        body += svg.text(short_number(tick), at(tick), foot + 16, size=12, anchor="middle", colour=theme.muted)
    for i, row in enumerate(rows):
        body += _row(row, HEAD + ROW * i, at, colour or theme.truth, theme)
    return svg.document(body, WIDTH, foot + FOOT - 16, alt, text_colour)


def _heads(x: str, right: str, left: float, theme: Theme) -> str:
    heads = (("fires on", 0, "start"), (x, left, "start"), (right, WIDTH, "end"))
    return "".join(svg.text(words, at, HEAD - 10, size=12, anchor=anchor, colour=theme.muted) for words, at, anchor in heads)


def _row(row: FilterRow, top: float, at: Callable[[float], float], colour: str, theme: Theme) -> str:
    body = svg.rect(0, top + 1, WIDTH, ROW - 2, theme.grid, 0.7, 4) if row.chosen else ""
    middle, names = top + ROW / 2, LOGO_WIDTH + GAP
    if row.ppm is None:
        body += svg.text("never fires here", 4, middle + 4, size=12, colour=theme.muted)
    else:
        heights = logo.information_heights(row.ppm)
        body += logo.draw(heights, theme, 4, top + 4, min(12.0, (LOGO_WIDTH - 8) / heights.shape[1]), LOGO, (0, 2))
    body += svg.text(row.name, names, middle - 2, size=13, weight=600, limit=26)
    body += svg.text(row.note, names, middle + 13, size=11.5, colour=theme.muted, limit=32)
    start, end = sorted((at(0.0), at(row.value)))
    body += svg.rect(start, middle - 7, max(end - start, 1.5), 14, colour, 1.0 if row.strong else 0.35)
    body += svg.line(at(row.low), middle, at(row.high), middle, theme.muted, 1.5)
    body += "".join(svg.line(at(v), middle - 4, at(v), middle + 4, theme.muted, 1.5) for v in (row.low, row.high))
    return body + svg.text(row.text, WIDTH - 4, middle + 4, size=13, anchor="end")


def _ticks(low: float, high: float) -> list[float]:
    """Return at most five round numbers from low to high, 0 among them."""
    rough = (high - low) / 4
    power = 10.0 ** np.floor(np.log10(rough))
    step = power * next(m for m in (1, 2, 5, 10) if m * power >= rough * (1 - 1e-9))
    first, last = int(np.ceil(low / step - 1e-9)), int(np.floor(high / step + 1e-9))
    return [round(k * step, 10) for k in range(first, last + 1)]


def filter_bars_table(rows: Sequence[FilterRow], value: str, right: str) -> dict[str, list]:
    """Return the numbers of the rows."""
    return {"filter": [plain(r.name) for r in rows], "match": [plain(r.note) for r in rows], value: [r.value for r in rows],
            "low": [r.low for r in rows], "high": [r.high for r in rows], right: [r.text for r in rows]}
