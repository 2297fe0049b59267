"""What must hold for every task that draws its sequences, on every background; a new one is tested with no test written."""

from dataclasses import replace

import numpy as np
import pytest

from seqviz_core.datasets import DATASETS
from seqviz_core.datasets.background import BACKGROUNDS
from seqviz_core.errors import SeqVizError
from seqviz_core.sequences import decode
from seqviz_core.settings import settings_of

SOURCE = "\n".join(f">{i}\n{s}" for i, s in enumerate(decode(np.random.default_rng(0).integers(0, 4, (5, 400), dtype=np.uint8))))
VARIANTS = {"both": {"both_strands": True}, "forward": {"both_strands": False}, "GC": {"background": "GC content", "gc": 0.35},
            "shuffled": {"background": "shuffled", "sequences": SOURCE}}


def variants(task) -> dict:
    """The task with each of the settings above that it has."""
    return {name: replace(task, **settings) for name, settings in VARIANTS.items() if hasattr(task, next(iter(settings)))}


DRAWN = [entry for entry in DATASETS if not entry.task.fixed]  # given sequences have tests/datasets/test_fixed.py
DRAWN = [entry for entry in DATASETS if not entry.task.fixed]
NAMED = [(f"{entry.name}-{name}", task) for entry in DRAWN
         for name, task in (entry.presets | variants(entry.presets["default"])).items()]
EVERY = {name: task for i, (name, task) in enumerate(NAMED) if task not in [other for _, other in NAMED[:i]]}


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
    assert not np.array_equal(a.codes, c.codes)
    assert not np.array_equal(a.labels, c.labels) or min(task.class_shares) < 0.05  # few positives: often none in 40


def test_the_global_random_state_stays(task):
    np.random.seed(0)
    before = np.random.get_state()[1].copy()
    task.sample(20, seed=1)
    assert np.array_equal(np.random.get_state()[1], before)


def test_samples_are_one_hot_and_labels_are_those_of_the_head(task):
    data, classes = task.sample(7, seed=0), len(task.classes)
    assert data.X.shape == (7, 4, task.length) and (data.X.sum(1) == 1).all()
    assert (data.codes.dtype, data.X.dtype, data.classes) == (np.uint8, np.float32, task.classes)
    shape = {"softmax": (7,), "sigmoid": (7, classes), "positions": (7, task.length)}[task.head]
    assert data.labels.shape == shape and data.labels.dtype == (np.float32 if task.head == "sigmoid" else np.int64)
    assert data.labels.min() >= 0 and data.labels.max() < (2 if task.head == "sigmoid" else classes)


def test_classes_are_as_frequent_as_the_task_says(task):
    """Of one class a sequence: to within one; what is drawn freely: within five standard errors."""
    n, shares = 100 * len(task.classes) + 1, np.array(task.class_shares)
    seen = one_hot(task, task.sample(n, seed=0).labels).sum(axis=(0, 2))
    assert len(shares) == len(task.classes) and (task.head == "sigmoid" or shares.sum() == pytest.approx(1))
    bases = n * (task.length if task.head == "positions" else 1)
    allowed = 1 if task.head == "softmax" else 5 * np.sqrt(bases * shares * (1 - shares))
    assert (np.abs(seen - bases * shares) <= allowed).all()


def test_planted_motifs_stand_where_the_sites_say(task):
    """Oracle: the base frequencies at the stated positions are the motif's own, on either strand by itself."""
    data = task.sample(3000, seed=7)
    s = data.sites
    assert (s.start >= 0).all() and (s.end <= task.length).all() and len(s.start)
    for index, motif in enumerate(task.motifs):
        for strand in np.unique(s.strand):
            mine = np.flatnonzero((s.motif == index) & (s.strand == strand))
            assert len(mine) or min(task.class_shares) < 0.01  # few positives
            assert (s.end[mine] - s.start[mine] == motif.width).all()
            letters = data.codes[s.sequence[mine][:, None], s.start[mine][:, None] + np.arange(motif.width)]
            letters = letters if strand > 0 else 3 - letters[:, ::-1]
            seen = np.stack([(letters == b).mean(0) for b in range(4)])
            assert not len(mine) or np.abs(seen - motif.ppm()).max() < 5 * 0.5 / np.sqrt(len(mine)), (motif.name, strand)


def test_strands_are_those_that_were_asked_for(task):
    s = task.sample(2000, seed=3).sites
    both = getattr(task, "both_strands", False)
    assert (s.strand > 0).mean() == pytest.approx(0.5 if both else 1, abs=2.5 / np.sqrt(len(s.strand)) if both else 0)


def test_sites_do_not_overlap_and_the_mask_counts_them(task):
    data = task.sample(200, seed=3)
    s = data.sites
    assert data.planted_mask().sum() == (s.end - s.start).sum()
    listed = [(row, site.start, site.end) for row in range(200) for site in data.sites_of(row)]
    assert listed == list(zip(s.sequence.tolist(), s.start.tolist(), s.end.tolist()))


@pytest.mark.parametrize("entry", DRAWN, ids=lambda entry: entry.name)
def test_every_setting_works_up_to_its_bounds_or_says_why_not(entry):
    default = entry.presets["default"]
    for s in settings_of(default):
        for bound in (b for b in (s.low, s.high) if b is not None):
            try:
                task = replace(default, **{s.name: bound})
            except SeqVizError as error:
                assert str(error).endswith(".")
                continue
            data = task.sample(5, seed=0)
            assert data.codes.shape == (5, task.length) and data.codes.max() < 4
            logits = task.bayes_logits(data.codes)
            assert logits is None or np.isfinite(logits).all(), (s.name, bound)


@pytest.mark.parametrize("entry", DRAWN, ids=lambda entry: entry.name)
def test_every_task_says_what_makes_it_hard_and_how_a_trap_shows(entry):
    assert entry.summary.endswith(".") and entry.difficulty.endswith(".")
    assert not entry.trap or all(word in entry.trap for word in ("The signature:", "The cure:"))


def one_hot(task, labels):
    """Return labels of any head as (N, C, bases): one "base" where the sequence as a whole is asked about."""
    if task.head == "sigmoid":
        return labels[:, :, None]
    classes = np.arange(len(task.classes))[:, None]
    return (labels.reshape(len(labels), 1, -1) == classes).astype(float)


CLOSED = {name: task for name, task in EVERY.items() if task.bayes_logits(task.sample(1, 0).codes) is not None}


@pytest.mark.parametrize("task", CLOSED.values(), ids=CLOSED.keys())
def test_the_bayes_classifier_is_right_as_often_as_it_expects_to_be(task):
    """Its posterior p is calibrated: the mean of (label - p) f(p) is 0 for any f. A wrong prior, strand, background, law of
    sites or arrangement would show; so would one that knows less than it could, since the log loss has to be low."""
    n = int(np.clip(1_500_000 // (task.length * len(task.motifs)), 800, 12_000))
    data = task.sample(n, seed=4)
    logits = task.bayes_logits(data.codes)
    assert logits.shape == (n, len(task.classes), *data.labels.shape[1:][:task.head == "positions"])
    posterior = task.probabilities(logits).reshape(n, len(task.classes), -1)
    labels = one_hot(task, data.labels)
    for f in (np.ones_like(posterior), posterior, posterior == posterior.max(axis=1, keepdims=True)):
        surplus = ((labels - posterior) * f).sum(axis=2)  # (N, C): a sequence's bases hang together
        assert (np.abs(surplus.mean(axis=0)) < 4 * surplus.std(axis=0) / np.sqrt(n) + 1e-9).all()
    shares = np.array(task.class_shares)[:, None]
    log_loss = lambda p: -np.mean(np.log(np.where(labels > 0.5, p, 1 - p if task.head == "sigmoid" else 1)))
    assert log_loss(np.clip(posterior, 1e-9, 1 - 1e-9)) < 0.7 * log_loss(shares)
