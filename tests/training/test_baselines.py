"""Baselines and ceiling against scikit-learn, planted truth and hand counts."""

from types import SimpleNamespace

import numpy as np
import pytest
import torch
from sklearn.linear_model import LogisticRegression
from training.planted import WORD, PlantedWord

from seqviz_core.training import baselines
from seqviz_core.training.baselines import bayes_ceiling, gc_baseline, kmer_baseline, kmer_indices


def random_data(n, seed, classes=3, length=20):
    """Classes that differ in the first base's frequency: learnable, not separable."""
    rng = np.random.default_rng(seed)
    labels = rng.integers(classes, size=n)
    p = np.array([[0.25, 0.25, 0.25, 0.25], [0.4, 0.2, 0.2, 0.2], [0.2, 0.3, 0.3, 0.2]])[:classes]
    codes = np.stack([rng.choice(4, size=length, p=p[label]) for label in labels]).astype(np.uint8)
    return SimpleNamespace(codes=codes, labels=labels.astype(np.int64), classes=tuple("abc"[:classes]))


def dense_counts(codes, k):
    return np.stack([np.bincount(row, minlength=4**k + 1) for row in kmer_indices(codes, k)])


def test_kmer_indices_by_hand():
    assert kmer_indices(np.array([[0, 1, 2, 3], [3, 3, 4, 0]], dtype=np.uint8), 2).tolist() == [[1, 6, 11], [15, 16, 16]]
    assert kmer_indices(np.zeros((2, 3), dtype=np.uint8), 6).shape == (2, 0)


def test_sparse_product_and_its_gradient_are_the_dense_ones():
    codes = np.random.default_rng(0).integers(5, size=(40, 17), dtype=np.uint8)
    counts = torch.from_numpy(dense_counts(codes, 2)).double()
    weights = torch.randn(17, 3, dtype=torch.float64, generator=torch.Generator().manual_seed(0)).requires_grad_()
    product = baselines._KmerCounts.of(codes, 2)(weights)
    assert torch.allclose(product, counts @ weights)
    product.square().sum().backward()
    assert torch.allclose(weights.grad, counts.T @ (2 * counts @ weights.detach()))


@pytest.mark.parametrize("penalty", [1e-1, 1e-3])
def test_logistic_regression_reaches_scikit_learns_optimum(penalty):
    train, test = random_data(500, 0), random_data(200, 1)
    model = baselines._logistic_regression(baselines._KmerCounts.of(train.codes, 2), train.labels, 17, 3, penalty)
    ours = baselines._logits(baselines._KmerCounts.of(test.codes, 2), model).softmax(dim=1).numpy()
    oracle = LogisticRegression(C=1 / (2 * penalty * 500), tol=1e-8, max_iter=5000)
    oracle.fit(dense_counts(train.codes, 2), train.labels)
    assert np.abs(ours - oracle.predict_proba(dense_counts(test.codes, 2))).max() < 2e-3


def test_kmer_baseline_finds_a_word_and_is_blind_to_noise():
    task = PlantedWord()
    scores = kmer_baseline(task.sample(3000, 1), task.sample(1000, 2), k=6)
    assert scores.auroc > 0.98 and scores.accuracy > 0.93
    noise = task.sample(1000, 2)
    noise.labels = np.random.default_rng(0).permutation(noise.labels)
    assert abs(kmer_baseline(task.sample(3000, 1), noise, k=6).auroc - 0.5) < 0.08


def test_the_penalty_is_the_one_that_serves_unseen_sequences():
    """The strongest where the labels are noise; a weaker one where there is something to learn."""
    word = PlantedWord().sample(2000, 1)
    features = lambda rows: baselines._KmerCounts.of(word.codes[rows], 6)
    noise = np.random.default_rng(0).permutation(word.labels)
    best = lambda labels: baselines._best_penalty(features, labels, 4**6 + 1, 2)
    assert best(noise) == baselines.PENALTIES[0] > best(word.labels)


def test_kmer_baseline_does_not_depend_on_the_global_seed():
    train, test = random_data(300, 0), random_data(300, 1)
    torch.manual_seed(1)
    first = kmer_baseline(train, test, k=3)
    torch.manual_seed(2)
    assert kmer_baseline(train, test, k=3) == first


def test_kmer_baseline_takes_a_part_of_very_much_data(monkeypatch):
    train, test = random_data(400, 0), random_data(300, 1)
    first_hundred = SimpleNamespace(codes=train.codes[:100], labels=train.labels[:100], classes=train.classes)
    expected = kmer_baseline(first_hundred, test, k=2)
    monkeypatch.setattr(baselines, "MOST_WINDOWS", 19 * 100 + 18)
    assert kmer_baseline(train, test, k=2) == expected


def test_gc_baseline_sees_gc_and_nothing_else():
    rng = np.random.default_rng(0)
    codes = rng.integers(4, size=(4000, 50), dtype=np.uint8)
    gc = np.isin(codes, (1, 2)).mean(axis=1)

    def data(labels, part):
        return SimpleNamespace(codes=codes[part], labels=labels[part].astype(np.int64), classes=("no", "yes"))

    extreme, first_base = np.abs(gc - 0.5) > 0.06, codes[:, 0] == 0
    half, rest = slice(0, 2000), slice(2000, None)
    assert gc_baseline(data(extreme, half), data(extreme, rest)).auroc > 0.97  # both ends: needs the square
    assert abs(gc_baseline(data(first_base, half), data(first_base, rest)).auroc - 0.5) < 0.1


def test_bayes_ceiling_by_counting():
    """Only background that holds the word by chance can be mistaken: the ceiling is everything else."""
    task = PlantedWord(length=200)
    data = task.sample(2000, (0, 3))
    windows = np.lib.stride_tricks.sliding_window_view(data.codes[data.labels == 0], len(WORD), axis=1)
    by_chance = (windows == WORD).all(axis=2).any(axis=1).sum()
    assert by_chance > 0
    scores = bayes_ceiling(task, 2000, (0, 3))
    assert scores.accuracy == pytest.approx(1 - by_chance / 2000)
    assert 1 - by_chance / 1000 <= scores.auroc < 1
    assert bayes_ceiling(task, 2000, (0, 4)) != scores


def test_no_ceiling_without_a_closed_form():
    task = SimpleNamespace(sample=PlantedWord().sample, bayes_logits=lambda codes: None)
    assert bayes_ceiling(task, 10, 0) is None
