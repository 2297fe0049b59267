"""Which planted motifs were found, whole or in pieces, which were missed, and what else was found.

As Koo & Eddy (2019, PLoS Comput Biol 15:e1007560) do: a found motif is clipped to the columns that say something and compared
by TOMTOM with the whole bundled JASPAR; it matches where E < 0.1. What is planted but not in JASPAR is searched too.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, NamedTuple

import numpy as np

from ..motifs import CLIP_BITS, Clipped, Motif, TomtomMatch, TomtomMatches, clip, library_with, tomtom
from .found import FoundMotif

MATCH_E = 0.1
"""E-value under which a match counts."""
LEAST_BITS = 6.0
"""Bits that the columns of a match share at the least, the smaller of the two in each: three fixed bases. TOMTOM finds columns
that say nothing to be significantly like the empty stretches inside some long motifs; without this, filters of an untrained
model match CTCF by the dozen."""
WHOLE = 0.7
"""Share of a planted motif's information from which a match covers it whole."""

_TRIED = 20

Status = Literal["found", "split", "in part", "missed"]


class Named(NamedTuple):
    """What one found motif is like; each None where it shares too little with any (LEAST_BITS).

    planted : its best match among the planted motifs, significant or not; None also where nothing is planted
    known : its best match in the whole library
    covered : share of the information of `planted.target` in the columns under those of the found motif that say something
    """

    planted: TomtomMatch | None = None
    known: TomtomMatch | None = None
    covered: float = 0.0

    @property
    def is_planted(self) -> bool:
        return self.planted is not None and self.planted.e < MATCH_E

    @property
    def is_known(self) -> bool:
        return self.known is not None and self.known.e < MATCH_E

    @property
    def match(self) -> TomtomMatch | None:
        """The planted match if it is significant, else the best known one."""
        return self.planted if self.is_planted else self.known


class Planted(NamedTuple):
    """How one planted motif was found.

    status : "found" where one match covers it whole (WHOLE of its information); "split" where only several together do;
        "in part" where even they do not; "missed" without a match
    by : indices of the found motifs that match it, best first
    covered : share of its information that the best of them covers
    """

    motif: Motif
    status: Status
    by: tuple[int, ...]
    covered: float


class Measures(NamedTuple):
    """The published measures of motif recovery, over all found motifs, those without any site included.

    any_hit, planted_hit : share of the found motifs with a match in the library; with a planted match
    coverage : share of the planted motifs that some found motif matches; nan where nothing is planted
    median_q : median of -log10 q of the best match of each (0 for one that has none)
    """

    n: int
    any_hit: float
    planted_hit: float
    coverage: float
    median_q: float


@dataclass(frozen=True, eq=False)
class Recovery:
    """named : what each found motif is like, in their order.

    extra : indices of those that match nothing planted; silent : indices of those without a site.
    n_targets : how many motifs were searched: E is p times this number.
    """

    named: tuple[Named, ...]
    planted: tuple[Planted, ...]
    extra: tuple[int, ...]
    silent: tuple[int, ...]
    measures: Measures
    n_targets: int

    def with_status(self, status: Status) -> tuple[Planted, ...]:
        """Return the planted motifs of this status."""
        return tuple(row for row in self.planted if row.status == status)


def recovery(found: Sequence[FoundMotif], planted: Sequence[Motif]) -> Recovery:
    """Return how the planted motifs were found, and what every found motif is like.

    Each found motif is of one planted motif at the most: that with the smallest p. `planted` may be empty (real data).
    """
    targets = library_with(planted)
    named = _name(found, planted, targets)
    rows = tuple(_planted(motif, named, [clip_range(f.motif) for f in found]) for motif in planted)
    silent = tuple(i for i, f in enumerate(found) if f.motif is None)
    extra = tuple(i for i, n in enumerate(named) if not n.is_planted and i not in silent)
    return Recovery(named, rows, extra, silent, _measures(named, rows), len(targets))


def _name(found: Sequence[FoundMotif], planted: Sequence[Motif], targets: Sequence[Motif]) -> tuple[Named, ...]:
    clipped = {i: c for i, f in enumerate(found) if f.motif is not None and (c := clip(f.motif)) is not None}
    matches = tomtom([c.motif for c in clipped.values()], targets)
    among = np.array([targets.index(motif) for motif in planted], dtype=int)
    named = [Named()] * len(found)
    for query, (i, c) in enumerate(clipped.items()):
        best, known = (_best(matches, query, c, indices) for indices in (among, np.arange(len(targets))))
        share = float(_covered(best, clip_range(found[i].motif)) @ _weights(best.target)) if best else 0.0
        named[i] = Named(best, known, share)
    return tuple(named)


def _best(matches: TomtomMatches, query: int, clipped: Clipped, among: np.ndarray) -> TomtomMatch | None:
    """The match of smallest p that shares LEAST_BITS, of the first _TRIED; the offset is that in the whole motif."""
    bits = clipped.motif.information_content()
    for target in among[matches.p[query, among].argsort(kind="stable")[:_TRIED]]:
        match = matches.match(query, int(target))
        if _shared_bits(bits, match) >= LEAST_BITS:
            return match._replace(offset=match.offset + clipped.start)
    return None


def _shared_bits(bits: np.ndarray, match: TomtomMatch) -> float:
    """Sum over the columns of the match of the smaller information of the two."""
    theirs = match.target.information_content()
    theirs = theirs if match.strand == "+" else theirs[::-1]
    first, last = max(0, match.offset), min(len(bits), match.offset + len(theirs))
    return float(np.minimum(bits[first:last], theirs[first - match.offset:last - match.offset]).sum())


def clip_range(motif: Motif | None) -> range:
    """Return the columns from the first to the last that says something (CLIP_BITS); none for None or where none does."""
    clipped = None if motif is None else clip(motif, CLIP_BITS, flank=0)
    return range(0) if clipped is None else range(clipped.start, clipped.start + clipped.motif.width)


def _covered(match: TomtomMatch, telling: range) -> np.ndarray:
    """Which of the target's own columns (k,) lie under those columns of the query: 1 or 0."""
    place = np.arange(match.target.width) + match.offset
    under = ((place >= telling.start) & (place < telling.stop)).astype(float)
    return under if match.strand == "+" else under[::-1]


def _weights(motif: Motif) -> np.ndarray:
    """Share of the motif's information in each column (k,)."""
    bits = motif.information_content()
    return bits / max(bits.sum(), 1e-300)


def _planted(motif: Motif, named: Sequence[Named], telling: Sequence[range]) -> Planted:
    by = sorted((i for i, n in enumerate(named) if n.is_planted and n.planted.target == motif), key=lambda i: named[i].planted.p)
    if not by:
        return Planted(motif, "missed", (), 0.0)
    best = max(named[i].covered for i in by)
    together = np.max([_covered(named[i].planted, telling[i]) for i in by], axis=0) @ _weights(motif)
    status = "found" if best >= WHOLE else "split" if together >= WHOLE else "in part"
    return Planted(motif, status, tuple(by), best)


def _measures(named: Sequence[Named], rows: Sequence[Planted]) -> Measures:
    if not named:
        return Measures(0, 0.0, 0.0, 0.0 if rows else float("nan"), 0.0)
    surprise = [-np.log10(max(n.known.q, 1e-300)) if n.known else 0.0 for n in named]
    coverage = float(np.mean([row.status != "missed" for row in rows])) if rows else float("nan")
    return Measures(len(named), float(np.mean([n.is_known for n in named])), float(np.mean([n.is_planted for n in named])),
                    coverage, float(np.median(surprise)))
