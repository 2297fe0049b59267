"""Faulty on purpose: the negatives come from another background, so the motif is not needed."""

from dataclasses import dataclass

import numpy as np

from ..motifs import Motif, find_motif
from ..settings import setting
from .background import background_frequencies, draw_background
from .bayes import log_evidence
from .planting import SiteBook, check_fits, draw_starts, draw_strands
from .task import Dataset, Seed, Task, balanced_labels, dataset


@dataset("gc_leak", label="GC leak", order=30,
         summary="Positives carry a motif, but the negatives also have another GC content.",
         difficulty="Easy for the wrong reason.",
         trap="The negatives have another GC content than the positives. The signature: the GC-only baseline scores nearly as "
              "well as any model, the model keeps its answer where the site is taken out, and attributions find the site no "
              "better than chance. The cure: negatives of the same composition, such as dinucleotide shuffles.")
@dataclass(frozen=True)
class GCLeak(Task):
    """Positives: GC content `gc_positive` and one site of `motif` at a uniform start. Negatives: GC content `gc_negative`."""

    motif: str = setting("MA0036.4", "Motif", help="JASPAR id with its version")
    length: int = setting(200, "Sequence length", help="Bases", low=20, high=2000)
    gc_positive: float = setting(0.55, "GC content of positives", low=0.05, high=0.95)
    gc_negative: float = setting(0.42, "GC content of negatives", low=0.05, high=0.95)
    both_strands: bool = setting(True, "Plant on both strands")

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
        negative, positive = (draw_background(n, self.length, "GC content", gc, "", rng)
                              for gc in (self.gc_negative, self.gc_positive))
        codes = np.where(labels[:, None] == 1, positive, negative)
        book, rows, (motif,) = SiteBook(codes), np.flatnonzero(labels), self.motifs
        book.plant(rows, draw_starts(len(rows), self.length, motif, rng), motif, 0,
                   draw_strands(len(rows), self.both_strands, rng), rng)
        return Dataset(codes, labels, book.sites(), self.classes, self.motifs)

    def bayes_logits(self, codes: np.ndarray) -> np.ndarray:
        """The odds of the site, times the odds of every base between the two backgrounds."""
        positive, negative = (background_frequencies("GC content", gc) for gc in (self.gc_positive, self.gc_negative))
        per_base = np.append(np.log(positive / negative), 0)  # an unknown base says nothing
        evidence = log_evidence(self.motifs[0], codes, positive, both_strands=self.both_strands) + per_base[codes].sum(axis=1)
        return np.stack([np.zeros_like(evidence), evidence], axis=1)
