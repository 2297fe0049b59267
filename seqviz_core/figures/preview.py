"""A handful of a task's sequences on one ruler: letters where they fit, planted sites as named boxes, classes beside or below."""

from collections.abc import Sequence
from dataclasses import dataclass

from ..errors import SeqVizError
from . import svg
from .kinds import SiteMark
from .palette import MODEL_COLOURS, MONOSPACE, MORE_COLOURS, Theme, ThemeName, plain, readable, theme_of

COLOURS = (*MODEL_COLOURS.values(), *MORE_COLOURS)
RIGHT, LETTERS, ROW, SITE, RULER, TIP = 14, 6.4, 17, 14, 26, 5  # pixels; letters are drawn where a base is as wide as LETTERS
BASE_BLOCKS = 2.0  # pixels a base from which bases are drawn as blocks
LABEL = 22  # characters of a row's label


@dataclass(frozen=True)
class PreviewRow:
    """One sequence: what stands at its left, its planted sites, and stretches of one class (start, end, name), 0-based."""

    label: str
    sequence: str
    sites: Sequence[SiteMark] = ()
    stretches: Sequence[tuple[int, int, str]] = ()


@dataclass(frozen=True)
class _Frame:
    """Where bases lie: `left` pixels from the edge, `base` pixels each; and the colour of every kind of site and class."""

    left: float
    base: float
    theme: Theme
    colours: dict[str, str]
    planted: bool

    def x(self, position: float) -> float:
        return self.left + position * self.base


def preview_svg(rows: Sequence[PreviewRow], *, width_px: int = 800, theme: ThemeName | Theme = "light",
                text_colour: str = "currentColor") -> str:
    """Return the sequences one under the other, all on the ruler of the longest, and below it what the colours mean.

    A site is a box with its motif's name above and a tip on the side it reads to. Raises SeqVizError without a sequence.
    """
    if not rows or not any(row.sequence for row in rows):
        raise SeqVizError("There is no sequence to preview.")
    theme, length = theme_of(theme), max(len(row.sequence) for row in rows)
    names = list(dict.fromkeys(site.name for row in rows for site in row.sites))
    classes = list(dict.fromkeys(name for row in rows for *_, name in row.stretches))
    kinds = list(dict.fromkeys([*names, *classes]))
    left = 14 + 7.2 * max(len(plain(row.label, LABEL)) for row in rows)
    colours = {name: readable(COLOURS[i % len(COLOURS)], theme) for i, name in enumerate(kinds)}
    frame = _Frame(left, (width_px - left - RIGHT) / length, theme, colours, bool(names))
    body, y = "", 4.0
    for row in rows:
        y += SITE if names else 3
        body += _row(row, y, frame) + "".join(_site(site, y, frame) for site in row.sites)
        body += _site_names(row.sites, y - 4, frame) + _stretches(row.stretches, y + ROW + 2, frame)
        y += ROW + 5 + (7 if classes else 0)
    legend, bottom = _legend(kinds if len(kinds) <= len(COLOURS) else [], y + RULER, width_px, frame)
    body += _ruler(length, y, frame) + legend
    return svg.document(body, width_px, bottom, _alt(rows, names, classes, length), text_colour)


def _row(row: PreviewRow, y: float, frame: _Frame) -> str:
    """Return the label, and the bases as letters, as blocks of colour, or as one bar, by the room there is."""
    known, base, bases = len(row.sequence.rstrip("N")), frame.base, frame.theme.bases
    label = svg.text(row.label, frame.left - 10, y + 13, size=12, anchor="end", limit=LABEL)
    if base < BASE_BLOCKS:
        return label + svg.rect(frame.left, y + ROW / 2 - 2, known * base, 4, frame.theme.grid, radius=2)
    if base < LETTERS:
        inside = {i for site in row.sites for i in range(site.start, site.end)}
        faint = 0.25 if frame.planted else 0.6
        return label + "".join(svg.rect(frame.x(i), y + 3, base + 0.05, ROW - 6, bases[b], 0.9 if i in inside else faint)
                               for i, b in enumerate(row.sequence[:known]))
    drawn = "".join(f'<text x="{frame.x(i + 0.5):.5g}" y="{y + 13:.5g}" fill="{bases[b]}">{b}</text>'
                    for i, b in enumerate(row.sequence[:known]))
    return (f'{label}<g font-family="{MONOSPACE}" font-size="{min(13.0, base * 1.5):.3g}" font-weight="600" '
            f'text-anchor="middle">{drawn}</g>')


def _site(site: SiteMark, y: float, frame: _Frame) -> str:
    """Return a box round the site's bases, and outside it a tip at the end its motif reads to."""
    left, right, colour = frame.x(site.start), frame.x(site.end), frame.colours[site.name]
    top, foot, middle = y + 0.5, y + ROW - 0.5, y + ROW / 2
    forward = f"M{left:.5g} {top:.5g}H{right:.5g}l{TIP} {ROW / 2 - 0.5:.5g}L{right:.5g} {foot:.5g}H{left:.5g}Z"
    reverse = f"M{right:.5g} {top:.5g}H{left:.5g}L{left - TIP:.5g} {middle:.5g}L{left:.5g} {foot:.5g}H{right:.5g}Z"
    fill = 0.85 if frame.base < BASE_BLOCKS else 0.16
    return (f'<path d="{forward if site.strand == "+" else reverse}" fill="{colour}" fill-opacity="{fill:g}" stroke="{colour}" '
            'stroke-width="1.5" stroke-linejoin="round"/>')


def _site_names(sites: Sequence[SiteMark], y: float, frame: _Frame) -> str:
    """Return the names above the boxes, each moved to the right of the one before it where they would touch."""
    drawn, free = "", float("-inf")
    for site in sorted(sites, key=lambda s: s.start):
        half = 3.2 * len(plain(site.name, 14)) + 2
        middle = max(frame.x((site.start + site.end) / 2), free + half)
        drawn += svg.text(site.name, middle, y, size=11, anchor="middle", colour=frame.colours[site.name], limit=14)
        free = middle + half
    return drawn


def _stretches(stretches: Sequence[tuple[int, int, str]], y: float, frame: _Frame) -> str:
    return "".join(svg.rect(frame.x(start), y, max((end - start) * frame.base, 3), 5, frame.colours[name], radius=1)
                   for start, end, name in stretches)


def _ruler(length: int, y: float, frame: _Frame) -> str:
    step = next(s for s in (5, 10, 20, 25, 50, 100, 200, 250, 500, 1000, 2000, 5000, 10**9) if length / s <= 12)
    drawn = svg.line(frame.x(0), y, frame.x(length), y, frame.theme.zero)
    for position in [1, *range(step, length + 1, step)]:
        x = frame.x(position - 0.5)
        drawn += svg.line(x, y, x, y + 4, frame.theme.zero)
        drawn += svg.text(f"{position:,}", x, y + 16, size=11, anchor="middle", opacity=0.85)
    return drawn


def _legend(names: Sequence[str], y: float, width_px: int, frame: _Frame) -> tuple[str, float]:
    """Return the coloured squares with their names, in lines, and the y below them."""
    x, drawn = frame.left, ""
    for name in names:
        room = 28 + 7.4 * len(plain(name, 24))
        if x + room > width_px and x > frame.left:
            x, y = frame.left, y + 18
        drawn += svg.rect(x, y + 2, 11, 11, frame.colours[name], radius=2) + svg.text(name, x + 16, y + 12, size=12, limit=24)
        x += room
    return drawn, y + 20 * bool(names)


def _alt(rows: Sequence[PreviewRow], names: Sequence[str], classes: Sequence[str], length: int) -> str:
    some = ", ".join(names[:6]) + (" and others" if len(names) > 6 else "")
    planted = f"with planted sites of {some}" if names else "nothing planted"
    asked = f"; marked at every base: {', '.join(classes)}" if classes else ""
    return f"{len(rows)} sequences of up to {length} bases, {planted}{asked}."
