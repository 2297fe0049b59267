"""One motif against background: the simplest question one can ask of a model that reads DNA."""

from dataclasses import dataclass

import numpy as np

from ..motifs import Motif, find_motif
from ..settings import setting
from .background import BACKGROUNDS, background_frequencies, draw_background
from .bayes import log_evidence
from .planting import SiteBook, check_fits, draw_starts, draw_strands
from .task import Dataset, Seed, Task, balanced_labels, dataset


@dataset("one_motif", label="One motif", order=1,
         summary="Half of the sequences carry one site of a motif; the rest are background alone.",
         presets={"CTCF in 200": {"motif": "MA0139.2", "length": 200},
                  "TAL1 in 500": {"motif": "MA0091.2", "length": 500, "background": "GC content", "gc": 0.4}},
         difficulty="The longer the sequence and the weaker the motif, the more often background looks like a site.")
@dataclass(frozen=True)
class OneMotif(Task):
    """Positives carry one site of `motif` at a uniform start, on either strand as often where `both_strands`."""

    motif: str = setting("MA0036.4", "Motif", help="JASPAR id with its version")
    length: int = setting(100, "Sequence length", help="Bases", low=20, high=2000)
    both_strands: bool = setting(True, "Plant on both strands")
    background: str = setting("uniform", "Background", choices=BACKGROUNDS)
    gc: float = setting(0.5, "GC content of the background", low=0.05, high=0.95)
    sequences: str = setting("", "Sequences to shuffle", help="FASTA or plain; for the shuffled background")

    def __post_init__(self) -> None:
        check_fits(self.length, self.motifs)

    @property
    def classes(self) -> tuple[str, ...]:
        return "background", self.motifs[0].name

    @property
    def motifs(self) -> tuple[Motif, ...]:
        return (find_motif(self.motif),)

    def sample(self, n: int, seed: Seed) -> Dataset:
        rng = np.random.default_rng(seed)
        labels = balanced_labels(n, 2, rng)
        codes = draw_background(n, self.length, self.background, self.gc, self.sequences, rng)
        book, rows, (motif,) = SiteBook(codes), np.flatnonzero(labels), self.motifs
        book.plant(rows, draw_starts(len(rows), self.length, motif, rng), motif, 0,
                   draw_strands(len(rows), self.both_strands, rng), rng)
        return Dataset(codes, labels, book.sites(), self.classes, self.motifs)

    def bayes_logits(self, codes: np.ndarray) -> np.ndarray | None:
        frequencies = background_frequencies(self.background, self.gc)
        if frequencies is None:
            return None
        evidence = log_evidence(self.motifs[0], codes, frequencies, both_strands=self.both_strands)
        return np.stack([np.zeros_like(evidence), evidence], axis=1)
