"""Real promoters of E. coli: a very small data set, as they used to be."""

from dataclasses import dataclass
from functools import cache

from .bundled import bundled
from .fixed import FixedTask, Given, fold_setting
from .task import Source, dataset

SOURCE = Source("Harley C, Reynolds R, Noordewier M. Molecular Biology (Promoter Gene Sequences). "
                "UCI Machine Learning Repository, 1990.", "CC BY 4.0", "https://archive.ics.uci.edu/dataset/67")


@dataset("uci_promoters", label="E. coli promoters", order=210, source=SOURCE,
         summary="Real E. coli DNA, 57 bases: does transcription start at base 51, or not?",
         difficulty="Only 106 sequences: each test part has ten or eleven, so one more or less right is ten points.")
@dataclass(frozen=True)
class UciPromoters(FixedTask):
    """The 106 windows of UCI dataset 67: 53 promoters, the start of transcription at base 51, and 53 without."""

    fold: int = fold_setting()

    @property
    def given(self) -> Given:
        return _given()


@cache
def _given() -> Given:
    return bundled("uci_promoters", ("no promoter", "promoter"))
