"""What must hold for every registered task, on every background; a new one is tested with no test written."""

from dataclasses import replace

import numpy as np
import pytest

from seqviz_core.datasets import DATASETS
from seqviz_core.datasets.background import BACKGROUNDS
from seqviz_core.metrics import accuracy
from seqviz_core.sequences import decode

SOURCE = "\n".join(f">{i}\n{s}" for i, s in enumerate(decode(np.random.default_rng(0).integers(0, 4, (5, 400), dtype=np.uint8))))
VARIANTS = {"both": {"both_strands": True}, "forward": {"both_strands": False}, "GC": {"background": "GC content", "gc": 0.35},
            "shuffled": {"background": "shuffled", "sequences": SOURCE}}


def variants(task) -> dict:
    """The task with each of the settings above that it has."""
    return {name: replace(task, **settings) for name, settings in VARIANTS.items() if hasattr(task, next(iter(settings)))}


DRAWN = [entry for entry in DATASETS if not entry.task.fixed]  # given sequences have tests/datasets/test_fixed.py
EVERY = {f"{entry.name}-{preset}": task for entry in DRAWN for preset, task in entry.presets.items()}
EVERY |= {f"{entry.name}-{name}": task for entry in DRAWN for name, task in variants(entry.presets["default"]).items()}


@pytest.fixture(scope="module", params=EVERY.values(), ids=EVERY.keys())
def task(request):
    return request.param


def test_every_background_is_tried():
    tried = {task.background for task in EVERY.values() if hasattr(task, "background")}
    assert tried == set(BACKGROUNDS)


def test_a_seed_reproduces_a_sample(task):
    a, b, c = task.sample(40, seed=1), task.sample(40, seed=1), task.sample(40, seed=2)
    assert np.array_equal(a.codes, b.codes) and np.array_equal(a.labels, b.labels)
    assert all(np.array_equal(getattr(a.sites, name), getattr(b.sites, name)) for name in vars(a.sites))
    assert not np.array_equal(a.codes, c.codes) and not np.array_equal(a.labels, c.labels)


def test_the_global_random_state_stays(task):
    np.random.seed(0)
    before = np.random.get_state()[1].copy()
    task.sample(20, seed=1)
    assert np.array_equal(np.random.get_state()[1], before)


def test_samples_are_balanced_and_one_hot(task):
    data = task.sample(10 * len(task.classes) + 1, seed=0)
    counts = np.bincount(data.labels, minlength=len(task.classes))
    assert counts.max() - counts.min() <= 1 and len(counts) == len(data.classes)
    assert data.X.shape == (len(data), 4, task.length) and (data.X.sum(1) == 1).all()
    assert (data.codes.dtype, data.X.dtype, data.labels.dtype) == (np.uint8, np.float32, np.int64)


def test_planted_motifs_stand_where_the_sites_say(task):
    """Oracle: the base frequencies at the stated positions are the motif's own, on either strand by itself."""
    data = task.sample(3000, seed=7)
    s = data.sites
    assert (s.start >= 0).all() and (s.end <= task.length).all() and len(s.start)
    for index, motif in enumerate(task.motifs):
        for strand in np.unique(s.strand):
            mine = np.flatnonzero((s.motif == index) & (s.strand == strand))
            assert (s.end[mine] - s.start[mine] == motif.width).all()
            letters = data.codes[s.sequence[mine][:, None], s.start[mine][:, None] + np.arange(motif.width)]
            letters = letters if strand > 0 else 3 - letters[:, ::-1]
            seen = np.stack([(letters == b).mean(0) for b in range(4)])
            assert np.abs(seen - motif.ppm()).max() < 5 * 0.5 / np.sqrt(len(mine)), (motif.name, strand)


def test_strands_are_those_that_were_asked_for(task):
    share = (task.sample(2000, seed=3).sites.strand > 0).mean()
    assert share == pytest.approx(0.5, abs=0.08) if getattr(task, "both_strands", False) else share == 1


def test_sites_do_not_overlap_and_the_mask_counts_them(task):
    data = task.sample(200, seed=3)
    s = data.sites
    assert data.planted_mask().sum() == (s.end - s.start).sum()
    listed = [(row, site.start, site.end) for row in range(200) for site in data.sites_of(row)]
    assert listed == list(zip(s.sequence.tolist(), s.start.tolist(), s.end.tolist()))


CLOSED = {name: task for name, task in EVERY.items() if task.bayes_logits(task.sample(1, 0).codes) is not None}


@pytest.mark.parametrize("task", CLOSED.values(), ids=CLOSED.keys())
def test_the_bayes_classifier_is_right_as_often_as_it_expects_to_be(task):
    """Its posterior is calibrated, class by class and as a whole: a wrong prior, strand or background would show."""
    data = task.sample(4000, seed=4)
    logits = task.bayes_logits(data.codes)
    assert logits.shape == (4000, len(task.classes))
    posterior = np.exp(logits - logits.max(1, keepdims=True))
    posterior /= posterior.sum(1, keepdims=True)
    spread = np.sqrt((posterior * (1 - posterior)).sum(0)) / 4000
    share = np.bincount(data.labels, minlength=len(task.classes)) / 4000
    assert (np.abs(posterior.mean(0) - share) < 4 * spread + 1e-9).all()
    sure = posterior.max(1)
    assert accuracy(logits, data.labels) == pytest.approx(sure.mean(), abs=4 * np.sqrt((sure * (1 - sure)).sum()) / 4000)
    assert sure.mean() > 0.8
