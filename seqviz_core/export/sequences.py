"""Sequences as FASTA with their planted sites in the header, and planted sites as BED."""

import re
from collections.abc import Sequence

import numpy as np

from ..datasets import Dataset, Site, Task
from ..datasets.facts import label_text
from ..errors import SeqVizError
from ..motifs import find_motif
from ..sequences import Alignment, SequenceRecord, align, decode, reverse_complement
from ..state import ViewState

_REVERSED = " (reverse complement)"
_SITES = re.compile(r"\bsites=(\S+)")
_SITE = re.compile(r"([^:,\s]+):(\d+)-(\d+):([+-])$")
_NO_BED_NAME = re.compile(r"[^\x21-\x7e]+")


def to_fasta(records: Sequence[SequenceRecord]) -> str:
    """Return FASTA text, a line a sequence; a name stays on its line, whatever it holds."""
    return "".join(f">{' '.join(r.name.split())}\n{r.sequence}\n" for r in records)


def identified(records: Sequence[SequenceRecord]) -> list[SequenceRecord]:
    """Return the records with names whose first words differ, which is how tools that read FASTA tell sequences apart.

    Where two share it, every name is put behind "seq1", "seq2" ...
    """
    words = [_first_word(record) for record in records]
    if len(set(words)) == len(words):
        return list(records)
    return [SequenceRecord(f"seq{n} {record.name}", record.sequence) for n, record in enumerate(records, start=1)]


def to_bed(records: Sequence[SequenceRecord]) -> str:
    """Return the planted sites that the records' names state as BED6 (0-based, end excluded, score 0); "" where there are none.

    The first column is the first word of a record's name, as tools that read FASTA take it: see `identified`. Raises SeqVizError
    where two records share it, or where a name states sites that cannot be.
    """
    words = [_first_word(record) for record in records]
    if len(set(words)) < len(words):
        shared = next(word for word in words if words.count(word) > 1)
        raise SeqVizError(f"Two sequences are named {shared!r}, so that a BED file could not tell whose sites are whose.")
    rows = [(word, s.start, s.end, _NO_BED_NAME.sub("_", s.motif.name), 0, s.strand)
            for word, record in zip(words, records) for s in sites_from_header(record.name, len(record.sequence))]
    return "".join("\t".join(map(str, row)) + "\n" for row in rows)


def _first_word(record: SequenceRecord) -> str:
    return _NO_BED_NAME.sub("_", (record.name.split() or ["sequence"])[0])


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


def moved_sites(sites: Sequence[Site], alignment: Alignment) -> list[Site]:
    """Return where sites of a reference lie in the edited sequence; one whose bases are all deleted is gone."""
    moved = []
    for site in sites:
        kept = np.flatnonzero((alignment.source >= site.start) & (alignment.source < site.end))
        if len(kept):
            moved.append(site._replace(start=int(kept[0]), end=int(kept[-1]) + 1))
    return moved


def view_records(view: ViewState) -> list[SequenceRecord]:
    """Return the sequence of a view on its forward strand; where it is edited, the reference and the edited one.

    Planted sites stand in the names, in the edited sequence where they lie now; a wrong statement of sites is left as it is.
    """
    record = SequenceRecord(view.name, view.reference)
    if not view.steps:
        return [record]
    try:
        sites = moved_sites(sites_from_header(view.name, len(view.reference)), align(view.reference, view.steps))
        name = f"{_SITES.sub('', view.name).strip()} {sites_to_header(sites)}".strip()
    except SeqVizError:
        name = view.name
    return [SequenceRecord(f"reference {view.name}", view.reference), SequenceRecord(f"edited {name}", view.sequence)]
