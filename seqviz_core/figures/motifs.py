"""The pieces of the motif wall, as small SVG pictures: a filter above its match, where it fires, and on what."""

from collections.abc import Sequence

import numpy as np

from ..errors import SeqVizError
from . import logo, svg
from .palette import BASES, MONOSPACE, Theme, ThemeName, plain, theme_of

COLUMN, LOGO, BETWEEN = 16, 56, 8  # pixels


def motif_card_svg(ppm: np.ndarray, match: np.ndarray | None = None, *, offset: int = 0, strand: str = "+", label: str = "filter",
                   match_label: str = "", columns: int = 0, lettered: bool = True, theme: ThemeName | Theme = "light",
                   text_colour: str = "currentColor") -> str:
    """Return the logo of `ppm` (4, k) above that of `match` (4, m), both in bits, column under column.

    `columns` is the least number of columns the picture has room for, so that the cards of a wall compare; `lettered=False`
    leaves the two labels to the page (they stay in the text for screen readers).

    `offset` is the column of `ppm` over the match's first column, negative where the match begins further left; it counts along
    `ppm` as drawn. On strand "-" the match is drawn as its reverse complement. A faint band shows where the two overlap.
    """
    theme = theme_of(theme)
    heights = logo.information_heights(ppm)
    below = None if match is None else logo.information_heights(match if strand != "-" else np.asarray(match)[::-1, ::-1])
    if not heights.shape[1] or (below is not None and not below.shape[1]):
        raise SeqVizError(f"The motif {label!r} or its match has no columns to draw.")
    first = min(0, offset) if below is not None else 0
    last = max(heights.shape[1], offset + below.shape[1]) if below is not None else heights.shape[1]
    room = (8 * len(plain(label)), 7 * len(plain(match_label))) if lettered else (0, 0)
    width, top = max((last - first) * COLUMN, columns * COLUMN, *room), 18 if lettered else 0
    body = logo.OUTLINES + (svg.text(label, 0, 13, size=13, weight=600) if lettered else "")
    if below is not None:
        overlap = (max(0, offset), min(heights.shape[1], offset + below.shape[1]))
        body += svg.rect((overlap[0] - first) * COLUMN, top, (overlap[1] - overlap[0]) * COLUMN, 2 * LOGO + BETWEEN,
                         theme.grid, opacity=0.55)
    body += _logo(heights, (0 - first) * COLUMN, top, theme)
    height = top + LOGO + 1
    if below is not None:
        body += _logo(below, (offset - first) * COLUMN, top + LOGO + BETWEEN, theme)
        height = top + 2 * LOGO + BETWEEN + 1
        if lettered:
            body += svg.text(match_label, 0, height + 14, size=12, opacity=0.85)
            height += 19
    return svg.document(body, width, height, _card_alt(heights, below, label, match_label, offset, strand), text_colour)


def _logo(heights: np.ndarray, x: float, y: float, theme: Theme) -> str:
    foot = svg.line(x, y + LOGO + 0.5, x + heights.shape[1] * COLUMN, y + LOGO + 0.5, theme.zero)
    return logo.draw(heights, theme, x, y, COLUMN, LOGO, (0, 2)) + foot


def _card_alt(heights: np.ndarray, below: np.ndarray | None, label: str, match_label: str, offset: int, strand: str) -> str:
    consensus = "".join(BASES[i] for i in heights.argmax(axis=0))
    match = "no match" if below is None else f"above its match {match_label}, offset {offset}, strand {strand}"
    return f"{label}: motif logo with strongest bases {consensus}; {match}."


def position_histogram_svg(starts: np.ndarray, length: int, *, bins: int = 25, width_px: int = 200, height_px: int = 44,
                           theme: ThemeName | Theme = "light", text_colour: str = "currentColor") -> str:
    """Return how often a filter fires along sequences of `length` bases, from 0-based `starts` (M,), as bars over a ruler."""
    theme, starts = theme_of(theme), np.asarray(starts)
    if length < 1:
        raise SeqVizError(f"A position histogram needs sequences of at least one base, not {length}.")
    bins = min(bins, length)
    counts, _ = np.histogram(starts, bins=bins, range=(0, length))
    room, step, top = height_px - 14, width_px / bins, counts.max(initial=0)
    body = "".join(svg.rect(k * step, room * (1 - c / top), step - 0.8, room * c / top, theme.sequential[5])
                   for k, c in enumerate(counts.tolist()) if c)
    body += svg.line(0, room + 0.5, width_px, room + 0.5, theme.zero)
    body += svg.text("1", 0, height_px - 2, size=11, opacity=0.85)
    body += svg.text(length, width_px, height_px - 2, size=11, anchor="end", opacity=0.85)
    if not len(starts):
        body += svg.text("It never fires.", width_px / 2, room / 2 + 4, size=12, anchor="middle", opacity=0.85)
        return svg.document(body, width_px, height_px, "Position histogram: the filter never fires.", text_colour)
    k = int(counts.argmax())
    alt = (f"Position histogram of {len(starts)} sites over {length} bases; most, {top}, "
           f"lie between {k * length // bins + 1} and {(k + 1) * length // bins}.")
    return svg.document(body, width_px, height_px, alt, text_colour)


def instance_stack_svg(sequences: Sequence[str], starts: Sequence[int], width: int, *, labels: Sequence[str] = (), flank: int = 5,
                       limit: int = 12, theme: ThemeName | Theme = "light", text_colour: str = "currentColor") -> str:
    """Return the first `limit` instances as rows of letters, aligned on the site (start, 0-based, `width` bases) and its flanks.

    `labels`, one a row, stand at the right, such as the activation. Beyond the ends of a sequence nothing is drawn.
    """
    theme = theme_of(theme)
    if not len(sequences) == len(starts) or (labels and len(labels) != len(starts)):
        raise SeqVizError(f"{len(sequences)} sequences, {len(starts)} starts and {len(labels)} labels do not belong together.")
    cell, line_height, columns = 10.5, 17, width + 2 * flank
    rows = min(limit, len(sequences))
    if not rows:
        return svg.document(svg.text("It fires on no sequence.", 0, 14, size=12), 200, 20, "The filter fires on no sequence.",
                            text_colour)
    body = svg.rect(flank * cell, 0, width * cell, rows * line_height + 4, theme.grid, opacity=0.6)
    places: dict[str, list[str]] = {base: [] for base in theme.bases}
    for row, (sequence, start) in enumerate(zip(sequences[:rows], starts[:rows], strict=True)):
        for column in range(columns):
            index = int(start) - flank + column
            if 0 <= index < len(sequence):
                base = sequence[index].upper()
                inside = flank <= column < flank + width
                places[base if base in BASES else "N"].append(_cell(base, (column + 0.5) * cell, row, line_height, inside))
        if labels:
            body += svg.text(labels[row], columns * cell + 10, row * line_height + 15, size=12, opacity=0.85, limit=40)
    body += "".join(f'<g fill="{theme.bases[base]}">{"".join(marks)}</g>' for base, marks in places.items() if marks)
    room = 10 + 7 * max((len(plain(label, 40)) for label in labels), default=0)
    drawn = f'<g font-family="{MONOSPACE}" font-size="13" text-anchor="middle">{body}</g>'
    alt = f"{rows} of {len(sequences)} instances, {width} bases each with {flank} at either side, aligned."
    return svg.document(drawn, columns * cell + room, rows * line_height + 6, alt, text_colour)


def _cell(base: str, x: float, row: int, line_height: float, inside: bool) -> str:
    look = ' font-weight="700"' if inside else ' opacity="0.75"'
    return f'<text x="{x:.5g}" y="{row * line_height + 15:.5g}"{look}>{base if base in BASES else "N"}</text>'
