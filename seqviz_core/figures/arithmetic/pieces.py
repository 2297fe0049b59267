"""What the pictures of an arithmetic are made of: a line of calculation, cells with numbers, signed bars."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from .. import svg
from ..palette import MONOSPACE, Theme, contrast

WIDTH = 720  # pixels: fits beside the sidebar of a window of 1,024
LINE = 52  # of a line of calculation
CELL = 22  # height of a cell


class Token(NamedTuple):
    """A piece of a calculation: a number or a sign, and in small letters below it what it is; `strong` for what comes out."""

    text: str
    caption: str = ""
    strong: bool = False

    @property
    def width(self) -> float:
        return max(10.2 * len(self.text), 5.9 * len(self.caption)) + 10


def number(value: float) -> str:
    """Return a number with a real minus sign: three decimals below 1, then two, one and none; tiny and huge ones as powers."""
    size = abs(value)
    if value == 0:
        return "0"
    decimals = 3 if size < 0.9995 else 2 if size < 9.995 else 1 if size < 999.5 else 0
    text = f"{value:.1e}" if size >= 1e6 or size < 0.0005 else f"{value:,.{decimals}f}"
    return text.replace("-", "−")


def in_cell(value: float) -> str:
    """Return a number as short as a cell needs it: two decimals below 10, then one, then none; never "−0.00"."""
    size = abs(value)
    return f"{value:z.{2 if size < 9.995 else 1 if size < 99.95 else 0}f}".replace("-", "−")


def factor(value: float) -> str:
    """Return a number as it stands behind a times sign."""
    return f"({number(value)})" if value < 0 else number(value)


def signed(value: float) -> str:
    """Return a number with its sign; zero has none."""
    return number(value) if value <= 0 else f"+{number(value)}"


def bases(stretch: tuple[int, int]) -> str:
    """Return a stretch as the screen counts: "34–41", "34"."""
    start, end = stretch
    return f"{start + 1:,}–{end:,}" if end - start > 1 else f"{start + 1:,}"


def calculation(tokens: Sequence[Token], y: float, x: float = 0, width: float = WIDTH) -> tuple[str, float]:
    """Return a line of calculation below y, broken where it does not fit, and where it ends."""
    body, at = "", x
    for k, token in enumerate(tokens):
        needed = sum(t.width for t in tokens[k:k + (1 if token.caption else 2)])  # a sign stays with the number behind it
        if at + needed > width and at > x:
            at, y = x + 24, y + LINE
        middle = at + token.width / 2
        body += svg.text(token.text, middle, y + 22, size=18, anchor="middle", weight=700 if token.strong else 500)
        body += svg.text(token.caption, middle, y + 38, size=11.5, anchor="middle", opacity=0.8) if token.caption else ""
        at += token.width
    return body, y + LINE


def summed(parts: Sequence[tuple[float, str]]) -> list[Token]:
    """Return "1.2 + 0.3 − 0.5" with a caption below each number."""
    tokens = []
    for k, (value, caption) in enumerate(parts):
        tokens += [Token("−" if number(value)[0] == "−" else "+")] if k else []
        tokens.append(Token(number(abs(value)) if k else number(value), caption))
    return tokens


def heat_row(values: Sequence[float], x: float, y: float, cell: float, reach: float, theme: Theme) -> str:
    """Return a row of cells as wide as `cell`, coloured from -reach to reach, with their numbers."""
    body = ""
    for k, value in enumerate(values):
        fill = shade(value / reach if reach else 0.0, theme)
        body += svg.rect(x + k * cell + 0.5, y + 0.5, cell - 1, CELL - 1, fill)
        body += svg.text(in_cell(value), x + (k + 0.5) * cell, y + 15, size=small(cell), anchor="middle", colour=ink(fill))
    return body


def small(cell: float) -> float:
    """Return the size of type in which "−0.50" fits a cell this wide."""
    return min(12, round(cell / 3.4, 1))


def shade(value: float, theme: Theme) -> str:
    """Return the colour of the diverging scale at `value`, -1 to 1."""
    place = (min(max(value, -1.0), 1.0) + 1) / 2 * (len(theme.diverging) - 1)
    low = min(int(place), len(theme.diverging) - 2)
    a, b = (np.array([int(c[i:i + 2], 16) for i in (1, 3, 5)]) for c in theme.diverging[low:low + 2])
    return "#" + "".join(f"{round(v):02x}" for v in a + (place - low) * (b - a))


def ink(fill: str) -> str:
    """Return black or white, whichever is read better on a colour."""
    return max("#000000", "#ffffff", key=lambda colour: contrast(colour, fill))


def outline(x: float, y: float, width: float, height: float, theme: Theme) -> str:
    """Return a frame around a cell that was chosen."""
    return (f'<rect x="{x:.5g}" y="{y:.5g}" width="{width:.5g}" height="{height:.5g}" fill="none" stroke="{theme.text}" '
            'stroke-width="2"/>')


def letter(base: str, x: float, y: float, size: float, theme: Theme) -> str:
    """Return one base in its colour."""
    colour = theme.bases.get(base, theme.muted)
    return (f'<text x="{x:.5g}" y="{y:.5g}" font-size="{size:g}" font-family="{MONOSPACE}" font-weight="700" '
            f'text-anchor="middle" fill="{colour}">{base}</text>')


def colour_of(value: float, theme: Theme) -> str:
    """Return the colour of a bar: red above zero, blue below."""
    return theme.diverging[-2 if value >= 0 else 1]


def bar(value: float, x: float, y: float, width: float, reach: float, theme: Theme, height: float = 11) -> str:
    """Return a lying bar from the middle of x ... x + width, which stands for -reach ... reach."""
    middle, long = x + width / 2, (width / 2) * min(abs(value) / reach, 1) if reach else 0
    return (svg.rect(middle - long if value < 0 else middle, y, long, height, colour_of(value, theme))
            + svg.line(middle, y - 3, middle, y + height + 3, theme.zero))


def standing(values: Sequence[float], x: Sequence[float], width: float, top: float, height: float, theme: Theme,
             colours: Sequence[str] = ()) -> tuple[str, float]:
    """Return bars that stand on (or hang from) a zero line, centred at x, and the y of that line; `height` holds them all."""
    low, high = min(0.0, *values), max(0.0, *values)
    scale = height / (high - low or 1.0)
    zero = top + high * scale
    body = "".join(svg.rect(c - width / 2, zero - max(v, 0) * scale, width, abs(v) * scale, colours[k] if colours else
                            colour_of(v, theme)) for k, (v, c) in enumerate(zip(values, x, strict=True)))
    return body + svg.line(min(x) - width / 2, zero, max(x) + width / 2, zero, theme.zero), zero
