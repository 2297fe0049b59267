"""One motif against background: the simplest question one can ask of a model that reads DNA."""

from dataclasses import dataclass

import numpy as np

from ..settings import setting
from .background import background_setting, gc_setting, sequences_setting
from .planting import OnBackground, OneSite
from .task import Dataset, Seed, balanced_labels, dataset


@dataset("one_motif", label="One motif", order=1,
         summary="Half of the sequences carry one site of a motif; the rest are background alone.",
         presets={"CTCF in 200": {"motif": "MA0139.2", "length": 200},
                  "TAL1 in 500": {"motif": "MA0091.2", "length": 500, "background": "GC content", "gc": 0.4}},
         difficulty="The longer the sequence and the weaker the motif, the more often background looks like a site.")
@dataclass(frozen=True)
class OneMotif(OneSite, OnBackground):
    """Positives carry one site of `motif` at a uniform start, on either strand as often where `both_strands`."""

    motif: str = setting("MA0036.4", "Motif", help="JASPAR id with its version")
    length: int = setting(100, "Sequence length", help="Bases", low=20, high=2000)
    both_strands: bool = setting(True, "Plant on both strands")
    background: str = background_setting()
    gc: float = gc_setting()
    sequences: str = sequences_setting()

    def sample(self, n: int, seed: Seed) -> Dataset:
        rng = np.random.default_rng(seed)
        labels = balanced_labels(n, 2, rng)
        return self.planted(self.draw_background(n, rng), labels, rng)
