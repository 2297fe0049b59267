"""Faulty on purpose: the motif is always in the middle, so a model may learn the place."""

from dataclasses import dataclass

import numpy as np

from ..errors import SeqVizError
from ..settings import setting
from .background import background_setting, gc_setting, sequences_setting
from .planting import OnBackground, OneSite
from .task import Dataset, Seed, balanced_labels, dataset


@dataset("centred", label="Always in the middle", order=31,
         summary="One motif against background, and its site is always in the middle of the sequence.",
         difficulty="Easier than it should be: there is only one place to look at.",
         trap="Every site is in the middle, as in windows cut around peaks. The signature: shifting a sequence by a few bases "
              "changes the answer of a model that knows positions, and a model that sees the middle alone does as well. The "
              "cure: cut the windows with a random shift.")
@dataclass(frozen=True)
class Centred(OneSite, OnBackground):
    """Positives carry one site of `motif`, at most `jitter` bases from the middle; negatives are background."""

    motif: str = setting("MA0036.4", "Motif", help="JASPAR id with its version")
    jitter: int = setting(0, "Jitter", help="Largest distance of a site from the middle, in bases", low=0, high=1000)
    length: int = setting(100, "Sequence length", help="Bases", low=20, high=2000)
    both_strands: bool = setting(True, "Plant on both strands")
    background: str = background_setting()
    gc: float = gc_setting()
    sequences: str = sequences_setting()

    def __post_init__(self) -> None:
        super().__post_init__()
        first, last = self._starts
        if first < 0 or last > self.length - self.motifs[0].width:
            raise SeqVizError(f"Jitter: {self.jitter} bases either way do not fit into a sequence of {self.length}.")

    @property
    def _starts(self) -> tuple[int, int]:
        """First and last start of a site."""
        middle = (self.length - self.motifs[0].width) // 2
        return middle - self.jitter, middle + self.jitter

    def sample(self, n: int, seed: Seed) -> Dataset:
        rng = np.random.default_rng(seed)
        labels = balanced_labels(n, 2, rng)
        return self.planted(self.draw_background(n, rng), labels, rng)

    def site_starts(self, n: int, rng: np.random.Generator) -> np.ndarray:
        first, last = self._starts
        return rng.integers(first, last + 1, n)

    def bayes_logits(self, codes: np.ndarray) -> np.ndarray | None:
        first, last = self._starts
        return super().bayes_logits(codes[:, first:last + self.motifs[0].width])
