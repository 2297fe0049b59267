"""Motif files: MEME (minimal format, and the text MEME itself writes) and JASPAR (with or without letters and brackets).

Read here and not through Biopython, whose MEME reader drops names, rounds counts and needs a background section, and
whose errors name no line; the tests hold both against each other.
"""

import re
from collections.abc import Sequence
from typing import NamedTuple

from ..errors import SeqVizError
from ..sequences.unpack import one_line, read_text
from .motif import Motif

MAX_BYTES, MAX_MOTIFS, MAX_WIDTH = 5_000_000, 5_000, 500
DEFAULT_SITES = 20.0  # what the MEME format takes where nsites is not given

_MATRIX = re.compile(r"letter-probability matrix\b", re.IGNORECASE)
_KEY = re.compile(r"\b(w|nsites)\s*=\s*([-+.\deE]+)")
_ROW = re.compile(r"([ACGTU])?\s*+[\[|:]?\s*+([-+.\d][-+.\deE\s]*+)\]?", re.IGNORECASE)
_FORMATS = "SeqViz reads motifs in MEME and JASPAR format"


class _Section(NamedTuple):
    """One motif of a file: the line it begins on, its names, the keys of its header, its (line, text) rows."""

    line: int
    id: str
    name: str
    keys: dict[str, str]
    rows: list[tuple[int, str]]


def read_motifs(text: str | bytes) -> list[Motif]:
    """Return the motifs of a MEME or JASPAR file (gz too), at least one.

    MEME holds probabilities: the counts are those times nsites (20 where it is not given).
    Raises SeqVizError with motif and line at the first mistake.
    """
    lines = [(number, line.strip()) for number, line in enumerate(read_text(text, MAX_BYTES).split("\n"), 1) if line.strip()]
    meme = any(_MATRIX.match(line) for _, line in lines)
    sections = _meme_sections(lines) if meme else _jaspar_sections(lines)
    if not sections:
        raise SeqVizError(f"There is no motif here. {_FORMATS}.")
    return [Motif(section.id, section.name, _from_meme(section) if meme else _from_jaspar(section)) for section in sections]


def write_meme(motifs: Sequence[Motif]) -> str:
    """Return the motifs as a file in minimal MEME format: probabilities without pseudocount, nsites the mean of the columns."""
    parts = ["MEME version 4\n\nALPHABET= ACGT\n\nstrands: + -\n\nBackground letter frequencies\nA 0.25 C 0.25 G 0.25 T 0.25\n"]
    for motif in motifs:
        rows = "".join(" " + " ".join(f"{p:.6f}" for p in column) + "\n" for column in motif.ppm(pseudocount=0).T)
        sites = max(1, round(motif.counts.sum() / motif.width))
        names = f"{_word(motif.id)} {_word(motif.name)}"
        parts.append(f"\nMOTIF {names}\nletter-probability matrix: alength= 4 w= {motif.width} nsites= {sites}\n{rows}")
    return "".join(parts)


def write_jaspar(motifs: Sequence[Motif]) -> str:
    """Return the motifs as a file in JASPAR format: the counts as they are."""
    parts = []
    for motif in motifs:
        rows = (f"{base}  [ {' '.join(map(_number, row))} ]\n" for base, row in zip("ACGT", motif.counts.tolist()))
        parts.append(f">{_word(motif.id)}\t{one_line(motif.name)}\n{''.join(rows)}")
    return "\n".join(parts)


def _meme_sections(lines: list[tuple[int, str]]) -> list[_Section]:
    sections, names, inside = [], [], False
    for number, line in lines:
        if _MATRIX.match(line):
            sections.append(_section(number, names, len(sections) + 1, dict(_KEY.findall(line))))
            inside = True
        elif inside and line[0] in "+-.0123456789" and not line.startswith("--"):
            sections[-1].rows.append((number, line))
        else:
            inside = False
            if re.match(r"MOTIF\b", line):
                names = re.split(r"\bwidth\s*=", line)[0].split()[1:3]
    return sections


def _jaspar_sections(lines: list[tuple[int, str]]) -> list[_Section]:
    sections = []
    for number, line in lines:
        if line.startswith(">"):
            sections.append(_section(number, line[1:].split(maxsplit=1), len(sections) + 1, {}))
            continue
        if not sections:
            sections.append(_section(number, [], 1, {}))
        sections[-1].rows.append((number, line))
    return sections


def _section(line: int, names: list[str], number: int, keys: dict[str, str]) -> _Section:
    if number > MAX_MOTIFS:
        raise SeqVizError(f"There are more than {MAX_MOTIFS:,} motifs; at most {MAX_MOTIFS:,} are read at once.")
    motif_id = one_line(names[0]) if names else f"motif_{number}"
    return _Section(line, motif_id, one_line(names[1]) if len(names) > 1 else motif_id, keys, [])


def _from_meme(section: _Section) -> list[list[float]]:
    rows = [_numbers(section, number, line) for number, line in section.rows]
    for (number, _), row in zip(section.rows, rows):
        if len(row) != 4:
            raise _mistake(section, number, f"a row has 4 probabilities, for A, C, G and T; here are {len(row)}")
        if not abs(sum(row) - 1) <= 0.05:
            raise _mistake(section, number, f"the probabilities of a row add up to 1; here to {sum(row):g}")
    width = section.keys.get("w", "at least 1")
    if not rows or width not in (str(len(rows)), "at least 1"):
        raise _mistake(section, section.line, f"the matrix has {len(rows)} rows; it should have {width}")
    _check_width(section, len(rows))
    sites = _numbers(section, section.line, section.keys.get("nsites", "0"))[0]
    sites = sites if 0 < sites < float("inf") else DEFAULT_SITES
    return [[p * sites for p in column] for column in zip(*rows)]


def _from_jaspar(section: _Section) -> list[list[float]]:
    found: dict[str, list[float]] = {}
    for number, line in section.rows:
        match = _ROW.fullmatch(line)
        if not match:
            raise _mistake(section, number, f"{line[:30]!r} is no row of counts. {_FORMATS}")
        base = (match[1] or "ACGT"[len(found) % 4]).upper().replace("U", "T")
        if base in found:
            raise _mistake(section, number, f"there is a row for {base} already; a motif has four, for A, C, G and T")
        found[base] = _numbers(section, number, match[2])
        if len(found[base]) != len(next(iter(found.values()))):
            raise _mistake(section, number, f"the row for {base} has another number of columns than the first row")
    if len(found) != 4:
        raise _mistake(section, section.line, f"it has {len(found)} of the four rows of counts, for A, C, G and T")
    _check_width(section, len(found["A"]))
    return [found[base] for base in "ACGT"]


def _numbers(section: _Section, line: int, text: str) -> list[float]:
    numbers = []
    for word in text.split():
        try:
            numbers.append(float(word))
        except ValueError:
            raise _mistake(section, line, f"{word[:30]!r} is not a number") from None
    return numbers


def _check_width(section: _Section, width: int) -> None:
    if width > MAX_WIDTH:
        raise _mistake(section, section.line, f"it has {width:,} columns; at most {MAX_WIDTH} are read")


def _mistake(section: _Section, line: int, what: str) -> SeqVizError:
    return SeqVizError(f"Motif '{section.id[:40]}', line {line}: {what}.")


def _word(name: str) -> str:
    """A name as one word, as the formats need it."""
    return "_".join(one_line(name).split()) or "motif"


def _number(value: float) -> str:
    return str(int(value)) if value.is_integer() else repr(value)
