"""A motif among look-alikes that must not count."""

from dataclasses import dataclass

import numpy as np

from ..motifs import Motif, find_motif
from ..settings import setting
from .background import background_setting, gc_setting, sequences_setting
from .evidence import SiteLaw, site_evidence
from .planting import OnBackground, SiteBook, check_differ, check_room
from .task import Dataset, Seed, balanced_labels, dataset


@dataset("decoys", label="Decoys", order=17,
         summary="Every sequence carries two sites: a motif and a look-alike in positives, two look-alikes in negatives.",
         difficulty="The look-alike differs by one base in the middle (TGACTCA, TGACGTCA): a rough match is in every sequence.")
@dataclass(frozen=True)
class Decoys(OnBackground):
    """FOSL1 (the AP-1 site) against ATF3 (the cAMP response element), by default. Uniform, without overlap, in either order.

    The decoys are planted sites too and stand in the truth as such.
    """

    motif: str = setting("MA0477.3", "Motif", help="JASPAR id with its version")
    decoy: str = setting("MA0605.3", "Decoy", help="JASPAR id, with its version, of the motif that does not count")
    length: int = setting(100, "Sequence length", help="Bases", low=60, high=2000)
    both_strands: bool = setting(True, "Plant on both strands")
    background: str = background_setting()
    gc: float = gc_setting()
    sequences: str = sequences_setting()

    def __post_init__(self) -> None:
        check_differ("Decoy", self.decoy, self.motifs)
        check_room(self.length, self.motifs, 2)

    @property
    def classes(self) -> tuple[str, ...]:
        return "decoys only", self.motifs[0].name

    @property
    def motifs(self) -> tuple[Motif, ...]:
        return find_motif(self.motif), find_motif(self.decoy)

    def sample(self, n: int, seed: Seed) -> Dataset:
        rng = np.random.default_rng(seed)
        labels = balanced_labels(n, 2, rng)
        codes = self.draw_background(n, rng)
        either_order = rng.permuted(np.tile([0, 1], (n, 1)), axis=1)
        book = SiteBook(codes)
        book.plant_anywhere(np.where(labels[:, None] == 1, either_order, 1), self.motifs, self.both_strands, rng)
        return Dataset(codes, labels, book.sites(), self.classes, self.motifs)

    def bayes_logits(self, codes: np.ndarray) -> np.ndarray | None:
        if self.frequencies is None:
            return None
        weights = np.array([0.0, 1.0]), np.eye(2), np.eye(2)[::-1]
        laws = [SiteLaw({2: 1.0}, w) for w in weights]
        log = site_evidence(codes, self.motifs, laws, self.frequencies, both_strands=self.both_strands)
        return np.stack([log[:, 0], np.logaddexp(log[:, 1], log[:, 2]) - np.log(2)], axis=1)
