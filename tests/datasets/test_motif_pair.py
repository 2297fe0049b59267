"""Positives keep the rule, negatives carry both motifs and break it."""

import numpy as np
import pytest

from seqviz_core.datasets import make_task
from seqviz_core.errors import SeqVizError

N = 3000


def arrangement(task, seed=0):
    """Return labels, whether the first motif comes first, and the gap between the two sites."""
    data = task.sample(N, seed)
    s = data.sites
    assert np.array_equal(s.sequence, np.repeat(np.arange(N), 2))  # two sites each, sorted by start
    pairs = s.motif.reshape(N, 2)
    assert (np.sort(pairs, axis=1) == [0, 1]).all()  # one of each
    return data.labels == 1, pairs[:, 0] == 0, s.start.reshape(N, 2)[:, 1] - s.end.reshape(N, 2)[:, 0]


def test_positives_keep_the_rule_and_negatives_break_it():
    positive, in_order, gap = arrangement(make_task("motif_pair", {}))
    near = (gap >= 4) & (gap <= 12)
    assert (in_order & near)[positive].all() and not (in_order & near)[~positive].any()
    assert set(gap[positive].tolist()) == set(range(4, 13))  # every distance that is allowed
    assert in_order[~positive].mean() == pytest.approx(0.5, abs=0.06)  # half break the distance, half the order
    assert near[~positive & ~in_order].all()  # one thing at a time
    wrong = set(gap[~positive & in_order].tolist())
    assert 0 in wrong and max(wrong) > 80


def test_order_alone():
    positive, in_order, gap = arrangement(make_task("motif_pair", {"spacing_matters": False}))
    assert (in_order == positive).all() and gap.min() == 4 and gap.max() == 12


def test_order_alone_at_every_distance_there_is():
    widest = 120 - sum(m.width for m in make_task("motif_pair", {}).motifs)
    positive, in_order, gap = arrangement(make_task("motif_pair", {"spacing_matters": False, "min_gap": 0, "max_gap": widest}))
    assert (in_order == positive).all() and (gap.min(), gap.max()) == (0, widest)


def test_one_distance_alone():
    positive, in_order, gap = arrangement(make_task("motif_pair", {"min_gap": 7, "max_gap": 7}))
    assert (positive == (in_order & (gap == 7))).all()


@pytest.mark.parametrize("settings, sentence", [
    ({"min_gap": 9, "max_gap": 8}, "Smallest gap: 9 is larger than the largest gap, 8"),
    ({"second": "MA0095.4"}, "Second motif: MA0095.4 is the first one too"),
    ({"second": " MA0095.4"}, "is the first one too"),
    ({"length": 40, "max_gap": 30}, "Sequence length: 40 bases are too few; Yy1 and CTCF need at least 54"),
    ({"first": "YY1"}, "is a name")])
def test_a_rule_that_cannot_be_kept_is_told(settings, sentence):
    with pytest.raises(SeqVizError, match=sentence):
        make_task("motif_pair", settings)
