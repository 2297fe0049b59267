"""The ceiling by counting."""

from types import SimpleNamespace

import numpy as np
import pytest
from training.planted import WORD, PlantedWord

from seqviz_core.training.baselines import bayes_ceiling


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


def test_the_ceiling_of_bases_leaves_out_unknown_ones():
    """A task that reads its labels off the bases is never wrong, but where there is no base to read."""
    codes = np.array([[0, 1, 2, 4], [1, 1, 0, 4]], dtype=np.uint8)
    data = SimpleNamespace(codes=codes, labels=(codes % 4 == 1).astype(np.int64) + (codes == 4))
    read = lambda codes: np.stack([codes != 1, codes == 1], axis=1) * 9.0
    scores = bayes_ceiling(SimpleNamespace(sample=lambda n, seed: data, bayes_logits=read), 2, 0)
    assert scores.accuracy == scores.top_k == 1
