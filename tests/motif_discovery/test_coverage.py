"""Coverage of planted motifs by hand."""

import numpy as np

from seqviz_core.motif_discovery.coverage import coverage
from seqviz_core.motifs import Match, Motif

A, B, C = (Motif(i, i.lower(), np.ones((4, 5))) for i in "ABC")


def test_found_missed_split_extra_and_silent():
    matches = [Match(A, 0, "+", 0.85), Match(B, 1, "-", 0.79), None, Match(A, 0, "+", 0.95), Match(C, 0, "+", 0.8)]
    result = coverage(matches, [A, B, C])
    assert result.found == {"a": (3, 0), "c": (4,)}
    assert (result.missed, result.extra, result.silent, result.split) == (("b",), (1,), (2,), {"a": (3, 0)})


def test_motifs_of_one_name_are_told_apart():
    one, two = (Motif(i, "CTCF", np.ones((4, 5))) for i in ("MA0139.2", "MA1929.2"))
    result = coverage([Match(one, 0, "+", 0.9)], [one, two, A])
    assert result.found == {"CTCF (MA0139.2)": (0,)} and result.missed == ("CTCF (MA1929.2)", "a")
