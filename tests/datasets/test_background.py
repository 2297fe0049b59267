"""Backgrounds: the frequencies that were asked for, and shuffles of what was given."""

from collections import Counter

import numpy as np
import pytest

from seqviz_core.datasets.background import background_frequencies, draw_background
from seqviz_core.errors import SeqVizError
from seqviz_core.sequences import decode, encode

BASES = "ACGT"


def draw(n, length, kind, *, gc=0.5, sequences="", seed=0):
    return draw_background(n, length, kind, gc, sequences, np.random.default_rng(seed))


def pairs(text):
    return Counter(zip(text, text[1:]))


@pytest.mark.parametrize("kind, gc, expected", [
    ("uniform", 0.3, [0.25] * 4), ("GC content", 0.3, [0.35, 0.15, 0.15, 0.35]), ("GC content", 0.8, [0.1, 0.4, 0.4, 0.1])])
def test_frequencies_are_those_asked_for(kind, gc, expected):
    assert background_frequencies(kind, gc) == pytest.approx(expected)
    codes = draw(400, 100, kind, gc=gc)
    assert codes.shape == (400, 100) and codes.dtype == np.uint8
    seen = np.bincount(codes.ravel(), minlength=4) / codes.size
    np.testing.assert_allclose(seen, expected, atol=4 * 0.5 / np.sqrt(codes.size))
    assert np.abs(np.corrcoef(codes[:, :-1].ravel(), codes[:, 1:].ravel())[0, 1]) < 0.03  # neighbours are independent


def test_shuffles_have_no_frequencies_of_their_own():
    assert background_frequencies("shuffled", 0.3) is None


def test_shuffles_keep_the_dinucleotides_of_a_given_sequence():
    given = ["ACGCGCGTATATTTACGGCAGCAGATTACA", "TTTTTTAAAAAACCCCCGGGGGACACACAC"]
    drawn = decode(draw(60, 30, "shuffled", sequences=f">a\n{given[0]}\n>b\n{given[1]}\n"))
    sources = [next(i for i, g in enumerate(given) if pairs(g) == pairs(row)) for row in drawn]
    assert {0, 1} == set(sources) and len(set(drawn)) > 50


def test_shuffles_are_cut_out_anywhere():
    """Ten bases out of AAAA...CCCC: each window keeps its own number of A, so many numbers are seen."""
    drawn = draw(300, 10, "shuffled", sequences="A" * 15 + "C" * 15)
    assert len(set((drawn == 0).sum(axis=1).tolist())) == 11


def test_unknown_bases_are_never_drawn():
    given = "ACGTTGCAAC" + "N" * 30 + "GGGTTTAGGG" + "N" + "ACG"
    drawn = decode(draw(40, 10, "shuffled", sequences=given))
    assert {frozenset(pairs(row).items()) for row in drawn} == {frozenset(pairs(s).items()) for s in ("ACGTTGCAAC", "GGGTTTAGGG")}


@pytest.mark.parametrize("sequences", ["", "  \n ", "ACGTACGT", "ACGTNACGTNACGTN"])
def test_too_little_to_shuffle_is_told(sequences):
    with pytest.raises(SeqVizError, match="none has 9 known bases in a row"):
        draw(3, 9, "shuffled", sequences=sequences)


def test_what_is_no_sequence_is_told():
    with pytest.raises(SeqVizError, match="column 3"):
        draw(3, 4, "shuffled", sequences="AC!GT")


def test_the_seed_decides():
    for kind in ("uniform", "GC content", "shuffled"):
        one, same, other = (draw(20, 30, kind, gc=0.4, sequences="ACGTTGCAAC" * 9, seed=s) for s in (1, 1, 2))
        assert np.array_equal(one, same) and not np.array_equal(one, other)
    assert encode(["ACGT"]).tolist() == [[0, 1, 2, 3]]
