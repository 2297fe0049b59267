"""Faulty on purpose: the negatives come from another background, so the motif is not needed."""

from dataclasses import dataclass

import numpy as np

from ..settings import setting
from .background import background_frequencies, draw_background
from .planting import OneSite
from .task import Dataset, Seed, balanced_labels, dataset


@dataset("gc_leak", label="GC leak", order=30,
         summary="Positives carry a motif, but the negatives also have another GC content.",
         difficulty="Easy for the wrong reason.",
         trap="The negatives have another GC content than the positives. The signature: the GC-only baseline scores nearly as "
              "well as any model, the model keeps its answer where the site is taken out, and attributions find the site no "
              "better than chance. The cure: negatives of the same composition, such as dinucleotide shuffles.")
@dataclass(frozen=True)
class GCLeak(OneSite):
    """Positives: GC content `gc_positive` and one site of `motif` at a uniform start. Negatives: GC content `gc_negative`."""

    motif: str = setting("MA0036.4", "Motif", help="JASPAR id with its version")
    length: int = setting(200, "Sequence length", help="Bases", low=20, high=2000)
    gc_positive: float = setting(0.55, "GC content of positives", low=0.05, high=0.95)
    gc_negative: float = setting(0.42, "GC content of negatives", low=0.05, high=0.95)
    both_strands: bool = setting(True, "Plant on both strands")

    @property
    def frequencies(self) -> np.ndarray:
        """Of the bases around the sites."""
        return background_frequencies("GC content", self.gc_positive)

    def sample(self, n: int, seed: Seed) -> Dataset:
        rng = np.random.default_rng(seed)
        labels = balanced_labels(n, 2, rng)
        negative, positive = (draw_background(n, self.length, "GC content", gc, "", rng)
                              for gc in (self.gc_negative, self.gc_positive))
        codes = np.where(labels[:, None] == 1, positive, negative)
        return self.planted(codes, labels, rng)

    def bayes_logits(self, codes: np.ndarray) -> np.ndarray:
        """The odds of the site, times the odds of every base between the two backgrounds."""
        negative = background_frequencies("GC content", self.gc_negative)
        per_base = np.append(np.log(self.frequencies / negative), 0)  # an unknown base says nothing
        logits = super().bayes_logits(codes)
        logits[:, 1] += per_base[codes].sum(axis=1)
        return logits
