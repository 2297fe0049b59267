"""Scanning against a hand-worked example, a plain loop, Biopython and planted sites."""

import numpy as np
import pytest
from Bio import motifs as bio_motifs
from Bio.Seq import Seq

from seqviz_core.motifs import PSEUDOCOUNT, Motif, find_motif, jaspar, sample_sites, scan
from seqviz_core.sequences import encode, reverse_complement_codes

BACKGROUND = (0.32, 0.21, 0.17, 0.3)


def by_hand(motif, codes, background):
    """One window at a time, one base at a time."""
    k, complement = motif.width, [3, 2, 1, 0, 4]
    p = motif.ppm()
    scores = np.zeros((len(codes), 2, codes.shape[1] - k + 1))
    for n, start in np.ndindex(len(codes), scores.shape[2]):
        for i in range(k):
            base = codes[n, start + i]
            if base < 4:
                scores[n, 0, start] += np.log2(p[base, i] / background[base])
                scores[n, 1, start] += np.log2(p[complement[base], k - 1 - i] / background[base])
    return scores


def test_a_hand_worked_window():
    motif = Motif("M1", "toy", [[9999, 0], [0, 0], [0, 9999], [0, 0]])  # AG; CT on the other strand
    scores = scan(motif, encode(["AGCT", "NGTA"]))
    assert scores.shape == (2, 2, 3) and scores.dtype == np.float32
    np.testing.assert_allclose(scores[0, :, [0, 2]], [[4, scores[0, 1, 0]], [scores[0, 0, 2], 4]], atol=1e-3)
    np.testing.assert_allclose(scores[1, 0, 0], 2, atol=1e-3)  # the unknown base adds nothing
    assert scores[0, 1, 0] < -10 and scores[0, 0, 2] < -10


@pytest.mark.parametrize("width", [1, 2, 3, 4, 5, 7, 12])
@pytest.mark.parametrize("background", [None, BACKGROUND])
def test_equals_a_plain_loop_with_unknown_bases(width, background):
    rng = np.random.default_rng(width)
    motif = Motif("M1", "toy", rng.random((4, width)) * 20)
    codes = rng.integers(0, 5, (3, 30), dtype=np.uint8)
    expected = by_hand(motif, codes, background or (0.25,) * 4)
    np.testing.assert_allclose(scan(motif, codes, background), expected, atol=1e-4)


@pytest.mark.parametrize("id", ["MA0139.2", "MA0004.1", "MA0095.4"])
@pytest.mark.parametrize(("background", "strands"), [(BACKGROUND, 1), ((0.3, 0.2, 0.2, 0.3), 2)])
def test_equals_biopython(id, background, strands):
    """On the - strand Biopython divides by the background of the complement, so there only a symmetric one can agree."""
    theirs = bio_motifs.Motif(alphabet="ACGT", counts=dict(zip("ACGT", jaspar()[id].counts.tolist(), strict=True)))
    p = theirs.counts.normalize(pseudocounts=PSEUDOCOUNT / 4)
    weights = p.log_odds(background=dict(zip("ACGT", background, strict=True)))
    sequence = "".join(np.random.default_rng(1).choice(list("ACGT"), 80))
    ours = scan(jaspar()[id], encode([sequence]), background)
    for strand, matrix in enumerate([weights, weights.reverse_complement()][:strands]):
        np.testing.assert_allclose(ours[0, strand], matrix.calculate(Seq(sequence)), atol=1e-3)


def test_a_site_is_found_where_it_was_planted_on_either_strand():
    motif, rng = find_motif("MA0139.2"), np.random.default_rng(0)
    codes = rng.integers(0, 4, (400, 60), dtype=np.uint8)
    sites = sample_sites(motif, 400, rng)
    codes[:200, 20:35] = sites[:200]
    codes[200:, 20:35] = reverse_complement_codes(sites[200:])
    best = scan(motif, codes).reshape(400, -1).argmax(axis=1)
    windows = 60 - motif.width + 1
    assert (best[:200] == 20).mean() > 0.95
    assert (best[200:] == windows + 20).mean() > 0.95


def test_the_other_strand_is_the_same_scan_turned_round():
    motif = find_motif("MA0139.2")
    codes = np.random.default_rng(2).integers(0, 5, (4, 50), dtype=np.uint8)
    np.testing.assert_allclose(scan(motif, reverse_complement_codes(codes)), scan(motif, codes)[:, ::-1, ::-1], atol=1e-4)


def test_mean_odds_over_background_sequences_are_one():
    """E[P(window | motif) / P(window | background)] = 1 under the background, exactly, when all words are counted."""
    motif = Motif("M1", "toy", np.random.default_rng(5).random((4, 4)) * 9)
    words = np.array(list(np.ndindex(4, 4, 4, 4)), dtype=np.uint8)
    chance = np.array(BACKGROUND)[words].prod(axis=1)
    odds = 2.0 ** scan(motif, words, BACKGROUND).astype(np.float64)[:, :, 0]
    np.testing.assert_allclose((chance[:, None] * odds).sum(axis=0), 1, atol=1e-5)


@pytest.mark.parametrize(("n", "length"), [(0, 30), (3, 14), (3, 0)])
def test_no_sequences_or_no_room_is_an_empty_array(n, length):
    codes = np.zeros((n, length), dtype=np.uint8)
    assert scan(find_motif("MA0139.2"), codes).shape == (n, 2, max(length - 14, 0))
