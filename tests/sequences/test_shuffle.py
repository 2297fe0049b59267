"""Dinucleotide shuffles: counts and ends kept exactly, and every possible shuffle equally likely."""

from collections import Counter
from itertools import pairwise, permutations

import numpy as np
import pytest

from seqviz_core.sequences import decode, dinucleotide_shuffle, encode


def dinucleotides(sequence):
    return Counter(pairwise(sequence))


def possible(sequence):
    """Every shuffle of a short sequence, by trying all orders of its letters."""
    return {"".join(p) for p in permutations(sequence) if p[0] == sequence[0] and dinucleotides(p) == dinucleotides(sequence)}


@pytest.mark.parametrize("length", [3, 4, 10, 100, 1000])
@pytest.mark.parametrize("letters", [2, 4, 5])
def test_dinucleotides_and_ends_are_kept(length, letters):
    codes = np.random.default_rng(length).integers(0, letters, length, dtype=np.uint8)
    shuffled = dinucleotide_shuffle(codes, 20, seed=1)
    assert shuffled.shape == (20, length) and shuffled.dtype == np.uint8
    assert (shuffled[:, 0] == codes[0]).all() and (shuffled[:, -1] == codes[-1]).all()
    for row in shuffled:
        assert dinucleotides(row.tolist()) == dinucleotides(codes.tolist())
    if length >= 100:
        assert len({row.tobytes() for row in shuffled} | {codes.tobytes()}) == 21
        assert (shuffled != codes).mean() > 0.25  # two letters agree by chance half of the time


@pytest.mark.parametrize("sequence", ["AACCACA", "AAATAGAT", "CGAGCCAGA", "GCCNCAANA", "ACGACAGGT"])
def test_every_possible_shuffle_is_equally_likely(sequence):
    expected = possible(sequence)
    assert len(expected) > 1
    n = 400 * len(expected)
    seen = Counter(decode(dinucleotide_shuffle(encode([sequence])[0], n, seed=3)))
    assert set(seen) == expected
    chi2 = sum((count - 400) ** 2 / 400 for count in seen.values())
    freedom = len(expected) - 1
    assert chi2 < freedom + 4 * np.sqrt(2 * freedom)  # mean and four standard deviations of chi-squared


@pytest.mark.parametrize("sequence", ["", "A", "AC", "AAAAAA", "AAAACCCC", "A" * 300 + "C" * 300 + "G" * 300 + "T"])
def test_a_sequence_with_one_shuffle_only_comes_back(sequence):
    assert decode(dinucleotide_shuffle(encode([sequence])[0], 3, seed=0)) == [sequence] * 3


def test_a_rare_way_out_is_found_at_once():
    """A and C go round 400 times and leave once: drawing the last edges until they fit would take forever."""
    codes = encode(["AC" * 400 + "GT" * 400 + "N"])[0]
    shuffled = dinucleotide_shuffle(codes, 50, seed=0)
    assert all(dinucleotides(row.tolist()) == dinucleotides(codes.tolist()) for row in shuffled)


def test_the_seed_decides():
    codes = np.random.default_rng(0).integers(0, 4, 200, dtype=np.uint8)
    np.testing.assert_array_equal(dinucleotide_shuffle(codes, 5, seed=7), dinucleotide_shuffle(codes, 5, seed=7))
    assert (dinucleotide_shuffle(codes, 5, seed=7) != dinucleotide_shuffle(codes, 5, seed=8)).any()


def test_no_shuffles_is_an_empty_array():
    assert dinucleotide_shuffle(np.zeros(10, dtype=np.uint8), 0, seed=0).shape == (0, 10)
    assert dinucleotide_shuffle(np.zeros(2, dtype=np.uint8), 0, seed=0).shape == (0, 2)
