"""Facts of classes by hand, for each of the three kinds of labels."""

import numpy as np
import pytest

from seqviz_core.datasets import Dataset, Sites
from seqviz_core.datasets.facts import class_facts, label_text, stretches
from seqviz_core.sequences import encode

CODES = encode(["GGGGAAAA", "GGAAAAAA", "CCCCCCCN", "NNNNNNNN"])
SITES = Sites(*(np.array(c) for c in ([0, 0, 1], [0, 0, 0], [0, 4, 0], [2, 6, 2], [1, 1, 1])))


def dataset(labels, classes=("no", "yes", "more")) -> Dataset:
    return Dataset(CODES, np.array(labels), SITES, classes, ())


def test_classes():
    no, yes, more = class_facts(dataset([0, 0, 1, 1]))
    assert (no.name, no.n, no.share, no.sites) == ("no", 2, 0.5, 1.5)
    assert (no.gc, no.gc_spread) == pytest.approx((0.375, 0.125))  # 4/8 and 2/8
    assert (yes.gc, yes.gc_spread, yes.sites) == (1.0, 0.0, 0.0)  # the sequence without a known base has no say
    assert (more.n, more.share, more.sites) == (0, 0.0, 0.0) and np.isnan(more.gc)
    assert label_text(dataset([0, 2, 1, 1]), 1) == "more" and stretches(dataset([0, 2, 1, 1]), 1) == []


def test_several_labels_at_once_count_for_each():
    data = dataset(np.array([[1, 0, 1], [0, 0, 0], [0, 1, 1], [0, 0, 0]], dtype=np.float32))
    assert [(f.n, f.share) for f in class_facts(data)] == [(1, 0.25), (1, 0.25), (2, 0.5)]
    assert class_facts(data)[2].gc == pytest.approx(0.75)  # 4/8 and 7/7
    assert [label_text(data, row) for row in range(4)] == ["no + more", "none", "yes + more", "none"]
    assert stretches(data, 0) == []


def test_a_class_at_every_base_counts_bases():
    labels = np.zeros((4, 8), dtype=np.int64)
    labels[0, 2:6], labels[0, 7], labels[1, 0] = 1, 2, 1
    data = dataset(labels)
    no, yes, more = class_facts(data)
    assert (no.n, yes.n, more.n, yes.share) == (26, 5, 1, 5 / 32)
    assert yes.gc == pytest.approx(0.75) and more.gc == 0  # GGAA and G; A
    assert stretches(data, 0) == [(2, 6, "yes"), (7, 8, "more")] and stretches(data, 2) == []
    assert label_text(data, 0) == "yes 3-6, more 8-8" and label_text(data, 3) == "none"
