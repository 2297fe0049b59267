"""Motif arithmetic against hand-worked numbers and Biopython."""

import numpy as np
import pytest
from Bio import motifs as bio_motifs

from seqviz_core.errors import SeqVizError
from seqviz_core.motifs import PSEUDOCOUNT, Motif, base_frequencies, jaspar, sample_sites

# columns: all A; half C half G; anything
COUNTS = np.array([[8.0, 0, 2], [0, 4, 2], [0, 4, 2], [0, 0, 2]])
MOTIF = Motif("M1", "toy", COUNTS)


def biopython(motif):
    """The same counts as a Biopython motif, the independent implementation here."""
    return bio_motifs.Motif(alphabet="ACGT", counts=dict(zip("ACGT", motif.counts.tolist(), strict=True)))


def matrix(by_base):
    return np.array([by_base[base] for base in "ACGT"])


def test_hand_arithmetic_without_pseudocount():
    np.testing.assert_array_equal(MOTIF.ppm(pseudocount=0), COUNTS / 8)
    np.testing.assert_array_equal(MOTIF.pwm(pseudocount=0)[:, 1], [-np.inf, 1, 1, -np.inf])
    np.testing.assert_allclose(MOTIF.information_content(pseudocount=0), [2, 1, 0], atol=1e-15)
    assert MOTIF.width == 3
    assert MOTIF.consensus == "ACA"


def test_hand_arithmetic_with_pseudocount_and_background():
    # (8 + 2 * 0.4) / (8 + 2) and (0 + 2 * 0.1) / (8 + 2)
    p = MOTIF.ppm(pseudocount=2, background=(0.4, 0.1, 0.1, 0.4))
    np.testing.assert_allclose(p[:, 0], [0.88, 0.02, 0.02, 0.08])
    weights = MOTIF.pwm(pseudocount=2, background=(0.4, 0.1, 0.1, 0.4))
    np.testing.assert_allclose(weights[:, 0], np.log2([2.2, 0.2, 0.2, 0.2]))
    content = MOTIF.information_content(background=(0.4, 0.1, 0.1, 0.4), pseudocount=0)
    np.testing.assert_allclose(content[:2], [np.log2(2.5), np.log2(5)])


@pytest.mark.parametrize("id", ["MA0139.2", "MA0035.5", "MA0004.1", "MA0095.4"])
@pytest.mark.parametrize("background", [None, (0.3, 0.2, 0.15, 0.35)])
def test_conversions_equal_biopython(id, background):
    motif = jaspar()[id]
    shared = 0.25 * np.ones(4) if background is None else np.array(background)
    theirs = biopython(motif)
    their_ppm = theirs.counts.normalize(pseudocounts=dict(zip("ACGT", PSEUDOCOUNT * shared, strict=True)))
    their_background = dict(zip("ACGT", shared, strict=True))
    np.testing.assert_allclose(motif.ppm(background=background), matrix(their_ppm), rtol=1e-12)
    np.testing.assert_allclose(motif.pwm(background=background), matrix(their_ppm.log_odds(background=their_background)),
                               rtol=1e-9, atol=1e-12)
    theirs.background = their_background
    content = motif.information_content(background, pseudocount=0)
    np.testing.assert_allclose(content, theirs.relative_entropy, rtol=1e-9, atol=1e-12)
    np.testing.assert_array_equal(motif.reverse_complement().counts, matrix(theirs.reverse_complement().counts))
    assert motif.consensus == theirs.counts.consensus


def test_identities_over_the_whole_library():
    for motif in jaspar().values():
        p, content = motif.ppm(), motif.information_content()
        np.testing.assert_allclose(p.sum(axis=0), 1, atol=1e-12)
        assert (p > 0).all() and (content >= 0).all() and (content <= 2).all()
        np.testing.assert_allclose((2 ** motif.pwm() / 4).sum(axis=0), 1, atol=1e-12)


def test_a_background_is_scaled_to_one():
    np.testing.assert_allclose(base_frequencies((3, 2, 2, 3)), [0.3, 0.2, 0.2, 0.3])
    np.testing.assert_allclose(MOTIF.ppm(background=(3, 2, 2, 3)), MOTIF.ppm(background=(0.3, 0.2, 0.2, 0.3)))


@pytest.mark.parametrize("background", [(1, 1, 1), (1, 1, 1, 0), (1, 1, 1, -1), (1, 1, 1, np.nan), (np.inf, 1, 1, 1)])
def test_a_background_that_is_none_is_refused(background):
    with pytest.raises(SeqVizError, match="four numbers above zero"):
        MOTIF.pwm(background=background)


@pytest.mark.parametrize("pseudocount", [-0.1, np.nan, np.inf])
def test_a_pseudocount_is_zero_or_more(pseudocount):
    with pytest.raises(SeqVizError, match="zero or more"):
        MOTIF.ppm(pseudocount=pseudocount)


def test_reverse_complement_twice_is_the_motif_itself():
    assert MOTIF.reverse_complement() != MOTIF
    assert MOTIF.reverse_complement().reverse_complement() == MOTIF
    assert MOTIF.reverse_complement().consensus == "ACT"


def test_equal_by_id_and_counts_not_by_name():
    assert Motif("M1", "another name", COUNTS) == MOTIF
    assert hash(Motif("M1", "another name", COUNTS)) == hash(MOTIF)
    assert Motif("M2", "toy", COUNTS) != MOTIF
    assert Motif("M1", "toy", COUNTS[:, :2]) != MOTIF
    assert Motif("M1", "toy", COUNTS + 1) != MOTIF
    assert MOTIF != "M1"
    signed_zero = Motif("M1", "toy", np.where(COUNTS == 0, -0.0, COUNTS))
    assert signed_zero == MOTIF and hash(signed_zero) == hash(MOTIF)


def test_counts_are_a_copy_and_read_only():
    mine = COUNTS.copy()
    motif = Motif("M1", "toy", mine)
    mine[0, 0] = 99
    assert motif.counts[0, 0] == 8
    with pytest.raises(ValueError):
        motif.counts[0, 0] = 1


@pytest.mark.parametrize(("counts", "said"), [
    (np.ones((3, 5)), r"shape \(3, 5\)"),
    (np.ones((4, 0)), r"shape \(4, 0\)"),
    (np.ones(4), r"shape \(4,\)"),
    ([[1, 0, 1], [1, 0, 1], [1, 0, 1], [1, 0, 1]], "column 2"),
    ([[1, -1]] + [[1, 1]] * 3, "column 2"),
    ([[np.nan, 1]] + [[1, 1]] * 3, "column 1"),
    ([[np.inf, 1]] + [[1, 1]] * 3, "column 1"),
    ([[1e308, 1]] * 4, "column 1"),
    ([[1, 2], [1], [1, 2], [1, 2]], "not a matrix of numbers"),
    ([["a"], ["b"], ["c"], ["d"]], "not a matrix of numbers"),
])
def test_counts_that_are_no_matrix_are_refused_with_the_place(counts, said):
    with pytest.raises(SeqVizError, match=said):
        Motif("M1", "toy", counts)


def test_sites_follow_the_probabilities_and_the_seed():
    motif = Motif("M1", "toy", [[70, 1, 0], [10, 1, 0], [20, 1, 0], [0, 1, 50]])
    sites = sample_sites(motif, 40_000, np.random.default_rng(3))
    assert sites.shape == (40_000, 3) and sites.dtype == np.uint8
    seen = np.stack([(sites == base).mean(axis=0) for base in range(4)])  # (4, 3)
    np.testing.assert_allclose(seen, motif.ppm(), atol=4 * 0.5 / np.sqrt(40_000))  # four standard errors at most
    np.testing.assert_array_equal(sites, sample_sites(motif, 40_000, np.random.default_rng(3)))
    assert (sites != sample_sites(motif, 40_000, np.random.default_rng(4))).any()


def test_columns_of_a_site_are_independent():
    sites = sample_sites(Motif("M1", "toy", np.ones((4, 2))), 40_000, np.random.default_rng(0))
    pairs = np.bincount(sites[:, 0] * 4 + sites[:, 1], minlength=16) / 40_000
    np.testing.assert_allclose(pairs, 1 / 16, atol=0.006)


def test_no_sites_is_an_empty_array():
    assert sample_sites(MOTIF, 0, np.random.default_rng(0)).shape == (0, 3)
