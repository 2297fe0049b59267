"""Changes of a sequence, one after the other, and where each base of the result comes from.

    edits = (Edit(11, 1, "G"), Edit(40, 0, "TT"))       # base 12 becomes G; TT goes in before base 41
    apply_edits("ACGT...", edits)                        # the edited sequence
"""

import re
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from ..errors import SeqVizError

_WRITTEN = re.compile(r"(\d{1,9})-(\d{1,9})-([A-Z]*)")
_BASES = re.compile(r"[ACGTN]*")


class Edit(NamedTuple):
    """`deleted` bases from `start` on (0-based, counted in the sequence as the earlier edits left it) become `inserted`."""

    start: int
    deleted: int
    inserted: str


class Alignment(NamedTuple):
    """How an edited sequence lies on its reference.

    source : (L,) int, the reference's base (0-based) that stands at each edited base, -1 for an inserted one. A base that was
        replaced still stands where the replaced one stood.
    changed : (L,) bool, inserted or another letter than the reference has.
    deleted_before : (L + 1,) int, how many reference bases are missing before each edited base, and after the last.
    """

    source: np.ndarray
    changed: np.ndarray
    deleted_before: np.ndarray


def apply_edit(sequence: str, edit: Edit) -> str:
    """Return the sequence with one change made; raises SeqVizError where it cannot be made."""
    start, deleted, inserted = edit
    if not 0 <= start <= start + deleted <= len(sequence):
        raise SeqVizError(f"There are no bases {start + 1:,} to {start + max(deleted, 1):,} in a sequence of "
                          f"{len(sequence):,} bases.")
    if not _BASES.fullmatch(inserted):
        raise SeqVizError(f"{inserted[:20]!r} cannot be put into a sequence: use A, C, G, T or N.")
    if len(sequence) - deleted + len(inserted) < 1:
        raise SeqVizError("The last base cannot be deleted: a sequence needs at least one.")
    return sequence[:start] + inserted + sequence[start + deleted:]


def apply_edits(sequence: str, edits: Sequence[Edit]) -> str:
    """Return the sequence with all changes made in turn; raises SeqVizError where one cannot be made."""
    for edit in edits:
        sequence = apply_edit(sequence, edit)
    return sequence


def align(reference: str, edits: Sequence[Edit]) -> Alignment:
    """Return where each base of `apply_edits(reference, edits)` comes from."""
    source, edited = list(range(len(reference))), reference
    for start, deleted, inserted in edits:
        kept = source[start:start + min(deleted, len(inserted))]
        source[start:start + deleted] = kept + [-1] * (len(inserted) - len(kept))
        edited = apply_edit(edited, Edit(start, deleted, inserted))
    where = np.array(source, dtype=int)
    letters, before = (np.frombuffer(s.encode(), dtype=np.uint8) for s in (edited, reference))
    changed = (where < 0) | (before[where] != letters)
    return Alignment(where, changed, _missing(where, len(reference)))


def _missing(source: np.ndarray, length: int) -> np.ndarray:
    """Return (L + 1,) how many reference bases have no place before each edited base."""
    missing, last = np.zeros(len(source) + 1, dtype=int), -1
    for i, place in enumerate([*source.tolist(), length]):
        if place >= 0:
            missing[i], last = place - last - 1, place
    return missing


def write_edits(edits: Sequence[Edit]) -> str:
    """Return edits as text for an address: "12-1-G_41-0-TT", positions from 1."""
    return "_".join(f"{e.start + 1}-{e.deleted}-{e.inserted}" for e in edits)


def read_edits(text: str) -> tuple[Edit, ...]:
    """Return the edits that `write_edits` wrote; raises SeqVizError for any other text."""
    parts = [_WRITTEN.fullmatch(part) for part in text.split("_")] if text else []
    if not all(parts):
        raise SeqVizError(f"The edits {text[:40]!r} cannot be read; they are written as start-deleted-inserted, as in 12-1-G.")
    return tuple(Edit(int(m[1]) - 1, int(m[2]), m[3]) for m in parts)
