"""UCI promoters: the published counts, and the boxes at -10 and -35."""

import numpy as np

from seqviz_core.datasets import make_task
from seqviz_core.sequences import decode


def test_the_published_rows_are_there():
    given = make_task("uci_promoters", {}).given
    assert np.bincount(given.labels).tolist() == [53, 53] and given.codes.shape == (106, 57)
    assert given.classes == ("no promoter", "promoter") and given.notices == ()


def test_promoters_have_the_minus_ten_box():
    """TATAAT or one letter beside it lies 7 to 12 bases before the start at base 51 in most promoters, seldom elsewhere."""
    given = make_task("uci_promoters", {}).given
    like = lambda window: sum(a == b for a, b in zip(window, "TATAAT")) >= 4
    found = np.array([any(like(s[i:i + 6]) for i in range(34, 43)) for s in decode(given.codes)])
    assert found[given.labels == 1].mean() > 0.7 > 0.45 > found[given.labels == 0].mean()
