"""Which known motifs a variant makes or breaks: their exact-p hits around it, with and without it.

A hit is lost where the variant touches it and the motif no longer matches there, gained the other way round, weaker or stronger
where it matches in both; what the variant does not touch cannot change.
"""

from bisect import bisect_right
from collections.abc import Sequence
from typing import NamedTuple

from ..motifs.hits import Hit, every_hit, thinned
from ..motifs.motif import Motif
from ..sequences.variants import Variant, apply_variant

HIT_P = 1e-4
LEAST_BITS = 0.5  # a smaller change of a score is not worth a word


class MotifChange(NamedTuple):
    """A motif's match before and after a variant, each None where its p-value is above the bound.

    A hit's place is counted in the sequence without, or with, the variant (0-based, end excluded).
    """

    before: Hit | None
    after: Hit | None

    @property
    def hit(self) -> Hit:
        """The match that is there, the one before the variant where both are."""
        return self.before or self.after

    @property
    def word(self) -> str:
        """Return "lost", "gained", "weaker" or "stronger"."""
        if self.after is None or self.before is None:
            return "lost" if self.after is None else "gained"
        return "weaker" if self.after.score < self.before.score else "stronger"

    @property
    def bits(self) -> float:
        """Change of the match's score in bits; nan where one of both is below the bound, and so not known."""
        return self.after.score - self.before.score if self.before and self.after else float("nan")


def motif_changes(sequence: str, variants: Sequence[Variant], motifs: Sequence[Motif], p: float = HIT_P,
                  limit: int = 3) -> list[list[MotifChange]]:
    """Return for each variant at most `limit` changed matches, lost and gained ones first, each list by its p-value.

    All surroundings are searched at once, N between them. Raises SeqVizError as `motifs.hits` does.
    """
    if not motifs or not variants:
        return [[] for _ in variants]
    reach = max(motif.width for motif in motifs) - 1
    parts, at = [], [0]
    for variant in variants:
        first, last = max(variant.start - reach, 0), variant.end + reach
        inside = variant._replace(start=variant.start - first)
        for text in (sequence[first:last], apply_variant(sequence[first:last] + "N", inside)[:-1]):
            parts.append(text)
            at.append(at[-1] + len(text) + 1)
    found: list[list[Hit]] = [[] for _ in parts]
    for hit in every_hit("N".join(parts), motifs, p=p):
        part = _part(at, hit.start)
        found[part].append(hit._replace(start=hit.start - at[part], end=hit.end - at[part]))
    return [_changes(variant, found[2 * i], found[2 * i + 1], max(variant.start - reach, 0), limit)
            for i, variant in enumerate(variants)]


def _part(at: Sequence[int], place: int) -> int:
    """Return in which part a place of the joined text lies."""
    return bisect_right(at, place) - 1


def _changes(variant: Variant, before: list[Hit], after: list[Hit], offset: int, limit: int) -> list[MotifChange]:
    """Return the changed ones of the matches in two surroundings that begin at base `offset`."""
    shift, start = len(variant.alt) - len(variant.ref), variant.start - offset
    old = [hit for hit in before if _touches(hit, start, len(variant.ref))]
    new = {(hit.motif, hit.strand, hit.start): hit for hit in after if _touches(hit, start, len(variant.alt))}
    pairs = []
    for hit in old:
        places = [(hit.motif, hit.strand, hit.start), (hit.motif, hit.strand, hit.start + shift)]
        pairs.append(MotifChange(hit, next((new.pop(place) for place in places if place in new), None)))
    pairs += [MotifChange(None, hit) for hit in new.values()]
    placed = [MotifChange(*(_moved(hit, offset) for hit in pair)) for pair in pairs]
    made = [pair for pair in placed if pair.before is None or pair.after is None]
    moved = [pair for pair in placed if abs(pair.bits) >= LEAST_BITS]
    return [*_told(made, limit), *_told(moved, limit)][:limit]


def _moved(hit: Hit | None, by: int) -> Hit | None:
    return hit and hit._replace(start=hit.start + by, end=hit.end + by)


def _touches(hit: Hit, start: int, length: int) -> bool:
    """Return whether a match covers one of the bases, or where there is none lies on both sides of the place."""
    return hit.start < start + length and hit.end > start if length else hit.start < start < hit.end


def _told(pairs: list[MotifChange], limit: int) -> list[MotifChange]:
    """Return the pairs by their better p-value, without those that repeat what a better one says."""
    best = {}
    for pair in sorted(pairs, key=lambda pair: min(hit.p for hit in pair if hit)):
        best.setdefault(pair.hit, pair)
    return [best[hit] for hit in thinned(list(best), limit)]
