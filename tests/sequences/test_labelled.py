"""Labelled text: every form it may have, and one clear sentence for everything it may not be."""

import gzip

import pytest

from seqviz_core.errors import SeqVizError
from seqviz_core.sequences import Limits, SequenceRecord, label_records, parse_labelled


def read(text: str | bytes, **limits: int) -> list[tuple[str, str]]:
    parsed = parse_labelled(text, Limits(**limits))
    return [(r.sequence, label) for r, label in zip(parsed.records, parsed.labels, strict=True)]


EXPECTED = [("ACGTT", "yes"), ("GGGCC", "no way")]


@pytest.mark.parametrize("text", [
    '>a label=yes\nACGTT\n>b label="no way"\nGGGCC\n',
    '>a;LABEL=yes\nAC\nGTT\n>b, class = "no way" and more\nggg cc',
    ">a|x|yes\nACGTT\n>b|no way\nGGGCC",
    ">a|yes\r\nACGUU\r\n\r\n>b|no way\r\nGGGCC\r\n",
    "sequence\tlabel\nACGTT\tyes\nGGGCC\tno way\n",
    "label,name,sequence\nyes,a,ACGTT\n\nno way,b,  GGGCC ",
    "FoldID\tEventID\tseq\tBound\nA\t1\tACGTT\tyes\nA\t2\tGGGCC\tno way",
    'Label;Sequence\n"yes";"acguu"\n"no way";GGG CC',
    "ACGTT\tyes\r\nGGGCC\tno way\r\n", "yes,ACGTT\nno way,GGGCC", "\ufeffyes,ACGTT\nno way,GGGCC",
    gzip.compress(b"seq\ty\nACGTT\tyes\nGGGCC\tno way\n", mtime=0), "seq\ty\nACGTT\tyes\nGGGCC\tno way\n".encode("utf-16")])
def test_every_form_reads_the_same(text):
    assert read(text) == EXPECTED


def test_a_label_that_is_a_base_is_a_label():
    assert read("A,ACGTACGT\nT,ACGTACGA") == [("ACGTACGT", "A"), ("ACGTACGA", "T")]


@pytest.mark.parametrize("text", [">a\nACGT\n>b\nGGGG", "ACGT\nGGGG\n", "sequence,other\nACGT,x\nGGGG,y"])
def test_without_labels_there_are_none(text):
    parsed = parse_labelled(text)
    assert [r.sequence for r in parsed.records] == ["ACGT", "GGGG"] and parsed.labels == ()


def test_unknown_letters_are_kept_as_unknown_and_told():
    parsed = parse_labelled("ACRTN,x\nUUYAC,y")
    assert [r.sequence for r in parsed.records] == ["ACNTN", "TTNAC"]
    assert parsed.notices == ("2 IUPAC codes are kept as unknown.", "U is read as T.")
    assert parse_labelled(">1\nACRT\n>1\nACGT").notices == ("Record 1 '1': 1 IUPAC code (R) is kept as an unknown base.",)


@pytest.mark.parametrize("text, sentence", [
    ("", "There is no sequence here"), (" \n\t\n", "There is no sequence here"), (b"\0\1\2", "not text"),
    ("sequence,label\nACGT,a\nACXT,b", r"Line 3, letter 3 of the sequence: 'X' is not a base"),
    ("ACGT,a\n\nAC-T,b", "Line 3, letter 3"), ("ACGT,a\nßCGT,b", "Line 2, letter 1 of the sequence: 'ß'"),
    (">a label=x\nACGT\n>b label=y\nAC\nGTQ", "Record 2 .*line 5, column 3: 'Q'"),
    ("ACGT,a\nACGT", "Line 2 has 1 column, the first one 2"), ("ACGT\nACGT,a", "Line 2, letter 5 of the sequence: ','"),
    ("sequence,label\nACGT,", "Line 2 has no label"), ("sequence,label\n,a", "Line 2 has no sequence"),
    ("sequence,label\n", "header line and no sequence"), ("a,b,ACGT\n", "Line 1 has 3 columns. Write a first line that names"),
    ("dnas,label\nACGT,a", "no column is named sequence; there are dnas, label"),
    (">a label=x\nACGT\n>b\nACGT", "Record 2 'b' has no label: write label="),
    (">a|x\nACGT\n>b\nACGT", "Record 2 'b' has no label"), ('>a label=""\nACGT', "Record 1 .* has no label"),
    (">a|<img src=x onerror=alert(1)>\nACGT", "holds '<'. A label has letters, digits"),
    ("ACGT,:red[x]", "Line 1: the label ':red.x.' holds ':'"), ("ACGT,![x](e)", "holds '!'"),
    (">a|" + "x" * 41 + "\nACGT", "has 41 characters; at most 40"),
    ('sequence,label\n"ACGT,a\nACGT,b', "Line 3 has 1 column"), ("ACGT,a\n" * 11, "more than 10 sequences"),
    ("ACGTACGTA,a", "Line 1: the sequence has 9 bases; at most 8"), ("ACGTACG,a\n" * 200, "more than 1,000 bytes")])
def test_one_sentence_says_what_is_wrong_and_where(text, sentence):
    with pytest.raises(SeqVizError, match=sentence):
        parse_labelled(text, Limits(records=10, length=8, bytes=1000))


def test_ten_megabytes_are_refused_unread():
    with pytest.raises(SeqVizError, match="more than 5,000,000 bytes"):
        parse_labelled("ACGT,a\n" * 1_500_000)


def test_a_field_too_long_for_a_table_is_told():
    with pytest.raises(SeqVizError, match="Line 1: this is no table"):
        parse_labelled("a," + "A" * 200_000, Limits(length=10**6))


def test_records_of_several_files_become_one_text():
    records = (SequenceRecord("x|y label=old", "ACGT"), SequenceRecord('label="z"', "GGGG"))
    text = label_records({"bound": records[:1], "not bound": records[1:]})
    assert text == '>x y label="bound"\nACGT\n>sequence label="not bound"\nGGGG\n'
    assert read(text) == [("ACGT", "bound"), ("GGGG", "not bound")]
