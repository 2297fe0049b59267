"""Stretches of a genome as people write them, chr7:5,530,601-5,530,800, and as BED lists them.

    found = read_regions("chr7:5,530,601-5,530,800\nchr1 99 200 peak1 0 -", genome)
    found.records(genome)         # SequenceRecords, on the strand asked for; found.problems: a sentence a bad line
"""

import re
from collections.abc import Iterator
from typing import NamedTuple

from ..errors import SeqVizError
from ..sequences import Limits, SequenceRecord, reverse_complement
from ..sequences.parse import DEFAULT_LIMITS
from ..sequences.unpack import one_line, read_text
from .fasta import Genome

_PLACE = re.compile(r"(?P<contig>\S+?)\s*:\s*(?P<start>[\d,. _]+?)(?:\s*(?:-|–|\.\.)\s*(?P<end>[\d,. _]*?))?"
                    r"\s*(?:\(?(?P<strand>[+\u2212-])\)?|:(?P<strand2>[+\u2212-]))?")
_NO_REGION = re.compile(r"\s*(?:#|track\b|browser\b|chrom\s+(?:chrom)?start\b|$)", re.IGNORECASE)
_LONGEST = 200  # characters of a region that is no BED line
_DIGITS = re.compile(r"\d{1,12}")


class Region(NamedTuple):
    """Bases `start` to `end` (0-based, end excluded) of a contig, read on `strand`; name : as its list calls it, or ""."""

    contig: str
    start: int
    end: int
    strand: str = "+"
    name: str = ""

    def __str__(self) -> str:
        """As people write it, from 1: "chr7:5,530,601-5,530,800", with "(-)" behind it on the reverse strand."""
        return f"{self.contig}:{self.start + 1:,}-{self.end:,}{'(-)' if self.strand == '-' else ''}"

    def record(self, genome: Genome) -> SequenceRecord:
        """Return the region's bases on its strand, named by its place."""
        sequence = genome.fetch(self.contig, self.start, self.end)
        name = f"{self} {self.name}".strip()
        return SequenceRecord(one_line(name), sequence if self.strand == "+" else reverse_complement(sequence))


class Regions(NamedTuple):
    """The regions that could be read, in order; a sentence with its line for each that could not; what one should know."""

    regions: tuple[Region, ...]
    problems: tuple[str, ...]
    notices: tuple[str, ...]

    def records(self, genome: Genome) -> tuple[SequenceRecord, ...]:
        """Return the bases of every region."""
        return tuple(region.record(genome) for region in self.regions)


def read_regions(data: str | bytes, genome: Genome, limits: Limits = DEFAULT_LIMITS, strand: str = "+") -> Regions:
    """Return the regions of a text, a line each: chr7:5,530,601-5,530,800 (from 1), or BED of 3 to 6 columns (from 0).

    data : typed text, or a file's bytes (gz too). strand : of those that name none.
    Raises SeqVizError where nothing is listed, or the whole cannot be read.
    """
    regions, problems, renamed = [], [], {}
    for number, line in _lines(read_text(data, limits.bytes)):
        if len(regions) == limits.records:
            problems.append(f"Line {number:,}: only the first {limits.records:,} regions are read.")
            break
        try:
            region = _checked(_parsed(line, genome, strand), genome, limits)
        except SeqVizError as error:
            problems.append(f"Line {number:,}: {error}")
            continue
        regions.append(region)
        asked = re.split(r"[\s:]", line.strip(), maxsplit=1)[0]
        if asked != region.contig and not line.strip().startswith(region.contig):
            renamed[asked] = region.contig
    if not regions and not problems:
        raise SeqVizError("No region is named. Write one as chr7:5,530,601-5,530,800, or a BED line: chr7 5530600 5530800.")
    notices = [f"{asked[:60]} is called {contig[:60]} in this genome." for asked, contig in list(renamed.items())[:5]]
    return Regions(tuple(regions), tuple(problems), tuple(notices))


def parse_region(text: str, genome: Genome, limits: Limits = DEFAULT_LIMITS, strand: str = "+") -> Region:
    """Return one region written as chr7:5,530,601-5,530,800, chr7:5530601 (one base) or chr7 (the whole contig).

    Raises SeqVizError where it cannot be read or does not lie in the genome.
    """
    return _checked(_parsed(text, genome, strand), genome, limits)


def _lines(text: str) -> Iterator[tuple[int, str]]:
    for number, line in enumerate(text.split("\n"), 1):
        if not _NO_REGION.match(line):
            yield number, line


def _parsed(line: str, genome: Genome, strand: str) -> Region:
    line = line.strip()
    if line in genome.contigs:  # also one with a colon in its name
        return Region(line, 0, genome.contigs[line], strand)
    columns = line.split("\t") if line.count("\t") > 1 else line.split()
    if len(columns) >= 3 and all(_DIGITS.fullmatch(c.strip().lstrip("-")) for c in columns[1:3]):
        return _from_bed(columns, genome, strand)
    if match := _PLACE.fullmatch(line[:_LONGEST + 1]):
        return _from_place(match, genome, strand)
    if len(columns) == 1 and ":" not in line:
        contig = genome.find(line)
        return Region(contig, 0, genome.contigs[contig], strand)
    raise SeqVizError(f"{line[:60]!r} is no region. Write chr7:5,530,601-5,530,800, or a BED line: chr7 5530600 5530800.")


def _from_place(match: re.Match, genome: Genome, strand: str) -> Region:
    contig = genome.find(match["contig"])
    start = _number(match["start"])
    end = genome.contigs[contig] if match["end"] == "" else start if match["end"] is None else _number(match["end"])
    if start < 1:
        raise SeqVizError("positions of chr:first-last count from 1.")
    return Region(contig, start - 1, end, (match["strand"] or match["strand2"] or strand).replace("\u2212", "-"))


def _number(text: str) -> int:
    digits = re.sub(r"[,. _]", "", text)
    if not _DIGITS.fullmatch(digits):
        raise SeqVizError(f"{text[:40]!r} is no position.")
    return int(digits)


def _from_bed(columns: list[str], genome: Genome, strand: str) -> Region:
    contig, start, end, name, _, stated, *_ = [*map(str.strip, columns), *[""] * 6]
    if "-" in start + end:
        raise SeqVizError(f"{start[:20]} to {end[:20]}: positions of BED count from 0, and none is negative.")
    if len(columns) >= 6 and stated not in ("+", "-", ".", ""):
        raise SeqVizError(f"column 6 is {stated[:20]!r}; the strand is +, - or a dot.")
    return Region(genome.find(contig), int(start), int(end), stated if stated in ("+", "-") else strand,
                  "" if name == "." else one_line(name)[:80])


def _checked(region: Region, genome: Genome, limits: Limits) -> Region:
    length, n = genome.contigs[region.contig], region.end - region.start
    if n < 1:
        raise SeqVizError(f"it ends at {region.end:,}, before it begins at {region.start + 1:,}.")
    if region.end > length:
        raise SeqVizError(f"{region.contig[:60]} has {length:,} bases, and this ends at {region.end:,}.")
    if n > limits.length:
        raise SeqVizError(f"{region} has {n:,} bases; at most {limits.length:,} are read. Name a part of it, as in "
                          f"{region._replace(end=region.start + min(200, n))}.")
    return region
