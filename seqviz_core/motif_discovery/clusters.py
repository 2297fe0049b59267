"""Which seqlets are the same pattern: likeness at the best offset and strand, average linkage, and the pattern's frame."""

from typing import NamedTuple

import numpy as np

from .seqlets import FLANK


class Likeness(NamedTuple):
    """How alike two sets of stretches (n, 4, k) and (m, 4, k) are; arrays (n, m).

    score : cosine of the two at their best offset and strand, from -1 to 1
    offset : column of the first under the first column of the second
    strand : +1, or -1 where the second is turned around
    """

    score: np.ndarray
    offset: np.ndarray
    strand: np.ndarray


def likeness(first: np.ndarray, second: np.ndarray, most: int = FLANK) -> Likeness:
    """Return how alike the stretches are, shifted by at most `most` columns; what has no partner counts as zero."""
    a, b = (unit(stretches) for stretches in (first, second))
    shape, width = (len(a), len(b)), a.shape[2]
    best = Likeness(np.full(shape, -2, np.float32), np.zeros(shape, np.int16), np.zeros(shape, np.int8))
    for strand, turned in ((1, b), (-1, b[:, ::-1, ::-1])):
        for offset in range(-most, most + 1):
            here, there = a[:, :, max(offset, 0):width + min(offset, 0)], turned[:, :, max(-offset, 0):width - max(offset, 0)]
            score = here.reshape(shape[0], -1) @ there.reshape(shape[1], -1).T
            better = score > best.score
            for kept, new in zip(best, (score, offset, strand)):
                np.copyto(kept, new, where=better, casting="unsafe")
    return best


def unit(stretches: np.ndarray) -> np.ndarray:
    """Return the stretches (n, 4, k) as float32, each scaled to length 1; zeros stay zeros."""
    size = np.sqrt((stretches**2).sum((1, 2), keepdims=True))
    return np.divide(stretches, size, out=np.zeros(stretches.shape, np.float32), where=size > 0, casting="unsafe")


def average_linkage(score: np.ndarray, cut: float) -> np.ndarray:
    """Return a cluster's label for each of n items: clusters merge while the mean score between two is at least `cut`.

    Nearest-neighbour chain (Murtagh 1983): the same clusters as merging the closest pair again and again, in n^2 steps.
    """
    score = score.astype(np.float64)
    np.fill_diagonal(score, -np.inf)
    labels, size, alive, chain = np.arange(len(score)), np.ones(len(score)), np.ones(len(score), bool), []
    while alive.any():
        chain = chain or [int(alive.argmax())]
        i = chain[-1]
        j = int(score[i].argmax())
        if not score[i, j] >= cut:  # nor later: the mean with a merged cluster is no higher than the higher part
            alive[i], score[i], score[:, i] = False, -np.inf, -np.inf
            chain.pop()
        elif len(chain) > 1 and score[i, chain[-2]] == score[i, j]:
            j = chain[-2]
            score[j] = score[:, j] = (size[i] * score[i] + size[j] * score[j]) / (size[i] + size[j])
            alive[i], score[i], score[:, i], score[j, j] = False, -np.inf, -np.inf, -np.inf
            labels[labels == i], size[j] = j, size[i] + size[j]
            chain = chain[:-2]
        else:
            chain.append(j)
    return labels
