"""Measured effects of variants, as saturation mutagenesis gives them: a table of position, ref, alt and value.

    table = read_measured("Pos\\tRef\\tAlt\\tCoefficient\\n3\\tG\\tA\\t-0.28")
    element = table.elements[0]
    element.wild_type()                 # the sequence that the Ref column spells

Positions may count along a chromosome (Kircher et al. 2019, Nat Commun 10:3583) or along the sequence itself, from 1.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from ..errors import SeqVizError
from .unpack import one_line, read_text
from .variants import allele

MOST_BYTES, MOST_ROWS = 5_000_000, 50_000
MOST_BASES = 10_000  # that a wild type may span
_TOLD = 20  # problems that are told one by one

_NAMES = {
    "position": ("pos", "position", "start", "site"),
    "ref": ("ref", "reference", "wt", "wildtype", "refallele", "from"),
    "alt": ("alt", "alternative", "alternate", "mut", "mutant", "altallele", "to", "variant"),
    "value": ("value", "coefficient", "coef", "effect", "log2", "log2fc", "log2foldchange", "logfc", "score", "measured", "beta"),
    "contig": ("chrom", "chr", "chromosome", "contig"),
    "element": ("element", "name", "region", "enhancer", "promoter"),
}
_NEEDED = ("position", "ref", "alt", "value")


@dataclass(frozen=True, eq=False)
class Measured:
    """One element's rows: positions (n,) int as the table has them, refs and alts (upper case, "" for none), values (n,)."""

    name: str
    contig: str
    positions: np.ndarray
    refs: tuple[str, ...]
    alts: tuple[str, ...]
    values: np.ndarray

    @property
    def first(self) -> int:
        """The lowest position."""
        return int(self.positions.min())

    @property
    def place(self) -> str:
        """Return e.g. "X:139,530,463-139,530,765"."""
        last = max(p + max(len(r), 1) - 1 for p, r in zip(self.positions.tolist(), self.refs))
        return f"{self.contig}:{self.first:,}-{last:,}" if self.contig else f"{self.first:,}-{last:,}"

    def wild_type(self) -> str:
        """Return the sequence that the Ref column spells from the lowest position on, N where no row says what stands there.

        Raises SeqVizError where it would span more than MOST_BASES.
        """
        length = max(p + len(r) for p, r in zip(self.positions.tolist(), self.refs)) - self.first
        if length > MOST_BASES:
            raise SeqVizError(f"The positions of {self.name or 'this table'} span {length:,} bases; at most {MOST_BASES:,} make "
                              "one sequence.")
        bases = ["N"] * length
        for position, ref in zip(self.positions.tolist(), self.refs):
            bases[position - self.first:position - self.first + len(ref)] = ref
        return "".join(bases)


class FoundMeasured(NamedTuple):
    """The elements of a table in their order, at least one, and a sentence with its line for each row that was left out."""

    elements: tuple[Measured, ...]
    problems: tuple[str, ...]


class _Row(NamedTuple):
    element: str
    contig: str
    position: int
    ref: str
    alt: str
    value: float


def read_measured(data: str | bytes) -> FoundMeasured:
    """Return the measurements of a table (TSV, CSV, semicolons or spaces; gz too) with a header, or of columns pos ref alt value.

    A row that cannot be read becomes a sentence. Raises SeqVizError where no row can, or a column is missing.
    """
    lines = [(n, line) for n, line in enumerate(read_text(data, MOST_BYTES).split("\n"), 1) if line.strip() and line[:2] != "##"]
    if not lines:
        raise SeqVizError("There is no table here. Paste rows of position, ref, alt and value, or upload a TSV or CSV file.")
    cut = _separator(lines[0][1])
    columns, body = _columns(_cells(lines[0][1], cut)), lines
    if columns is None:
        columns = dict(zip(_NEEDED, range(4)))
    else:
        body = lines[1:]
    if len(body) > MOST_ROWS:
        raise SeqVizError(f"The table has {len(body):,} rows; at most {MOST_ROWS:,} are read.")
    rows: dict[tuple, _Row] = {}
    spelt: dict[tuple, str] = {}
    problems = []
    for number, line in body:
        try:
            row = _row(_cells(line, cut), columns, decimal_comma=cut != ",")
            _agrees(row, rows, spelt)
            rows[row[:5]] = row
        except SeqVizError as error:
            problems.append(f"Line {number}: {error}")
    if not rows:
        raise SeqVizError(problems[0] if problems else "The table has a header but no row.")
    return FoundMeasured(_elements(list(rows.values())), tuple(_shortened(problems)))


def _separator(line: str) -> str:
    """Return what parts the columns: a tab, a comma or a semicolon, "" for spaces."""
    return next((mark for mark in ("\t", ";", ",") if line.count(mark) >= 3), "")


def _cells(line: str, cut: str) -> list[str]:
    return [cell.strip().strip('"') for cell in (line.split(cut) if cut else line.split())]


def _columns(cells: Sequence[str]) -> dict[str, int] | None:
    """Return which column is what; None where the line is no header. Raises SeqVizError where a column is missing."""
    if len(cells) >= 4 and _number(cells[0], False) is not None and _number(cells[3], True) is not None:
        return None
    heads = [re.sub(r"[^a-z0-9]", "", cell.lower()) for cell in cells]
    found = {}
    for what, names in _NAMES.items():
        places = [heads.index(name) for name in names if name in heads]
        if places:
            found[what] = places[0]
    missing = [what for what in _NEEDED if what not in found]
    if missing:
        needs = " and ".join(filter(None, [", ".join(missing[:-1]), missing[-1]]))
        raise SeqVizError(f"The table has the columns {one_line(', '.join(cells))[:120]}; it needs {needs}. Name "
                          "them position, ref, alt and value, or Pos, Ref, Alt and Coefficient.")
    return found


def _row(cells: Sequence[str], columns: dict[str, int], decimal_comma: bool) -> _Row:
    if len(cells) <= max(columns.values()):
        raise SeqVizError(f"there are {len(cells)} columns, and {max(columns.values()) + 1} are needed.")
    of = lambda what: cells[columns[what]] if what in columns else ""
    position = of("position").replace(",", "")
    if not (position.isascii() and position.isdecimal() and len(position) <= 10 and int(position) > 0):
        raise SeqVizError(f"the position {of('position')[:20]!r} is not a whole number from 1 on.")
    value = _number(of("value"), decimal_comma)
    if value is None:
        raise SeqVizError(f"the value {of('value')[:20]!r} is not a number.")
    ref, alt = ("" if of(what) in ("-", ".", "*") else allele(of(what)) for what in ("ref", "alt"))
    if ref == alt:
        raise SeqVizError("ref and alt are the same.")
    return _Row(one_line(of("element"))[:60], one_line(of("contig"))[:40], int(position), ref, alt, value)


def _agrees(row: _Row, rows: dict[tuple, _Row], spelt: dict[tuple, str]) -> None:
    """Raise SeqVizError where a row stands already or spells another reference than an earlier one; else note its bases."""
    if row[:5] in rows:
        raise SeqVizError(f"{row.position:,} {row.ref or '-'} {row.alt or '-'} stands in the table already; its first value is "
                          "kept.")
    for i, base in enumerate(row.ref):
        key = (row.element, row.contig, row.position + i)
        if spelt.setdefault(key, base) != base:
            raise SeqVizError(f"the reference at {row.position + i:,} is {base} here and {spelt[key]} in an earlier row.")


def _number(text: str, decimal_comma: bool) -> float | None:
    try:
        value = float(text.replace(",", ".") if decimal_comma else text)
    except ValueError:
        return None
    return value if np.isfinite(value) else None


def _elements(rows: Sequence[_Row]) -> tuple[Measured, ...]:
    groups: dict[tuple[str, str], list[_Row]] = {}
    for row in rows:
        groups.setdefault((row.element, row.contig), []).append(row)
    return tuple(Measured(element or contig, contig, np.array([row.position for row in some], dtype=np.int64),
                          tuple(row.ref for row in some), tuple(row.alt for row in some), np.array([row.value for row in some]))
                 for (element, contig), some in groups.items())


def _shortened(problems: list[str]) -> list[str]:
    more = len(problems) - _TOLD
    return problems if more <= 0 else [*problems[:_TOLD], f"{more:,} more rows are left out for such reasons."]
