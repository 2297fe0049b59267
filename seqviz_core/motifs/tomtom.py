"""TOMTOM: how surprising it is that a target looks this much like the query (Gupta et al. 2007, Genome Biol 8:R24).

Columns are compared by their Euclidean distance. The score of an alignment is the sum, over the query's columns, of minus the
distance minus its median over all columns of all targets; a query column without a partner adds 0, as the median column
would (the "complete score"). Scores are counted in whole bins, so that the distribution of the sum over any span of the
query is an exact convolution of the columns' distributions. With S(s) the chance that one random alignment reaches s, the best
of all alignments with a target of width t, on both strands, has

    p = 1 - (prod over its offsets of (1 - S(s)))^2

Everything is numpy: nothing is compiled, so the first call costs what every call costs.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from ..errors import SeqVizError
from .library import jaspar
from .motif import Motif

SCORE_BINS = 100
"""Bins between the lowest and the highest score of a column, as in the paper."""
MAX_QUERY = 100
"""Columns of the widest query: the work grows with the cube of the width."""


class TomtomMatch(NamedTuple):
    """One target laid over one query.

    offset : column of the query under the first column of the target (of its reverse complement on strand "-"); negative
        where the target begins before the query
    overlap : columns that lie over each other
    p : chance that a random target of this width reaches the score at some offset and strand
    e : p times the number of targets searched: how many matches this good a random query finds
    q : smallest false discovery rate (Benjamini & Hochberg 1995, over the targets of this query) that still lists the match
    """

    target: Motif
    offset: int
    strand: str
    overlap: int
    p: float
    e: float
    q: float


@dataclass(frozen=True, eq=False)
class TomtomMatches:
    """Every query against every target, each at its best offset and strand; arrays (Q, T), fields as in TomtomMatch."""

    targets: tuple[Motif, ...]
    p: np.ndarray
    q: np.ndarray
    offset: np.ndarray
    strand: np.ndarray  # +1 or -1
    overlap: np.ndarray

    @property
    def e(self) -> np.ndarray:
        return self.p * len(self.targets)

    def match(self, query: int, target: int) -> TomtomMatch:
        """Return one query's match with one target, both by their index."""
        at = query, target
        return TomtomMatch(self.targets[target], int(self.offset[at]), "+" if self.strand[at] > 0 else "-",
                           int(self.overlap[at]), float(self.p[at]), float(self.p[at] * len(self.targets)), float(self.q[at]))

    def best(self, query: int, among: Sequence[int] | None = None) -> TomtomMatch:
        """Return the query's match with the smallest p, among the targets with these indices (all for None)."""
        indices = np.arange(len(self.targets)) if among is None else np.asarray(among)
        return self.match(query, int(indices[self.p[query, indices].argmin()]))


def library_with(planted: Sequence[Motif]) -> tuple[Motif, ...]:
    """Return the whole bundled JASPAR and after it those `planted` motifs that are not in it.

    E depends on how many targets are searched, and p on their columns: always search all of it, never the planted ones alone.
    """
    library = jaspar()
    return (*library.values(), *(motif for motif in planted if library.get(motif.id) != motif))


def tomtom(queries: Sequence[Motif], targets: Sequence[Motif]) -> TomtomMatches:
    """Return the match of every query with every target, on both strands.

    The columns of all targets are the null, so a handful of targets gives no p to trust: search a whole library
    (`library_with`). Raises SeqVizError without targets and for a query of more than MAX_QUERY columns.
    """
    if not targets:
        raise SeqVizError("There are no motifs to compare with.")
    columns = Motif("targets", "targets", np.concatenate([target.counts for target in targets], axis=1)).ppm()
    widths = np.array([target.width for target in targets])
    layouts = {width: _Layout.of(widths, width) for width in {_checked(query) for query in queries}}
    shape = (len(queries), len(targets))
    p, places = np.ones(shape), np.zeros((3, *shape), dtype=np.int64)
    for i, query in enumerate(queries):
        scores = _column_scores(query.ppm(), columns)
        best, places[:, i] = layouts[query.width].best(scores)
        p[i] = _p_values(_histograms(scores), best, widths)
    return TomtomMatches(tuple(targets), p, _q_values(p), *places)


def _checked(query: Motif) -> int:
    if query.width > MAX_QUERY:
        raise SeqVizError(f"Motif {query.id!r} has {query.width} columns; TOMTOM takes at most {MAX_QUERY}.")
    return query.width


def _column_scores(query: np.ndarray, columns: np.ndarray) -> np.ndarray:
    """Scores in bins, int32 (w, 2 C), their median 0: the query's columns with the targets' and with their complements."""
    both = np.concatenate([columns, columns[::-1]], axis=1)
    similarity = -np.sqrt(sum(np.subtract.outer(q, c) ** 2 for q, c in zip(query, both)))  # no BLAS: its threads would wait
    similarity -= np.median(similarity, axis=1, keepdims=True)
    low = np.floor(similarity.min())
    scale = SCORE_BINS // max(similarity.max() - low, 1.0)
    return np.floor(similarity * scale + 0.5).astype(np.int32)


def _histograms(scores: np.ndarray) -> list[tuple[int, np.ndarray]]:
    """Each query column's lowest score, and the probability of each score from there to its highest."""
    return [(int(row.min()), np.bincount(row - row.min()) / len(row)) for row in scores]


class _Layout(NamedTuple):
    """All targets on both strands in one row, each between w - 1 empty columns, for queries of width w.

    A place is where in the row a query's first column lies.

    column : at each place of the row, index into the 2 C scored columns; 2 C where it is empty
    start : (2 T,) first place at which a query touches each target, + strands first
    overlap : columns over each other for a query at each place
    """

    width: int
    column: np.ndarray
    start: np.ndarray
    overlap: np.ndarray

    @classmethod
    def of(cls, widths: np.ndarray, width: int) -> "_Layout":
        n, sizes = int(widths.sum()), np.tile(widths, 2) + width - 1
        start, firsts = np.cumsum(sizes) - sizes, np.repeat(np.cumsum(widths) - widths, widths)  # (2 T,), (C,)
        within = np.arange(n) - firsts  # of each column, in its target
        turned = n + firsts + np.repeat(widths, widths) - 1 - within  # on the other strand the last column comes first
        column = np.full(sizes.sum() + width - 1, 2 * n)
        column[np.repeat(start + width - 1, np.tile(widths, 2)) + np.tile(within, 2)] = np.concatenate([np.arange(n), turned])
        filled = np.concatenate([[0], np.cumsum(column < 2 * n)])
        return cls(width, column, start, (filled[width:] - filled[:-width]).astype(np.int32))

    def best(self, scores: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Return each target's best score (T,) and its offset, strand and overlap (3, T); of equal scores the widest overlap."""
        row = np.concatenate([scores, np.zeros((self.width, 1), scores.dtype)], axis=1)[:, self.column]
        total = row[0, :len(self.overlap)].copy()
        for i in range(1, self.width):
            total += row[i, i:i + len(total)]
        ranked = total * (MAX_QUERY + 1) + self.overlap
        highest = np.maximum.reduceat(ranked, self.start)
        reached = np.flatnonzero(ranked == np.repeat(highest, np.diff(self.start, append=len(total))))
        place = reached[np.searchsorted(reached, self.start)]  # the first of each target
        forward, backward = highest.reshape(2, -1)
        turned = backward > forward
        chosen = np.arange(len(forward)) + turned * len(forward)
        place, target = place[chosen], self.start[chosen] + self.width - 1
        return total[place], np.stack([target - place, 1 - 2 * turned, self.overlap[place]])


def _p_values(histograms: list[tuple[int, np.ndarray]], best: np.ndarray, widths: np.ndarray) -> np.ndarray:
    """The p of each target's best score (T,), given each query column's lowest score and the chances from there on."""
    lowest = int(best.min())
    logs = _log_below(histograms, np.arange(lowest, int(best.max()) + 1), int(widths.max()))
    return -np.expm1(2 * logs[widths, best - lowest])  # on two strands


def _log_below(histograms: list[tuple[int, np.ndarray]], scores: np.ndarray, widest: int) -> np.ndarray:
    """log P(no alignment with a target of width t on one strand reaches the score), (t, scores).

    At its offsets a target covers each beginning and each end of the query that is no longer than t once, each inner span
    of length t once, and the whole query t - w + 1 times.
    """
    w = len(histograms)
    once, from_here_on = np.zeros((2, max(widest, w) + 1, len(scores)))
    for i in range(w):
        low, chances = 0, np.ones(1)
        for j in range(i, min(w, i + widest)):
            low, chances = low + histograms[j][0], np.convolve(chances, histograms[j][1])
            length, logs = j - i + 1, _log_not_reached(low, chances, scores)
            if length == w:
                from_here_on[w:] += logs
            elif i == 0 or j == w - 1:
                from_here_on[length] += logs
            else:
                once[length] += logs
    return from_here_on.cumsum(0) + once


def _log_not_reached(low: int, chances: np.ndarray, scores: np.ndarray) -> np.ndarray:
    """log P(sum < score) for each score, of a sum that is low + k with chances[k]; exact where the chance to reach it is tiny."""
    reached = np.concatenate([chances[::-1].cumsum()[::-1], [0.0]])[(scores - low).clip(0, len(chances))]
    with np.errstate(divide="ignore"):
        return np.log1p(-reached.clip(max=1))


def _q_values(p: np.ndarray) -> np.ndarray:
    """Benjamini & Hochberg's q of each p among those of its query, (Q, T)."""
    order = p.argsort(axis=1)
    ranked = np.take_along_axis(p, order, 1) * p.shape[1] / np.arange(1, p.shape[1] + 1)
    q = np.empty_like(p)
    np.put_along_axis(q, order, np.minimum.accumulate(ranked[:, ::-1], axis=1)[:, ::-1].clip(max=1), 1)
    return q
