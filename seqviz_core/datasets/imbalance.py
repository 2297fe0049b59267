"""One motif, and few positives: what a false alarm costs where there is little to find."""

from dataclasses import dataclass

import numpy as np

from ..settings import setting
from .background import background_setting, gc_setting, sequences_setting
from .planting import OnBackground, OneSite
from .task import Dataset, Seed, dataset


@dataset("imbalance", label="Few positives", order=20,
         summary="One motif against background, with as few positives as you like: from one in two to one in a thousand.",
         presets={"1 in 100": {"prevalence": 0.01}, "1 in 1,000": {"prevalence": 0.001}},
         difficulty="Answering 'background' always is nearly always right; look at the precision (AUPRC), not at the accuracy.")
@dataclass(frozen=True)
class Imbalance(OneSite, OnBackground):
    """`prevalence` n sequences, rounded up or down by chance, carry one site of `motif` at a uniform start."""

    motif: str = setting("MA0139.2", "Motif", help="JASPAR id with its version")
    prevalence: float = setting(0.1, "Share of positives", low=0.001, high=0.5)
    length: int = setting(100, "Sequence length", help="Bases", low=20, high=2000)
    both_strands: bool = setting(True, "Plant on both strands")
    background: str = background_setting()
    gc: float = gc_setting()
    sequences: str = sequences_setting()

    @property
    def class_shares(self) -> tuple[float, ...]:
        return 1 - self.prevalence, self.prevalence

    def sample(self, n: int, seed: Seed) -> Dataset:
        rng = np.random.default_rng(seed)
        positives = int(n * self.prevalence + rng.random())
        labels = rng.permutation(np.arange(n) < positives).astype(np.int64)
        return self.planted(self.draw_background(n, rng), labels, rng)

    def bayes_logits(self, codes: np.ndarray) -> np.ndarray | None:
        logits = super().bayes_logits(codes)
        return None if logits is None else np.log(self.class_shares) + logits
