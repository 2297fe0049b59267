"""Variants from VCF, each checked against its genome; what cannot be scored becomes a sentence, and the rest goes on.

    vcf = read_vcf(Path("list.vcf.gz").read_bytes(), genome)
    vcf.variants          # one for each alternative allele: of a line with two, two
    vcf.problems          # "Line 12: REF is A, but the genome has G there."

Read are VCF 4.x, plain, gzip or bgzip, with or without a header (The Variant Call Format, samtools/hts-specs).
"""

import re
from dataclasses import dataclass
from typing import NamedTuple

from ..errors import SeqVizError
from ..sequences.unpack import one_line, read_text
from .fasta import Genome

MOST_LINES = 20_000
"""Lines of variants that are read at once."""
LARGEST = 20_000_000  # bytes of text, unpacked
LONGEST_ALLELE = 1_000
"""Bases of an allele that is read; longer changes are for other tools."""
FEWEST, SAMPLES = 5, 9  # columns that a line needs; from which one on it holds samples
NAMES = ("CHROM", "POS", "ID", "REF", "ALT", "QUAL", "FILTER", "INFO", "FORMAT")
_BREAKEND = re.compile(r"[\[\]]|^\.[ACGTN]|[ACGTN]\.$", re.IGNORECASE)


class GenomeVariant(NamedTuple):
    """`ref` at `start` (0-based) of a contig of the genome becomes `alt`; both in A, C, G, T, at least one base.

    name : the line's ID, or "". line : of the file, from 1. allele : which of the line's alternatives, from 0.
    """

    contig: str
    start: int
    ref: str
    alt: str
    name: str
    line: int
    allele: int

    def __str__(self) -> str:
        """As in "chr7:5,530,601 A>G"."""
        return f"{self.contig}:{self.start + 1:,} {short(self.ref)}>{short(self.alt)}"


class Problem(NamedTuple):
    """What is wrong with a line: `sentence` names it. kind : a few words by which problems are counted."""

    line: int
    sentence: str
    kind: str


class VcfLine(NamedTuple):
    """A line of variants as it stands in the file, column by column; number from 1."""

    number: int
    columns: tuple[str, ...]


@dataclass(frozen=True)
class Vcf:
    """meta : the lines that begin with ##; names : of the columns (as the file states them, else by their number).

    lines : every line that has a place in a VCF, also those without a variant that can be scored.
    """

    meta: tuple[str, ...]
    names: tuple[str, ...]
    lines: tuple[VcfLine, ...]
    variants: tuple[GenomeVariant, ...]
    problems: tuple[Problem, ...]
    notices: tuple[str, ...]


def read_vcf(data: str | bytes, genome: Genome, most: int = MOST_LINES) -> Vcf:
    """Return the variants of a VCF, given as text or as a file's bytes; most : lines of variants at the most.

    Raises SeqVizError where there is no such line, or the whole is no text.
    """
    return _Reader(genome, most).read(_text(data))


def _text(data: str | bytes) -> str:
    if isinstance(data, bytes) and (data[:3] == b"BCF" or data[:4] == b"PK\x03\x04"):
        what = "BCF, the binary form of VCF. Write it as VCF (bcftools view list.bcf)" if data[:3] == b"BCF" else \
            "a zip file. Unpack it, or pack it with gzip or bgzip"
        raise SeqVizError(f"This is {what}.")
    try:
        return read_text(data, LARGEST)
    except SeqVizError as error:
        told = str(error)
        raise SeqVizError("This file is not text. VCF is plain text, or that packed by gzip or bgzip."
                          if told.startswith("This file is not text") else told) from error


class _Reader:
    """One reading of a file."""

    def __init__(self, genome: Genome, most: int):
        self.genome, self.most = genome, most
        self.lines: list[VcfLine] = []
        self.variants: list[GenomeVariant] = []
        self.problems: list[Problem] = []
        self.contigs: dict[str, str | SeqVizError] = {}  # as the file calls them -> as the genome does, or why not
        self.width = 0  # columns that the header states

    def read(self, text: str) -> Vcf:
        meta, names, rows = [], (), 0
        for number, line in enumerate(text.split("\n"), 1):
            if line.startswith("##"):
                meta.append(line)
            elif line.startswith("#"):
                if line[1:6].upper() == "CHROM":
                    names = tuple(one_line(name) for name in line[1:].split("\t" if "\t" in line else None))
                    names = names if len(names) >= FEWEST else ()
                    self.width = len(names)
            elif line.strip():
                rows += 1
                if rows > self.most:
                    sentence = f"Line {number:,}: only the first {self.most:,} lines of variants are read."
                    self.problems.append(Problem(number, sentence, "beyond the limit"))
                    break
                self._line(number, line)
        if not rows:
            raise SeqVizError("There is no variant in it. A line of VCF holds CHROM, POS, ID, REF and ALT, between tabs.")
        return Vcf(tuple(meta), names or self._names(), tuple(self.lines), tuple(self.variants), tuple(self.problems),
                   tuple(self._notices(bool(names))))

    def _line(self, number: int, line: str) -> None:
        columns = tuple(c.strip() for c in (line.split("\t") if "\t" in line else line.split()))
        try:
            contig, start, ref, alts = self._fields(columns)
            self.lines.append(VcfLine(number, columns))
            self._check_reference(contig, start, ref)
        except _Wrong as wrong:
            if wrong.kept:
                self.lines.append(VcfLine(number, columns))
            self.problems.append(Problem(number, f"Line {number:,}: {wrong}", wrong.kind))
            return
        name = "" if columns[2] == "." else one_line(columns[2])[:80]
        for allele, alt in enumerate(alts):
            try:
                found = _alternative(alt, ref)
                self.variants.append(GenomeVariant(contig, start, ref, found, name, number, allele))
            except _Wrong as wrong:
                self.problems.append(Problem(number, f"Line {number:,}: {wrong}", wrong.kind))

    def _fields(self, columns: tuple[str, ...]) -> tuple[str, int, str, list[str]]:
        """Return contig, start, REF and the alternatives of a line that has them."""
        if len(columns) < FEWEST:
            raise _Wrong(f"it has {len(columns)} column{'s' * (len(columns) > 1)}; a line of VCF has at least {FEWEST}: "
                         "CHROM, POS, ID, REF, ALT.", "too few columns")
        if self.width and len(columns) > self.width:
            raise _Wrong(f"it has {len(columns)} columns, and the header names {self.width}.", "too many columns")
        name, position, _, ref, alts = columns[:FEWEST]
        if not re.fullmatch(r"[0-9]{1,12}", position):
            raise _Wrong(f"the position {position[:20]!r} is not a whole number.", "position unreadable")
        contig, ref = self._contig(name), ref.upper()
        if not 1 <= int(position) <= self.genome.contigs[contig]:
            raise _Wrong(f"position {int(position):,} lies outside {contig[:60]}, which has bases 1 to "
                         f"{self.genome.contigs[contig]:,}.", "position outside", kept=True)
        if not re.fullmatch("[ACGTN]+", ref):
            raise _Wrong(f"REF {short(ref)!r} is not made of bases; use A, C, G, T.", "REF unreadable", kept=True)
        if len(ref) > LONGEST_ALLELE:
            raise _Wrong(f"REF has {len(ref):,} bases; alleles of up to {LONGEST_ALLELE:,} are scored.", "allele too long",
                         kept=True)
        return contig, int(position) - 1, ref, alts.split(",")

    def _contig(self, name: str) -> str:
        if name not in self.contigs:
            try:
                self.contigs[name] = self.genome.find(name)
            except SeqVizError as error:
                self.contigs[name] = error
        found = self.contigs[name]
        if isinstance(found, SeqVizError):
            text = str(found)
            raise _Wrong(text[0].lower() + text[1:], "unknown contig", kept=True)
        return found

    def _check_reference(self, contig: str, start: int, ref: str) -> None:
        there = self.genome.fetch(contig, start, start + len(ref))
        if start + len(ref) > self.genome.contigs[contig]:
            raise _Wrong(f"REF {short(ref)!r} reaches beyond the end of {contig[:60]}.", "position outside")
        if "N" in there or "N" in ref:
            whose = "the genome" if "N" in there else "REF"
            raise _Wrong(f"{whose} has unknown bases (N) there, so that REF cannot be checked.", "unknown base in REF")
        if there != ref:
            raise _Wrong(f"REF is {short(ref)}, but the genome has {short(there)} there. Is the list made for this genome?",
                         "REF is not the genome's")

    def _names(self) -> tuple[str, ...]:
        widest = max((len(line.columns) for line in self.lines), default=0)
        return (*NAMES[:8], *(NAMES[8:] if widest >= SAMPLES else ()), *(f"sample{i}" for i in range(1, widest - SAMPLES + 1)))

    def _notices(self, header: bool) -> list[str]:
        notices = [] if header else ["There is no header; columns are read as CHROM, POS, ID, REF, ALT."]
        renamed = {name: found for name, found in self.contigs.items() if isinstance(found, str) and found != name}
        notices += [f"{name[:60]} is called {found[:60]} in this genome." for name, found in list(renamed.items())[:5]]
        return notices + (["The lines are not sorted by position; their order is kept."] if self._unsorted() else [])

    def _unsorted(self) -> bool:
        last, seen = ("", -1), set()
        for contig, start, *_ in self.variants:
            if contig != last[0]:
                if contig in seen:
                    return True
                seen.add(contig)
            elif start < last[1]:
                return True
            last = contig, start
        return False


class _Wrong(Exception):
    """Why a line or an allele is not scored. kept : whether the line still has a place in a VCF."""

    def __init__(self, sentence: str, kind: str, kept: bool = False):
        super().__init__(sentence)
        self.kind, self.kept = kind, kept


def _alternative(alt: str, ref: str) -> str:
    """Return an alternative allele's bases; raises _Wrong where it has none, or is the reference."""
    if alt in (".", ""):
        raise _Wrong("ALT is a dot: no alternative is named.", "no alternative")
    if alt == "*":
        raise _Wrong("ALT * stands for a base that another line deletes.", "allele without bases")
    if alt.startswith("<"):
        raise _Wrong(f"ALT {alt[:30]!r} names a kind of change, not its bases.", "allele without bases")
    if _BREAKEND.search(alt):
        raise _Wrong(f"ALT {alt[:30]!r} is a breakend: it joins two places of the genome.", "allele without bases")
    alt = alt.upper()
    if not re.fullmatch("[ACGT]+", alt):
        why = "has unknown bases (N)" if re.fullmatch("[ACGTN]+", alt) else "is not made of bases; use A, C, G, T"
        raise _Wrong(f"ALT {short(alt)!r} {why}.", "ALT unreadable")
    if len(alt) > LONGEST_ALLELE:
        raise _Wrong(f"ALT has {len(alt):,} bases; alleles of up to {LONGEST_ALLELE:,} are scored.", "allele too long")
    if alt == ref:
        raise _Wrong(f"ALT is REF, {short(ref)}: nothing changes.", "no change")
    return alt


def short(bases: str, most: int = 12) -> str:
    """Return bases, a long allele shortened with its length."""
    return bases if len(bases) <= most else f"{bases[:most - 4]}... ({len(bases):,} bases)"
