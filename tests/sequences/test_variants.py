"""Variants as people write them: each form read by hand, each mistake one sentence with its line, the good ones go on."""

import numpy as np
import pytest

from seqviz_core.errors import SeqVizError
from seqviz_core.sequences import apply_edit, reverse_complement
from seqviz_core.sequences.variants import FoundVariants, Variant, apply_variant, minimal, read_variants, written

SEQUENCE = "ACGTNACGTACGTT"  # 14 bases
#           12345678901234


@pytest.mark.parametrize(("text", "start", "ref", "alt", "result"), [
    ("2C>G", 1, "C", "G", "AGGTNACGTACGTT"),
    ("n.2c>g", 1, "C", "G", "AGGTNACGTACGTT"),
    ("3g>a 2C>U", 1, "C", "T", None),
    ("C2G", 1, "C", "G", "AGGTNACGTACGTT"),
    ("2 C G", 1, "C", "G", "AGGTNACGTACGTT"),
    ("2 C>G", 1, "C", "G", "AGGTNACGTACGTT"),
    ("2,C,G", 1, "C", "G", "AGGTNACGTACGTT"),
    ("pos\tref\talt\r\n2\tC\tG\r\n", 1, "C", "G", "AGGTNACGTACGTT"),
    ("n.2_3del", 1, "CG", "", "ATNACGTACGTT"),
    ("2-3del", 1, "CG", "", "ATNACGTACGTT"),
    ("3delG", 2, "G", "", "ACTNACGTACGTT"),
    ("2_3insuu", 2, "", "TT", "ACTTGTNACGTACGTT"),
    ("0_1insT", 0, "", "T", "TACGTNACGTACGTT"),
    ("14_15insA", 14, "", "A", "ACGTNACGTACGTTA"),
    ("2_4delinsAC", 1, "CGT", "AC", "AACNACGTACGTT"),
    ("2_3delCGinsA", 1, "CG", "A", "AATNACGTACGTT"),
    ("2_3dup", 3, "", "CG", "ACGCGTNACGTACGTT"),
    ("2_3CG>TT", 1, "CG", "TT", "ATTTNACGTACGTT"),
    ("12_14inv", 11, "GTT", "AAC", "ACGTNACGTACAAC"),
    ("2\tCG\tC", 2, "G", "", "ACTNACGTACGTT"),       # as a VCF writes a deletion
    ("2 - A", 1, "", "A", "AACGTNACGTACGTT"),
    ("5N>A", 4, "N", "A", "ACGTAACGTACGTT"),
])
def test_each_form_by_hand(text, start, ref, alt, result):
    found = read_variants(text, SEQUENCE)
    assert not found.problems
    assert found.variants[-1][:3] == (start, ref, alt)
    if result:
        assert apply_variant(SEQUENCE, found.variants[0]) == result == apply_edit(SEQUENCE, found.variants[0].edit)


@pytest.mark.parametrize(("text", "sentence"), [
    ("2A>G", "Line 1, '2A>G': base 2 is C in the sequence, not A."),
    ("\n\n2_3AA>TT", "Line 3, '2_3AA>TT': bases 2 to 3 are CG in the sequence, not AA."),
    ("5A>G", "base 5 is N in the sequence, not A; N is an unknown base."),
    ("99A>G", "base 99 is outside the sequence, which has bases 1 to 14."),
    ("13_16del", "bases 13 to 16 are outside"),
    ("15_16insA", "outside the sequence"),
    ("0A>G", "positions count from 1."),
    ("3_2del", "3 to 2 runs backwards."),
    ("4_7insT", "between two neighbouring bases, as in 42_43insTT."),
    ("4insT", "between two neighbouring bases"),
    ("4_5ins", "followed by the bases that go in"),
    ("4delTT", "2 deleted bases are spelt out, but the positions name 1."),
    ("2C>R", "R stands for several bases; write a variant for each of them."),
    ("2C>Z", "'Z' is not a base. Use A, C, G, T or N."),
    ("2C>C", "that changes nothing."),
    ("2C>", "names a base before and its bases after the >"),
    ("1_14del", "at least one base has to stay."),
    ("c.2C>G", "c. counts in a gene or a chromosome; here positions count from the first base"),
    ("NM_000.1:c.2C>G", "c. counts in a gene"),
    ("chr7:2C>G", "a name before the colon counts in"),
    ("GATTACA", "this is not read as a variant. Write 42A>G"),
    ("9999999999A>G", "this is not read as a variant"),
    ("99999999999 A G", "is too large for a position"),
    ("\u0662C>G", "this is not read as a variant"),
    ("2C>G\n2C>G", "Line 2, '2C>G': it stands on line 1 already and is counted once."),
    ("2C>G\n2 CG GG", "Line 2, '2 CG GG': it stands on line 1 already"),
])
def test_each_mistake_is_one_sentence(text, sentence):
    problems = read_variants(text, SEQUENCE).problems
    assert len(problems) == 1 and sentence in problems[0] and problems[0].startswith("Line ")


@pytest.mark.parametrize("line", ["chr1 2 . C G", "7\t5530601\trs1\tC\tG\tPASS", "chr7:2 C G"])
def test_a_line_of_a_genome_is_one_sentence(line):
    found = read_variants(line + "\n2C>G", SEQUENCE)
    assert [written(v) for v in found.variants] == ["2C>G"]
    assert len(found.problems) == 1 and "names a place of a genome" in found.problems[0]


def test_the_same_mistake_of_a_line_is_told_once():
    assert len(read_variants("2 A C,G\n" + "3G>C " * 50, SEQUENCE).problems) == 2


def test_the_good_ones_go_on_past_the_bad_ones():
    found = read_variants("# mine\n2C>G, 3A>T; 3_4del\n\nnonsense\n4 T G,C rs7\n", SEQUENCE)
    assert [written(v) for v in found.variants] == ["2C>G", "3_4del", "4T>G", "4T>C"]
    assert [p.split(",")[0] for p in found.problems] == ["Line 2", "Line 4"]
    assert found.variants[-1].name == "rs7"


def test_thousands_of_lines_are_read_up_to_a_limit():
    sequence = "ACGT" * 1000
    text = "\n".join(f"{4 * i + 1}A>{base}" for i in range(1000) for base in "CGT")
    found = read_variants(text, sequence)
    assert len(found.variants) == 2000
    assert found.problems == ("Line 2001: only the first 2,000 variants are read here.",)


def test_what_is_written_is_read_again():
    every = [Variant(1, "C", "G"), Variant(1, "CG", ""), Variant(2, "", "TT"), Variant(0, "", "T"), Variant(14, "", "AC"),
             Variant(1, "CGT", "AC"), Variant(3, "T", "")]
    assert [v[:3] for v in read_variants("\n".join(map(written, every)), SEQUENCE).variants] == [v[:3] for v in every]
    assert written(Variant(41, "A", "G")) == "42A>G" and written(Variant(41, "GAT", "")) == "42_44del"
    assert written(Variant(42, "", "TT")) == "42_43insTT"


def test_minimal_leaves_the_same_sequence():
    for variant in (Variant(1, "CG", "C"), Variant(1, "CGT", "CAT"), Variant(5, "ACG", "ACACG"), Variant(2, "G", "GA")):
        assert apply_variant(SEQUENCE, minimal(variant)) == apply_variant(SEQUENCE, variant)
        assert len(minimal(variant).ref) < len(variant.ref)


def test_a_variant_that_does_not_fit_is_refused():
    with pytest.raises(SeqVizError, match="base 2 is C"):
        apply_variant(SEQUENCE, Variant(1, "A", "G"))
    with pytest.raises(SeqVizError, match="outside"):
        apply_variant(SEQUENCE, Variant(-1, "", "G"))


@pytest.mark.parametrize("text", ["3,G,A", "3, G, A", "3;G;A", "3 ; G ; A", "3\tG\tA", "3, G>A", "pos, ref, alt\n3, G, A"])
def test_a_row_is_parted_as_tables_are(text):
    assert read_variants(text, "ACGT") == FoundVariants((Variant(2, "G", "A"),), ())


def test_a_row_may_have_a_name_of_several_words():
    assert read_variants("3,G,A,in the site", "ACGT").variants == (Variant(2, "G", "A", "in the site"),)


@pytest.mark.parametrize("text", [f"2_3ins{'A' * 1001}", f"2 C {'A' * 1001}", f"2delins{'A' * 1001}"])
def test_no_more_goes_in_than_a_model_can_read(text):
    found = read_variants(text, "ACGT")
    assert not found.variants and "1,001 bases go in; at most 1,000 do at once." in found.problems[0]
    assert read_variants(text[:-1], "ACGT").variants


def test_the_other_strand_makes_the_same_change():
    rng = np.random.default_rng(3)
    for _ in range(300):
        sequence = "".join(rng.choice(list("ACGTN"), 12))
        start, deleted, inserted = (int(v) for v in rng.integers((0, 0, 0), (13, 4, 4)))
        ref, alt = sequence[start:start + deleted], "".join(rng.choice(list("ACGT"), inserted))
        if ref != alt:
            variant = Variant(start, ref, alt, "a")
            there = apply_variant(reverse_complement(sequence), variant.turned(12))
            assert there == reverse_complement(apply_variant(sequence, variant)) and variant.turned(12).turned(12) == variant
