"""Given sequences: copies, folds and parts."""

import numpy as np
import pytest

from seqviz_core.datasets import DATASETS
from seqviz_core.datasets.fixed import FOLDS, distinct, folds_of, strand_groups
from seqviz_core.sequences import decode, reverse_complement

FIXED = {entry.name: entry.presets["default"] for entry in DATASETS if entry.task.fixed}
PARTS = ("train", "valid", "test")


@pytest.fixture(scope="module", params=FIXED.values(), ids=FIXED.keys())
def task(request):
    return request.param


def test_copies_go_and_contradictions_go_whole():
    kept = distinct(["A", "C", "A", "G", "C", "A", "T"], [0, 1, 0, 0, 0, 0, 1])
    assert kept.rows.tolist() == [0, 3, 6] and (kept.copies, kept.contradicting) == (2, 2)


def test_both_strands_are_one_group():
    groups = strand_groups(["AACC", "GGTT", "ACGT", "AACC", "CCAA"])
    assert groups[0] == groups[1] == groups[3] and len(set(groups.tolist())) == 3


def test_folds_keep_groups_together_and_classes_even():
    groups = np.repeat(np.arange(60), 2)
    labels = (groups < 23).astype(int)
    folds = folds_of(groups, labels, seed=4)
    assert (folds[::2] == folds[1::2]).all() and set(folds.tolist()) == set(range(FOLDS))
    for label in (0, 1):
        counts = np.bincount(folds[labels == label], minlength=FOLDS) // 2
        assert counts.max() - counts.min() <= 1
    sizes = np.bincount(folds)
    assert sizes.max() - sizes.min() <= 2  # one group
    assert not np.array_equal(folds, folds_of(groups, labels, seed=5))


def test_no_sequence_nor_its_reverse_complement_is_in_two_parts(task):
    either = [{min(s, reverse_complement(s)) for s in decode(task.split(part, 10**6, 0).codes)} for part in PARTS]
    assert all(either) and not (either[0] & either[1] or either[0] & either[2] or either[1] & either[2])


def test_the_parts_are_everything_once(task):
    parts = [task.split(part, 10**6, 3) for part in PARTS]
    everything = decode(np.concatenate([p.codes for p in parts]))
    assert sorted(everything) == sorted(decode(task.given.codes)) == sorted(decode(task.sample(10**6, 0).codes))
    for part in parts:
        assert set(part.labels.tolist()) == set(range(len(task.classes))) and part.labels.dtype == np.int64


def test_labels_stay_with_their_sequences(task):
    truth = dict(zip(decode(task.given.codes), task.given.labels.tolist()))
    data = task.split("train", 50, 1)
    assert [truth[s] for s in decode(data.codes)] == data.labels.tolist() and len(data) == 50


def test_ten_folds_test_every_sequence_once(task):
    tested = [decode(type(task)(fold=fold).split("test", 10**6, 0).codes) for fold in range(1, FOLDS + 1)]
    assert sorted(s for test in tested for s in test) == sorted(decode(task.given.codes))


def test_a_seed_repeats_parts_and_samples(task):
    for draw in (lambda seed: task.split("train", 40, seed), lambda seed: task.sample(40, seed)):
        a, b, c = draw(1), draw(1), draw(2)
        assert np.array_equal(a.codes, b.codes) and np.array_equal(a.labels, b.labels) and not np.array_equal(a.codes, c.codes)


def test_nothing_is_planted(task):
    data = task.sample(5, 0)
    assert data.motifs == task.motifs == () and data.sites_of(0) == [] and not data.planted_mask().any()
    assert task.bayes_logits(data.codes) is None
