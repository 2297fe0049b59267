"""Where known motifs match a sequence, each place with its exact p-value, thinned to what a track can show.

The score of a place is the sum of the motif's log odds over its columns. Its p-value is the chance that a random place scores as
high, from the exact distribution of the sum: columns are independent, so it is a convolution, computed over scores counted in
whole bins (Staden 1989, Comput Appl Biosci 5:89; FIMO, Grant, Bailey & Noble 2011, Bioinformatics 27:1017).

    found = hits("ACGT...", list(jaspar().values()), p=1e-4)
    found.best[0].motif.name, found.best[0].p, found.expected
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple

import numpy as np

from ..errors import SeqVizError
from ..sequences import encode
from .motif import Motif, base_frequencies

BINS = 10_000
"""Bins between a motif's lowest and highest score: the scores that are compared are this exact."""
MOST_MOTIFS, MOST_COLUMNS = 2_000, 100
MOST_HITS = 200_000  # a second's work; motifs of one letter match a repeat of it at every base, which makes millions
SHARED, DEEPEST = 0.5, 3
_BATCH, _CHUNK = 256, 1_024  # motifs and places scored at once: their table stays small


class Hit(NamedTuple):
    """One place: 0-based start, end excluded; on strand "-" the site is the reverse complement of what stands there.

    score : log2 odds, bits. p : chance that one random place, on one strand, scores as high.
    """

    motif: Motif
    start: int
    end: int
    strand: str
    score: float
    p: float

    @property
    def logo(self) -> np.ndarray:
        """The motif's PPM (4, k) as it lies on the forward strand."""
        return (self.motif if self.strand == "+" else self.motif.reverse_complement()).ppm()


class Hits(NamedTuple):
    """What a search found.

    best : the best hits that say something of their own, best first (see `thinned`). found : how many there were before.
    expected : how many of those chance gives in a random sequence of this length. p, n_motifs : what was asked.
    """

    best: list[Hit]
    found: int
    expected: float
    p: float
    n_motifs: int


def hits(sequence: str, motifs: Sequence[Motif], *, p: float = 1e-4, limit: int = 12,
         background: Sequence[float] | None = None) -> Hits:
    """Return where `motifs` match on either strand with a p-value of at most `p`, the best `limit` after thinning.

    A place with an unknown base is left out. background : frequencies of A, C, G, T, a quarter each for None.
    Raises SeqVizError for a `p` that is no probability, for more or wider motifs than are searched at once, and where more than
    MOST_HITS places match.
    """
    found, expected = _search(sequence, motifs, p, background)
    return Hits(thinned(found, limit), len(found), expected, p, len(motifs))


def every_hit(sequence: str, motifs: Sequence[Motif], *, p: float = 1e-4, background: Sequence[float] | None = None) -> list[Hit]:
    """Return all that `hits` finds, best first, also those that repeat what a better one says; raises SeqVizError as it does."""
    return _search(sequence, motifs, p, background)[0]


def _search(sequence: str, motifs: Sequence[Motif], p: float, background: Sequence[float] | None) -> tuple[list[Hit], float]:
    """Return all hits, best first, and how many chance gives."""
    if not 0 < p <= 1:
        raise SeqVizError(f"A p-value of at most {p} cannot be asked for; it is a number above 0, at most 1.")
    frequencies = tuple(base_frequencies(background).tolist())
    tables = _tables(_checked(motifs), frequencies) if motifs else ()
    codes, found, expected = encode([sequence])[0], [], 0.0
    for table in tables:
        thresholds = table.thresholds(p)
        found += table.search(codes, thresholds, MOST_HITS - len(found))
        expected += table.expected(len(codes), thresholds)
    found.sort(key=lambda hit: (hit.p, -hit.score, hit.start))
    return found, expected


def thinned(found: Sequence[Hit], limit: int) -> list[Hit]:
    """Return at most `limit` of the hits, in their order, without those that repeat what a better one says.

    A hit repeats another where the other says, at the same bases, more than half of its information (the smaller of the two
    bits at each shared base, summed). No base gets more than three hits: more would not be told apart.
    """
    kept: list[Hit] = []
    over: list[list[int]] = [[] for _ in range(max((hit.end for hit in found), default=0))]  # each base: places in `kept`
    for hit in found:
        if len(kept) == limit:
            break
        here = over[hit.start:hit.end]
        if max(map(len, here)) < DEEPEST and not any(_repeats(hit, kept[i]) for i in set().union(*here)):
            for base in here:
                base.append(len(kept))
            kept.append(hit)
    return kept


def _repeats(hit: Hit, better: Hit) -> bool:
    start, end = max(hit.start, better.start), min(hit.end, better.end)
    if start >= end:
        return False
    mine, other = _bits(hit.motif, hit.strand), _bits(better.motif, better.strand)
    shared = np.minimum(mine[start - hit.start:end - hit.start], other[start - better.start:end - better.start])
    return shared.sum() > SHARED * mine.sum()


@lru_cache(maxsize=4096)
def _bits(motif: Motif, strand: str) -> np.ndarray:
    bits = motif.information_content()
    return bits if strand == "+" else bits[::-1]


def _checked(motifs: Sequence[Motif]) -> tuple[Motif, ...]:
    if len(motifs) > MOST_MOTIFS:
        raise SeqVizError(f"{len(motifs):,} motifs are too many to be searched at once; at most {MOST_MOTIFS:,} are.")
    wide = next((motif for motif in motifs if motif.width > MOST_COLUMNS), None)
    if wide is not None:
        raise SeqVizError(f"Motif {wide.id!r} has {wide.width} columns; motifs of at most {MOST_COLUMNS} are searched for.")
    return tuple(motifs)


@lru_cache(maxsize=8)
def _tables(motifs: tuple[Motif, ...], background: tuple[float, ...]) -> tuple["_Table", ...]:
    """Return the score tables of the motifs in batches of similar width, made once: 1,019 motifs take a third of a second."""
    ordered = sorted(motifs, key=lambda motif: motif.width)
    return tuple(_Table.of(ordered[i:i + _BATCH], np.array(background)) for i in range(0, len(ordered), _BATCH))


class Distribution(NamedTuple):
    """Scores of a motif counted in bins of `step` bits: cells (4, k), and chance (n,) of a sum of at least lowest + i."""

    cells: np.ndarray
    step: float
    lowest: int
    reached: np.ndarray


def distribution(motif: Motif, background: np.ndarray) -> Distribution:
    """Return the exact distribution of a motif's binned score at a random place of bases drawn from `background` (4,)."""
    odds = np.log2(motif.ppm() / background[:, None])
    step = max(float((odds.max(axis=0) - odds.min(axis=0)).sum()) / BINS, 1e-6)
    cells = np.rint(odds / step).astype(np.int64)
    lows, chances = cells.min(axis=0), np.ones(1)
    for column, low in zip(cells.T, lows):
        longer = np.zeros(len(chances) + int(column.max() - low))
        for base in range(4):
            shift = int(column[base] - low)
            longer[shift:shift + len(chances)] += background[base] * chances
        chances = longer
    return Distribution(cells, step, int(lows.sum()), np.minimum(chances[::-1].cumsum()[::-1], 1.0))


@dataclass(frozen=True, eq=False)
class _Table:
    """Motifs of similar width, laid side by side: their forward strands, then their reverse ones.

    weights : (4 K, 2 M) whole numbers as float32, which holds them exactly.
    """

    motifs: list[Motif]
    distributions: list[Distribution]
    weights: np.ndarray
    widths: np.ndarray

    @classmethod
    def of(cls, motifs: list[Motif], background: np.ndarray) -> "_Table":
        found = [distribution(motif, background) for motif in motifs]
        weights = np.zeros((4, motifs[-1].width, 2, len(motifs)), dtype=np.float32)
        for i, (motif, known) in enumerate(zip(motifs, found)):
            for strand, cells in enumerate((known.cells, known.cells[::-1, ::-1])):
                weights[:, :motif.width, strand, i] = cells
        widths = np.array([motif.width for motif in motifs])
        return cls(motifs, found, weights.reshape(-1, 2 * len(motifs)), widths)

    def thresholds(self, p: float) -> np.ndarray:
        """Return each motif's lowest binned score whose p-value is at most `p` (M,)."""
        return np.array([d.lowest + np.count_nonzero(d.reached > p) for d in self.distributions])

    def expected(self, length: int, thresholds: np.ndarray) -> float:
        """Return how many hits a random sequence of `length` bases has on both strands."""
        places = np.maximum(length - self.widths + 1, 0)
        chances = [_chance(d, int(score)) for d, score in zip(self.distributions, thresholds)]
        return float(2 * places @ chances)

    def search(self, codes: np.ndarray, thresholds: np.ndarray, most: int) -> list[Hit]:
        """Return every place of codes (L,) at which a motif reaches its threshold, in no order; refuses more than `most`."""
        widest, length = int(self.widths[-1]), len(codes)
        padded = np.concatenate([codes, np.full(widest, 4, dtype=codes.dtype)])
        one_hot = (padded == np.arange(4)[:, None]).astype(np.float32)  # (4, L + K)
        unknown = np.concatenate([[0], np.cumsum(padded > 3)])
        found = []
        for start in range(0, length, _CHUNK):
            stop = min(start + _CHUNK, length)
            windows = np.lib.stride_tricks.sliding_window_view(one_hot[:, start:stop + widest - 1], widest, axis=1)
            scores = windows.transpose(1, 0, 2).reshape(stop - start, -1) @ self.weights  # (places, 2 M)
            places = np.argwhere(scores >= np.tile(thresholds, 2))
            if len(found) + len(places) > most:
                raise SeqVizError(f"These motifs match this sequence at more than {MOST_HITS:,} places: it repeats a few letters "
                                  "that many of them ask for. Look for fewer motifs, or in a shorter sequence.")
            for place, column in places:
                strand, motif = divmod(int(column), len(self.motifs))
                first, end = start + int(place), start + int(place) + int(self.widths[motif])
                if unknown[first] == unknown[end]:  # also leaves out what runs over the end
                    found.append(self._hit(motif, first, "+-"[strand], int(scores[place, column])))
        return found

    def _hit(self, index: int, start: int, strand: str, score: int) -> Hit:
        motif, known = self.motifs[index], self.distributions[index]
        return Hit(motif, start, start + motif.width, strand, score * known.step, _chance(known, score))


def _chance(known: Distribution, score: int) -> float:
    """Return the chance that a random place reaches a binned score."""
    place = score - known.lowest
    return float(known.reached[place]) if place < len(known.reached) else 0.0
