"""The Bayes ceiling's evidence against sums written out over every way a sequence can have come about."""

from dataclasses import replace
from itertools import product

import numpy as np
import pytest

from seqviz_core.datasets import DATASETS, make_task
from seqviz_core.datasets.bayes import log_evidence
from seqviz_core.motifs import Motif
from seqviz_core.training.baselines import bayes_ceiling

MOTIF = Motif("m", "m", [[9, 0, 1], [0, 2, 1], [1, 8, 1], [0, 0, 7]])
BACKGROUND = np.array([0.3, 0.2, 0.2, 0.3])
LENGTH = 5
ALL = np.array(list(product(range(4), repeat=LENGTH)), dtype=np.uint8)  # every sequence of five bases


def chance_with_one_site(codes, both_strands):
    """P(sequence | one site): the mean over starts and strands of P(site's bases | motif) P(the others | background)."""
    ways = []
    for start in range(LENGTH - MOTIF.width + 1):
        for p in [MOTIF.ppm(), MOTIF.reverse_complement().ppm()] if both_strands else [MOTIF.ppm()]:
            chance = 1.0
            for i, base in enumerate(codes):
                chance *= p[base, i - start] if 0 <= i - start < MOTIF.width else BACKGROUND[base]
            ways.append(chance)
    return np.mean(ways)


@pytest.mark.parametrize("both_strands", [False, True])
def test_evidence_is_the_ratio_of_the_two_chances(both_strands):
    codes = ALL[::7]
    expected = [np.log(chance_with_one_site(row, both_strands) / BACKGROUND[row].prod()) for row in codes]
    np.testing.assert_allclose(log_evidence(MOTIF, codes, BACKGROUND, both_strands=both_strands), expected, atol=1e-5)


@pytest.mark.parametrize("both_strands", [False, True])
def test_mean_evidence_over_the_background_is_one(both_strands):
    evidence = np.exp(log_evidence(MOTIF, ALL, BACKGROUND, both_strands=both_strands))
    assert BACKGROUND[ALL].prod(axis=1) @ evidence == pytest.approx(1, abs=1e-5)


def test_an_unknown_base_says_nothing():
    unknown = np.array([[0, 2, 3, 4, 1]], dtype=np.uint8)
    known = np.repeat(unknown, 4, axis=0)
    known[:, 3] = range(4)
    log = lambda codes: np.exp(log_evidence(MOTIF, codes, BACKGROUND, both_strands=True))
    assert log(unknown)[0] == pytest.approx(BACKGROUND @ log(known), rel=1e-5)  # the mean over what it may be


@pytest.mark.parametrize("name, closed", [("one_motif", True), ("in_class_danq", True), ("motif_pair", True)])
def test_who_has_a_closed_form(name, closed):
    task = DATASETS[name].presets["default"]
    codes = task.sample(4, 0).codes
    assert (task.bayes_logits(codes) is not None) == closed
    assert replace(task, background="shuffled").bayes_logits(codes) is None


def test_ceilings_of_the_in_class_task():
    """Both strands and longer sequences hide the sites better. The first figure is what the shipped models are held to."""
    ceiling = lambda **settings: bayes_ceiling(make_task("in_class_danq", settings), 8000, 0).accuracy
    forward, both, longer = ceiling(), ceiling(both_strands=True), ceiling(length=200)
    assert forward == pytest.approx(0.938, abs=0.011)
    assert both < forward - 0.005 and longer < forward - 0.005
