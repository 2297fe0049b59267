"""Sequences from what people paste and upload: plain text, FASTA, GenBank and EMBL, gz.

Line ends of every kind, blank lines, spaces, a byte order mark, lower case, U for T and numbers at the start or the end
of a line are taken as they come. Whatever else is no base raises SeqVizError with record, line and column.
"""

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from typing import NamedTuple

from ..errors import SeqVizError
from ..settings import setting, settings_of, whole_number
from .unpack import one_line, read_text

_NOTICES = 3  # of one kind; the rest are counted

_IUPAC = b"RYSWKMBDHV"
_BASES = b"ACGTUN" + _IUPAC
_TO_ACGTN = bytes.maketrans(b"U" + _IUPAC, b"T" + b"N" * len(_IUPAC))
_SPACE = b" \t\v\f\n"
_HEADER = re.compile(r"^[ \t]*>([^\n]*)", re.MULTILINE)
_FLAT_FILE = re.compile(r"\s*(?:LOCUS|ID)[ \t]+\S")
_FLAT_HEADER = re.compile(r"^[ \t]*(?:LOCUS|ID)[ \t]+([^\s;]+)[^\n]*", re.MULTILINE)
_FLAT_SEQUENCE = re.compile(r"^[ \t]*(?:ORIGIN|SQ)\b[^\n]*", re.MULTILINE)
_FLAT_END = re.compile(r"^[ \t]*//[ \t]*$", re.MULTILINE)
_NUMBERING = re.compile(rb"^[ \t]*+\d++(?=\s|$)|(?<=[ \t])\d++(?=[ \t]*+$)", re.MULTILINE)
_NOT_A_BASE = re.compile(rb"[^ \t\v\f\nACGTUNRYSWKMBDHV]")
_EMPTY = "There is no sequence here. Paste DNA as plain text or FASTA, or upload a text, FASTA or gz file."


@dataclass(frozen=True)
class SequenceRecord:
    """One sequence and its name; `sequence` is upper case and holds A, C, G, T and N (unknown) only."""

    name: str
    sequence: str


@dataclass(frozen=True)
class Limits:
    """How much is read at once: records, bases of one record, bytes of text."""

    records: int = setting(10_000, "Records", low=1)
    length: int = setting(10_000, "Bases of a record", low=1)
    bytes: int = setting(5_000_000, "Bytes of text", low=1)

    @classmethod
    def from_environment(cls) -> "Limits":
        """Return the limits that SEQVIZ_MAX_RECORDS, SEQVIZ_MAX_LENGTH and SEQVIZ_MAX_BYTES set; the usual ones else."""
        return cls(*(whole_number(f"SEQVIZ_MAX_{s.name.upper()}", s.default) for s in settings_of(cls)))


DEFAULT_LIMITS = Limits()


class Parsed(NamedTuple):
    """The records in their order, and what a reader should know of how they were read, in plain sentences."""

    records: tuple[SequenceRecord, ...]
    notices: tuple[str, ...]


class _Block(NamedTuple):
    """A record in the text: its name ("" where it has none), where its header starts (None: plain text without a header),
    where its sequence starts and ends."""

    name: str
    header: int | None
    start: int
    end: int


def parse_sequences(data: str | bytes, limits: Limits = DEFAULT_LIMITS) -> Parsed:
    """Return the records of pasted text or of a file's bytes (gz too), at least one.

    Names are headers on one line, cut after 200 characters and else untouched: escape them where they are shown.
    Raises SeqVizError with record, line and column at the first mistake, and where a limit is passed.
    """
    text = read_text(data, limits.bytes)
    records, letters, block = [], [], None
    for number, block in enumerate(_blocks(text), 1):
        if number > limits.records:
            raise SeqVizError(f"There are more than {limits.records:,} records; at most {limits.records:,} are read at once.")
        found = _letters(text, block, number)
        if len(found) > limits.length:
            raise SeqVizError(f"{_where(number, block)}, line {_place(text, block.header or 0)[0]}: the sequence has "
                              f"{len(found):,} bases; at most {limits.length:,} are read.")
        letters.append(found)
        records.append(SequenceRecord(block.name or f"sequence {number}", found.translate(_TO_ACGTN).decode("ascii")))
    if block is None:
        raise SeqVizError(_EMPTY)
    joined = _joined_lines(text) if block.header is None else []
    return Parsed(tuple(records), (*joined, *_letter_notices(records, letters), *_name_notices(records)))


def _blocks(text: str) -> Iterator[_Block]:
    """The records of FASTA, of a GenBank or EMBL file, or of plain text: whatever stands before the first header too."""
    flat = _FLAT_FILE.match(text) is not None
    waiting: re.Match | None = None
    for header in (_FLAT_HEADER if flat else _HEADER).finditer(text):
        yield from _block(text, waiting, header.start(), flat)
        waiting = header
    yield from _block(text, waiting, len(text), flat)


def _block(text: str, header: re.Match | None, end: int, flat: bool) -> Iterator[_Block]:
    if header is None:
        origin = re.compile(r"\s*ORIGIN\b[^\n]*").match(text, 0, end)
        start = origin.end() if origin else 0
        if text[start:end].strip():
            yield _Block("", None, start, _flat_end(text, start, end))
    elif not flat:
        yield _Block(one_line(header[1]), header.start(), header.end(), end)
    else:
        begin = _FLAT_SEQUENCE.search(text, header.end(), end)
        start = begin.end() if begin else end
        yield _Block(one_line(header[1]), header.start(), start, _flat_end(text, start, end))


def _flat_end(text: str, start: int, end: int) -> int:
    found = _FLAT_END.search(text, start, end)
    return found.start() if found and not text[found.end():end].strip() else end


def _letters(text: str, block: _Block, number: int) -> bytes:
    """The bases and codes of a record, upper case, without spaces and numbering."""
    raw = text[block.start:block.end].encode("ascii", "replace").upper()  # a byte a character, so places are kept
    letters = raw.translate(None, _SPACE)
    if letters.translate(None, _BASES):
        raw = _NUMBERING.sub(lambda match: b" " * len(match[0]), raw)
        wrong = _NOT_A_BASE.search(raw)
        if wrong:
            raise SeqVizError(_wrong_letter(text, block, number, block.start + wrong.start()))
        letters = raw.translate(None, _SPACE)
    if not letters:
        if block.header is None:
            raise SeqVizError(_EMPTY)
        raise SeqVizError(f"{_where(number, block)}, line {_place(text, block.header)[0]}: no sequence follows this header.")
    return letters


def _wrong_letter(text: str, block: _Block, number: int, position: int) -> str:
    line, column = _place(text, position)
    character = text[position]
    advice = "is not a base. Use A, C, G, T, U or IUPAC codes."
    if character in "-.~":
        advice = "is a gap, not a base. Remove gaps, or write N for an unknown base."
    elif len(set(text[block.start:block.end].upper()) & set("EFILPQ")) > 2:
        advice = "is not a base, and this looks like a protein. SeqViz reads DNA and RNA."
    return f"{_where(number, block)}, line {line}, column {column}: {character!r} {advice}"


def _where(number: int, block: _Block) -> str:
    return f"Record {number} {_quoted(block.name)}" if block.name else f"Record {number}"


def _quoted(name: str) -> str:
    return f"'{name if len(name) <= 40 else name[:39] + '…'}'"


def _place(text: str, position: int) -> tuple[int, int]:
    """Line and column of a position in the text, from 1."""
    return text.count("\n", 0, position) + 1, position - text.rfind("\n", 0, position)


def _joined_lines(text: str) -> list[str]:
    if re.search(r"\d", text):  # numbered lines are meant to be joined
        return []
    lines = sum(1 for _ in re.finditer(r"\S[^\n]*", text))
    return [f"No line starts with '>', so {lines:,} lines are read as one sequence."] if lines > 1 else []


def _letter_notices(records: list[SequenceRecord], letters: list[bytes]) -> list[str]:
    iupac = []
    for number, (record, found) in enumerate(zip(records, letters), 1):
        codes = found.translate(None, b"ACGTUN")
        if codes:
            names = ", ".join(sorted(set(codes.decode("ascii"))))
            kept = f"{len(codes):,} IUPAC codes ({names}) are kept as unknown bases."
            kept = f"1 IUPAC code ({names}) is kept as an unknown base." if len(codes) == 1 else kept
            iupac.append(f"Record {number} {_quoted(record.name)}: {kept}")
    rna = sum(b"U" in found for found in letters)
    read_as = f"U is read as T{f' in {rna:,} of {len(records):,} records' if len(records) > 1 else ''}."
    return _shorten(iupac, "more records have IUPAC codes, kept as unknown bases.") + [read_as] * (rna > 0)


def _name_notices(records: list[SequenceRecord]) -> list[str]:
    counts = Counter(record.name for record in records)
    shared = [f"{count:,} records are named {_quoted(name)}; their numbers tell them apart."
              for name, count in counts.items() if count > 1]
    return _shorten(shared, "more names are shared by several records.")


def _shorten(notices: list[str], more: str) -> list[str]:
    if len(notices) <= _NOTICES:
        return notices
    return [*notices[:_NOTICES - 1], f"{len(notices) - _NOTICES + 1:,} {more}"]  # two at least, so the plural is right
