"""One motif, and labels that are sometimes wrong: nobody can be right more often than the labels are."""

from dataclasses import dataclass, replace

import numpy as np

from ..settings import setting
from .background import background_setting, gc_setting, sequences_setting
from .planting import OnBackground, OneSite
from .task import Dataset, Seed, balanced_labels, dataset


@dataset("label_noise", label="Wrong labels", order=21,
         summary="One motif against background; a share of the labels, in every part of the data, is turned round.",
         difficulty="The ceiling falls to the share of true labels; a model that gets above it has learned examples by heart.")
@dataclass(frozen=True)
class LabelNoise(OneSite, OnBackground):
    """Half of the sequences carry one site of `motif`; then as many labels are turned in either class (half of `flipped` n).

    The sites are those planted, whatever the label says.
    """

    motif: str = setting("MA0139.2", "Motif", help="JASPAR id with its version")
    flipped: float = setting(0.1, "Share of wrong labels", low=0.0, high=0.5)
    length: int = setting(100, "Sequence length", help="Bases", low=20, high=2000)
    both_strands: bool = setting(True, "Plant on both strands")
    background: str = background_setting()
    gc: float = gc_setting()
    sequences: str = sequences_setting()

    def sample(self, n: int, seed: Seed) -> Dataset:
        rng = np.random.default_rng(seed)
        truth = balanced_labels(n, 2, rng)
        data = self.planted(self.draw_background(n, rng), truth, rng)
        wrong = int(n * self.flipped / 2 + rng.random())
        labels = truth.copy()
        for value in (0, 1):
            labels[rng.permutation(np.flatnonzero(truth == value))[:wrong]] = 1 - value
        return replace(data, labels=labels)

    def bayes_logits(self, codes: np.ndarray) -> np.ndarray | None:
        """With posterior p of the site, a label says "site" with chance (1 - flipped) p + flipped (1 - p)."""
        logits = super().bayes_logits(codes)
        if logits is None:
            return None
        evidence = logits[:, 1]
        kept, turned = np.log(1 - self.flipped), np.log(max(self.flipped, 1e-300))
        return np.stack([np.logaddexp(kept, turned + evidence), np.logaddexp(turned, kept + evidence)], axis=1)
