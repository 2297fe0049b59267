"""Words and GC content against scikit-learn, planted truth and hand counts."""

from types import SimpleNamespace

import numpy as np
import pytest
import torch
from sklearn.linear_model import LogisticRegression
from training.planted import PlantedWord

from seqviz_core.metrics import sigmoid, softmax
from seqviz_core.training.baselines import gc_baseline, kmer_baseline, kmer_indices, words
from seqviz_core.training.baselines.logistic import PENALTIES, best_penalty, fit_logistic


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
    product = words._KmerCounts.of(codes, 2)(weights)
    assert torch.allclose(product, counts @ weights)
    product.square().sum().backward()
    assert torch.allclose(weights.grad, counts.T @ (2 * counts @ weights.detach()))


@pytest.mark.parametrize("penalty", [1e-1, 1e-3])
def test_logistic_regression_reaches_scikit_learns_optimum(penalty):
    train, test = random_data(500, 0), random_data(200, 1)
    model = fit_logistic(words._KmerCounts.of(train.codes, 2), train.labels, 17, 3, penalty)
    ours = softmax(model.logits(words._KmerCounts.of(test.codes, 2)))
    oracle = LogisticRegression(C=1 / (2 * penalty * 500), tol=1e-8, max_iter=5000)
    oracle.fit(dense_counts(train.codes, 2), train.labels)
    assert np.abs(ours - oracle.predict_proba(dense_counts(test.codes, 2))).max() < 2e-3


def test_several_labels_have_a_model_each():
    """Oracle: scikit-learn on one label at a time; labels nobody asks for do not take part."""
    train, test = random_data(500, 0), random_data(200, 1)
    several = np.stack([train.labels == 1, train.labels == 2], axis=1).astype(np.float32)
    several[400:, 1] = -1
    model = fit_logistic(words._KmerCounts.of(train.codes, 2), several, 17, 2, 1e-2)
    ours = sigmoid(model.logits(words._KmerCounts.of(test.codes, 2)))
    for label in range(2):
        asked, mean_over = several[:, label] >= 0, 900 / 2  # the loss is a mean over all that is asked for
        oracle = LogisticRegression(C=1 / (2 * 1e-2 * mean_over), tol=1e-8, max_iter=5000)
        oracle.fit(dense_counts(train.codes[asked], 2), several[asked, label])
        assert np.abs(ours[:, label] - oracle.predict_proba(dense_counts(test.codes, 2))[:, 1]).max() < 2e-3


def test_kmer_baseline_of_several_labels_finds_their_words():
    task, rng = PlantedWord(), np.random.default_rng(0)

    def data(seed):
        made = task.sample(2000, seed)
        made.labels = np.stack([made.labels, rng.integers(2, size=2000)], axis=1).astype(np.float32)  # a word, and a coin
        return made

    scores = kmer_baseline(data(1), data(2))
    assert 0.72 < scores.auroc < 0.78 and scores.prevalence == pytest.approx(0.5, abs=0.02)  # mean of nearly 1 and 1/2


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
    features = lambda rows: words._KmerCounts.of(word.codes[rows], 6)
    noise = np.random.default_rng(0).permutation(word.labels)
    best = lambda labels: best_penalty(features, labels, 4**6 + 1, 2)
    assert best(noise) == PENALTIES[0] > best(word.labels)


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
    monkeypatch.setattr(words, "MOST_WINDOWS", 19 * 100 + 18)
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
