"""Tables of measured effects: read by hand, the wild type rebuilt, found in a sequence on either strand."""

import gzip

import numpy as np
import pytest

from seqviz_core.errors import SeqVizError
from seqviz_core.sequences import reverse_complement
from seqviz_core.sequences.measured import read_measured
from seqviz_core.sequences.measured_places import located
from seqviz_core.sequences.variants import Variant, apply_variant

WILD = "ACGTTGCAAGGCTATTCC"
MPRA = "Chrom\tPos\tRef\tAlt\tBarcodes\tCoefficient\tpValue\tElement\n" + "".join(
    f"X\t{1001 + i}\t{ref}\t{alt}\t12\t{(i + 1) * (0.1 if alt == 'A' else -0.1):.2f}\t0.5\tF9\n"
    for i, ref in enumerate(WILD) for alt in "ACGT" if alt != ref)


def test_a_saturation_table_gives_its_wild_type():
    found = read_measured(MPRA)
    [element] = found.elements
    assert (element.name, element.contig, element.place, found.problems) == ("F9", "X", "X:1,001-1,018", ())
    assert element.wild_type() == WILD and len(element.values) == 54
    assert element.values[0] == pytest.approx(-0.1) and element.values[3] == pytest.approx(0.2)


@pytest.mark.parametrize("text", [
    "Pos,Ref,Alt,Value\n2,C,A,0.5\n5,T,-,-1e-2\n",
    "position;reference;alternative;effect\n2;c;a;0,5\n5;u;.;-0,01\n",
    "2 C A 0.5\n5 T - -0.01",
    "\ufeff\"Pos\"\t\"Ref\"\t\"Alt\"\t\"Coefficient\"\r\n2\tC\tA\t0.5\r\n\r\n5\tT\t-\t-0.01\r\n",
    "## made by hand\n#Chrom Pos Ref Alt log2FC\n7 2 C A 0.5\n7 5 T * -0.01",
])
def test_forms_of_tables(text):
    [element] = read_measured(text).elements
    assert element.positions.tolist() == [2, 5] and element.refs == ("C", "T") and element.alts == ("A", "")
    assert element.values == pytest.approx([0.5, -0.01])
    assert element.wild_type() == "CNNT"
    packed = read_measured(gzip.compress(text.encode())).elements[0]
    assert packed.values == pytest.approx(element.values)


def test_elements_are_kept_apart():
    text = "Pos\tRef\tAlt\tValue\tElement\n1\tA\tC\t1\tone\n1\tG\tC\t2\ttwo\n2\tA\tC\t3\tone\n"
    assert [(e.name, e.wild_type(), e.values.tolist()) for e in read_measured(text).elements] == [
        ("one", "AA", [1, 3]), ("two", "G", [2])]


@pytest.mark.parametrize(("row", "sentence"), [
    ("x\tA\tC\t1", "Line 3: the position 'x' is not a whole number from 1 on."),
    ("0\tA\tC\t1", "the position '0' is not"),
    ("2\tA\tC\tNA", "the value 'NA' is not a number."),
    ("2\tA\tC\tinf", "the value 'inf' is not a number."),
    ("2\tA", "there are 2 columns, and 4 are needed."),
    ("2\tA\tR\t1", "R stands for several bases"),
    ("2\tA\tA\t1", "ref and alt are the same."),
    ("1\tA\tC\t7", "1 A C stands in the table already; its first value is kept."),
    ("1\tG\tC\t7", "the reference at 1 is G here and A in an earlier row."),
])
def test_a_wrong_row_is_one_sentence_and_the_rest_goes_on(row, sentence):
    found = read_measured(f"Pos\tRef\tAlt\tValue\n1\tA\tC\t1\n{row}\n9\tT\tC\t2\n")
    assert len(found.problems) == 1 and sentence in found.problems[0]
    assert found.elements[0].values.tolist() == [1, 2]


@pytest.mark.parametrize(("text", "sentence"), [
    ("", "There is no table here"), ("Pos\tRef\tAlt\tValue\n", "a header but no row"),
    ("Pos\tRef\tBarcodes\n1\tA\t3", "has the columns Pos, Ref, Barcodes; it needs alt and value"),
    ("1 A C\n2 C A", "it needs position, ref, alt and value"),
    ("Pos\tRef\tAlt\tValue\nx\tA\tC\t1", "Line 2: the position 'x'"),
    (b"\x1f\x8bbroken", "gz file"),
])
def test_what_is_no_table_is_refused(text, sentence):
    with pytest.raises(SeqVizError, match=sentence):
        read_measured(text)


def test_many_mistakes_are_counted():
    problems = read_measured("Pos\tRef\tAlt\tValue\n1\tA\tC\t1\n" + "2\tA\tA\t1\n" * 50).problems
    assert len(problems) == 21 and problems[-1] == "30 more rows are left out for such reasons."


def test_a_wide_table_makes_no_wild_type():
    [element] = read_measured("1 A C 1\n900000 A C 1").elements
    with pytest.raises(SeqVizError, match="span 900,000 bases; at most 10,000"):
        element.wild_type()


@pytest.mark.parametrize(("sequence", "how"), [
    (WILD, "The table\u2019s reference X:1,001-1,018 stands at base 1 of the sequence."),
    ("TTT" + WILD + "GA", "stands at base 4 of the sequence."),
    ("TTT" + reverse_complement(WILD) + "GA", "stands at base 4 of the sequence, on the other strand."),
])
def test_it_is_found_in_a_sequence(sequence, how):
    element = read_measured(MPRA).elements[0]
    found = located(element, sequence)
    assert how in found.how and found.left_out == 0 and found.values == pytest.approx(element.values)
    start = sequence.index(WILD) if WILD in sequence else None
    for variant, i, alt in zip(found.variants, element.positions - 1001, element.alts):
        with_it = apply_variant(WILD, Variant(i, WILD[i], alt))
        text = apply_variant(sequence, variant)
        assert text[3:21] == reverse_complement(with_it) if start is None else text[start:start + 18] == with_it


def test_positions_of_the_sequence_itself_and_one_wrong_row():
    rows = "\n".join(f"{i + 1} {ref} {'A' if ref != 'A' else 'C'} {i}" for i, ref in enumerate(WILD))
    found = located(read_measured(rows + "\n40 A C 3").elements[0], WILD)
    assert found.how == "Positions count from the first base of the sequence." and found.left_out == 1
    assert np.array_equal(found.values, np.arange(18))


def test_another_sequence_is_not_taken_for_it():
    element = read_measured(MPRA).elements[0]
    assert located(element, "A" * 200) is None and located(element, WILD[:-1]) is None
    assert located(read_measured("1001 A C 1\n1002 C A 1").elements[0], "ACGT" * 30) is None  # two bases stand anywhere
