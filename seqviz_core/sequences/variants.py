"""Small changes of a sequence as people write them: 42A>G, n.42_44del, 42_43insTT, 42_44delinsAC, 42dup, or pos ref alt.

    found = read_variants("42A>G, 50_52del", "ACGT...")
    [written(v) for v in found.variants]      # the good ones; found.problems has a sentence for each of the others

Positions are written from 1 and count along the sequence at hand, as n. does in HGVS (den Dunnen et al. 2016, Hum Mutat 37:564).
"""

import re
from typing import NamedTuple

from ..errors import SeqVizError
from .codes import reverse_complement
from .edits import Edit

MOST_VARIANTS, LONGEST_ALLELE = 2_000, 1_000
"""Variants that are read from one text, a genome's worth goes through a VCF; and bases that one may put in."""

_WORD = re.compile(r"(?:n\.)?([0-9]{1,9})(?:[_–-]([0-9]{1,9}))?([a-z]*)(?:(>|→)([a-z]*))?", re.IGNORECASE)
_PROTEIN_STYLE = re.compile(r"([A-Z])([0-9]{1,9})([A-Z])", re.IGNORECASE)  # A42G
_OTHER_COUNT = re.compile(r"(?:[^:]*:)?([cgmopr])\.|[^:]+:", re.IGNORECASE)
_COLUMN_HEADS = {"pos", "position", "start"}
_PLACE_OF_A_GENOME = re.compile(r"[^\s:>]+(:|\s+)[0-9]{1,12}\s+\S+\s+[A-Z.*<]", re.IGNORECASE)  # chr7:42 A G, chr7 42 . A G
_NOTHING = {"-", ".", "*"}  # how tables write an empty allele


class Variant(NamedTuple):
    """`ref` at `start` (0-based) becomes `alt`; both in A, C, G, T, N, upper case.

    ref "" : alt goes in before base `start`. alt "" : the bases are deleted. name : as its source calls it, or "".
    """

    start: int
    ref: str
    alt: str
    name: str = ""

    @property
    def end(self) -> int:
        """0-based end of the reference bases, excluded."""
        return self.start + len(self.ref)

    @property
    def edit(self) -> Edit:
        """The same change as an edit of the view."""
        return Edit(self.start, len(self.ref), self.alt)

    def turned(self, length: int) -> "Variant":
        """Return the same change on the other strand of a sequence of `length` bases."""
        return Variant(length - self.end, reverse_complement(self.ref), reverse_complement(self.alt), self.name)

    def forward_edit(self, strand: str, length: int) -> Edit:
        """Return the change, which counts on `strand` ("+" or "-"), as an edit of the forward strand."""
        return (self if strand == "+" else self.turned(length)).edit


class FoundVariants(NamedTuple):
    """The variants that could be read, in their order, and a sentence with its line for each that could not."""

    variants: tuple[Variant, ...]
    problems: tuple[str, ...]


def checked(sequence: str, variant: Variant) -> Variant:
    """Return the variant; raises SeqVizError where it lies outside the sequence, does not fit it, or puts in too much."""
    start, ref, alt, _ = variant
    length = len(sequence)
    if not 0 <= start <= length or start + len(ref) > length:
        first, last = start + 1, start + max(len(ref), 1)
        raise SeqVizError(f"{_bases(first, last)} outside the sequence, which has bases 1 to {length:,}.")
    there = sequence[start:start + len(ref)]
    if there != ref:
        n = "; N is an unknown base" if "N" in there else ""
        raise SeqVizError(f"{_bases(start + 1, start + len(ref))} {_short(there)} in the sequence, not {_short(ref)}{n}.")
    if len(alt) > LONGEST_ALLELE:
        raise SeqVizError(f"{len(alt):,} bases go in; at most {LONGEST_ALLELE:,} do at once.")
    if ref == alt:
        raise SeqVizError(f"{_short(ref) or 'nothing'} becomes {_short(alt) or 'nothing'}: that changes nothing.")
    if len(ref) - len(alt) >= length:
        raise SeqVizError("the whole sequence would be deleted; at least one base has to stay.")
    return variant


def apply_variant(sequence: str, variant: Variant) -> str:
    """Return the sequence with the variant in it; raises SeqVizError as `checked` does."""
    checked(sequence, variant)
    return sequence[:variant.start] + variant.alt + sequence[variant.end:]


def minimal(variant: Variant) -> Variant:
    """Return the same change without bases that reference and alternative share at their ends (as VCF writes an indel)."""
    start, ref, alt, name = variant
    while ref and alt and ref[-1] == alt[-1] and ref != alt:
        ref, alt = ref[:-1], alt[:-1]
    while ref and alt and ref[0] == alt[0] and ref != alt:
        start, ref, alt = start + 1, ref[1:], alt[1:]
    return Variant(start, ref, alt, name)


def written(variant: Variant) -> str:
    """Return the variant in HGVS's words with positions from 1: "42A>G", "42_44del", "42_43insTT", "42_44delinsAC"."""
    start, ref, alt, _ = minimal(variant)
    if not ref:
        return f"{start}_{start + 1}ins{alt}"
    if len(ref) == len(alt) == 1:
        return f"{start + 1}{ref}>{alt}"
    place = f"{start + 1}" if len(ref) == 1 else f"{start + 1}_{start + len(ref)}"
    return f"{place}del" if not alt else f"{place}delins{alt}"


def read_variants(text: str, sequence: str, most: int = MOST_VARIANTS) -> FoundVariants:
    """Return the variants of a list: separated by lines, commas, semicolons or spaces, or a line each of pos, ref, alt (, name).

    Every reference is checked against the sequence. A line that cannot be read becomes a sentence; the others go on.
    """
    found: dict[tuple[int, str, str], int] = {}
    variants, problems = [], []
    for number, line in enumerate(text.splitlines(), 1):
        for word, columns in _words(line, first=not variants and not problems):
            if len(variants) >= most:
                problems.append(f"Line {number}: only the first {most:,} variants are read here.")
                return FoundVariants(tuple(variants), tuple(dict.fromkeys(problems)))
            try:
                variant = checked(sequence, read_variant(word, sequence) if columns is None else _from_columns(columns))
                small = minimal(variant)
                if small[:3] in found:
                    raise SeqVizError(f"it stands on line {found[small[:3]]} already and is counted once.")
                found[small[:3]] = number
                variants.append(small)
            except SeqVizError as error:
                problems.append(f"Line {number}, {_quoted(word)}: {error}")
    return FoundVariants(tuple(variants), tuple(dict.fromkeys(problems)))


def read_variant(word: str, sequence: str) -> Variant:
    """Return one written variant, its deleted or duplicated bases taken from the sequence where they are not spelt out.

    Raises SeqVizError where it cannot be read. Its reference is not compared with the sequence: `checked` does that.
    """
    if style := _PROTEIN_STYLE.fullmatch(word):
        return Variant(_start(style[2]), allele(style[1]), allele(style[3]))
    match = _WORD.fullmatch(word)
    if not match:
        raise SeqVizError(_unread(word))
    before_all = int(match[1]) == 0 and match[3].lower().startswith("ins")  # 0_1ins: before the first base
    start, last = -1 if before_all else _start(match[1]), int(match[2] or match[1])
    if last <= start:
        raise SeqVizError(f"{start + 1:,} to {last:,} runs backwards.")
    if match[4]:
        ref, alt = allele(match[3]), allele(match[5] or "")
        if not ref or not alt or match[2] and len(ref) != last - start:
            raise SeqVizError(f"a substitution names {last - start if match[2] else 'a'} base{'s' * bool(match[2])} "
                              "before and its bases after the >, as in 42A>G.")
        return Variant(start, ref, alt)
    return _in_words(match[3].lower(), start, last, bool(match[2]), sequence)


def _in_words(words: str, start: int, last: int, spans: bool, sequence: str) -> Variant:
    """Return a del, ins, delins, dup or inv of bases start + 1 to last."""
    there, needed = sequence[start:last], start + 1 if words.startswith("ins") else last
    if needed > len(sequence):
        raise SeqVizError(f"{_bases(start + 1, last)} outside the sequence, which has bases 1 to {len(sequence):,}.")
    if words.startswith("ins"):
        if not spans or last != start + 2:
            raise SeqVizError("an insertion goes between two neighbouring bases, as in 42_43insTT.")
        return Variant(start + 1, "", _spelt(words[3:], "ins"))
    if words.startswith("del"):
        deleted, ins, inserted = words[3:].partition("ins")
        ref = allele(deleted) or there
        if len(ref) != last - start:
            raise SeqVizError(f"{len(ref):,} deleted bases are spelt out, but the positions name {last - start:,}.")
        return Variant(start, ref, _spelt(inserted, "delins") if ins else "")
    if words.startswith("dup"):
        if (spelt := allele(words[3:])) and spelt != there:
            raise SeqVizError(f"{_bases(start + 1, last)} {_short(there)} in the sequence, not {_short(spelt)}.")
        return Variant(last, "", there)
    if words == "inv" and last > start + 1:
        return Variant(start, there, reverse_complement(there))
    raise SeqVizError(_unread(f"{start + 1}{words}"))


def allele(text: str) -> str:
    """Return the bases of an allele, upper case, U as T; raises SeqVizError for what is no base, or for several at once."""
    bases = text.upper().replace("U", "T")
    if wrong := next((b for b in bases if b not in "ACGTN"), ""):
        if wrong in "RYSWKMBDHV":
            raise SeqVizError(f"{wrong} stands for several bases; write a variant for each of them.")
        raise SeqVizError(f"{wrong!r} is not a base. Use A, C, G, T or N.")
    return bases


def _words(line: str, first: bool) -> list[tuple[str, list[str] | None]]:
    """Return the variants of a line as written, and as columns pos, ref, alt, name where the line is a row of a table."""
    line = line.strip().lstrip("\ufeff")
    if not line or line.startswith("#"):
        return []
    columns = [cell.strip() for cell in re.split("[,;]", line)]
    columns = line.split() if re.search(r"\s", columns[0]) else columns
    if first and columns[0].lower() in _COLUMN_HEADS:
        return []
    if len(columns) >= 3 and re.search(r"\s", line) and _PLACE_OF_A_GENOME.match(line):
        return [(line, None)]
    if columns[0].isascii() and columns[0].isdecimal():
        if len(columns) == 2:
            return [("".join(columns), None)]
        if len(columns) >= 3:
            alts = columns[2].split(",") if "," in columns[2] else [columns[2]]
            return [(line, [columns[0], columns[1], alt, " ".join(columns[3:])]) for alt in alts]
    return [(word, None) for word in re.split(r"[,;\s]+", line) if word]


def _from_columns(columns: list[str]) -> Variant:
    place, ref, alt, name = columns
    if len(place) > 9:
        raise SeqVizError(f"{place[:12]}... is too large for a position.")
    ref, alt = ("" if bases in _NOTHING else allele(bases) for bases in (ref, alt))
    return Variant(_start(place), ref, alt, name)


def _start(position: str) -> int:
    if int(position) < 1:
        raise SeqVizError("positions count from 1.")
    return int(position) - 1


def _spelt(bases: str, what: str) -> str:
    if not bases:
        raise SeqVizError(f"{what} is followed by the bases that go in, as in 42_43insTT or 42_44delinsAC.")
    return allele(bases)


def _unread(word: str) -> str:
    if _PLACE_OF_A_GENOME.match(word):
        return ("this names a place of a genome, and here positions count from the first base of the sequence on the screen, as "
                "in 42A>G. The Genome tool reads such lines.")
    if other := _OTHER_COUNT.match(word):
        what = f"{other[1].lower()}." if other[1] else "a name before the colon"
        return (f"{what} counts in a gene or a chromosome; here positions count from the first base of the sequence on the "
                "screen: write 42A>G or n.42A>G.")
    return "this is not read as a variant. Write 42A>G, 42_44del, 42_43insTT, 42_44delinsAC, 42dup, or pos ref alt."


def _bases(first: int, last: int) -> str:
    return f"base {first:,} is" if first >= last else f"bases {first:,} to {last:,} are"


def _short(bases: str) -> str:
    return bases if len(bases) <= 12 else f"{bases[:10]}… ({len(bases):,} bases)"


def _quoted(word: str) -> str:
    return f"'{word if len(word) <= 40 else word[:39] + '…'}'"
