"""Which of twelve transcription factors have a site here: several answers at once.

The recipe of Koo & Eddy (PLoS Comput Biol 2019, 15:e1007560), with the motifs as JASPAR has them now.
"""

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from ..motifs import Motif, find_motif
from ..settings import setting
from .background import background_setting, gc_setting, sequences_setting
from .evidence import SiteLaw, site_evidence
from .placement import draw_counts
from .planting import OnBackground, SiteBook, check_room
from .task import Dataset, Head, Seed, dataset

MOTIF_IDS = ("MA0151.1", "MA0466.4", "MA0477.3", "MA0062.4", "MA0496.4", "MA0058.4",  # Arid3a, CEBPB, FOSL1, GABPA, MAFK, MAX
             "MA0052.5", "MA0502.3", "MA0079.5", "MA0083.3", "MA0137.4", "MA0095.4")  # MEF2A, NFYB, SP1, SRF, STAT1, YY1
SITE_COUNTS = {1: 0.50, 2: 0.25, 3: 0.17, 4: 0.05, 5: 0.03}


@dataset("multi_label", label="Twelve factors at once", order=10,
         summary="Each sequence carries one to five sites of twelve JASPAR motifs; every motif is a label of its own.",
         difficulty="Several labels hold at once, and short motifs (Arid3a, MAX) also turn up by chance.")
@dataclass(frozen=True)
class MultiLabel(OnBackground):
    """1 to 5 sites (SITE_COUNTS), each of a motif of MOTIF_IDS drawn with replacement, uniform and without overlap."""

    head: ClassVar[Head] = "sigmoid"

    length: int = setting(200, "Sequence length", help="Bases", low=100, high=2000)
    both_strands: bool = setting(True, "Plant on both strands")
    background: str = background_setting()
    gc: float = gc_setting()
    sequences: str = sequences_setting()

    def __post_init__(self) -> None:
        check_room(self.length, self.motifs, max(SITE_COUNTS))

    @property
    def classes(self) -> tuple[str, ...]:
        return tuple(m.name for m in self.motifs)

    @property
    def motifs(self) -> tuple[Motif, ...]:
        return tuple(find_motif(i) for i in MOTIF_IDS)

    @property
    def class_shares(self) -> tuple[float, ...]:
        absent = sum(chance * (1 - 1 / len(MOTIF_IDS)) ** k for k, chance in SITE_COUNTS.items())
        return (1 - absent,) * len(MOTIF_IDS)

    def sample(self, n: int, seed: Seed) -> Dataset:
        rng = np.random.default_rng(seed)
        codes, counts = self.draw_background(n, rng), draw_counts(SITE_COUNTS, n, rng)
        chosen = rng.integers(0, len(MOTIF_IDS), (n, max(SITE_COUNTS)))
        chosen[np.arange(max(SITE_COUNTS)) >= counts[:, None]] = -1
        book = SiteBook(codes)
        book.plant_anywhere(chosen, self.motifs, self.both_strands, rng)
        sites = book.sites()
        labels = np.zeros((n, len(MOTIF_IDS)), dtype=np.float32)
        labels[sites.sequence, sites.motif] = 1
        return Dataset(codes, labels, sites, self.classes, self.motifs)

    def bayes_logits(self, codes: np.ndarray) -> np.ndarray | None:
        """P(x, motif c absent) is the odds of the law with the chance of c taken out of every draw."""
        if self.frequencies is None:
            return None
        any_motif = np.full(len(MOTIF_IDS), 1 / len(MOTIF_IDS))
        weights = [any_motif, *(any_motif * (1 - row) for row in np.eye(len(MOTIF_IDS)))]
        laws = [SiteLaw(SITE_COUNTS, w) for w in weights]
        log = site_evidence(codes, self.motifs, laws, self.frequencies, both_strands=self.both_strands)
        share_absent = np.minimum(log[:, 1:] - log[:, :1], -1e-12)  # log P(absent | x)
        return np.log(-np.expm1(share_absent)) - share_absent
