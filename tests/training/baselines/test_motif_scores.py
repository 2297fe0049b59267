"""Motif scans against the plain scan, and the planted motif found among all of JASPAR."""

from dataclasses import replace
from types import SimpleNamespace

import numpy as np
import pytest

from seqviz_core.datasets import DATASETS, make_task
from seqviz_core.datasets.pwm_scan import best_pwm_scores
from seqviz_core.motifs import find_motif, jaspar
from seqviz_core.training.baselines import bayes_scores, jaspar_baseline, kmer_baseline, motif_scores, planted_motifs_baseline
from seqviz_core.training.baselines.motif_scores import best_scores, composition

MOTIFS = [find_motif(i) for i in ("MA0139.2", "MA0036.4", "MA0138.3")]  # 15, 8 and 20 columns


@pytest.mark.parametrize("both", [True, False])
def test_one_convolution_gives_what_scanning_each_motif_gives(both, monkeypatch):
    codes = np.random.default_rng(0).integers(5, size=(50, 33), dtype=np.uint8)
    background = np.array([0.3, 0.2, 0.2, 0.3])
    monkeypatch.setattr(motif_scores, "_AT_ONCE", 7 * 33)  # in eight parts
    expected = best_pwm_scores(codes, MOTIFS, both, background)
    assert np.allclose(best_scores(codes, MOTIFS, background, both_strands=both), expected, atol=1e-4)


def test_composition_counts_known_bases_and_is_never_zero():
    assert composition(np.array([[0, 0, 0, 4, 4]], dtype=np.uint8)) == pytest.approx([4 / 7, 1 / 7, 1 / 7, 1 / 7])
    poor = composition(np.zeros((100, 100), dtype=np.uint8))
    assert poor.min() > 0.009 and poor.sum() == pytest.approx(1)


def test_planted_motifs_come_close_to_the_ceiling_where_presence_is_all():
    task = DATASETS["in_class_danq"].presets["default"]
    train, test = task.sample(2200, 1), task.sample(1000, 2)
    pwm, ceiling = planted_motifs_baseline(train, test), bayes_scores(task, test)
    assert ceiling.accuracy - 0.02 < pwm.accuracy <= ceiling.accuracy + 0.01
    assert pwm.accuracy > kmer_baseline(train, test).accuracy


def test_planted_motifs_say_nothing_where_only_order_counts():
    task = DATASETS["motif_pair"].presets["default"]
    assert planted_motifs_baseline(task.sample(1000, 1), task.sample(1000, 2)).auroc == pytest.approx(0.5, abs=0.06)


def test_of_all_jaspar_the_planted_motif_is_chosen():
    task = make_task("one_motif", {"motif": "MA0139.2", "length": 60})
    train, test = task.sample(800, 1), task.sample(500, 2)
    scores, name = jaspar_baseline(train, test)
    assert name in {f"best JASPAR motif ({n})" for n in ("CTCF", "CTCFL")}
    assert scores.auroc == pytest.approx(planted_motifs_baseline(train, test).auroc, abs=0.02) and scores.auroc > 0.97


def test_a_rare_class_is_not_lost_when_a_motif_is_chosen(monkeypatch):
    """Three of 3,000 are positive; of the first hundred not one."""
    task = make_task("one_motif", {"motif": "MA0139.2", "length": 60})
    data = task.sample(6000, 1)
    order = np.concatenate([np.flatnonzero(data.labels == 0), np.flatnonzero(data.labels == 1)[:30]])
    rare = SimpleNamespace(codes=data.codes[order], labels=data.labels[order], classes=data.classes)
    monkeypatch.setattr(motif_scores, "CHOICE_BASES", 6000)
    rows = motif_scores._part(rare)
    assert len(rows) == 100 and rare.labels[rows].sum() == 30


def test_several_labels_are_scored_one_by_one():
    task = make_task("one_motif", {"motif": "MA0139.2", "length": 60})

    def data(seed):
        made = task.sample(600, seed)
        return replace(made, labels=np.stack([made.labels, made.labels == 0], axis=1).astype(np.float32))

    train, test = data(1), data(2)
    assert planted_motifs_baseline(train, test).auroc > 0.97 and jaspar_baseline(train, test)[0].auroc > 0.97


def test_sequences_shorter_than_every_motif_have_no_motif_baseline():
    data = SimpleNamespace(codes=np.zeros((4, 3), dtype=np.uint8), labels=np.arange(4) % 2, classes=("a", "b"))
    assert min(m.width for m in jaspar().values()) > 3 and jaspar_baseline(data, data) == (None, "")
