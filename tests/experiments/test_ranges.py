"""Ranges of bases as people type them."""

import pytest

from seqviz_core.errors import SeqVizError
from seqviz_core.experiments.ranges import read_ranges, write_ranges


@pytest.mark.parametrize(("text", "ranges"), [
    ("", []), ("  ", []), ("10-20, 33", [(9, 20), (32, 33)]), ("10 - 20;33", [(9, 20), (32, 33)]), ("1–100", [(0, 100)]),
    ("5..7\n9", [(4, 7), (8, 9)]), ("100", [(99, 100)]),
])
def test_what_people_type(text, ranges):
    assert read_ranges(text, 100) == ranges
    assert read_ranges(write_ranges(ranges), 100) == ranges


@pytest.mark.parametrize(("text", "sentence"), [
    ("10-20, x", "Range 2, 'x', cannot be read"), ("20-10", "Range 1, '20-10', ends before it starts. Write 10-20."),
    ("0", "Range 1, '0', is not inside the sequence, which has bases 1 to 100"), ("1-101", "'1-101', is not inside"),
    ("-5", "cannot be read"), ("1 " * 300, "300 ranges are too many"), ("9" * 30, "cannot be read"), ("1-2-3", "cannot be read"),
])
def test_what_cannot_be_is_told_with_its_place(text, sentence):
    with pytest.raises(SeqVizError, match=sentence.replace(".", r"\.")):
        read_ranges(text, 100)
