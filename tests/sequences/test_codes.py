"""Codes and one-hot arrays: hand-worked, and the identities between them."""

import numpy as np
import pytest
from Bio.Seq import Seq

from seqviz_core.errors import SeqVizError
from seqviz_core.sequences import (
    ALPHABET,
    UNKNOWN,
    decode,
    encode,
    gc_content,
    one_hot_encode,
    reverse_complement,
    reverse_complement_codes,
    reverse_complement_one_hot,
)

CODES = np.random.default_rng(0).integers(0, 5, (20, 31), dtype=np.uint8)


def test_codes_by_hand():
    codes = encode(["ACGTN", "acgtu", "URX-é"])
    assert codes.dtype == np.uint8
    np.testing.assert_array_equal(codes, [[0, 1, 2, 3, 4], [0, 1, 2, 3, 3], [3, 4, 4, 4, 4]])
    assert decode(codes) == ["ACGTN", "ACGTT", "TNNNN"]
    assert (ALPHABET, UNKNOWN) == ("ACGT", 4)


def test_decode_turns_encode_round():
    np.testing.assert_array_equal(encode(decode(CODES)), CODES)


def test_lengths_have_to_agree():
    with pytest.raises(SeqVizError, match="Sequence 3 has 2 bases and the first has 3"):
        encode(["ACG", "ACG", "AC"])
    with pytest.raises(TypeError):
        encode("ACGT")


def test_nothing_is_an_empty_array():
    assert encode([]).shape == (0, 0) and one_hot_encode([]).shape == (0, 4, 0)
    assert encode(["", ""]).shape == (2, 0)
    assert decode(encode([])) == []


def test_one_hot_by_hand():
    X = one_hot_encode(["AGN", "CTA"])
    assert X.dtype == np.float32 and X.shape == (2, 4, 3)
    np.testing.assert_array_equal(X[0], [[1, 0, 0], [0, 0, 0], [0, 1, 0], [0, 0, 0]])
    np.testing.assert_array_equal(X[1], [[0, 0, 1], [1, 0, 0], [0, 0, 0], [0, 1, 0]])


def test_one_hot_is_the_same_from_codes_of_any_kind_and_from_text():
    X = one_hot_encode(CODES)
    np.testing.assert_array_equal(X, np.eye(5, dtype=np.float32)[CODES].transpose(0, 2, 1)[:, :4])
    np.testing.assert_array_equal(X, one_hot_encode(CODES.astype(np.int64)))
    np.testing.assert_array_equal(X, one_hot_encode(decode(CODES)))
    np.testing.assert_array_equal(X, one_hot_encode(np.array(decode(CODES))))


def test_the_other_strand_three_ways_and_in_biopython():
    sequences = decode(CODES)
    turned = [reverse_complement(s) for s in sequences]
    assert turned == [str(Seq(s).reverse_complement()) for s in sequences]
    assert decode(reverse_complement_codes(CODES)) == turned
    np.testing.assert_array_equal(reverse_complement_one_hot(one_hot_encode(CODES)), one_hot_encode(turned))
    np.testing.assert_array_equal(reverse_complement_codes(CODES[0]), encode(turned[:1])[0])


def test_iupac_codes_have_complements():
    codes = "ACGTRYSWKMBDHVNacgtryswkmbdhvn"
    assert reverse_complement(codes) == str(Seq(codes).reverse_complement())
    assert reverse_complement("AUG") == "CAT"


def test_gc_content_is_of_the_known_bases():
    shares = gc_content(encode(["ACGT", "GGCC", "AATN", "GNNN", "NNNN"]))
    np.testing.assert_array_equal(shares, [0.5, 1, 0, 1, np.nan])
