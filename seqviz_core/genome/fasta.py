"""Any stretch of a FASTA file, however long, plain or packed by bgzip, through an index that pyfaidx makes.

    genome = Genome(Path("hg38.fa.gz"), indexes=Path("/tmp/indexes"))
    genome.contigs["chr7"]                         # 159345973
    genome.fetch("chr7", 5_530_600, 5_530_800)     # 0-based, end excluded; upper case A, C, G, T and N

The index is never written beside the FASTA: one that lies there and is not older is read, else one is made in `indexes`.
"""

import bisect
import difflib
import hashlib
import logging
import os
import re
import shutil
import struct
import tempfile
import threading
import warnings
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from pyfaidx import Faidx, FastaIndexingError, UnsupportedCompressionFormat

from ..errors import SeqVizError
from .bgzf import RECOMPRESS, count_contigs, is_gzip, unpacked_size

PACKED, PLAIN = (".gz", ".bgz"), (".fa", ".fasta", ".fna")
logger = logging.getLogger(__name__)
SUFFIXES = (*PLAIN, *(plain + packed for plain in PLAIN for packed in PACKED))
"""How the names of files end that can be opened."""
_PROBED = 20_000  # bases that are looked at to tell DNA from something else
_TO_ACGTN = bytes(ord({"U": "T"}.get(c, c)) if c in "ACGTU" else ord("N") for c in (chr(i).upper() for i in range(256)))
_WRONG = (SeqVizError, FastaIndexingError, UnsupportedCompressionFormat, ValueError, OSError, EOFError, ArithmeticError,
          RuntimeError, struct.error, zlib.error)
"""What a wrong file makes pyfaidx, Biopython and the standard library raise."""


class Genome:
    """An indexed FASTA. contigs : length in bases of each, in the file's order. Safe to share by threads."""

    def __init__(self, path: Path, indexes: Path, most_unpacked: int | None = None, most_contigs: int | None = None):
        """Open `path` (its name ends in one of SUFFIXES), making its index in the folder `indexes` where it has none.

        most_unpacked : bytes that a packed file may hold. most_contigs : that a file may have, counted before it is indexed.
        Raises SeqVizError for what is no FASTA, is larger, or cannot be indexed.
        """
        self.name = path.name
        packed = path.name.lower().endswith(PACKED)
        with _told(path.name):
            _check_kind(path, packed, most_unpacked)
            if most_contigs is not None and (n := count_contigs(path)) > most_contigs:
                raise SeqVizError(f"it has {n:,} contigs; at most {most_contigs:,} are read.")
            self._faidx = _indexed(path, indexes, packed)
        self._starts = [block.ustart for block in self._faidx.gzi_index] if packed else None
        self._lock = threading.Lock()
        self.contigs: dict[str, int] = {name: record.rlen for name, record in self._faidx.index.items()}
        with _told(path.name):
            _check_bases(self)

    def fetch(self, contig: str, start: int, end: int) -> str:
        """Return bases `start` to `end` (0-based, end excluded) of a contig, upper case; N for what is no A, C, G or T.

        What lies before its first base or after its last is N too. contig : as `contigs` has it.
        """
        length = self.contigs[contig]
        first, last = min(max(start, 0), length), max(min(end, length), 0)
        with _told(self.name):
            inside = self._read(contig, first, last).translate(_TO_ACGTN).decode("ascii") if first < last else ""
        return "N" * (min(end, first) - start) + inside + "N" * (end - max(last, start)) if start < end else ""

    def known(self, name: str) -> str | None:
        """Return the contig that `name` means: itself, or with or without "chr", MT as M; None where there is none."""
        bare = name[3:] if name.lower().startswith("chr") else name
        names = (name, bare, f"chr{bare}", *(("chrM", "MT", "M", "chrMT") if bare in ("M", "MT") else ()))
        return next((wanted for wanted in names if wanted in self.contigs), None)

    def find(self, name: str) -> str:
        """Return the contig that `name` means; raises SeqVizError with those there are, and the nearest."""
        if (found := self.known(name)) is not None:
            return found
        some = list(self.contigs)[:5000]
        near = [contig for contig in some if contig.lower() == name.lower()] or difflib.get_close_matches(name, some, n=1)
        listed = ", ".join(list(self.contigs)[:5]) + (", ..." if len(self.contigs) > 5 else "")
        meant = f" Did you mean {near[0]!r}?" if near else ""
        raise SeqVizError(f"The genome has no contig {name[:60]!r}; it has {listed}.{meant}")

    def _read(self, contig: str, start: int, end: int) -> bytes:
        """Return the bytes of bases start ... end, which lie within the contig, without line ends.

        pyfaidx's own `fetch` raises where a read begins exactly at the second or a later full block of a packed file.
        """
        record, file = self._faidx.index[contig], self._faidx.file
        first, last = (record.offset + i // record.lenc * record.lenb + i % record.lenc for i in (start, end - 1))
        with self._lock:
            if self._starts is None:
                file.seek(first)
            else:
                block = bisect.bisect_right(self._starts, first) - 1
                file.seek(self._faidx.gzi_index[block].cstart << 16 | first - self._starts[block])
            found = file.read(last + 1 - first).replace(b"\n", b"").replace(b"\r", b"")
        if len(found) != end - start:
            raise SeqVizError("its index does not fit it. Make the index anew, or remove it.")
        return found


@contextmanager
def _told(name: str) -> Iterator[None]:
    """Within the block, whatever is wrong with a file is one sentence that names it."""
    try:
        yield
    except _WRONG as error:
        raise SeqVizError(f"{name[:60]!r}: {_sentence(error)}") from error


def _sentence(error: BaseException) -> str:
    text = str(error)
    if isinstance(error, SeqVizError):
        return text
    if isinstance(error, UnicodeDecodeError):
        return "it is not text. A FASTA file is plain text, or that packed by bgzip."
    if match := re.search(r"Inconsistent line found in >(.{1,60}?) at line (\d+)", text):
        return (f"line {match[2]}: the lines of {match[1]!r} are not equally long, so that it cannot be indexed. Wrap it anew, "
                "e.g. with seqkit seq -w 60.")
    if match := re.search(r"Unexpected text before the first .* at line (\d+)", text):
        return f"line {match[1]}: a FASTA file begins with '>' and the contig's name, and this one does not."
    if match := re.search(r"Bad sequence name .* at line (\d+)", text):
        return f"line {int(match[1]) + 1}: no name follows the '>'."
    if match := re.match(r'Duplicate key "(.{1,60})', text):
        return f"two contigs are named {match[1].rstrip(chr(34))!r}. Give them different names."
    if isinstance(error, FastaIndexingError):
        return "there is no sequence in it. A FASTA file has lines that begin with '>', each followed by its bases."
    if isinstance(error, UnsupportedCompressionFormat):
        return f"it is not packed by bgzip. {RECOMPRESS}"
    if isinstance(error, FileNotFoundError | PermissionError):
        return "it cannot be opened."
    return "it cannot be read as a FASTA file: it is damaged."


def _check_kind(path: Path, packed: bool, most_unpacked: int | None) -> None:
    if is_gzip(path) != packed:
        raise SeqVizError("its name ends in .gz, but it is not packed." if packed else
                          "it is packed, but its name does not end in .gz. Rename it.")
    size = unpacked_size(path) if packed else 0
    if most_unpacked is not None and size > most_unpacked:
        raise SeqVizError(f"it unpacks to {size:,} bytes; at most {most_unpacked:,} are read.")


def _check_bases(genome: Genome) -> None:
    """Refuse a file without bases, and one whose letters are mostly no bases."""
    left, letters = _PROBED, b""
    for name, length in genome.contigs.items():
        letters += genome._read(name, 0, min(left, length)).upper() if length else b""
        if (left := _PROBED - len(letters)) <= 0:
            break
    if not letters:
        raise SeqVizError("no base follows its headers.")
    strange = len(letters.translate(None, b"ACGTUNRYSWKMBDHV"))
    if strange > 0.1 * len(letters):
        raise SeqVizError(f"{100 * strange / len(letters):.0f}% of its letters are no bases; SeqViz reads DNA.")


def _indexed(path: Path, indexes: Path, packed: bool) -> Faidx:
    """Return the file with an index that is not older than it: the one beside it, the one made before, or a new one."""
    beside = path.parent, path.name
    if _fresh(path, *beside, packed):
        try:
            return _open(path, *beside)
        except _WRONG:  # what lies beside it is not ours; we can make our own
            logger.warning("The index beside %s cannot be read", path)
    key = index_key(path)
    if not _there(indexes, key, packed):
        _make(path, indexes, key, packed)
    try:
        return _open(path, indexes, key)
    except _WRONG:  # cut off, or the disk was full
        _make(path, indexes, key, packed)
        return _open(path, indexes, key)


def has_index(path: Path, indexes: Path) -> bool:
    """Return whether a file can be opened at once."""
    packed = path.name.lower().endswith(PACKED)
    return _fresh(path, path.parent, path.name, packed) or _there(indexes, index_key(path), packed)


def index_key(path: Path) -> str:
    """Return the name that a file's index has among those made here; it is another one once the file changes."""
    stat = path.stat()
    return hashlib.sha256(f"{path.resolve()}\n{stat.st_size}\n{stat.st_mtime_ns}".encode()).hexdigest()[:24]


def _names(name: str, packed: bool) -> list[str]:
    return [f"{name}.fai", *([f"{name}.gzi"] if packed else [])]


def _there(folder: Path, name: str, packed: bool) -> bool:
    return all((folder / file).is_file() for file in _names(name, packed))


def _fresh(path: Path, folder: Path, name: str, packed: bool) -> bool:
    made = path.stat().st_mtime
    return _there(folder, name, packed) and all((folder / file).stat().st_mtime >= made for file in _names(name, packed))


def _open(path: Path, folder: Path, name: str) -> Faidx:
    """Open with an index that is there: `build_index` and `rebuild` off, so that pyfaidx writes nothing."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of indexes that are older: they were made from this very file
        return Faidx(path, indexname=folder / f"{name}.fai", gzi_indexname=folder / f"{name}.gzi", as_raw=True,
                     build_index=False, rebuild=False)


def _make(path: Path, indexes: Path, key: str, packed: bool) -> None:
    """Make the index in a folder of its own, then put it in its place: nobody reads half of it."""
    indexes.mkdir(parents=True, exist_ok=True)
    making = Path(tempfile.mkdtemp(prefix=".making-", dir=indexes))
    try:
        Faidx(path, indexname=making / f"{key}.fai", gzi_indexname=making / f"{key}.gzi", as_raw=True).file.close()
        for file in _names(key, packed):
            os.replace(making / file, indexes / file)
    finally:
        shutil.rmtree(making, ignore_errors=True)
