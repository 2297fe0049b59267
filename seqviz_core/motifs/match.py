"""Which known motif a found one looks like, and how the two lie over each other."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from .motif import Motif

MIN_OVERLAP = 4  # columns of both; fewer where one of the two is narrower


class Match(NamedTuple):
    """One target laid over the query.

    offset : column of the query under the first column of the target (of its reverse complement on strand "-");
        negative where the target begins before the query
    score : from -1 to 1; 1 is the same pattern
    """

    target: Motif
    offset: int
    strand: str
    score: float


def match_motif(query: Motif, targets: Sequence[Motif]) -> list[Match]:
    """Return one match per target at its best offset and strand, best first.

    With q and t the probabilities minus 0.25, and t zero where the target has no column under the query:

        score = sum(q t) / sqrt(sum(q q) * max(sum(t t), sum(q q) / 4))

    That is Pearson's correlation of the whole query with what of the target lies under it (columns sum to 0, so the means
    are 0). A query column without a partner is compared with the background, so a short overlap cannot win; the max keeps
    a stretch of the target that says next to nothing from winning by its shape alone. Columns of the target outside the
    query cost nothing, as in TOMTOM: a filter is often narrower than the motif it learned. Equal scores are ordered by
    how much of the target is covered. At least MIN_OVERLAP columns overlap. A query without information scores 0.
    """
    if not targets:
        return []
    q, patterns = query.ppm() - 0.25, _pack(targets)  # (4, k), (T, 2, 4, K)
    widths = np.array([target.width for target in targets])
    offsets = np.arange(1 - patterns.shape[3], query.width)  # (O,) start of the target in the query
    scores, covered = _correlate(q, patterns, offsets)  # (T, 2, O) each
    overlap = np.minimum(query.width, offsets + widths[:, None]) - np.maximum(offsets, 0)  # (T, O)
    enough = overlap >= np.minimum(MIN_OVERLAP, np.minimum(query.width, widths))[:, None]
    scores = np.where(enough[:, None], scores.round(9), -2).reshape(len(targets), -1)  # rounded: ties are ties
    best = scores.argmax(axis=1)
    score, share = (array.reshape(len(targets), -1)[np.arange(len(targets)), best] for array in (scores, covered))
    strand, place = np.divmod(best, len(offsets))
    order = np.lexsort((-share, -score))
    return [Match(targets[i], int(offsets[place[i]]), "+-"[strand[i]], float(score[i])) for i in order]


def _pack(targets: Sequence[Motif]) -> np.ndarray:
    """Probabilities minus 0.25 on both strands, (T, 2, 4, K), zero beyond a target's width; K is the widest."""
    columns = Motif("targets", "targets", np.concatenate([target.counts for target in targets], axis=1)).ppm() - 0.25
    widths = np.array([target.width for target in targets])
    inside = np.arange(widths.max()) < widths[:, None]  # (T, K)
    patterns = np.zeros((len(targets), 2, 4, widths.max()))
    patterns.transpose(0, 3, 1, 2)[inside, 0] = columns.T
    turned = patterns[:, 0, ::-1, ::-1]  # ends with the motif; it has to begin with it
    patterns.transpose(0, 3, 1, 2)[inside, 1] = turned.transpose(0, 2, 1)[inside[:, ::-1]]
    return patterns


def _correlate(q: np.ndarray, patterns: np.ndarray, offsets: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Scores, and the share of the target's energy under the query, at every offset: two arrays (T, 2, O)."""
    n, strands, bases, widest = patterns.shape
    column = np.arange(widest)[:, None] + offsets  # (K, O) the query column under each target column
    inside = (column >= 0) & (column < q.shape[1])
    shifted = np.where(inside, q[:, column.clip(0, q.shape[1] - 1)], 0)  # (4, K, O)
    products = (patterns.reshape(-1, bases * widest) @ shifted.reshape(bases * widest, -1)).reshape(n, strands, -1)
    energy = (patterns**2).sum(axis=2)  # (T, 2, K)
    under = energy @ inside.astype(np.float64)  # (T, 2, O)
    whole = (q**2).sum()
    norm = np.sqrt(whole * np.maximum(under, whole / 4))
    scores = np.divide(products, norm, out=np.zeros_like(products), where=norm > 0)
    return scores, under / np.maximum(energy.sum(axis=2, keepdims=True), 1e-300)
