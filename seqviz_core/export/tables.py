"""Tables as CSV."""

import csv
import io
from collections.abc import Mapping, Sequence

_FORMULA = ("=", "+", "-", "@", "\t", "\r")


def to_csv(columns: Mapping[str, Sequence]) -> str:
    """Return equally long columns as CSV text; a text that a spreadsheet would run as a formula gets a leading quote."""
    if len({len(column) for column in columns.values()}) > 1:
        raise ValueError(f"columns differ in length: { {name: len(c) for name, c in columns.items()} }")
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow([safe_cell(name) for name in columns])
    writer.writerows([safe_cell(cell) for cell in row] for row in zip(*columns.values()))
    return out.getvalue()


def safe_cell(cell: object) -> object:
    """Return what a table may show or save for a cell: text that would be a formula gets a leading quote."""
    formula = isinstance(cell, str) and cell.startswith(_FORMULA) and cell not in ("+", "-")  # those are strands
    return "'" + cell if formula else cell
