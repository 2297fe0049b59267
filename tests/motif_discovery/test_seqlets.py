"""Seqlets by hand and on noise."""

import numpy as np
import pytest

from seqviz_core.motif_discovery.seqlets import FLANK, WINDOW, cut_out, find_seqlets


def noise(n, length, seed):
    return np.random.default_rng(seed).laplace(0, 0.1, (n, length))


def test_a_planted_bump_is_found_where_it_was_put():
    maps = noise(40, 120, seed=0)
    starts = np.random.default_rng(1).integers(0, 120 - WINDOW, 40)
    maps[np.arange(40)[:, None], starts[:, None] + np.arange(WINDOW)] += 1
    found = find_seqlets(maps, np.random.default_rng(2))
    assert sorted(found.row) == list(range(40))
    np.testing.assert_allclose(found.start + FLANK, starts[found.row], atol=1)
    assert (np.diff(found.score) <= 0).all()


def test_the_scale_of_a_map_does_not_matter():
    maps = noise(40, 120, seed=3)
    maps[:, 50:50 + WINDOW] += 1
    scaled = maps * np.geomspace(0.01, 100, 40)[:, None]
    found, again = (find_seqlets(m, np.random.default_rng(4)) for m in (maps, scaled))
    assert set(zip(found.row, found.start)) == set(zip(again.row, again.start))
    np.testing.assert_allclose(found.score, again.score)


@pytest.mark.parametrize("seed", range(5))
def test_noise_has_next_to_none(seed):
    maps = noise(300, 100, seed)
    assert len(find_seqlets(maps, np.random.default_rng(seed)).row) <= 3  # of some 1,200 peaks


def test_only_what_speaks_for_the_class_counts_and_empty_maps_have_none():
    maps = noise(20, 80, seed=5)
    maps[:, 30:30 + WINDOW] -= 2
    for given in (maps, np.zeros((5, 80)), np.zeros((5, WINDOW - 1)), np.zeros((0, 80))):
        assert len(find_seqlets(given, np.random.default_rng(0)).row) <= 1


def test_windows_do_not_overlap():
    found = find_seqlets(np.abs(noise(50, 100, seed=6)) * (np.arange(100) % 25 < 9), np.random.default_rng(0), fdr=0.5)
    assert len(found.row) > 60
    for row in np.unique(found.row):
        assert (np.diff(np.sort(found.start[found.row == row])) >= WINDOW).all()


def test_the_highest_is_taken_first_then_the_highest_that_does_not_overlap():
    maps = np.zeros((1, 60))
    maps[0, [5, 12, 23, 50]] = 1, 2, 2, 1  # windows that sum to 3 begin at 2..5; then those with the 2 at 23, from 13 on
    chance = np.random.default_rng(0)
    found = find_seqlets(np.repeat(maps, 200, axis=0), chance, fdr=1.0)
    assert sorted(set(found.start + FLANK)) == [2, 13, 40]


def test_cut_out_by_hand():
    values = np.arange(2 * 4 * 5, dtype=float).reshape(2, 4, 5)
    cut = cut_out(values, np.array([1, 0]), np.array([3, -2]), width=4)
    np.testing.assert_array_equal(cut[0], np.pad(values[1][:, 3:], ((0, 0), (0, 2))))
    np.testing.assert_array_equal(cut[1], np.pad(values[0][:, :2], ((0, 0), (2, 0))))
