"""The base probabilities that a class likes best, as a logo broken into lines, so that every letter can be read."""

import numpy as np

from ..errors import SeqVizError
from . import logo, svg
from .palette import ThemeName, theme_of

LINE = 50  # columns a line
COLUMN, LOGO, LEFT, ROW = 17, 56, 40, 88  # pixels


def optimum_svg(ppm: np.ndarray, *, label: str = "a class", theme: ThemeName = "light",
                text_colour: str = "currentColor") -> str:
    """Return the logo in bits of `ppm` (4, L), LINE columns a line, with positions below (1-based) and bits at the left.

    Raises SeqVizError where there is no column.
    """
    look, heights = theme_of(theme), logo.information_heights(ppm)
    length = heights.shape[1]
    if not length:
        raise SeqVizError("There is no position to draw.")
    body = logo.OUTLINES
    for row, first in enumerate(range(0, length, LINE)):
        part, top = heights[:, first:first + LINE], row * ROW + 8
        right, foot = LEFT + part.shape[1] * COLUMN, top + LOGO
        body += svg.line(LEFT, foot + 0.5, right, foot + 0.5, look.zero) + svg.line(LEFT - 3, top, LEFT - 3, foot, look.zero)
        body += svg.text("2", LEFT - 8, top + 10, size=12, anchor="end") + svg.text("bits", LEFT - 8, foot, size=12, anchor="end")
        body += logo.draw(part, look, LEFT, top, COLUMN, LOGO, (0, 2))
        ticks = [k for k in range(first + 1, first + part.shape[1] + 1) if k == 1 or k % 10 == 0]
        body += "".join(svg.text(k, LEFT + (k - first - 0.5) * COLUMN, foot + 16, size=12, anchor="middle", opacity=0.85)
                        for k in ticks)
    return svg.document(body, LEFT + min(length, LINE) * COLUMN + 12, ROW * -(-length // LINE), _alt(heights, label), text_colour)


def _alt(heights: np.ndarray, label: str) -> str:
    settled = heights.sum(axis=0) > 1
    letters = "".join("ACGT"[base] if sure else "." for base, sure in zip(heights.argmax(axis=0), settled))
    return f"What {label} likes best, in bits: {int(settled.sum())} of {len(settled)} positions are above 1 bit: {letters}"
