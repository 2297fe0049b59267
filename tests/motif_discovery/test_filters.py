import numpy as np
import pytest
import torch
from toy_models import ConvReluMax, conv_model, linear_model, one_hot, random_sequences

from seqviz_core.errors import SeqVizError
from seqviz_core.models import Span, make_model, record
from seqviz_core.motif_discovery import filter_motifs, filters, first_map
from seqviz_core.motifs import Motif, sample_sites
from seqviz_core.sequences import encode

READ_ALL = torch.eye(8)


def matcher(*patterns, threshold=0.0):
    """One filter per pattern: 1 where a base matches, -1 where it does not."""
    return ConvReluMax(torch.from_numpy(2 * one_hot(*patterns) - 1), READ_ALL[:2, :len(patterns)], threshold)


def by_filter(found):
    return {f.number: f for f in found}


def test_by_hand():
    """Filter 0 is ACG: activation 3 at ACG, 1 at one miss. More than 0.5 * 3 is reached at ACG alone."""
    codes = encode(["ACGTACGT", "TTTTTACG", "TTTTTTTT", "ACTTTTTT"])
    found = by_filter(filter_motifs(matcher("ACG", "CCC"), codes))
    acg = found[0]
    assert acg.max_activation == 3 and acg.n_sites == 3 and acg.fires_in == 0.5
    np.testing.assert_array_equal(acg.motif.counts, [[3, 0, 0], [0, 3, 0], [0, 0, 3], [0, 0, 0]])
    np.testing.assert_array_equal(acg.sites, [[0, 0, 1], [0, 4, 1], [1, 5, 1]])
    np.testing.assert_array_equal(acg.strengths, [3, 3, 3])
    np.testing.assert_array_equal(acg.positions, [1, 0, 0, 0, 1, 1, 0, 0])
    assert (acg.motif.id, acg.motif.name) == ("filter_0", "filter 0")


@pytest.mark.filterwarnings("error")
def test_takes_read_only_codes():
    codes = encode(["ACGTACGT"])
    codes.flags.writeable = False
    assert filter_motifs(matcher("ACG"), codes)[0].n_sites == 2


def test_a_lower_threshold_takes_weaker_windows():
    """At more than 0.3 * 3 a single miss will do: ACT scores 1."""
    found = by_filter(filter_motifs(matcher("ACG"), encode(["ACGTTTTT", "ACTTTTTT"]), threshold=0.3))[0]
    np.testing.assert_array_equal(found.motif.counts, [[2, 0, 0], [0, 2, 0], [0, 0, 1], [0, 0, 1]])
    assert found.sites[:, 0].tolist() == [0, 1] and found.strengths.tolist() == [3, 1]  # strongest first


def test_sorted_by_how_often_they_fire_and_silent_filters_kept():
    codes = encode(["ACGTACGT", "TTTTTACG", "TTTTTTTT"])
    found = filter_motifs(matcher("CCC", "ACG", "TTT", threshold=1.5), codes)
    assert [(f.number, f.n_sites) for f in found] == [(2, 9), (1, 3), (0, 0)]
    silent = found[-1]
    assert silent.motif is None and silent.max_activation == 0 and silent.fires_in == 0
    assert silent.sites.shape == (0, 3) and not silent.positions.any()


@pytest.mark.parametrize("sequence", ["ACGTN", "CGTTT"])
def test_windows_over_the_edge_or_with_unknown_bases_are_dropped(sequence):
    """A padded filter NACGT: its best window starts one base before the sequence, or holds an N."""
    model = matcher("ACGT")
    model.first_conv.padding = (1,)
    model.conv.span = Span(1, -1, 4)
    found = filter_motifs(model, encode([sequence]))[0]
    whole = {"ACGTN": [0], "CGTTT": []}[sequence]
    assert found.sites[:, 1].tolist() == whole and found.n_sites == len(whole)
    assert found.max_activation > 0


def test_many_filters_take_fewer_sequences_at_a_time(monkeypatch):
    """The map of 2,048 filters on 256 sequences of 1,000 bases would take 2 GB."""
    passes = []
    monkeypatch.setattr(filters, "first_map", lambda model, X: passes.append(len(X)) or first_map(model, X))
    monkeypatch.setattr(filters, "_NUMBERS_PER_PASS", 3 * 20 * 16)
    codes = np.random.default_rng(0).integers(0, 4, (7, 20), dtype=np.uint8)
    filter_motifs(make_model("cnn", {"filters": 16, "width": 5}, n_outputs=2, length=20, seed=0), codes)
    assert passes == [3, 3, 1] * 2


def brute_force(model, codes, threshold):
    """The recipe, one window at a time: the counts, and the sites (sequence, start) of each filter."""
    trace = record(model, torch.from_numpy(one_hot(*["".join("ACGTN"[c] for c in row) for row in codes])))
    value, span = trace[model.first_map].value.numpy(), trace[model.first_map].span
    counts, sites = np.zeros((value.shape[1], 4, span.width)), [set() for _ in range(value.shape[1])]
    for n, f, p in np.argwhere(value > threshold * value.max((0, 2))[None, :, None]):
        start = p * span.stride + span.offset
        window = codes[n, start:start + span.width] if start >= 0 else ()
        if len(window) == span.width and (window < 4).all():
            counts[f, window, np.arange(span.width)] += 1
            sites[f].add((n, start))
    return counts, sites


@pytest.mark.parametrize("make", [lambda: conv_model(1)] + [
    lambda name=name: make_model(name, {}, n_outputs=3, length=40, seed=1) for name in ("cnn", "lstm", "attention")])
def test_equals_the_recipe_window_by_window_whatever_the_batch(make):
    model = make()
    codes = encode([*random_sequences(11, 40, seed=0), "N" * 10 + random_sequences(1, 30, seed=1)[0]])
    expected, sites = brute_force(model, codes, 0.5)
    for batch_size in (1, 5, 256):
        for found in filter_motifs(model, codes, batch_size=batch_size, max_sites=1000):
            counts = found.motif.counts if found.motif else np.zeros_like(expected[0])
            np.testing.assert_array_equal(counts, expected[found.number])
            assert found.n_sites == counts[:, 0].sum() == found.positions.sum()
            assert len(found.sites) == found.n_sites and set(map(tuple, found.sites[:, :2])) == sites[found.number]
            assert found.fires_in == len({n for n, _ in sites[found.number]}) / len(codes)
            assert (np.diff(found.strengths) <= 0).all()


def test_sites_are_capped_and_the_strongest_stay():
    model, codes = conv_model(2), encode(random_sequences(30, 40, seed=2))
    full, capped = (by_filter(filter_motifs(model, codes, max_sites=n, batch_size=7)) for n in (10_000, 5))
    for f in full:
        np.testing.assert_array_equal(capped[f].sites, full[f].sites[:5])
        assert len(full[f].sites) == full[f].n_sites == capped[f].n_sites > 5


def test_a_stride_is_followed():
    model = matcher("ACG")
    model.first_conv.stride = (3,)
    model.conv.span = Span(3, 0, 3)
    found = filter_motifs(model, encode(["TTTACGTACG", "ACGTTTACGT"]))[0]
    assert sorted(map(tuple, found.sites[:, :2])) == [(0, 3), (1, 0), (1, 6)]
    assert found.motif.consensus == "ACG"


def test_recovers_a_planted_motif():
    """A filter equal to the log odds of a motif, on sequences that hold it: the same motif comes out of the windows."""
    rng = np.random.default_rng(3)
    probabilities = np.full((4, 8), 0.04)
    probabilities[[3, 2, 0, 1, 3, 1, 0, 2], np.arange(8)] = 0.88
    motif = Motif("m", "m", 1000 * probabilities)
    codes = rng.integers(0, 4, (300, 50)).astype(np.uint8)
    starts = rng.integers(0, 43, 300)
    codes[np.arange(300)[:, None], starts[:, None] + np.arange(8)] = sample_sites(motif, 300, rng)
    decoy = torch.randn(1, 4, 8, generator=torch.Generator().manual_seed(0))
    model = ConvReluMax(torch.cat([torch.from_numpy(motif.pwm()).float()[None], decoy]), READ_ALL[:2, :2])
    found = by_filter(filter_motifs(model, codes, threshold=0.6))
    similarity = lambda f: np.corrcoef(found[f].motif.ppm().ravel(), motif.ppm().ravel())[0, 1]
    assert similarity(0) > 0.95 > 0.5 > similarity(1)
    assert found[0].fires_in > 0.7  # at most one miss in eight: 0.88^8 + 8 * 0.12 * 0.88^7 = 0.75 of the sites


def test_first_map_is_the_recorded_map_and_leaves_the_model_alone():
    for model in (conv_model(1), make_model("attention", {}, n_outputs=3, length=40, seed=1)):
        model.train()
        X = torch.from_numpy(one_hot(*random_sequences(3, 40, seed=4)))
        np.testing.assert_array_equal(first_map(model, X), record(model, X)[model.first_map].value)
        assert all(m.training for m in model.modules())


def test_nothing_behind_the_first_map_runs():
    model = matcher("ACG")
    model.read_out = None  # the rest of the forward pass would fail
    assert filter_motifs(model, encode(["ACGACG"]))[0].n_sites == 2


def test_refuses_what_has_no_filters_or_no_sequences():
    codes = encode(["ACGTACGT"])
    with pytest.raises(SeqVizError, match="no convolution"):
        filter_motifs(linear_model(length=8), codes)
    with pytest.raises(SeqVizError, match="no convolution"):
        filter_motifs(make_model("lstm", {"stem_filters": 0}, n_outputs=2, length=8, seed=0), codes)
    with pytest.raises(SeqVizError, match="no sequences"):
        filter_motifs(matcher("ACG"), codes[:0])
    with pytest.raises(SeqVizError, match="threshold"):
        filter_motifs(matcher("ACG"), codes, threshold=1.5)


def test_sequences_shorter_than_the_filter_give_no_sites():
    model = make_model("cnn", {}, n_outputs=2, length=10, seed=0)
    assert all(f.motif is None for f in filter_motifs(model, encode(["ACGTACGTAC"])))
