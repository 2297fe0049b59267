"""Ranges of bases as people type them: "10-20, 33", counted from 1, both ends included."""

import re
from collections.abc import Sequence

from ..errors import SeqVizError

MOST = 200
_RANGE = re.compile(r"(\d{1,9})(?:(?:[-–—:]|\.\.)(\d{1,9}))?")


def read_ranges(text: str, length: int) -> list[tuple[int, int]]:
    """Return the ranges of a text as (start, end), 0-based, end excluded, in its order; [] for an empty text.

    They stand apart by commas, semicolons or spaces. Raises SeqVizError with the place of what cannot be read or is outside.
    """
    words = re.sub(r"\s*(\.\.|[-–—])\s*", r"\1", text).replace(",", " ").replace(";", " ").split()
    if len(words) > MOST:
        raise SeqVizError(f"{len(words):,} ranges are too many; at most {MOST} are read.")
    return [_range(word, place, length) for place, word in enumerate(words, start=1)]


def _range(word: str, place: int, length: int) -> tuple[int, int]:
    found = _RANGE.fullmatch(word)
    if not found:
        raise SeqVizError(f"Range {place}, {word[:20]!r}, cannot be read. Write 10-20, or 33 for one base, with commas between.")
    first, last = int(found[1]), int(found[2] or found[1])
    if last < first:
        raise SeqVizError(f"Range {place}, {word!r}, ends before it starts. Write {last}-{first}.")
    if first < 1 or last > length:
        raise SeqVizError(f"Range {place}, {word!r}, is not inside the sequence, which has bases 1 to {length:,}.")
    return first - 1, last


def write_ranges(ranges: Sequence[tuple[int, int]]) -> str:
    """Return ranges as text that `read_ranges` reads."""
    return ", ".join(f"{start + 1}-{end}" if end - start > 1 else f"{end}" for start, end in ranges)
