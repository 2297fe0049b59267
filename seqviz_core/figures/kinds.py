"""What a track can be, and where its columns lie: plain data, no drawing.

Coordinates: base i (0-based) is drawn at x = i + 1, its 1-based position, and fills i + 0.5 ... i + 1.5. A unit p sees the bases
p * stride + offset ... + width (0-based, end excluded). Its column is `stride` wide, so that neighbours touch, and centred
under those bases: at x = p * stride + offset + (width - 1) / 2 + 1.

Every track has a title (a question, above it), a legend (one line: what the colours mean) and, where it has numbers, a badge (at
the right end of the title's line: "truth AUPRC 0.83, null 0.11"). Heights are pixels.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal

import numpy as np

from ..errors import SeqVizError


@dataclass(frozen=True)
class SiteMark:
    """A stretch with a name: start and end are 0-based, end excluded; strand is "+" or "-".

    logo : a PPM (4, end - start) to draw over the bases where there is room, already as it lies on the strand in view.
    """

    name: str
    start: int
    end: int
    strand: Literal["+", "-"] = "+"
    logo: np.ndarray | None = field(default=None, compare=False, repr=False)


@dataclass(frozen=True, eq=False)
class SitesTrack:
    """Named arrows, one a site; `lanes` is fixed, so that the track keeps its height whatever it holds.

    logos : whether there is room above each arrow for the logo of its site.
    """

    title: str
    sites: Sequence[SiteMark]
    legend: str = "Each arrow is a planted motif; it points left where the motif lies on the reverse strand."
    lanes: int = 1
    empty: str = "No motif was planted in this sequence."
    logos: bool = False


@dataclass(frozen=True, eq=False)
class LogoTrack:
    """One letter a base, as tall as its value: `values` (L,), signed, in `unit`."""

    title: str
    values: np.ndarray
    legend: str = "Up: the base raises the prediction. Down: it lowers it."
    unit: str = "logit"
    height: int = 110
    limits: tuple[float, float] | None = None
    badge: str = ""


@dataclass(frozen=True, eq=False)
class HeatmapTrack:
    """A row each for filters, units or heads: `values` (rows, positions).

    `rows` names every row, or is one word ("unit") where rows are only numbered from 0. `symbol` labels the whole map at its
    left. `logos` holds a PPM (4, k), or None, for each named row. Signed values get a scale symmetric about zero.
    """

    title: str
    values: np.ndarray
    rows: Sequence[str] | str = "row"
    span_stride: int = 1
    span_offset: int = 0
    span_width: int = 1
    signed: bool = False
    zmin: float | None = None
    zmax: float | None = None
    symbol: str = ""
    unit: str = "activation"
    legend: str | None = None
    logos: Sequence[np.ndarray | None] = ()
    height: int | None = None
    badge: str = ""


@dataclass(frozen=True, eq=False)
class LineTrack:
    """Steps along the sequence: `values` (positions,) or (series, positions) with a name for each series.

    `query` (0-based base) is marked, for "what does this position look at".
    """

    title: str
    values: np.ndarray
    names: Sequence[str] = ()
    span_stride: int = 1
    span_offset: int = 0
    span_width: int = 1
    limits: tuple[float, float] | None = None
    unit: str = ""
    legend: str = ""
    query: int | None = None
    height: int = 72
    badge: str = ""


Track = SitesTrack | LogoTrack | HeatmapTrack | LineTrack


def span_of(track: LogoTrack | HeatmapTrack | LineTrack) -> tuple[int, int, int]:
    """Return (stride, offset, width) of a track's positions; a logo has one for each base."""
    return (1, 0, 1) if isinstance(track, LogoTrack) else (track.span_stride, track.span_offset, track.span_width)


def column_centres(n: int, stride: int, offset: int, width: int) -> np.ndarray:
    """Return the x of the middle of each of `n` columns, float32 (n,): stride 4, offset -2, width 11 begins at x = 4."""
    return (np.arange(n) * stride + offset + (width - 1) / 2 + 1).astype(np.float32)


def check_track(track: Track, length: int) -> None:
    """Raise SeqVizError, naming the track, where its numbers do not fit a sequence of `length` bases or are not finite."""
    if isinstance(track, SitesTrack):
        bad = [s for s in track.sites if not 0 <= s.start < s.end <= length]
        if bad:
            raise SeqVizError(f"The site {bad[0].name!r} ({bad[0].start} to {bad[0].end}) lies outside the {length} bases.")
        odd = [s for s in track.sites if s.logo is not None and np.shape(s.logo) != (4, s.end - s.start)]
        if odd:
            raise SeqVizError(f"The logo of the site {odd[0].name!r} has shape {np.shape(odd[0].logo)}; a site of "
                              f"{odd[0].end - odd[0].start} bases needs (4, {odd[0].end - odd[0].start}).")
        return
    values = np.asarray(track.values)
    dimensions = {LogoTrack: (1,), HeatmapTrack: (2,), LineTrack: (1, 2)}[type(track)]
    if values.ndim not in dimensions or not values.size:
        raise SeqVizError(f"The track {track.title!r} has nothing to draw: its values have shape {values.shape}.")
    if not np.isfinite(values).all():
        raise SeqVizError(f"The track {track.title!r} cannot be drawn: some of its values are not finite numbers.")
    if isinstance(track, LogoTrack) and len(values) != length:
        raise SeqVizError(f"The track {track.title!r} has {len(values)} values for {length} bases.")
    names = None if isinstance(track, LogoTrack) else track.rows if isinstance(track, HeatmapTrack) else track.names
    if names and not isinstance(names, str) and len(names) != len(np.atleast_2d(values)):
        raise SeqVizError(f"The track {track.title!r} has {len(names)} names for {len(np.atleast_2d(values))} rows.")


def limits_of_map(track: HeatmapTrack) -> tuple[float, float]:
    """Return what the two ends of the colour scale mean: symmetric about zero where signed, else from zero upwards."""
    low, high = float(np.min(track.values)), float(np.max(track.values))
    if track.signed:
        given = [abs(v) for v in (track.zmin, track.zmax) if v is not None]
        reach = max(given or (abs(low), abs(high))) or 1.0
        return -reach, reach
    low = min(low, 0.0) if track.zmin is None else track.zmin
    high = high if track.zmax is None else track.zmax
    return (low, high) if high > low else (low, low + 1.0)


def top_rows(values: np.ndarray, n: int = 12) -> np.ndarray:
    """Return the rows of `values` (rows, positions) with the largest absolute value somewhere, at most `n`, largest first."""
    return np.argsort(-np.abs(values).max(axis=1, initial=0), kind="stable")[:n]


GATES = {"i": "input", "f": "forget", "g": "candidate", "o": "output", "r": "reset", "z": "update", "n": "candidate",
         "c": "cell", "h": "hidden"}
"""What a recurrent cell has, by PyTorch's letter, in the order drawn: an LSTM i f g o c h, a GRU r z n h, a plain RNN h."""
OPEN_OR_SHUT = "iforz"  # from 0 to 1; all others are signed


def gate_tracks(maps: Mapping[str, np.ndarray], title: str = "What do the gates let through, and what is remembered?", *,
                span: tuple[int, int, int] = (1, 0, 1), height: int = 56) -> tuple[HeatmapTrack, ...]:
    """Return a thin map each for those of GATES that `maps` (name -> (units, positions)) has, in that order.

    Gates are drawn from 0 to 1, candidates and h from -1 to 1, c symmetric about zero.
    """
    names = [name for name in GATES if name in maps]
    gates, states = ([n for n in names if (n in OPEN_OR_SHUT) == shut] for shut in (True, False))
    legend = f"Gates {', '.join(gates)}: the stronger the purple, the more open. " if gates else ""
    legend += f"State{'s' if len(states) > 1 else ''} {', '.join(states)}: red above zero, blue below."
    tracks = []
    for name in names:
        gate, bounded = name in OPEN_OR_SHUT, name != "c"
        tracks.append(HeatmapTrack(
            title="" if tracks else title, legend="" if tracks else legend, values=maps[name], rows="unit",
            span_stride=span[0], span_offset=span[1], span_width=span[2], signed=not gate, symbol=f"{GATES[name]} {name}",
            unit=name, zmin=(0.0 if gate else -1.0) if bounded else None, zmax=1.0 if bounded else None, height=height))
    return tuple(tracks)
