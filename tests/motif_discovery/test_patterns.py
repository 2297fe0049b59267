"""Patterns of seqlets: planted in made-up maps, in a trained model, and not in an untrained one."""

import numpy as np
import pytest
import torch
from toy_models import conv_model, random_sequences

from seqviz_core.attribution import attribute
from seqviz_core.datasets import Dataset, Sites
from seqviz_core.errors import SeqVizError
from seqviz_core.motif_discovery import Explained, explain, recovery, seqlet_motifs
from seqviz_core.motifs import find_motif, sample_sites
from seqviz_core.sequences import encode, one_hot_encode, reverse_complement_codes
from seqviz_core.training import find_run

CTCF, REST, USF1 = (find_motif(i) for i in ("MA0139.2", "MA0138.3", "MA0093.4"))
NO_SITES = Sites(*(np.zeros(0, int) for _ in range(5)))


def planted(motifs, n, length, both_strands, seed):
    """Sequences with one site each, and maps that say at each site what its motif says, in noise; the truth as (M, 4)."""
    rng = np.random.default_rng(seed)
    codes = rng.integers(0, 4, (n, length)).astype(np.uint8)
    values = rng.normal(0, 0.15, (n, 4, length)).astype(np.float32)
    truth = []
    for i in range(n):
        k, strand = int(rng.integers(len(motifs))), 1 if not both_strands or rng.random() < 0.6 else -1
        motif, start = motifs[k], int(rng.integers(0, length - motifs[k].width))
        site, weights = sample_sites(motif, 1, rng)[0], motif.pwm() - motif.pwm().mean(0)
        site, weights = (site, weights) if strand > 0 else (reverse_complement_codes(site), weights[::-1, ::-1])
        codes[i, start:start + motif.width] = site
        values[i, :, start:start + motif.width] += weights
        truth.append((i, k, start, strand))
    data = Dataset(codes, np.zeros(n, int), NO_SITES, ("yes", "no"), tuple(motifs))
    return data, Explained(np.arange(n), np.zeros(n, int), values), np.array(truth)


@pytest.mark.parametrize("both_strands", [False, True])
def test_planted_patterns_are_found_with_their_sites(both_strands):
    motifs = [CTCF, REST, USF1]
    data, maps, truth = planted(motifs, 400, 90, both_strands, seed=1)
    found = seqlet_motifs(data, maps, max_sites=1000)
    named = recovery(found, motifs)
    assert [row.status for row in named.planted] == ["found"] * 3 and len(found) == 3 and not named.extra
    for k, row in enumerate(named.planted):
        motif, match = found[row.by[0]], named.named[row.by[0]].planted
        here = truth[truth[:, 1] == k]
        sites = {i: (start, strand) for i, start, strand in motif.sites}
        turned = -1 if match.strand == "-" else 1
        right = 0
        for i, _, start, strand in here:
            if i in sites:  # where the target begins, from the pattern's own start
                offset = match.offset if sites[i][1] > 0 else motif.motif.width - match.offset - match.target.width
                told = motifs[k] != USF1  # nearly its own reverse complement
                right += abs(sites[i][0] + offset - start) <= 1 and (sites[i][1] * turned == strand or not told)
        assert right >= 0.9 * len(here) and motif.n_sites <= 1.1 * len(here)


def test_counts_are_those_of_the_sites_and_positions_too():
    data, maps, _ = planted([CTCF, USF1], 200, 80, True, seed=2)
    for motif in seqlet_motifs(data, maps, max_sites=1000):
        row, start, strand = motif.sites.T
        width = motif.motif.width
        words = [data.codes[i, a:a + width] if s > 0 else reverse_complement_codes(data.codes[i, a:a + width])
                 for i, a, s in zip(row, start, strand)]
        np.testing.assert_array_equal(motif.motif.counts, [(np.array(words) == base).sum(0) for base in range(4)])
        np.testing.assert_array_equal(motif.positions, np.bincount(start, minlength=80))
        assert motif.n_sites == len(row) == motif.targets[0] and motif.fires_in == len(set(row)) / 200
        assert (np.diff(motif.strengths) <= 0).all()


def test_sites_are_capped_and_few_are_no_pattern():
    data, maps, _ = planted([CTCF], 100, 80, False, seed=3)
    full, capped = (seqlet_motifs(data, maps, max_sites=n)[0] for n in (1000, 7))
    assert len(capped.sites) == 7 and capped.n_sites == full.n_sites > 80
    np.testing.assert_array_equal(capped.sites, full.sites[:7])
    assert seqlet_motifs(data, maps, min_sites=101) == []


@pytest.mark.parametrize("seed", range(3))
def test_noise_has_no_pattern(seed):
    data, maps, _ = planted([CTCF], 300, 80, False, seed)
    noise = np.random.default_rng(seed).laplace(0, 1, maps.values.shape).astype(np.float32)
    assert seqlet_motifs(data, maps._replace(values=noise)) == []
    assert seqlet_motifs(data, maps._replace(values=np.zeros_like(noise))) == []


def four_planted(run, n=900):
    """Fresh sequences of four of the ten classes of the shipped models' task."""
    task = run.spec.make_task()
    data = task.sample(n, (5, 5))
    kept = np.flatnonzero(np.isin(data.labels, (0, 1, 2, 9)))
    return Dataset(data.codes[kept], data.labels[kept], NO_SITES, data.classes, tuple(data.motifs[k] for k in (0, 1, 2, 9)))


@pytest.mark.parametrize("name", ["lstm", "attention", "cnn"])
def test_four_planted_are_four_patterns_in_a_trained_model_and_none_in_an_untrained_one(name):
    run = find_run(name)
    data = four_planted(run)
    found = seqlet_motifs(data, explain(run.load_model(), data))
    named = recovery(found, data.motifs)
    assert len(found) == 4 and [row.status for row in named.planted] == ["found"] * 4
    assert max(n.planted.e for n in named.named) < 1e-3
    untrained = run.spec.make_model().eval()
    assert seqlet_motifs(data, explain(untrained, data)) == []


def explained_pairs(labels, head, classes=3, length=12):
    n = len(labels)
    data = Dataset(encode(random_sequences(n, length, seed=0)), np.array(labels), NO_SITES, ("a", "b", "c"), ())
    return explain(conv_model(0, classes=classes), data, head), data


def test_every_label_has_its_map():
    softmax, data = explained_pairs([2, 0, 1], "softmax")
    assert list(zip(softmax.row, softmax.target)) == [(0, 2), (1, 0), (2, 1)]
    sigmoid, _ = explained_pairs(np.array([[0, 1, 1], [0, 0, 0], [1, 0, 0]], np.float32), "sigmoid")
    assert list(zip(sigmoid.row, sigmoid.target)) == [(0, 1), (0, 2), (2, 0)]
    X = one_hot_encode(data.codes)
    for maps in (softmax, sigmoid):
        for i, c, values in zip(*maps):
            expected = attribute("saliency", conv_model(0, classes=3), X[i:i + 1], int(c), corrected=True).values[0]
            np.testing.assert_allclose(values, expected, atol=1e-6)


def test_a_model_that_answers_per_base_is_explained_for_the_classes_present():
    class PerBase(torch.nn.Module):
        def __init__(self):
            super().__init__()
            self.conv = torch.nn.Conv1d(4, 3, 5, padding=2)

        def forward(self, X):
            return self.conv(X)

    labels = np.zeros((3, 12), int)
    labels[0, 4], labels[2, 3], labels[2, 7] = 2, 1, 2
    data = Dataset(encode(random_sequences(3, 12, seed=0)), labels, NO_SITES, ("a", "b", "c"), ())
    maps = explain(PerBase(), data, "positions")
    assert list(zip(maps.row, maps.target)) == [(0, 2), (2, 1), (2, 2)] and np.abs(maps.values).sum((1, 2)).all()


def test_short_sequences_are_told():
    data = Dataset(encode(["ACGTACGTACGT"]), np.zeros(1, int), NO_SITES, ("a",), ())
    with pytest.raises(SeqVizError, match="12 bases"):
        seqlet_motifs(data, Explained(np.zeros(1, int), np.zeros(1, int), np.zeros((1, 4, 12), np.float32)))
