"""Likeness against a plain loop, average linkage against scikit-learn's."""

import numpy as np
import pytest
from sklearn.cluster import AgglomerativeClustering

from seqviz_core.motif_discovery.clusters import average_linkage, likeness


def by_hand(a, b, most):
    """The best (cosine, offset, strand) of two stretches, each laid in a field of zeros."""
    found = []
    for strand, turned in ((1, b), (-1, b[::-1, ::-1])):
        for offset in range(-most, most + 1):
            field = np.zeros((2, 4, a.shape[1] + 2 * most))
            field[0, :, most:most + a.shape[1]] = a
            field[1, :, most + offset:most + offset + b.shape[1]] = turned
            found.append(((field[0] * field[1]).sum() / np.linalg.norm(a) / np.linalg.norm(b), offset, strand))
    return max(found)


def test_likeness_equals_a_plain_loop():
    rng = np.random.default_rng(0)
    first, second = rng.normal(size=(3, 4, 9)), rng.normal(size=(4, 4, 9))
    alike = likeness(first, second, most=3)
    for i, j in np.ndindex(3, 4):
        score, offset, strand = by_hand(first[i], second[j], 3)
        assert alike.score[i, j] == pytest.approx(score, abs=1e-6)
        assert (alike.offset[i, j], alike.strand[i, j]) == (offset, strand)


@pytest.mark.parametrize("offset", [-4, 0, 3])
def test_a_moved_and_turned_copy_is_the_same(offset):
    stretch = np.zeros((4, 20))
    stretch[:, 6:14] = np.random.default_rng(1).normal(size=(4, 8))
    moved = np.roll(stretch, -offset, axis=1)
    for copy, strand in ((moved, 1), (moved[::-1, ::-1], -1)):
        alike = likeness(stretch[None], copy[None], most=5)
        assert alike.score[0, 0] == pytest.approx(1, abs=1e-5)
        assert (alike.offset[0, 0], alike.strand[0, 0]) == (offset, strand)


def test_an_empty_stretch_is_like_nothing():
    assert likeness(np.zeros((1, 4, 9)), np.ones((1, 4, 9))).score[0, 0] == 0


@pytest.mark.parametrize("cut", [-0.2, 0.0, 0.2, 0.5])
def test_average_linkage_equals_scikit_learn(cut):
    rng = np.random.default_rng(7)
    score = rng.uniform(-1, 1, (60, 60))
    score = (score + score.T) / 2
    expected = AgglomerativeClustering(None, metric="precomputed", linkage="average", distance_threshold=1 - cut).fit(1 - score)
    ours = average_linkage(score, cut)
    assert len(np.unique(ours)) == expected.n_clusters_
    assert len(np.unique(np.stack([ours, expected.labels_]), axis=1).T) == expected.n_clusters_  # the same groups


def test_one_item_is_a_cluster():
    assert len(np.unique(average_linkage(np.ones((1, 1)), 0.5))) == 1
