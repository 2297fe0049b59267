"""One track of a scene: what the viewer needs to draw it, as JSON takes it."""

from base64 import b64encode
from collections.abc import Iterable
from functools import lru_cache

import numpy as np

from .kinds import HeatmapTrack, LineTrack, LogoTrack, SiteMark, SitesTrack, Track, limits_of_map
from .logo import information_heights
from .packed import Bits, largest_of, packed, packed_bytes

LANE, LOGO_LANE, ROW, LOGO_ROW = 30, 50, 15, 19  # pixels
MANY_COLUMNS = 2000
MOST_BYTES, MOST_DETAIL, MOST_IN_ALL = 400_000, 150_000, 1_500_000
"""What a long map may weigh, the stretch of it that is in view once more in detail, and all long maps of a scene together."""


def described(track: Track, length: int, zoom: tuple[int, int] | None = None, least: int = 1) -> dict:
    """Return a checked track as JSON takes it; "type" says how it is drawn.

    Its numbers are within 1e-5 of its range; those of a map whose rows are only numbered within 0.002 (see `packed`): such rows
    are too many to be read one by one, and the map has no more colours. What the viewer says is rounded to what was sent.
    A long map is binned, by at least `least` columns, and has the bases `zoom` (1-based) once more in detail.
    """
    words = {"title": one_line(track.title, 160), "legend": one_line(legend_of(track), 400),
             "badge": "" if isinstance(track, SitesTrack) else one_line(track.badge, 120)}
    match track:
        case SitesTrack():
            return words | _sites(track, length)
        case LogoTrack():
            return words | _logo(track)
        case HeatmapTrack():
            return words | _map(track, zoom, least)
        case LineTrack():
            return words | _line(track)


def one_line(text: object, limit: int) -> str:
    """Return `text` without anything unprintable, at most `limit` characters; the viewer prints it as text, never as markup."""
    line = " ".join("".join(c if c.isprintable() else " " for c in str(text)).split())
    return line if len(line) <= limit else line[: limit - 1] + "…"


def legend_of(track: Track) -> str:
    """Return what the colours of a track mean; a map that was given no words gets them from its scale."""
    if isinstance(track, HeatmapTrack) and track.legend is None:
        colours = "Red: above zero, blue: below." if track.signed else f"The stronger the purple, the larger the {track.unit}."
        width = track.span_width
        return colours + (f" Each column sees {width} bases and stands in their middle." if width > 1 else "")
    return track.legend or ""


def lanes_of(sites: list[SiteMark], lanes: int, length: int) -> list[int]:
    """Return a lane (0 is the lowest) for each site, so that neither arrows nor names overlap while there is a free one."""
    bases_a_letter = 8 * length / 700  # at a plot 700 pixels wide
    ends, chosen = [-np.inf] * lanes, {}
    for index in sorted(range(len(sites)), key=lambda i: sites[i].start):
        site = sites[index]
        half = max(site.end - site.start, bases_a_letter * len(one_line(site.name, 18))) / 2
        middle = (site.start + site.end) / 2
        free = [lane for lane in range(lanes) if ends[lane] <= middle - half]
        chosen[index] = free[0] if free else int(np.argmin(ends))
        ends[chosen[index]] = middle + half
    return [chosen[i] for i in range(len(sites))]


def _sites(track: SitesTrack, length: int) -> dict:
    sites = list(track.sites)
    lanes = lanes_of(sites, track.lanes, length)
    rows = [[one_line(s.name, 40), s.start, s.end, s.strand, lane] for s, lane in zip(sites, lanes)]
    return {"type": "sites", "sites": rows, "lanes": track.lanes, "empty": one_line(track.empty, 200),
            "logos": [None if s.logo is None else _motif(s.logo) for s in sites] if track.logos else [],
            "height": (LOGO_LANE if track.logos else LANE) * track.lanes}


def _logo(track: LogoTrack) -> dict:
    values = np.asarray(track.values, dtype=np.float64)
    low, high = track.limits or (min(float(values.min()), 0.0), max(float(values.max()), 0.0))
    return {"type": "logo", "values": packed(values), "limits": _apart(low, high), "unit": one_line(track.unit, 30),
            "height": track.height, "span": [1, 0, 1]}


def _map(track: HeatmapTrack, zoom: tuple[int, int] | None, least: int) -> dict:
    values = np.asarray(track.values)
    columns = values.shape[1]
    size = max(bin_size(values.shape, bits=_bits(track)), least if columns > MANY_COLUMNS else 1)
    named = not isinstance(track.rows, str)
    return {"type": "map", "columns": columns, **_layer(track, values, 0, size), "detail": _detail(track, values, zoom, size),
            "scale": list(limits_of_map(track)), "signed": track.signed, "symbol": one_line(track.symbol, 20),
            "unit": one_line(track.unit, 30),
            "rows": [one_line(r, 40) for r in track.rows] if named else one_line(track.rows, 20),
            "logos": [None if ppm is None else _motif(ppm) for ppm in track.logos],
            "height": _map_height(track)}


def _line(track: LineTrack) -> dict:
    values = np.atleast_2d(np.asarray(track.values, dtype=np.float64))
    low, high = track.limits or (min(float(values.min()), 0.0), float(values.max()))
    return {"type": "line", "values": packed(values), "names": [one_line(n, 20) for n in track.names],
            "unit": one_line(track.unit, 30), "span": [track.span_stride, track.span_offset, track.span_width],
            "limits": _apart(low, high),
            "query": None if track.query is None else int(track.query), "height": track.height}


def _layer(track: HeatmapTrack, values: np.ndarray, first: int, size: int) -> dict:
    """Return the columns `values` of a map, from its column `first` on, `size` of them as one.

    Such a column sees all that its own see, and stands in their middle.
    """
    stride, offset, width = track.span_stride, track.span_offset, track.span_width
    return {"values": packed(largest_of(values, size) if size > 1 else values, _bits(track)), "first": first, "bin": size,
            "span": [stride * size, offset + first * stride, width + (size - 1) * stride]}


def _detail(track: HeatmapTrack, values: np.ndarray, zoom: tuple[int, int] | None, size: int) -> dict | None:
    """Return the columns around the bases in view, binned less than the whole map; None where that is as fine as can be."""
    if size == 1 or zoom is None:
        return None
    stride, margin = track.span_stride, (zoom[1] - zoom[0]) // 2 + 1
    edge = track.span_offset + (track.span_width - stride) / 2  # of the first column
    first, last = (int((base - edge) // stride) for base in (zoom[0] - 1 - margin, zoom[1] + margin))
    part = values[:, max(first, 0):max(last + 1, 0)]
    finer = bin_size(part.shape, MOST_DETAIL, 0, _bits(track))
    return _layer(track, part, max(first, 0), finer) if part.size and finer < size else None


def _bits(track: HeatmapTrack) -> Bits:
    return 8 if isinstance(track.rows, str) else 16


def bin_size(shape: tuple[int, int], most: int = MOST_BYTES, many: int = MANY_COLUMNS, bits: Bits = 16) -> int:
    """Return how many columns of a map of `shape` the viewer gets as one: 1 unless they are many and weigh over `most`."""
    return 1 if shape[1] <= many else max(1, -(-packed_bytes(shape, bits) // most))


def least_bin(tracks: Iterable[Track]) -> int:
    """Return the bin that all long maps of a scene need to weigh at most 1.5 MB together."""
    long = [t for t in tracks if isinstance(t, HeatmapTrack) and np.shape(t.values)[1] > MANY_COLUMNS]
    return max(1, -(-sum(packed_bytes(np.shape(t.values), _bits(t)) for t in long) // MOST_IN_ALL))


def _apart(low: float, high: float) -> list[float]:
    return [float(low), float(high) if high > low else float(low) + 1.0]


def _map_height(track: HeatmapTrack) -> int:
    if track.height:
        return track.height
    rows = len(track.values)
    return int(np.clip(2 * rows, 40, 200)) if isinstance(track.rows, str) else rows * (LOGO_ROW if len(track.logos) else ROW)


def _motif(ppm: np.ndarray) -> list:
    """Return [columns, base64 of the letters' heights]: base by base, a byte each, 255 for 2 bits."""
    ppm = np.asarray(ppm, dtype=np.float64)
    return list(_heights(ppm.tobytes(), ppm.shape))


@lru_cache(maxsize=4096)
def _heights(ppm: bytes, shape: tuple[int, int]) -> tuple[int, str]:
    heights = information_heights(np.frombuffer(ppm).reshape(shape))
    return shape[1], b64encode(np.rint(heights * 127.5).astype(np.uint8).tobytes()).decode()
