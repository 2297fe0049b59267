"""What kind of gzip a file is, read from its headers: BGZF, which can be read from the middle, or an ordinary one.

A BGZF file is many small gzip members, each of which says in its header how long it is packed (SAM specification 1.6, 4.1).
"""

import gzip
import struct
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

from ..errors import SeqVizError

GZIP = b"\x1f\x8b"
RECOMPRESS = "Unpack it and pack it again with bgzip (gunzip genome.fa.gz; bgzip genome.fa), or use it unpacked."
_FIXED = 12  # bytes of a member's header up to the length of its extra fields


def is_gzip(path: Path) -> bool:
    """Return whether a file begins as gzip does, of either kind."""
    with path.open("rb") as file:
        return file.read(2) == GZIP


def unpacked_size(path: Path) -> int:
    """Return how many bytes a BGZF file unpacks to, as its blocks say, without unpacking it.

    Raises SeqVizError for an ordinary gzip, for one that is damaged, and for one that is cut off (its empty last block is not
    there).
    """
    total, last = 0, -1
    with path.open("rb") as file:
        for last in _blocks(file):
            total += last
    if last != 0:
        raise SeqVizError("The bgzip file is cut off: its last, empty block is missing. Copy the whole file.")
    return total


def count_contigs(path: Path) -> int:
    """Return how many lines of a FASTA, plain or packed, begin with '>'; no more than a piece of it is held at once."""
    n, before = 0, b"\n"
    with gzip.open(path) if is_gzip(path) else path.open("rb") as file:
        while piece := file.read(2**20):
            n, before = n + (before + piece).count(b"\n>"), piece[-1:]
    return n


def _blocks(file: BinaryIO) -> Iterator[int]:
    """Yield the unpacked size of each block."""
    size = file.seek(0, 2)
    start = 0
    while start < size:
        file.seek(start)
        start += _block_length(file, start)
        if start > size:
            raise SeqVizError("The bgzip file is cut off: it ends within a block. Copy the whole file.")
        file.seek(start - 4)
        yield struct.unpack("<I", file.read(4))[0]


def _block_length(file: BinaryIO, start: int) -> int:
    """Return how long the block that begins here is, packed, in bytes."""
    head = file.read(_FIXED)
    extra = file.read(struct.unpack("<H", head[10:])[0]) if len(head) == _FIXED else b""
    place = 0
    while head[:4] == GZIP + b"\x08\x04" and place + 6 <= len(extra):
        length = struct.unpack("<H", extra[place + 2:place + 4])[0]
        if extra[place:place + 2] == b"BC" and length == 2:
            packed = struct.unpack("<H", extra[place + 4:place + 6])[0] + 1
            if packed > _FIXED + len(extra) + 8:
                return packed
        place += 4 + length
    if start:
        raise SeqVizError("The bgzip file is damaged: what follows one of its blocks is none. Pack it again with bgzip.")
    raise SeqVizError(f"This is an ordinary gzip file, which cannot be read from the middle. {RECOMPRESS}")
