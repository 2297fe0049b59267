"""The Bayes classifier of the right settings beats the one that believes in slightly wrong ones, on the same sequences.

Calibration (test_every_task.py) shows a classifier that claims too much; this shows one that knows too little.
"""

from dataclasses import replace

import numpy as np
import pytest

from seqviz_core.datasets import DATASETS

SLIGHTLY_WRONG = [
    ("multi_label", {"background": "GC content", "gc": 0.45}), ("regulatory_code", {"both_strands": False}),
    ("motif_counting", {"few": 1}), ("motif_counting", {"many": 4}), ("density_localization", {"window": 120}),
    ("heterodimer_grammar", {"min_gap": 3}), ("heterodimer_grammar", {"both_strands": False}),
    ("enhancer_promoter", {"distance": 101}), ("motif_pair", {"min_gap": 5}), ("motif_pair", {"spacing_matters": False}),
    ("gene_splice", {"longest": 90}), ("gene_splice", {"shortest": 64}), ("decoys", {"decoy": "MA0018.5"}),
    ("imbalance", {"prevalence": 0.14}), ("label_noise", {"flipped": 0.14}), ("gc_leak", {"gc_positive": 0.53}),
    ("centred", {"jitter": 3})]
CHEAP = {"imbalance", "label_noise", "gc_leak", "centred"}


def log_loss(task, data):
    """Return (N,): nats per sequence."""
    p = task.probabilities(task.bayes_logits(data.codes))
    if task.head == "sigmoid":
        loss = -np.log(np.maximum(np.where(data.labels > 0.5, p, 1 - p), 1e-12))
    else:
        loss = -np.log(np.maximum(np.take_along_axis(p, data.labels[:, None], axis=1), 1e-12))
    return loss.reshape(len(data), -1).sum(axis=1)


@pytest.mark.parametrize("name, wrong", SLIGHTLY_WRONG, ids=lambda value: value if isinstance(value, str) else "-".join(value))
def test_the_right_settings_know_most(name, wrong):
    task = DATASETS[name].presets["default"]
    data = task.sample(8000 if name in CHEAP else 1500, seed=9)
    worse = log_loss(replace(task, **wrong), data) - log_loss(task, data)
    assert worse.mean() > 2.5 * worse.std() / np.sqrt(len(data))
