"""How alike two motifs are: numpy's correlation of the laid-over matrices, offset by offset, as the oracle."""

import numpy as np
import pytest

from benchmarks.published.jaspar2016 import likeness
from seqviz_core.motifs import Motif, find_motif


def made(counts):
    return Motif("made", "made", counts)


def by_hand(query, target):
    """The best score by numpy's correlation of the two matrices at every offset, one by one."""
    found = []
    for other in (target, target.reverse_complement()):
        for offset in range(1 - target.width, query.width):
            under = np.full((4, query.width), 0.25)
            columns = [i for i in range(query.width) if 0 <= i - offset < target.width]
            if len(columns) < min(4, query.width, target.width):
                continue
            under[:, columns] = other.ppm()[:, [i - offset for i in columns]]
            q, t = query.ppm().ravel(), under.ravel()
            faint = min(1.0, np.sqrt(4 * t.var() / q.var()))  # a stretch with less than a quarter of the query's energy
            found.append(np.corrcoef(q, t)[0, 1] * faint)
    return max(found)


def test_equals_a_plain_loop():
    rng = np.random.default_rng(0)
    motifs = [made(rng.dirichlet([0.4] * 4, width).T * 50) for width in (1, 2, 3, 4, 5, 8, 11, 17)]
    for query in motifs:
        for target in motifs:
            assert likeness(query, target) == pytest.approx(by_hand(query, target), abs=1e-8)


def test_itself_on_either_strand_is_one_and_what_says_nothing_is_zero():
    motif, blank = find_motif("MA0139.2"), made(np.full((4, 8), 5.0))
    assert likeness(motif, motif) == pytest.approx(1) == likeness(motif, motif.reverse_complement())
    assert likeness(made(motif.counts[:, 3:12]), motif) == pytest.approx(1)
    assert likeness(motif, blank) == 0 == likeness(blank, motif)
