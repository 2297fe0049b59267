"""Every registered task has its references, whatever its head; a new one is tested with no test written."""

from types import SimpleNamespace

import numpy as np
import pytest
from training.baselines.test_bases import junctions

from seqviz_core.datasets import DATASETS
from seqviz_core.training.baselines import KMER_NAME, WINDOW_NAME, measure_baselines, motif_scores
from seqviz_core.training.results import RunStatus, Scores, status_from, to_plain


@pytest.fixture
def quick(monkeypatch):
    monkeypatch.setattr(motif_scores, "CHOICE_BASES", 4000)


@pytest.mark.parametrize("name", DATASETS.names())
def test_every_task_has_its_references(name, quick):
    task = DATASETS[name].presets["default"]
    draw = task.split if task.fixed else lambda part, n, seed: task.sample(n, (seed, part == "test"))
    train, test = draw("train", 120, 1), draw("test", 60, 1)
    found = measure_baselines(task, train, test)
    for scores in (found.gc, found.kmer, found.pwm, found.ceiling or found.gc):
        assert isinstance(scores, Scores) and 0 <= scores.accuracy <= 1 and 0 <= scores.auroc <= 1 and scores.auprc > 0
    assert found.kmer_name == (WINDOW_NAME if task.head == "positions" else KMER_NAME)
    assert ("JASPAR" in found.pwm_name) == (not task.motifs) and "motif" in found.pwm_name
    assert (found.gc.top_k is not None) == (task.head == "positions")
    status = RunStatus("running", created=1.0, **found._asdict())
    assert status_from(to_plain(status)) == status


def test_a_class_at_every_base_has_references_of_its_own():
    train, test = junctions(150, 1), junctions(100, 2)
    task = SimpleNamespace(head="positions", bayes_logits=lambda codes: None)
    found = measure_baselines(task, train, test)
    assert found.ceiling is None and found.kmer_name == "11-base window baseline"
    assert found.pwm.top_k > found.kmer.top_k > found.gc.top_k and "around the base" in found.pwm_name
    train.motifs = ()
    assert measure_baselines(task, train, test).pwm is None


def test_labels_of_every_sequence_are_taken_as_they_are():
    """A task of several labels: the ceiling is that of its own log odds."""
    rng = np.random.default_rng(0)
    codes = rng.integers(4, size=(200, 40), dtype=np.uint8)
    labels = np.stack([codes[:, 0] == 1, codes[:, 1] == 2], axis=1).astype(np.float32)
    sites = SimpleNamespace(strand=np.zeros(0))
    data = SimpleNamespace(codes=codes, labels=labels, classes=("first", "second"), motifs=(), sites=sites)
    task = SimpleNamespace(head="sigmoid", bayes_logits=lambda codes: np.stack([codes[:, 0] == 1, codes[:, 1] == 2], 1) - 0.5)
    found = measure_baselines(task, data, data)
    assert found.ceiling.accuracy == found.ceiling.auroc == 1 and "JASPAR" in found.pwm_name
