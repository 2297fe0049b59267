"""What a visitor takes home: tables as CSV, sequences as FASTA with their planted sites in the header."""

import csv
import io
import re
from collections.abc import Mapping, Sequence

from .datasets import Dataset, Site, Task
from .datasets.facts import label_text
from .errors import SeqVizError
from .motifs import find_motif
from .sequences import SequenceRecord, decode, reverse_complement

_FORMULA = ("=", "+", "-", "@", "\t", "\r")
_REVERSED = " (reverse complement)"
_SITES = re.compile(r"\bsites=(\S+)")
_SITE = re.compile(r"([^:,\s]+):(\d+)-(\d+):([+-])$")


def to_csv(columns: Mapping[str, Sequence]) -> str:
    """Return equally long columns as CSV text; a text that a spreadsheet would run as a formula gets a leading quote."""
    if len({len(column) for column in columns.values()}) > 1:
        raise ValueError(f"columns differ in length: { {name: len(c) for name, c in columns.items()} }")
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow([_safe(name) for name in columns])
    writer.writerows([_safe(cell) for cell in row] for row in zip(*columns.values()))
    return out.getvalue()


def _safe(cell: object) -> object:
    formula = isinstance(cell, str) and cell.startswith(_FORMULA) and cell not in ("+", "-")  # those are strands
    return "'" + cell if formula else cell


def to_fasta(records: Sequence[SequenceRecord]) -> str:
    """Return FASTA text, a line a sequence."""
    return "".join(f">{r.name}\n{r.sequence}\n" for r in records)


def sites_to_header(sites: Sequence[Site]) -> str:
    """Return e.g. "sites=MA0035.5:35-41:+,MA0139.2:60-74:-" (1-based, both ends included), or "" without sites."""
    return "sites=" + ",".join(f"{s.motif.id}:{s.start + 1}-{s.end}:{s.strand}" for s in sites) if sites else ""


def sites_from_header(name: str, length: int) -> list[Site]:
    """Return the planted sites a FASTA header states (see `sites_to_header`), none where it states none.

    Raises SeqVizError where it states something that cannot be: a malformed site, an unknown motif, a site outside.
    """
    stated = _SITES.search(name)
    return [_site(text, length) for text in stated[1].split(",")] if stated else []


def _site(text: str, length: int) -> Site:
    match = _SITE.fullmatch(text)
    if not match:
        raise SeqVizError(f"Planted site {text!r} cannot be read; write motif:start-end:strand, as in MA0035.5:35-41:+.")
    motif, start, end = find_motif(match[1]), int(match[2]) - 1, int(match[3])
    if not 0 <= start < end <= length:
        raise SeqVizError(f"Planted site {text!r} lies outside the sequence of {length} bases.")
    return Site(motif, start, end, match[4])


def drawn_records(task: Task, n: int, seed: int) -> list[SequenceRecord]:
    """Return `n` sequences of `task`, named by label and seed, their planted sites in the name; given ones say where from."""
    data = task.sample(n, seed)
    origin = f"from {task.label}" if task.fixed else f"drawn with seed {seed}"
    names = [f"{label_text(data, row)}, {origin}, {row + 1} {sites_to_header(data.sites_of(row))}".strip()
             for row in range(len(data))]
    return [SequenceRecord(name, sequence) for name, sequence in zip(names, decode(data.codes))]


def dataset_records(data: Dataset, name: str) -> list[SequenceRecord]:
    """Return every sequence, its label and its planted sites in its name, as `parse_labelled` reads them back."""
    names = [f'{name}_{row + 1} label="{label_text(data, row)}" {sites_to_header(data.sites_of(row))}'.strip()
             for row in range(len(data))]
    return [SequenceRecord(name, sequence) for name, sequence in zip(names, decode(data.codes))]


def dataset_table(data: Dataset) -> dict[str, list[str]]:
    """Return the columns sequence, label and sites (motif:start-end:strand, 1-based, both ends included)."""
    sites = [sites_to_header(data.sites_of(row)).removeprefix("sites=") for row in range(len(data))]
    return {"sequence": decode(data.codes), "label": [label_text(data, row) for row in range(len(data))], "sites": sites}


def reverse_complement_record(record: SequenceRecord) -> SequenceRecord:
    """Return the record read on the other strand; the sites its name states are turned with it."""
    length = len(record.sequence)
    turned = [Site(s.motif, length - s.end, length - s.start, "-" if s.strand == "+" else "+")
              for s in reversed(sites_from_header(record.name, length))]
    name = _SITES.sub("", record.name).strip().removesuffix(_REVERSED)
    name += "" if record.name.endswith(_REVERSED) or f"{_REVERSED} sites=" in record.name else _REVERSED
    return SequenceRecord(f"{name} {sites_to_header(turned)}".strip(), reverse_complement(record.sequence))
