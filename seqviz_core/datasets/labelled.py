"""Your own sequences: labelled FASTA or a table, taken whole into the settings, so that a run repeats itself.

The text is at most as long as `Limits.bytes` allows (5,000,000 bytes unless the server says otherwise), with at most
RECORDS sequences, each at most `Limits.length` bases; all together, at one length, at most reading.MOST_BASES.
"""

from dataclasses import dataclass, replace
from pathlib import Path

from ..sequences import Limits
from ..settings import setting
from .fixed import FixedTask, Given, fold_setting
from .reading import LONGEST, SHUFFLES, read_given
from .task import dataset

RECORDS = 50_000
EXAMPLE = Path(__file__).with_name("data").joinpath("example.fa").read_text()


@dataset("labelled", label="Your own sequences", order=300,
         summary="Sequences you paste or upload, each with a label; or positives alone, with shuffled copies as negatives.",
         difficulty="Yours to find out: compare GC content and length of the classes first, they may give the answer away.")
@dataclass(frozen=True)
class OwnSequences(FixedTask):
    """One class per label; negatives are given, or one dinucleotide shuffle of each sequence.

    Longer sequences are cut to their middle, shorter ones filled up with unknown bases at the end. Copies are read once;
    a sequence with two labels is left out. A sequence, its reverse complement and its shuffle always share a part.
    """

    text: str = setting(EXAMPLE, "Labelled sequences",
                        help="FASTA with >name label=bound, or a table with the columns sequence and label")
    negatives: str = setting("given", "Negatives", choices=("given", SHUFFLES),
                             help="Shuffles keep each sequence's dinucleotides and destroy its motifs")
    bases: int = setting(0, "Length", help=f"Bases; 0: as the longest, up to {LONGEST:,}", low=0, high=10_000)
    fold: int = fold_setting()

    def __post_init__(self) -> None:
        assert self.given is not None  # refuses the text right away

    @property
    def given(self) -> Given:
        return read_given(self.text, self.negatives, self.bases, replace(Limits.from_environment(), records=RECORDS))

    @property
    def is_example(self) -> bool:
        """Whether these are still the sequences that come with SeqViz."""
        return self.text == EXAMPLE
