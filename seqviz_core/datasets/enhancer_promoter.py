"""An enhancer and a promoter far apart: the answer depends on both."""

from dataclasses import dataclass

import numpy as np

from ..motifs import Motif, find_motif
from ..settings import setting
from .background import background_setting, gc_setting, sequences_setting
from .evidence import pair_odds, window_odds
from .planting import OnBackground, SiteBook, check_differ, check_fits, draw_strands
from .task import Dataset, Seed, balanced_labels, dataset

BOTH, EXACTLY_ONE = RULES = ("both present", "exactly one present")
NEITHER, ENHANCER, PROMOTER, PAIR = range(4)
_ARRANGEMENTS = {  # of negatives and of positives; those of a class are equally likely
    BOTH: ((NEITHER, ENHANCER, PROMOTER), (PAIR,)),
    EXACTLY_ONE: ((NEITHER, PAIR), (ENHANCER, PROMOTER)),
}


@dataset("enhancer_promoter", label="Enhancer and promoter", order=15,
         summary="Two motifs a given distance apart; the answer is whether both (or exactly one) are there.",
         presets={"exactly one": {"rule": EXACTLY_ONE}, "800 bases apart": {"length": 1000, "distance": 800}},
         difficulty="Neither motif decides alone, and with 'exactly one' no sum of the two does.")
@dataclass(frozen=True)
class EnhancerPromoter(OnBackground):
    """The enhancer's motif, `distance` bases, the promoter's motif, at a uniform place; where only one is there, it stands
    where it would stand in a pair."""

    enhancer: str = setting("MA0466.4", "Enhancer motif", help="JASPAR id with its version")
    promoter: str = setting("MA0079.5", "Promoter motif", help="JASPAR id with its version")
    rule: str = setting(BOTH, "Positive is", choices=RULES)
    length: int = setting(200, "Sequence length", help="Bases", low=40, high=2000)
    distance: int = setting(100, "Distance", help="Bases between the two sites", low=0, high=1900)
    both_strands: bool = setting(True, "Plant on both strands")
    background: str = background_setting()
    gc: float = gc_setting()
    sequences: str = sequences_setting()

    def __post_init__(self) -> None:
        check_differ("Promoter motif", self.promoter, self.motifs)
        check_fits(self.length, self.motifs, gap=self.distance)

    @property
    def classes(self) -> tuple[str, ...]:
        return ("not both", "both") if self.rule == BOTH else ("none or both", "exactly one")

    @property
    def motifs(self) -> tuple[Motif, ...]:
        return find_motif(self.enhancer), find_motif(self.promoter)

    @property
    def _offset(self) -> int:
        """From the enhancer's start to the promoter's."""
        return self.motifs[0].width + self.distance

    def sample(self, n: int, seed: Seed) -> Dataset:
        rng = np.random.default_rng(seed)
        labels = balanced_labels(n, 2, rng)
        codes = self.draw_background(n, rng)
        arrangement = np.where(labels == 1, *(rng.choice(which, n) for which in reversed(_ARRANGEMENTS[self.rule])))
        starts = rng.integers(0, self.length - self._offset - self.motifs[1].width + 1, n)
        book = SiteBook(codes)
        for index, (motif, alone, offset) in enumerate(zip(self.motifs, (ENHANCER, PROMOTER), (0, self._offset))):
            rows = np.flatnonzero((arrangement == alone) | (arrangement == PAIR))
            book.plant(rows, starts[rows] + offset, motif, index, draw_strands(len(rows), self.both_strands, rng), rng)
        return Dataset(codes, labels, book.sites(), self.classes, self.motifs)

    def bayes_logits(self, codes: np.ndarray) -> np.ndarray | None:
        if self.frequencies is None:
            return None
        enhancer, promoter = (window_odds(m, codes, self.frequencies, both_strands=self.both_strands) for m in self.motifs)
        none = np.ones_like(enhancer), np.ones_like(promoter)
        odds = {NEITHER: np.ones(len(codes)), ENHANCER: pair_odds(enhancer, none[1], self._offset),
                PROMOTER: pair_odds(none[0], promoter, self._offset), PAIR: pair_odds(enhancer, promoter, self._offset)}
        return np.log(np.stack([np.mean([odds[a] for a in which], axis=0) for which in _ARRANGEMENTS[self.rule]], axis=1))
