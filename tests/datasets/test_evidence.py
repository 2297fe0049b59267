"""The odds of several sites against sums over every choice of motifs and every placement, written out."""

import math
from itertools import combinations_with_replacement, product

import numpy as np
import pytest

from seqviz_core.datasets.bayes import log_evidence
from seqviz_core.datasets.evidence import SiteLaw, pair_odds, site_evidence, window_odds
from seqviz_core.motifs import Motif

MOTIFS = (Motif("m1", "m1", [[9, 0, 1], [0, 2, 1], [1, 8, 1], [0, 0, 7]]), Motif("m2", "m2", [[0, 5], [6, 1], [1, 1], [0, 3]]))
BACKGROUND = np.array([0.3, 0.2, 0.2, 0.3])
LENGTH = 16
CODES = np.random.default_rng(0).integers(0, 4, (5, LENGTH), dtype=np.uint8)
LAWS = {"any of two": SiteLaw({1: 0.5, 2: 0.3, 3: 0.2}, np.array([0.7, 0.3])),
        "one after the other, or none": SiteLaw({0: 0.2, 2: 0.8}, np.eye(2)),
        "three, and never the second": SiteLaw({3: 1.0}, np.array([0.4, 0.0]))}


def window(row, motif, start, both_strands):
    """P(window | motif) / P(window | background), base by base."""
    ppms = [motif.ppm(), motif.reverse_complement().ppm()] if both_strands else [motif.ppm()]
    return np.mean([np.prod([p[row[start + j], j] / BACKGROUND[row[start + j]] for j in range(motif.width)]) for p in ppms])


def odds(row, law, both_strands):
    """The sum over numbers of sites, motifs and placements of chance times likelihood ratio."""
    total = 0.0
    for k, chance in law.counts.items():
        for choice in product(range(2), repeat=k):
            chances = np.broadcast_to(law.weights, (max(law.counts), 2))
            weight = chance * math.prod(chances[i, c] for i, c in enumerate(choice))
            free = LENGTH - sum(MOTIFS[c].width for c in choice)
            ways = []
            for before in combinations_with_replacement(range(free + 1), k) if weight else ():  # free letters before each site
                starts = [b + sum(MOTIFS[c].width for c in choice[:i]) for i, b in enumerate(before)]
                ways.append(math.prod(window(row, MOTIFS[c], s, both_strands) for c, s in zip(choice, starts)))
            total += weight * np.mean(ways) if ways else 0
    return total


@pytest.mark.parametrize("both_strands", [False, True])
@pytest.mark.parametrize("law", LAWS.values(), ids=LAWS.keys())
def test_several_sites(law, both_strands):
    found = site_evidence(CODES[:2], MOTIFS, [law], BACKGROUND, both_strands=both_strands)
    np.testing.assert_allclose(found[:, 0], [np.log(odds(row, law, both_strands)) for row in CODES[:2]], atol=1e-5)


def test_one_site_is_what_the_single_site_evidence_says():
    one = SiteLaw({1: 1.0}, np.array([1.0, 0.0]))
    found = site_evidence(CODES, MOTIFS, [one, one], BACKGROUND, both_strands=True)
    expected = log_evidence(MOTIFS[0], CODES, BACKGROUND, both_strands=True)
    np.testing.assert_allclose(found, np.stack([expected, expected], axis=1), atol=1e-6)


def test_pairs_at_a_distance():
    first, second = (window_odds(m, CODES, BACKGROUND, both_strands=False) for m in MOTIFS)
    expected = [np.mean([window(row, MOTIFS[0], s, False) * window(row, MOTIFS[1], s + 7, False) for s in range(LENGTH - 8)])
                for row in CODES]
    np.testing.assert_allclose(pair_odds(first, second, 7), expected, rtol=1e-5)
