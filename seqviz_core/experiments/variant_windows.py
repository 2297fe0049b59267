"""What models read of a genome's variants: a window with the reference's bases, and the same window with the variant's.

The window is as long as the model's sequences, its middle in the middle of REF. It begins at the same base with and without the
variant and is cut at its end: behind a deletion more of the genome comes in, by an insertion its last bases are pushed out. That
is tangermeme's way too (`deletion_effect`, `insertion_effect` with left=False). What lies beyond a contig's end is unknown (N).
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from ..genome import Genome, GenomeVariant
from ..sequences import encode

ANYWHERE, SAME_PLACES = "anywhere", "same places"
FEWEST_NULL, MOST_NULL = 200, 2_000
"""Random substitutions that a list is held against: as many as it has variants, but at least and at most so many."""
_TRIES = 40  # draws of a place for one random substitution, until its base is known


@dataclass(frozen=True, eq=False)
class Windows:
    """reference, alternative (n, L) : codes, uint8. fits (n,) : False where the alleles are longer than their place (all N then).

    unknown (n,) : unknown bases in the reference window. offsets (n,) : where in the window REF begins.
    """

    reference: np.ndarray
    alternative: np.ndarray
    fits: np.ndarray
    unknown: np.ndarray
    offsets: np.ndarray


def window_start(variant: GenomeVariant, length: int) -> int:
    """Return the base of the contig (0-based, may be negative) at which a variant's window of `length` bases begins."""
    return (2 * variant.start + len(variant.ref)) // 2 - length // 2


def window_pair(genome: Genome, variant: GenomeVariant, length: int) -> tuple[str, str] | None:
    """Return the bases without and with the variant; None where an allele does not fit into the window."""
    begin = window_start(variant, length)
    offset, end = variant.start - begin, variant.start - begin + len(variant.ref)
    if offset < 0 or end > length or offset + len(variant.alt) > length:
        return None
    more = max(len(variant.ref) - len(variant.alt), 0)
    text = genome.fetch(variant.contig, begin, begin + length + more)
    return text[:length], (text[:offset] + variant.alt + text[end:])[:length]


def windows(genome: Genome, variants: Sequence[GenomeVariant], length: int) -> Windows:
    """Return the windows of `length` bases of at least one variant."""
    pairs = [window_pair(genome, variant, length) for variant in variants]
    nothing = "N" * length
    reference = encode([pair[0] if pair else nothing for pair in pairs])
    alternative = encode([pair[1] if pair else nothing for pair in pairs])
    return Windows(reference, alternative, np.array([pair is not None for pair in pairs]), (reference > 3).sum(axis=1),
                   np.array([v.start - window_start(v, length) for v in variants]))


def null_variants(genome: Genome, variants: Sequence[GenomeVariant], where: str, seed: int = 0) -> list[GenomeVariant]:
    """Return random substitutions to hold a list against, in the genome's order.

    where : ANYWHERE, uniform places on the list's contigs, drawn as often as the list has them; SAME_PLACES, where the list's
    variants begin, with a base that the list does not name there if one is left. There are as many as variants, but at least
    FEWEST_NULL and at most MOST_NULL; fewer where no base is known.
    """
    rng = np.random.default_rng(seed)
    n = min(max(len(variants), FEWEST_NULL), MOST_NULL)
    chosen = np.concatenate([rng.permutation(len(variants)) for _ in range(-(-n // len(variants)))])[:n]
    named: dict[tuple[str, int], set[str]] = {}
    for v in variants:
        named.setdefault((v.contig, v.start), set()).add(v.alt)
    found = []
    for i in chosen.tolist():
        contig, start = variants[i].contig, variants[i].start
        if where == ANYWHERE:
            start, base = _known_place(genome, contig, rng)
            others = [b for b in "ACGT" if b != base]
        else:
            base = variants[i].ref[0]
            others = [b for b in "ACGT" if b != base]
            others = [b for b in others if b not in named[contig, start]] or others
        if base in "ACGT":
            found.append(GenomeVariant(contig, start, base, str(rng.choice(others)), "", 0, 0))
    order = {name: k for k, name in enumerate(genome.contigs)}
    return sorted(found, key=lambda v: (order[v.contig], v.start))


def _known_place(genome: Genome, contig: str, rng: np.random.Generator) -> tuple[int, str]:
    """Return a uniform place with a known base, and the base; the last try where none was met."""
    for _ in range(_TRIES):
        start = int(rng.integers(genome.contigs[contig]))
        base = genome.fetch(contig, start, start + 1)
        if base != "N":
            break
    return start, base
