"""Per-base baselines: features by hand, a planted signal each finds, and one it cannot see."""

from types import SimpleNamespace

import numpy as np
import pytest

from seqviz_core.datasets import Sites
from seqviz_core.motifs import Motif, find_motif, sample_sites, scan
from seqviz_core.training.baselines import base_window_baseline, bases, local_gc_baseline, motifs_around_baseline
from seqviz_core.training.baselines.bases import local_gc, shifted_scores, window_features

CTCF = find_motif("MA0139.2")
UNIFORM = np.full(4, 0.25)


def junctions(n, seed, motif=CTCF, length=60, column=3):
    """One site a sequence; its base at `column` is of class 1, all others of class 0."""
    rng = np.random.default_rng(seed)
    codes = rng.integers(4, size=(n, length), dtype=np.uint8)
    start, rows = rng.integers(0, length - motif.width + 1, n), np.arange(n)
    codes[rows[:, None], start[:, None] + np.arange(motif.width)] = sample_sites(motif, n, rng)
    labels = np.zeros((n, length), dtype=np.int64)
    labels[rows, start + column] = 1
    sites = Sites(rows, np.zeros(n, dtype=int), start, start + motif.width, np.ones(n, dtype=int))
    return SimpleNamespace(codes=codes, labels=labels, sites=sites, classes=("neither", "junction"), motifs=(motif,))


def test_window_features_by_hand():
    features = window_features(np.array([[0, 3, 4]], dtype=np.uint8), 1).reshape(3, 3, 4)
    places = [[base.argmax() if base.any() else None for base in row] for row in features]
    assert places == [[None, 0, 3], [0, 3, None], [3, None, None]]


def test_local_gc_equals_the_loop():
    codes = np.random.default_rng(0).integers(5, size=(3, 20), dtype=np.uint8)
    codes[2, :9] = 4
    for row, shares in zip(codes, local_gc(codes, 3)):
        for i, share in enumerate(shares):
            around = [c for c in row[max(0, i - 3):i + 4] if c < 4]
            expected = np.mean([c in (1, 2) for c in around]) if around else np.nan
            assert share == pytest.approx(expected, nan_ok=True)


def test_shifted_scores_are_those_of_the_windows_over_the_base():
    motif = Motif("m", "m", np.array([[9, 1, 1], [1, 9, 1], [1, 1, 1], [1, 1, 9]]))
    codes = np.random.default_rng(0).integers(4, size=(2, 8), dtype=np.uint8)
    scores, features = scan(motif, codes), shifted_scores(codes, motif, UNIFORM, True).reshape(2, 8, 2, 3) * 10
    for base in range(8):
        for column in range(3):
            start = base - column
            expected = scores[:, :, start] if 0 <= start < 6 else np.full((2, 2), bases.LOWEST)
            assert np.allclose(features[:, base, :, column], expected, atol=1e-5)


def test_the_motif_baseline_finds_the_column_a_label_stands_for():
    train, test = junctions(400, 1, column=0), junctions(300, 2, column=0)
    pwm, window, gc = (f(train, test) for f in (motifs_around_baseline, base_window_baseline, local_gc_baseline))
    assert pwm.top_k > 0.95 > 0.8 > window.top_k > 0.2 > gc.top_k  # all 15 bases of the site, 6 of them, none
    assert pwm.prevalence == pytest.approx(1 / 60) and gc.auprc < 0.1 < window.auprc < pwm.auprc


def test_local_gc_sees_islands():
    rng = np.random.default_rng(0)

    def islands(n):
        labels = np.repeat(rng.integers(2, size=(n, 2)), 80, axis=1)  # halves of 80 bases
        gc = rng.random(labels.shape) < np.where(labels, 0.7, 0.3)
        codes = np.where(gc, rng.integers(1, 3, labels.shape), rng.choice([0, 3], labels.shape)).astype(np.uint8)
        return SimpleNamespace(codes=codes, labels=labels, classes=("poor", "rich"))

    assert local_gc_baseline(islands(100), islands(100)).auroc > 0.95


def test_parts_of_the_test_make_no_difference(monkeypatch):
    train, test = junctions(40, 1), junctions(90, 2)
    whole = base_window_baseline(train, test)
    monkeypatch.setattr(bases, "MOST_VALUES", 44 * 60 * 40)  # all of train, and test in three parts
    assert base_window_baseline(train, test) == whole


def test_unknown_bases_are_neither_fitted_on_nor_counted():
    train, test = junctions(60, 1), junctions(60, 2)
    before = base_window_baseline(train, test)
    for data in (train, test):
        data.codes = np.concatenate([data.codes, np.full((60, 30), 4, dtype=np.uint8)], axis=1)
        data.labels = np.concatenate([data.labels, np.ones((60, 30), dtype=np.int64)], axis=1)
    assert base_window_baseline(train, test) == pytest.approx(before, abs=1e-3)
