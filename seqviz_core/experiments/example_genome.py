"""A small made-up genome whose binding sites are known, and a list of variants in them and between them.

Two contigs of independent bases hold two sites of each motif of the shipped models' task; all of it follows from one seed.
"""

from functools import cache
from typing import NamedTuple

import numpy as np

from ..datasets import Site, make_task
from ..motifs import sample_sites
from ..sequences import decode

SEED = 2026
TASK = "in_class_danq"
CONTIGS = {"chrA": 6000, "chrB": 4000}
APART = 450  # bases from one site to the next: a window of the shipped models holds one at the most


class ExampleGenome(NamedTuple):
    """sequences, sites : by contig; vcf : the list of variants, whose IDs say where each lies."""

    sequences: dict[str, str]
    sites: dict[str, tuple[Site, ...]]
    vcf: str


@cache
def example_genome() -> ExampleGenome:
    """Return the genome; the same on every server."""
    rng = np.random.default_rng(SEED)
    motifs = make_task(TASK, {}).motifs
    codes = {name: rng.integers(0, 4, length).astype(np.uint8) for name, length in CONTIGS.items()}
    places = [(name, start) for name, length in CONTIGS.items() for start in range(300, length - 200, APART)]
    order = [motifs[i % len(motifs)] for i in rng.permutation(2 * len(motifs))]
    sites: dict[str, list[Site]] = {name: [] for name in CONTIGS}
    for motif, (name, start) in zip(order, places):
        codes[name][start:start + motif.width] = sample_sites(motif, 1, rng)[0]
        sites[name].append(Site(motif, start, start + motif.width, "+"))
    sequences = {name: decode(row[None])[0] for name, row in codes.items()}
    return ExampleGenome(sequences, {name: tuple(found) for name, found in sites.items()}, _vcf(sequences, sites, rng))


def example_fasta() -> bytes:
    """Return the genome as FASTA."""
    wrapped = lambda s: "\n".join(s[i:i + 60] for i in range(0, len(s), 60))
    return "".join(f">{name}\n{wrapped(sequence)}\n" for name, sequence in example_genome().sequences.items()).encode()


def site_at(contig: str, start: int, end: int) -> str:
    """Return the motif whose planted site the bases start ... end (0-based, end excluded) touch; "" where there is none."""
    found = example_genome().sites.get(contig, ())
    return next((s.motif.name for s in found if s.start < end and start < s.end), "")


def random_vcf(n: int, seed: int = 0) -> str:
    """Return a VCF of n random substitutions of the example genome, sorted by position."""
    sequences, rng = example_genome().sequences, np.random.default_rng(seed)
    names = list(sequences)
    shares = np.array([len(s) for s in sequences.values()]) / sum(map(len, sequences.values()))
    drawn = sorted((int(c), int(rng.integers(len(sequences[names[c]])))) for c in rng.choice(len(names), n, p=shares))
    return _head() + "".join(_line(names[c], at, sequences[names[c]][at], _other(sequences[names[c]][at], rng), ".")
                             for c, at in drawn)


def _vcf(sequences: dict[str, str], sites: dict[str, list[Site]], rng: np.random.Generator) -> str:
    """A substitution of each site's most telling base by the rarest there, one between each two sites, and three others."""
    lines = []
    for name, sequence in sequences.items():
        for site in sites[name]:
            ppm = site.motif.ppm()
            column = int((ppm * np.log2(np.maximum(ppm, 1e-9))).sum(axis=0).argmax())
            alt = "ACGT"[int(ppm[:, column].argmin())]
            at = site.start + column
            alt = alt if alt != sequence[at] else _other(sequence[at], rng)
            lines.append((name, at, sequence[at], alt, f"in_{site.motif.name}"))
            at = site.start + 200 + int(rng.integers(50))
            lines.append((name, at, sequence[at], _other(sequence[at], rng), "between"))
    first, last = sites["chrA"][1], sites["chrB"][-1]
    a, b = sequences["chrA"], sequences["chrB"]
    at, to = first.start + 2, last.start + 3
    lines.append(("chrA", at, a[at:at + 4], a[at], f"deletion_in_{first.motif.name}"))
    lines.append(("chrB", to, b[to], b[to] + "TTT", f"insertion_in_{last.motif.name}"))
    others = ",".join(base for base in "ACGT" if base != a[100])
    lines.append(("chrA", 100, a[100], others, "three_alternatives"))
    return _head() + "".join(_line(*line) for line in sorted(lines))


def _head() -> str:
    contigs = "".join(f"##contig=<ID={name},length={length}>\n" for name, length in CONTIGS.items())
    return f"##fileformat=VCFv4.2\n{contigs}#CHROM\tPOS\tID\tREF\tALT\tQUAL\tFILTER\tINFO\n"


def _line(contig: str, start: int, ref: str, alt: str, name: str) -> str:
    return f"{contig}\t{start + 1}\t{name}\t{ref}\t{alt}\t.\tPASS\t.\n"


def _other(base: str, rng: np.random.Generator) -> str:
    return str(rng.choice([b for b in "ACGT" if b != base]))
