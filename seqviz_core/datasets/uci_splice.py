"""Real splice junctions of primate genes: where does an exon end, where does one begin?"""

from dataclasses import dataclass
from functools import cache

from .bundled import bundled
from .fixed import FixedTask, Given, fold_setting
from .task import Source, dataset

SOURCE = Source("Noordewier MO, Towell GG, Shavlik JW. Molecular Biology (Splice-junction Gene Sequences). "
                "UCI Machine Learning Repository, 1991 (GenBank 64.1).", "CC BY 4.0", "https://archive.ics.uci.edu/dataset/69")


@dataset("uci_splice", label="Splice junctions", order=200, source=SOURCE,
         summary="Real primate DNA, 60 bases: does an exon end in the middle (EI), does one begin (IE), or neither (N)?",
         difficulty="The junction is always in the middle, after base 30, so position matters: GT follows it in nearly every "
                    "donor, AG stands before it in nearly every acceptor, and both also occur by chance.")
@dataclass(frozen=True)
class UciSplice(FixedTask):
    """The 3,004 different windows of UCI dataset 69 with one label each: donors EI, acceptors IE, neither N.

    Of 3,190 rows 184 are copies of another row. One window stands there as IE and as N; it is left out. Letters D, N, S, R
    are unknown bases.
    """

    fold: int = fold_setting()

    @property
    def given(self) -> Given:
        return _given()


@cache
def _given() -> Given:
    return bundled("uci_splice", ("EI", "IE", "N"))
