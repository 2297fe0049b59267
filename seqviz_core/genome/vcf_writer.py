"""A VCF with more INFO: the lines as they were read, each with values for its alternative alleles, declared in the header."""

import re
from collections.abc import Mapping, Sequence
from typing import NamedTuple

from .fasta import Genome
from .vcf import FEWEST, Vcf

PREFIX = "SEQVIZ_"
_INFO = 7  # the column


class InfoField(NamedTuple):
    """A value for each alternative allele. key : letters, digits, _ and dots, begins with PREFIX. kind : "Float" or "String".

    values : (line, allele) -> number or text; an allele without one has a dot.
    """

    key: str
    kind: str
    description: str
    values: Mapping[tuple[int, int], float | str]


def info_key(*words: str) -> str:
    """Return a key of INFO made of words: "SEQVIZ_cnn_DELTA"."""
    return PREFIX + "_".join(re.sub(r"[^0-9A-Za-z_.]+", "_", word) for word in words)


def write_vcf(vcf: Vcf, genome: Genome, fields: Sequence[InfoField], source: str) -> str:
    """Return the VCF text (version 4.2, or the file's own where that is later) with `fields` in INFO.

    source : the program, with its version. What an earlier file had under PREFIX is replaced; other INFO and the samples stay.
    """
    names = [*vcf.names, *("QUAL", "FILTER", "INFO")[max(len(vcf.names) - FEWEST, 0):]] if len(vcf.names) < 8 else vcf.names
    lines = [*_meta(vcf, genome, fields, source), "#" + "\t".join(names)]
    for number, columns in vcf.lines:
        cells = [*columns, *["."] * (len(names) - len(columns))]
        cells = [re.sub(r"[\t\r\n]", " ", cell) or "." for cell in cells]
        alleles = len(cells[4].split(","))
        cells[_INFO] = _info(cells[_INFO], [(f.key, [f.values.get((number, i)) for i in range(alleles)]) for f in fields])
        lines.append("\t".join(cells))
    return "\n".join(lines) + "\n"


def _meta(vcf: Vcf, genome: Genome, fields: Sequence[InfoField], source: str) -> list[str]:
    version = next((m[1] for line in vcf.meta if (m := re.fullmatch(r"##fileformat=VCFv(4\.\d+)\s*", line))), "4.2")
    kept = [line.rstrip() for line in vcf.meta if not re.match(rf"##(?:fileformat=|INFO=<ID={PREFIX}|seqviz=)", line)]
    declared = {m[1] for line in kept if (m := re.match(r"##contig=<ID=([^,>]+)", line))}
    written = dict.fromkeys(line.columns[0] for line in vcf.lines)
    lengths = {name: length for name in written if name not in declared and (length := _length(genome, name)) is not None}
    return [f"##fileformat=VCFv{version if float(version) >= 4.2 else '4.2'}", *kept,
            *(f"##contig=<ID={name},length={length}>" for name, length in lengths.items()), f"##seqviz={source}",
            *(f'##INFO=<ID={f.key},Number=A,Type={f.kind},Description="{_quoted(f.description)}">' for f in fields)]


def _length(genome: Genome, name: str) -> int | None:
    """Return a contig's length, by the name that the VCF has for it; None where the genome does not know it."""
    known = genome.known(name)
    return None if known is None or re.search(r"[\s,<>]", name) else genome.contigs[known]


def _quoted(text: str) -> str:
    return re.sub(r"[\r\n]+", " ", text).replace("\\", "\\\\").replace('"', '\\"')


def _info(old: str, values: Sequence[tuple[str, Sequence[float | str | None]]]) -> str:
    """Return INFO with the new values behind what was there; without any, as it was."""
    kept = [entry for entry in old.split(";") if entry not in ("", ".") and not entry.startswith(PREFIX)]
    new = [f"{key}={','.join(map(_cell, cells))}" for key, cells in values if any(cell is not None for cell in cells)]
    return ";".join([*kept, *new]) or "."


def _cell(value: float | str | None) -> str:
    if value is None or (isinstance(value, float) and value != value):
        return "."
    return re.sub(r"[^\w.+-]+", "_", value) if isinstance(value, str) else f"{value:.4g}"
