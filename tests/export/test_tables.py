"""CSV that no spreadsheet runs."""

import csv
import io

import numpy as np
import pytest

from seqviz_core.export import to_csv


def test_csv_reads_back_and_disarms_formulas():
    text = to_csv({"name": ["=1+1", "a,b", 'say "x"'], "value": np.array([1.5, -2.0, 3.0])})
    rows = list(csv.reader(io.StringIO(text)))
    assert rows == [["name", "value"], ["'=1+1", "1.5"], ["a,b", "-2.0"], ['say "x"', "3.0"]]
    assert to_csv({"strand": ["+", "-"], "note": ["+1", "-A1"]}) == "strand,note\n+,'+1\n-,'-A1\n"
    with pytest.raises(ValueError, match="differ in length"):
        to_csv({"a": [1], "b": [1, 2]})
