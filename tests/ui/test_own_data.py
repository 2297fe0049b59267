"""Several uploaded files become one labelled text."""

import pytest

from seqviz_core.errors import SeqVizError
from seqviz_core.sequences import Limits, parse_labelled
from seqviz_core.ui.own_data import merged


def test_each_file_is_a_class_named_after_it():
    files = {"pum2.train.positive.fasta": b">a\nACGU", "no sites (2).fa.gz": b">b\nGGGG\n>c\nTT"}
    parsed = parse_labelled(merged(files, Limits()))
    assert parsed.labels == ("pum2.train.positive", "no_sites_2_", "no_sites_2_")
    assert [r.sequence for r in parsed.records] == ["ACGT", "GGGG", "TT"]


@pytest.mark.parametrize("files, sentence", [
    ({"a.fa": b">x\nACGT", "a.fasta": b">y\nACGT"}, "both be the class 'a'"),
    ({"a.fa": b">x\nAXGT", "b.fa": b">y\nACGT"}, "a.fa: Record 1"),
    ({"a.fa": b"", "b.fa": b">y\nACGT"}, "a.fa: There is no sequence here")])
def test_a_file_that_cannot_be_used_is_named(files, sentence):
    with pytest.raises(SeqVizError, match=sentence):
        merged(files, Limits())
