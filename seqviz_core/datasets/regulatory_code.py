"""Are all sites those of five core factors? Positives and negatives differ by the company the motifs keep.

Task 3 of Koo & Ploenzke (Nat Mach Intell 2021, doi:10.1038/s42256-020-00291-x), with the motifs as JASPAR has them now.
The fifty other motifs were drawn once (seed 22) from the bundled release, among those of 6 to 16 columns and at least 8 bits
whose columns correlate with no core motif (below 0.75 either way): the paper took look-alikes of its core motifs out too.
"""

from dataclasses import dataclass

import numpy as np

from ..motifs import Motif, find_motif
from ..settings import setting
from .background import background_setting, gc_setting, sequences_setting
from .evidence import SiteLaw, site_evidence
from .placement import draw_counts
from .planting import OnBackground, SiteBook, check_room
from .task import Dataset, Seed, balanced_labels, dataset

CORE_IDS = ("MA0079.5", "MA0062.4", "MA0466.4", "MA0058.4", "MA0095.4")  # SP1, GABPA, CEBPB, MAX, YY1
OTHER_IDS = (
    "MA0019.2", "MA0031.2", "MA0065.3", "MA0069.1", "MA0100.4", "MA0101.1", "MA0108.3", "MA0150.3", "MA0470.3", "MA0593.2",
    "MA0625.3", "MA0652.2", "MA0676.1", "MA0681.3", "MA0695.3", "MA0715.1", "MA0718.2", "MA0752.2", "MA0768.3", "MA0788.1",
    "MA0805.1", "MA0806.1", "MA0810.2", "MA0816.1", "MA0817.2", "MA0862.1", "MA0864.3", "MA0866.1", "MA0868.3", "MA0883.2",
    "MA0913.3", "MA1107.3", "MA1122.2", "MA1472.3", "MA1524.3", "MA1533.2", "MA1555.1", "MA1568.2", "MA1624.2", "MA1634.2",
    "MA1645.2", "MA1943.2", "MA1972.1", "MA1996.2", "MA2486.1", "MA2488.1", "MA2514.1", "MA2517.1", "MA2561.1", "MA2583.1")
SITE_COUNTS = {3: 0.50, 4: 0.25, 5: 0.17, 6: 0.05, 7: 0.03}


@dataset("regulatory_code", label="Regulatory code", order=11,
         summary="Three to seven sites: of five core motifs alone in positives, of these and fifty others in negatives.",
         difficulty="Negatives carry core motifs too (one site in eleven), so no single motif decides.")
@dataclass(frozen=True)
class RegulatoryCode(OnBackground):
    """SITE_COUNTS sites drawn with replacement, uniform and without overlap. A negative whose draws all fall on core
    motifs (one in 2,400) stays a negative, as in the recipe."""

    length: int = setting(200, "Sequence length", help="Bases", low=150, high=2000)
    both_strands: bool = setting(True, "Plant on both strands")
    background: str = background_setting()
    gc: float = gc_setting()
    sequences: str = sequences_setting()

    def __post_init__(self) -> None:
        check_room(self.length, self.motifs, max(SITE_COUNTS))

    @property
    def classes(self) -> tuple[str, ...]:
        return "mixed motifs", "core motifs only"

    @property
    def motifs(self) -> tuple[Motif, ...]:
        return tuple(find_motif(i) for i in CORE_IDS + OTHER_IDS)

    def sample(self, n: int, seed: Seed) -> Dataset:
        rng = np.random.default_rng(seed)
        labels = balanced_labels(n, 2, rng)
        codes, counts = self.draw_background(n, rng), draw_counts(SITE_COUNTS, n, rng)
        pool = np.where(labels == 1, len(CORE_IDS), len(CORE_IDS + OTHER_IDS))
        chosen = rng.integers(0, pool[:, None], (n, max(SITE_COUNTS)))
        chosen[np.arange(max(SITE_COUNTS)) >= counts[:, None]] = -1
        book = SiteBook(codes)
        book.plant_anywhere(chosen, self.motifs, self.both_strands, rng)
        return Dataset(codes, labels, book.sites(), self.classes, self.motifs)

    def bayes_logits(self, codes: np.ndarray) -> np.ndarray | None:
        if self.frequencies is None:
            return None
        n_core, n_all = len(CORE_IDS), len(CORE_IDS + OTHER_IDS)
        core = np.where(np.arange(n_all) < n_core, 1 / n_core, 0)
        laws = [SiteLaw(SITE_COUNTS, np.full(n_all, 1 / n_all)), SiteLaw(SITE_COUNTS, core)]
        return site_evidence(codes, self.motifs, laws, self.frequencies, both_strands=self.both_strands)
