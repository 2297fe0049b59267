"""Scans with the true motifs against sums written out base by base."""

import numpy as np
import pytest

from seqviz_core.datasets.pwm_scan import best_pwm_scores, pwm_scan_per_base
from seqviz_core.errors import SeqVizError
from seqviz_core.motifs import Motif

ONE = Motif("m1", "m1", [[9, 0, 1], [0, 2, 1], [1, 8, 1], [0, 0, 7]])
TWO = Motif("m2", "m2", [[0, 5], [6, 1], [1, 1], [0, 3]])
CODES = np.random.default_rng(0).integers(0, 4, (20, 9), dtype=np.uint8)
BACKGROUND = [0.3, 0.2, 0.2, 0.3]


def by_hand(row, motif, both_strands, background):
    """Return {start: log odds of the better strand}."""
    ppms = [motif.ppm(), motif.reverse_complement().ppm()] if both_strands else [motif.ppm()]
    return {start: max(sum(np.log2(p[row[start + j], j] / background[row[start + j]]) for j in range(motif.width)) for p in ppms)
            for start in range(len(row) - motif.width + 1)}


@pytest.mark.parametrize("both_strands", [False, True])
@pytest.mark.parametrize("background", [None, BACKGROUND])
def test_the_best_window_of_each_motif_and_of_each_base(both_strands, background):
    best = best_pwm_scores(CODES, [ONE, TWO], both_strands, background)
    per_base = pwm_scan_per_base(CODES, [ONE, TWO], both_strands, background)
    for n, row in enumerate(CODES):
        windows = [by_hand(row, m, both_strands, background or [0.25] * 4) for m in (ONE, TWO)]
        assert best[n] == pytest.approx([max(w.values()) for w in windows], abs=1e-4)
        covering = [max(s for m, w in zip((ONE, TWO), windows) for start, s in w.items() if start <= i < start + m.width)
                    for i in range(len(row))]
        assert per_base[n] == pytest.approx(covering, abs=1e-4)


def test_a_motif_that_does_not_fit_is_told():
    for scores in (best_pwm_scores, pwm_scan_per_base):
        with pytest.raises(SeqVizError, match="m1 has 3 columns; the sequences have 2 bases"):
            scores(CODES[:, :2], [ONE], True)
