"""Ready-made sequences behind the example buttons: synthetic ones with their planted sites, and two real ChIP-seq peaks.

The real ones are single 101-base peaks of public ENCODE ChIP-seq experiments (REST in GM12878, USF1 in HepG2; ENCODE
data are free to use). The synthetic ones were drawn once and are kept as text, so that they stay the same for ever.
"""

from functools import cache
from pathlib import Path
from typing import NamedTuple

from .sequences import SequenceRecord, parse_sequences


class Example(NamedTuple):
    """One example button: its label and the record it loads."""

    label: str
    record: SequenceRecord


@cache
def examples() -> tuple[Example, ...]:
    """Return the examples in the order of the buttons; the first is what a first visit shows."""
    records = parse_sequences(Path(__file__).with_name("examples.fa").read_bytes()).records
    return tuple(Example(r.name.split(" | ")[0], r) for r in records)
