"""Sequence logos as SVG strings: a fraction of a millisecond each, from committed letter outlines."""

from typing import NamedTuple

import numpy as np

from ..errors import SeqVizError
from . import svg
from .glyphs import GLYPHS
from .palette import BASES, Theme, ThemeName, short_number, theme_of

OUTLINES = "<defs>" + "".join(f'<path id="glyph-{base}" d="{GLYPHS[base]}"/>' for base in BASES) + "</defs>"
"""What every picture with a logo begins with. The outlines carry no colour, so that logos on one page may share them."""


class Letters(NamedTuple):
    """Every letter of a logo, equal-length arrays: left edge (columns), lower edge and height (data units), base 0-3."""

    x: np.ndarray
    y: np.ndarray
    height: np.ndarray
    base: np.ndarray


def stack(heights: np.ndarray) -> Letters:
    """Return the letters of `heights` (4, L), stacked away from zero, the largest outermost; zeros draw nothing.

    Raises SeqVizError where the shape is wrong or a value is not finite.
    """
    heights = np.asarray(heights, dtype=np.float64)
    if heights.ndim != 2 or heights.shape[0] != 4:
        raise SeqVizError(f"A logo needs heights of shape (4, L), one row a base; these have shape {heights.shape}.")
    if not np.isfinite(heights).all():
        raise SeqVizError("A logo cannot be drawn: some of its heights are not finite numbers.")
    columns = heights.T  # (L, 4)
    order = np.argsort(np.abs(columns), axis=1, kind="stable")
    ordered = np.take_along_axis(columns, order, axis=1)
    above = np.cumsum(np.maximum(ordered, 0), axis=1)
    below = np.cumsum(np.minimum(ordered, 0), axis=1)
    lower = np.where(ordered > 0, above - ordered, below)
    drawn = np.abs(ordered) > 1e-6 * max(np.abs(heights).max(initial=0), 1e-30)
    x = np.broadcast_to(np.arange(len(columns))[:, None], ordered.shape)
    return Letters(x[drawn], lower[drawn], np.abs(ordered[drawn]), order[drawn])


def limits_of(heights: np.ndarray) -> tuple[float, float]:
    """Return the lowest and the highest point of a logo of `heights` (4, L); never an empty interval."""
    heights = np.asarray(heights, dtype=np.float64)
    low = float(np.minimum(heights, 0).sum(axis=0).min(initial=0))
    high = float(np.maximum(heights, 0).sum(axis=0).max(initial=0))
    return (low, high) if high > low else (0.0, 1.0)


def draw(heights: np.ndarray, theme: Theme, left: float, top: float, column: float, pixels: float,
         limits: tuple[float, float]) -> str:
    """Return the letters alone: `column` pixels a base from `left`, the interval `limits` over `pixels` from `top`.

    The document must hold OUTLINES. Letters lower than a fifth of a pixel are left out.
    """
    scale = pixels / (limits[1] - limits[0])
    letters = stack(heights)
    letters = Letters(*(field[letters.height * scale > 0.2] for field in letters))
    gap, parts = 0.03 * column, []
    xs, ys = left + letters.x * column + gap, top + (limits[1] - letters.y) * scale
    for code, base in enumerate(BASES):
        chosen = letters.base == code
        places = zip(xs[chosen].tolist(), ys[chosen].tolist(), (letters.height[chosen] * scale).tolist(), strict=True)
        marks = [f'<use href="#glyph-{base}" transform="matrix({column - 2 * gap:.4g} 0 0 {-h:.4g} {x:.6g} {y:.5g})"/>'
                 for x, y, h in places]
        parts.append(f'<g class="{base}" fill="{theme.bases[base]}">{"".join(marks)}</g>' if marks else "")
    return "".join(parts)


def logo_svg(heights: np.ndarray, *, width_px: float | None = None, height_px: float = 80, zero_line: bool = True,
             limits: tuple[float, float] | None = None, theme: ThemeName | Theme = "light", alt: str = "",
             text_colour: str = "currentColor") -> str:
    """Return a logo of signed `heights` (4, L) as SVG: what is positive stands on the zero line, what is negative hangs.

    `limits` fixes the scale (lowest, highest), so that several logos can be compared; letters stay upright below zero.
    """
    theme, heights = theme_of(theme), np.asarray(heights, dtype=np.float64)
    length = heights.shape[-1]
    if not length:
        raise SeqVizError("A logo needs at least one position; this one has none.")
    width = width_px or min(16 * length, 1600)
    low, high = limits or limits_of(heights)
    body = OUTLINES + draw(heights, theme, 0, 0, width / length, height_px, (low, high))
    if zero_line:
        y = height_px * high / (high - low)
        body += svg.line(0, y, width, y, theme.zero)
    strongest = int(np.abs(heights).max(axis=0).argmax())
    alt = alt or (f"Sequence logo of {length} positions; the tallest letter is "
                  f"{BASES[int(np.abs(heights[:, strongest]).argmax())]} at position {strongest + 1}.")
    return svg.document(body, width, height_px, alt, text_colour)


def information_heights(ppm: np.ndarray) -> np.ndarray:
    """Return p * (2 + sum p log2 p), shape (4, k): the letter heights in bits of a PPM `ppm` (4, k), at most 2.

    Columns are scaled to sum 1 first, so a PFM will do; a column without counts has no height.
    """
    ppm = np.asarray(ppm, dtype=np.float64)
    if ppm.ndim != 2 or ppm.shape[0] != 4 or (ppm < 0).any() or not np.isfinite(ppm).all():
        raise SeqVizError(f"A motif needs non-negative probabilities of shape (4, k); this one has shape {ppm.shape}.")
    total = ppm.sum(axis=0, keepdims=True)
    p = np.divide(ppm, total, out=np.full_like(ppm, 0.25), where=total > 0)
    bits = 2 + (p * np.log2(np.where(p > 0, p, 1))).sum(axis=0)
    return p * np.clip(bits, 0, 2)


def motif_logo_svg(ppm: np.ndarray, *, width_px: float | None = None, height_px: float = 64, axis: bool = False,
                   theme: ThemeName | Theme = "light", alt: str = "", text_colour: str = "currentColor") -> str:
    """Return the information-content logo of a PPM (4, k), always on the scale 0 to 2 bits, so that logos compare."""
    theme, heights = theme_of(theme), information_heights(ppm)
    length = heights.shape[1]
    if not length:
        raise SeqVizError("A motif needs at least one column; this one has none.")
    margin = 26 if axis else 0
    width = width_px or 18 * length + margin
    body = OUTLINES + draw(heights, theme, margin, 4, (width - margin) / length, height_px - 8, (0, 2))
    body += svg.line(margin, height_px - 3.5, width, height_px - 3.5, theme.zero)
    if axis:
        body += svg.text("2", margin - 5, 13, size=11, anchor="end") + svg.text("bits", margin - 5, height_px - 5, size=10,
                                                                               anchor="end")
        body += svg.line(margin - 2.5, 4, margin - 2.5, height_px - 4, theme.zero)
    consensus = "".join(BASES[i] for i in heights.argmax(axis=0))
    alt = alt or f"Motif logo, {length} columns, {short_number(heights.sum())} bits in all, strongest bases {consensus}."
    return svg.document(body, width, height_px, alt, text_colour)
