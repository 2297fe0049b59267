"""What each task's labels mean, worked out again from the planted sites alone."""

from dataclasses import replace

import numpy as np
import pytest

from benchmarks.published.jaspar2016 import likeness
from seqviz_core.datasets import make_task
from seqviz_core.datasets.regulatory_code import CORE_IDS, OTHER_IDS
from seqviz_core.errors import SeqVizError
from seqviz_core.metrics import accuracy
from seqviz_core.motifs import find_motif
from seqviz_core.sequences import UNKNOWN, gc_content

N = 1500


def drawn(name, **settings):
    """Return the data and, for each sequence, its sites."""
    data = make_task(name, settings).sample(N, 5)
    return data, [data.sites_of(row) for row in range(N)]


def shares(values):
    return np.bincount(values) / len(values)


def test_multi_label_labels_are_the_planted_motifs():
    data, sites = drawn("multi_label")
    for row, label in enumerate(data.labels):
        assert {data.classes[c] for c in np.flatnonzero(label)} == {s.motif.name for s in sites[row]}
    assert shares([len(s) for s in sites]) == pytest.approx([0, 0.50, 0.25, 0.17, 0.05, 0.03], abs=0.05)


def test_regulatory_code_positives_hold_core_motifs_alone():
    data, sites = drawn("regulatory_code")
    core = np.array([all(s.motif.id in CORE_IDS for s in found) for found in sites])
    assert core[data.labels == 1].all() and core[data.labels == 0].mean() < 0.005
    among = np.mean([s.motif.id in CORE_IDS for label, found in zip(data.labels, sites) for s in found if label == 0])
    assert among == pytest.approx(1 / 11, abs=0.025)
    for label in (0, 1):
        counts = [len(found) for y, found in zip(data.labels, sites) if y == label]
        assert shares(counts) == pytest.approx([0, 0, 0, 0.50, 0.25, 0.17, 0.05, 0.03], abs=0.07)


def test_the_fifty_other_motifs_are_none_of_the_core_ones():
    core = [find_motif(i) for i in CORE_IDS]
    assert len(set(OTHER_IDS)) == 50
    likest = [max(likeness(other, c), likeness(c, other)) for other in map(find_motif, OTHER_IDS) for c in core]
    assert max(likest) < 0.75


def test_motif_counting_counts():
    data, sites = drawn("motif_counting", few=1, many=3, most=4)
    counts = np.array([len(found) for found in sites])
    assert set(counts[data.labels == 0]) == {0, 1} and set(counts[data.labels == 1]) == {3, 4}


def test_density_localization_positives_are_in_the_window():
    data, sites = drawn("density_localization", length=300, window=60)
    inside = np.array([all(s.start >= 120 and s.end <= 180 for s in found) for found in sites])
    assert inside[data.labels == 1].all() and inside[data.labels == 0].mean() < 0.05
    assert set(map(len, sites)) == {2, 3, 4}
    assert min(f[0].start for f in sites) < 10 and max(f[-1].end for f in sites) > 290


def test_heterodimers_are_side_by_side_in_order():
    data, sites = drawn("heterodimer_grammar")
    assert all({s.motif.id for s in found} == {"MA0080.7", "MA0652.2"} for found in sites)
    gap = np.array([b.start - a.end for a, b in sites])
    ordered = np.array([a.motif.id == "MA0080.7" for a, _ in sites])
    paired = ordered & (gap >= 2) & (gap <= 5)
    assert paired[data.labels == 1].all() and paired[data.labels == 0].mean() < 0.05
    assert set(gap[data.labels == 1]) == {2, 3, 4, 5} and ordered[data.labels == 0].mean() == pytest.approx(0.5, abs=0.1)
    assert len({(a.strand, b.strand) for a, b in sites}) == 4  # each on its own strand


@pytest.mark.parametrize("rule, positive", [("both present", {2}), ("exactly one present", {1})])
def test_enhancer_promoter_rules(rule, positive):
    data, sites = drawn("enhancer_promoter", rule=rule, distance=90)
    counts = np.array([len(found) for found in sites])
    assert set(counts[data.labels == 1]) == positive and set(counts[data.labels == 0]) == {0, 1, 2} - positive
    assert {b.start - a.end for a, b in (f for f in sites if len(f) == 2)} == {90}
    alone = [found[0] for found in sites if len(found) == 1]
    assert {s.motif.name for s in alone} == {"CEBPB", "SP1"}
    assert all(s.end + 90 <= 200 - 9 if s.motif.name == "CEBPB" else s.start >= 90 + 10 for s in alone)  # room for its partner


def test_introns_that_count_have_both_ends_at_a_length_that_counts():
    """The rule: a donor counts if an acceptor follows so that 60 to 80 bases lie between the exons, and so does the acceptor."""
    data, sites = drawn("gene_splice")
    expected = np.zeros_like(data.labels)
    for row, found in enumerate(sites):
        first = [s.start + 3 for s in found if s.motif.name == "donor"]
        last = [s.end - 4 for s in found if s.motif.name == "acceptor"]
        for d in first:
            for a in last:
                if 60 <= a - d + 1 <= 80:
                    expected[row, d], expected[row, a] = 1, 2
    assert np.array_equal(data.labels, expected)
    arrangement = ["".join(s.motif.name[0] for s in found) + "*" * bool(label.any()) for found, label in zip(sites, data.labels)]
    assert {a: arrangement.count(a) / N for a in set(arrangement)} == pytest.approx(
        {"da*": 1 / 2, "da": 1 / 8, "d": 1 / 8, "a": 1 / 8, "ad": 1 / 8}, abs=0.005)
    rows, bases = np.nonzero(data.labels == 1)
    assert np.mean((data.codes[rows, bases] == 2) & (data.codes[rows, bases + 1] == 3)) > 0.97  # GT
    rows, bases = np.nonzero(data.labels == 2)
    assert np.mean((data.codes[rows, bases - 1] == 0) & (data.codes[rows, bases] == 2)) > 0.97  # AG


def test_decoys_are_in_every_sequence():
    data, sites = drawn("decoys")
    names = [tuple(s.motif.name for s in found) for found in sites]
    assert {n for n, y in zip(names, data.labels) if y == 0} == {("ATF3", "ATF3")}
    assert {n for n, y in zip(names, data.labels) if y == 1} == {("ATF3", "FOSL1"), ("FOSL1", "ATF3")}


def test_few_positives_are_rounded_by_chance():
    task = make_task("imbalance", {"prevalence": 0.001})
    assert np.mean([task.sample(100, seed).labels.sum() for seed in range(400)]) == pytest.approx(0.1, abs=0.06)
    assert make_task("imbalance", {"prevalence": 0.25}).sample(1000, 0).labels.sum() == 250


@pytest.mark.parametrize("flipped", [0.0, 0.2])
def test_a_share_of_the_labels_is_wrong(flipped):
    data, sites = drawn("label_noise", flipped=flipped)
    truth = np.array([len(found) for found in sites])
    assert [np.mean(data.labels[truth == y] != y) for y in (0, 1)] == pytest.approx([flipped] * 2, abs=0.002)


def test_the_leak_is_in_the_background():
    data, _ = drawn("gc_leak", gc_positive=0.6, gc_negative=0.4)
    gc = np.where(data.planted_mask(), np.nan, (data.codes == 1) | (data.codes == 2))
    assert [np.nanmean(gc[data.labels == y]) for y in (0, 1)] == pytest.approx([0.4, 0.6], abs=0.01)


def test_the_signature_of_the_leak_is_that_gc_alone_nearly_reaches_the_ceiling():
    task = make_task("gc_leak", {})
    data = task.sample(N, 5)
    more_gc_than_half_way = gc_content(data.codes) > (task.gc_positive + task.gc_negative) / 2
    ceiling = accuracy(task.bayes_logits(data.codes), data.labels)
    assert ceiling - 0.04 < np.mean(more_gc_than_half_way == data.labels) < ceiling
    fair = replace(task, gc_negative=task.gc_positive).sample(N, 5)
    assert np.mean((gc_content(fair.codes) > task.gc_positive) == fair.labels) < 0.6


def test_the_signature_of_the_centred_motif_is_that_a_shift_changes_the_answer():
    task = make_task("centred", {})
    data = task.sample(N, 5)
    said = lambda codes: accuracy(task.bayes_logits(codes), data.labels)
    shifted = np.roll(data.codes, 5, axis=1)
    assert said(data.codes) > 0.97 and said(shifted) < 0.6
    middle_alone = np.where(np.abs(np.arange(100) - 49) < 5, data.codes, UNKNOWN)
    assert said(middle_alone) == said(data.codes)


@pytest.mark.parametrize("jitter, starts", [(0, {46}), (2, {44, 45, 46, 47, 48})])
def test_centred_sites_are_in_the_middle(jitter, starts):
    data, _ = drawn("centred", jitter=jitter)
    assert set(data.sites.start) == starts and len(data.sites.start) == N // 2


@pytest.mark.parametrize("name, settings, sentence", [
    ("motif_counting", {"few": 3}, "Fewest sites of a positive: 3 is not above 3"),
    ("motif_counting", {"length": 60}, "Sequence length: 60 bases are too few; 5 sites of SP1 need at least 68"),
    ("density_localization", {"length": 100, "window": 120}, "Central window: 120 bases are more than the sequence has, 100"),
    ("density_localization", {"window": 30}, "Central window: 30 bases are too few; 4 sites of TAL1::TCF3 need at least 60"),
    ("heterodimer_grammar", {"min_gap": 6}, "Smallest gap: 6 is larger than the largest gap, 5"),
    ("enhancer_promoter", {"promoter": "MA0466.4"}, "Promoter motif: MA0466.4 is the first one too"),
    ("enhancer_promoter", {"distance": 190}, "CEBPB and SP1 need at least 209"),
    ("gene_splice", {"shortest": 90}, "Shortest intron: 90 is longer than the longest intron, 80"),
    ("gene_splice", {"length": 86}, "donor and acceptor need at least 87"),
    ("centred", {"jitter": 47}, "Jitter: 47 bases either way do not fit into a sequence of 100"),
    ("regulatory_code", {"length": 160}, "Sequence length: 160 bases are too few; 7 sites of")])
def test_settings_that_cannot_be_are_told(name, settings, sentence):
    with pytest.raises(SeqVizError, match=sentence):
        make_task(name, settings)
