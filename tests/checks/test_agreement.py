import numpy as np
import pytest
import torch
from scipy.stats import pearsonr, spearmanr
from toy_models import Linear

from seqviz_core.attribution import attribute
from seqviz_core.checks import agreement, observed_maps, questions, truth_score
from seqviz_core.datasets import DATASETS, make_task
from seqviz_core.errors import SeqVizError


def noise(*shape: int, seed: int = 0) -> np.ndarray:
    return np.random.default_rng(seed).normal(size=shape)


def test_by_hand():
    """(1 2 3) and (1 3 2): centred (-1 0 1) and (-1 1 0), product 1, lengths sqrt 2 each: 1/2; turned by one or two bases the
    second is (2 1 3) or (3 2 1): 1/2 and -1."""
    found = agreement([np.array([[1, 2, 3]]), np.array([[1, 3, 2]])], ["a", "b"], seed=0, turns=400)
    assert found.matrix() == pytest.approx(np.array([[1, 0.5], [0.5, 1]]))
    assert sorted(set(np.round(found.null[:, 0], 12))) == [-1, 0.5]
    pooled = found.pooled([(0, 1)])
    assert pooled.value == pytest.approx(0.5) and np.isnan([pooled.low, pooled.high]).all() and pooled.n_sequences == 1
    assert pooled.null_high == pytest.approx(0.5) and not pooled.beyond_chance


def test_a_single_peak_turned_away_from_itself_is_worth_less_than_nothing():
    """One base of four stands out: every turn gives exactly -1/3, and -1/(L - 1) is what the mean of all turns always is."""
    peak = np.array([[0, 0, 5, 0]])
    found = agreement([peak, 10 * peak + 3], ["a", "b"], seed=0)
    assert found.matrix()[0, 1] == pytest.approx(1) and found.null == pytest.approx(np.full((200, 1), -1 / 3))
    a, b = noise(1, 9), noise(1, 9, seed=1)
    turns = agreement([a, b], ["a", "b"], seed=0, turns=3000)
    every = [pearsonr(a[0], np.roll(b[0], k))[0] for k in range(1, 9)]
    assert np.allclose(np.unique(np.round(turns.null[:, 0], 9)), np.sort(every), atol=1e-8)
    assert np.mean(every) == pytest.approx(-turns.matrix()[0, 1] / 8)


@pytest.mark.parametrize("measure, oracle", [("pearson", pearsonr), ("spearman", spearmanr)])
def test_against_scipy_with_ties(measure, oracle):
    maps = [np.round(noise(6, 12, seed=k), 1) for k in range(3)]
    found = agreement(maps, "abc", seed=0, measure=measure)
    for p, (i, j) in enumerate(found.pairs):
        assert found.values[:, p] == pytest.approx([oracle(x, y)[0] for x, y in zip(maps[i], maps[j])])


def test_the_interval_is_that_of_the_mean_over_sequences_and_pairs_count_alike():
    maps = [noise(5, 30, seed=k) for k in range(3)]
    found = agreement(maps, "abc", seed=0)
    each = np.array([(pearsonr(a, b)[0] + pearsonr(a, c)[0]) / 2 for a, b, c in zip(*maps)])
    pooled = found.pooled([(1, 0), (0, 2)])
    assert pooled.value == pytest.approx(each.mean())
    assert pooled.high - pooled.value == pytest.approx(1.96 * each.std(ddof=1) / np.sqrt(5)) == pooled.value - pooled.low


def test_independent_maps_agree_no_better_than_turned_ones_and_equal_maps_wholly():
    smooth = lambda seed: np.apply_along_axis(np.convolve, 1, noise(60, 110, seed=seed), np.ones(11), "valid")
    hits = 0
    for seed in range(20):
        maps = [smooth(2 * seed), smooth(2 * seed + 1)]
        found = agreement([*maps, maps[0]], ["a", "b", "a again"], seed=seed)
        hits += found.pooled([(0, 1)]).beyond_chance
        assert found.matrix()[0, 2] == pytest.approx(1) and found.null_high()[0, 2] < 0.1
    assert hits <= 4  # 1 is expected; more than 4 of 20 has a chance of 0.3 %


def test_the_null_of_smooth_maps_is_wider_than_that_of_rough_ones():
    rough = agreement([noise(20, 100), noise(20, 100, seed=1)], "ab", seed=0).null.std()
    wide = [np.apply_along_axis(np.convolve, 1, noise(20, 120, seed=k), np.ones(21), "valid") for k in (2, 3)]
    assert agreement(wide, "ab", seed=0).null.std() > 2 * rough


def test_unknown_bases_count_nowhere():
    a, b = noise(4, 20), noise(4, 20, seed=1)
    known = np.ones((4, 20), dtype=bool)
    known[:, 15:] = False
    cut = agreement([a[:, :15], b[:, :15]], "ab", seed=0)
    a[:, 15:], b[:, 15:] = 0, 0  # equal where nothing is known: that would pass for agreement
    found = agreement([a, b], "ab", seed=0, known=known)
    assert np.allclose(found.values, cut.values) and np.allclose(found.null, cut.null)
    assert not np.allclose(agreement([a, b], "ab", seed=0).values, cut.values)


def test_a_map_that_says_the_same_of_all_bases_agrees_with_nothing():
    a, flat = noise(3, 10), np.full((3, 10), 0.1)
    flat[0] = a[0]
    found = agreement([a, flat, np.zeros((3, 10))], "abc", seed=0)
    assert np.isnan(found.values[1:, 0]).all() and found.matrix()[0, 1] == pytest.approx(1)
    assert np.isnan(found.matrix()[0, 2]) and np.isnan(found.pooled([(0, 2)]).value) and not found.pooled([(0, 2)]).beyond_chance


def test_truth_is_the_truth_score_of_the_sizes():
    maps, planted = [noise(3, 20), noise(3, 20, seed=1)], np.zeros((3, 20), dtype=bool)
    planted[:, 4:9] = True
    found = agreement(maps, "ab", planted, seed=7)
    assert found.truth == tuple(truth_score(np.abs(m), planted, seed=7) for m in maps)
    assert agreement(maps, "ab", seed=7).truth == () == agreement(maps, "ab", np.zeros((3, 20)), seed=7).truth


def test_one_map_has_no_pairs_and_the_seed_repeats_the_null():
    alone = agreement([noise(3, 10)], ["a"], seed=0)
    assert alone.matrix().tolist() == [[1]] and alone.values.shape == (3, 0)
    maps = [noise(3, 10), noise(3, 10, seed=1)]
    same = [agreement(maps, "ab", seed=seed).null for seed in (0, 0, 1)]
    assert np.array_equal(same[0], same[1]) and not np.array_equal(same[0], same[2])


def test_refuses_maps_that_do_not_fit():
    with pytest.raises(SeqVizError, match="same sequences"):
        agreement([noise(3, 10), noise(3, 11)], "ab", seed=0)
    with pytest.raises(SeqVizError, match="The map of b holds"):
        agreement([noise(1, 3), np.array([[1, np.nan, 2]])], "ab", seed=0)
    with pytest.raises(ValueError, match="no pairs"):
        agreement([noise(1, 3)] * 2, "ab", seed=0).pooled([(0, 2)])


@pytest.mark.parametrize("name", DATASETS.names())
def test_every_task_can_be_asked(name):
    task = make_task(name, {})
    asked = questions(task, 6, 1)
    assert 1 <= len(asked.X) <= 6 and asked.X.shape[1:] == (4, task.length) and asked.target.max() < len(task.classes)
    assert np.array_equal(asked.X.sum(1) == 1, asked.known)
    assert (asked.planted is None) == (not task.motifs)
    if task.motifs:
        assert asked.planted.any(axis=1).all()


def test_a_label_is_asked_with_the_sites_of_its_own_motif():
    task = make_task("multi_label", {})
    asked, again = questions(task, 40, 3), questions(task, 40, 3)
    assert np.array_equal(asked.target, again.target) and len(np.unique(asked.target)) > 3
    widths = {m.name: m.width for m in task.motifs}
    data = task.sample(160, 3)
    rows = [int(np.flatnonzero((x == data.X).all(axis=(1, 2)))[0]) for x in asked.X]
    for row, target, mask in zip(rows, asked.target, asked.planted):
        assert data.labels[row, target] == 1
        sites = [s for s in data.sites_of(row) if s.motif.name == task.classes[target]]
        assert {*np.flatnonzero(mask)} == {p for s in sites for p in range(s.start, s.end)}
        assert all(s.end - s.start == widths[s.motif.name] for s in sites)


def test_maps_explain_each_sequence_for_its_own_class():
    """A linear model's gradient is its weight; its correction takes the mean over the bases off."""
    task = make_task("one_motif", {"length": 30})
    weight = torch.randn(2, 4, 30, generator=torch.Generator().manual_seed(0))
    asked = questions(task, 5, 0)._replace(target=np.array([0, 1, 1, 0, 1]))
    maps = observed_maps(Linear(weight), asked, "saliency")
    corrected = (weight - weight.mean(1, keepdim=True)).numpy()[asked.target]
    assert np.allclose(maps, (corrected * asked.X).sum(1), atol=1e-6)
    plain = attribute("input_x_gradient", Linear(weight), asked.X[:1], 0).observed
    assert np.allclose(observed_maps(Linear(weight), asked, "input_x_gradient")[:1], plain)
