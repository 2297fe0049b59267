"""Which of ten transcription factors binds here, if any: the in-class DanQ exercise."""

from dataclasses import dataclass

import numpy as np

from ..motifs import Motif, find_motif
from ..settings import setting
from .background import background_setting, gc_setting, sequences_setting
from .bayes import log_evidence
from .planting import OnBackground, SiteBook, check_fits, draw_starts, draw_strands
from .task import Dataset, Seed, balanced_labels, dataset

MOTIF_IDS = ("MA0036.4", "MA0139.2", "MA0138.3", "MA0079.5", "MA0466.4",  # GATA2, CTCF, REST, SP1, CEBPB
             "MA0083.3", "MA0137.4", "MA0093.4", "MA0106.3", "MA0080.7")  # SRF, STAT1, USF1, TP53, Spi1


@dataset("in_class_danq", label="Ten transcription factors", order=2,
         summary="Each sequence carries one site of one of ten JASPAR motifs, or none: 11 classes.",
         difficulty="Without a site is the hard class: background looks like one of ten motifs more easily than like one.")
@dataclass(frozen=True)
class InClassDanQ(OnBackground):
    """One class per motif of MOTIF_IDS, whose sequences carry one site of it at a uniform start, and "none": background."""

    length: int = setting(100, "Sequence length", help="Bases", low=40, high=2000)
    both_strands: bool = setting(False, "Plant on both strands")
    background: str = background_setting()
    gc: float = gc_setting()
    sequences: str = sequences_setting()

    def __post_init__(self) -> None:
        for motif in self.motifs:
            check_fits(self.length, [motif])

    @property
    def classes(self) -> tuple[str, ...]:
        return *(m.name for m in self.motifs), "none"

    @property
    def motifs(self) -> tuple[Motif, ...]:
        return tuple(find_motif(i) for i in MOTIF_IDS)

    def sample(self, n: int, seed: Seed) -> Dataset:
        rng = np.random.default_rng(seed)
        labels = balanced_labels(n, len(self.classes), rng)
        codes = self.draw_background(n, rng)
        book = SiteBook(codes)
        for index, motif in enumerate(self.motifs):
            rows = np.flatnonzero(labels == index)
            book.plant(rows, draw_starts(len(rows), self.length, motif, rng), motif, index,
                       draw_strands(len(rows), self.both_strands, rng), rng)
        return Dataset(codes, labels, book.sites(), self.classes, self.motifs)

    def bayes_logits(self, codes: np.ndarray) -> np.ndarray | None:
        if self.frequencies is None:
            return None
        evidence = [log_evidence(m, codes, self.frequencies, both_strands=self.both_strands) for m in self.motifs]
        return np.stack([*evidence, np.zeros(len(codes))], axis=1)
