"""Labelled sequences from what people paste and upload: FASTA with a label in each header, or a table.

FASTA: `>name label=bound`, `>name label="not bound"` or `>name|bound`. Tables (tab, comma or semicolon, gz too): a header
line that names the columns `sequence` and `label` (the ENCODE release of DeepBind says `seq` and `Bound`), or no header and
two columns. A line a sequence, without any label, is read too.
"""

import csv
import io
import re
from collections.abc import Sequence
from typing import NamedTuple

from ..errors import SeqVizError
from .parse import DEFAULT_LIMITS, Limits, SequenceRecord, parse_sequences
from .unpack import one_line, read_text

SEQUENCE_COLUMNS = ("sequence", "seq", "dna")
LABEL_COLUMNS = ("label", "class", "bound", "target", "y")
SEPARATORS = "\t,;"
LABEL_LENGTH = 40  # characters

_IN_HEADER = re.compile(r"(?:^|[\s|;,])(?:label|class)\s*=\s*(?:\"([^\"]*)\"|([^\s|;,]+))", re.IGNORECASE)
_NOT_A_BASE = re.compile(r"[^ACGTUNRYSWKMBDHVacgtunryswkmbdhv ]")
_NOT_IN_A_LABEL = re.compile(r"[^\w .+/()-]")
_TO_ACGTN = str.maketrans("URYSWKMBDHV", "T" + "N" * 10)


class Labelled(NamedTuple):
    """Records in their order; `labels`, one each, or empty where the text holds none; what a reader should know."""

    records: tuple[SequenceRecord, ...]
    labels: tuple[str, ...]
    notices: tuple[str, ...]


def parse_labelled(data: str | bytes, limits: Limits = DEFAULT_LIMITS) -> Labelled:
    """Return the records of a text or of a file's bytes and their labels: all have one, or none has.

    Raises SeqVizError with line or record, and the place in it, at the first mistake, and where a limit is passed.
    """
    text = read_text(data, limits.bytes)
    start = text.lstrip()
    if not start:
        raise SeqVizError("There is no sequence here. Paste or upload labelled sequences: FASTA with `>name label=bound`, or a "
                          "table with the columns sequence and label.")
    if start.startswith((">", "LOCUS", "ID ")):
        parsed = parse_sequences(text, limits)
        notices = tuple(n for n in parsed.notices if " named " not in n and " names " not in n)  # here only labels matter
        return Labelled(parsed.records, _header_labels([r.name for r in parsed.records]), notices)
    return _table(text, start.partition("\n")[0], limits)


def label_records(groups: dict[str, Sequence[SequenceRecord]]) -> str:
    """Return FASTA text of the records of each label, the label in every header: one text out of several files."""
    return "".join(f'>{re.sub(r"[|]", " ", without_label(r.name)).strip() or "sequence"} label="{label}"\n{r.sequence}\n'
                   for label, records in groups.items() for r in records)


def header_label(name: str) -> str | None:
    """Return what a header states as label=... or class=..., on one line; None where it states nothing.

    It is the visitor's own text: compare it with what is known, and escape it where it is shown.
    """
    found = _IN_HEADER.search(name)
    return (one_line(found[1] if found[1] is not None else found[2]) or None) if found else None


def without_label(name: str) -> str:
    """Return a header without what it states as label=..., "" where it states nothing else."""
    return _IN_HEADER.sub("", name).strip()


def _header_labels(names: list[str]) -> tuple[str, ...]:
    found = [_IN_HEADER.search(name) for name in names]
    if any(found):
        labels = [(m[1] if m[1] is not None else m[2]) if m else "" for m in found]
        advice = "write label=... into every header, or into none"
    elif any("|" in name for name in names):
        labels = [name.rpartition("|")[2] if "|" in name else "" for name in names]
        advice = "write the label behind a | in every header, or in none"
    else:
        return ()
    return tuple(_label(label, f"Record {n} '{names[n - 1][:40]}'", advice) for n, label in enumerate(labels, 1))


def _label(text: str, where: str, advice: str) -> str:
    """Return a label as it may stand on a page; the rest of the app prints it without further care."""
    label = one_line(text)
    if not label:
        raise SeqVizError(f"{where} has no label: {advice}.")
    if wrong := _NOT_IN_A_LABEL.search(label):
        raise SeqVizError(f"{where}: the label {label[:LABEL_LENGTH]!r} holds {wrong[0]!r}. A label has letters, digits, spaces "
                          "and _ . + - / ( ) only.")
    if len(label) > LABEL_LENGTH:
        raise SeqVizError(f"{where}: the label '{label[:LABEL_LENGTH]}…' has {len(label)} characters; at most {LABEL_LENGTH} are "
                          "read. Is it a description, and no label?")
    return label


class _Columns(NamedTuple):
    sequence: int
    label: int | None
    width: int


def _table(text: str, first_line: str, limits: Limits) -> Labelled:
    separator = max(SEPARATORS, key=first_line.count)
    rows, columns = [], None
    reader = csv.reader(io.StringIO(text), delimiter=separator)
    try:
        for cells in reader:
            if not any(cell.strip() for cell in cells):
                continue
            columns, header = (columns, False) if columns else _columns(cells, reader.line_num)
            if not header:
                rows.append(_row(cells, reader.line_num, columns, limits))
            if len(rows) > limits.records:
                raise SeqVizError(f"There are more than {limits.records:,} sequences; at most {limits.records:,} are read.")
    except csv.Error as error:
        raise SeqVizError(f"Line {reader.line_num}: this is no table ({error}). Is a quotation mark left open?") from None
    if not rows:
        raise SeqVizError("The table has a header line and no sequence.")
    letters = "".join(sequence for sequence, _ in rows)
    records = tuple(SequenceRecord(f"sequence {n}", s.translate(_TO_ACGTN)) for n, (s, _) in enumerate(rows, 1))
    labels = () if columns.label is None else tuple(label for _, label in rows)
    return Labelled(records, labels, _letter_notices(letters))


def _columns(cells: list[str], line: int) -> tuple[_Columns, bool]:
    """Return where sequence and label stand, from the first line, and whether that line is a header."""
    names = [cell.strip().lower() for cell in cells]
    sequence = next((i for i, name in enumerate(names) if name in SEQUENCE_COLUMNS), None)
    label = next((i for i, name in enumerate(names) if name in LABEL_COLUMNS), None)
    if sequence is not None:
        return _Columns(sequence, label, len(cells)), True
    if label is not None:
        raise SeqVizError(f"Line {line}: no column is named sequence; there are {_listed(cells)}.")
    if len(cells) > 2:
        raise SeqVizError(f"Line {line} has {len(cells)} columns. Write a first line that names the columns sequence and label.")
    longest = max(range(len(cells)), key=lambda i: (not _NOT_A_BASE.search(cells[i].strip()), len(cells[i].strip())))
    return _Columns(longest, 1 - longest if len(cells) == 2 else None, len(cells)), False


def _listed(cells: list[str]) -> str:
    return ", ".join(one_line(cell)[:20] or "(empty)" for cell in cells[:6]) + (" …" if len(cells) > 6 else "")


def _row(cells: list[str], line: int, columns: _Columns, limits: Limits) -> tuple[str, str]:
    """Return the letters of a line, upper case, and its label ("" in a table without labels)."""
    if len(cells) != columns.width:
        raise SeqVizError(f"Line {line} has {len(cells)} column{'s' * (len(cells) != 1)}, the first one {columns.width}.")
    sequence = cells[columns.sequence].strip()
    if wrong := _NOT_A_BASE.search(sequence):
        raise SeqVizError(f"Line {line}, letter {wrong.start() + 1} of the sequence: {wrong[0]!r} is not a base. "
                          "Use A, C, G, T, U or IUPAC codes.")
    sequence = sequence.replace(" ", "").upper()
    if not sequence:
        raise SeqVizError(f"Line {line} has no sequence.")
    if len(sequence) > limits.length:
        raise SeqVizError(f"Line {line}: the sequence has {len(sequence):,} bases; at most {limits.length:,} are read.")
    label = "" if columns.label is None else _label(cells[columns.label], f"Line {line}", "fill in its label")
    return sequence, label


def _letter_notices(letters: str) -> tuple[str, ...]:
    iupac = sum(letters.count(code) for code in "RYSWKMBDHV")
    notices = [f"{iupac:,} IUPAC code{'s are' if iupac > 1 else ' is'} kept as unknown."] if iupac else []
    return (*notices, "U is read as T.") if "U" in letters else tuple(notices)
