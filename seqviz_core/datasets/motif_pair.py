"""A pair of motifs that counts only in the right order and at the right distance."""

from dataclasses import dataclass

import numpy as np

from ..errors import SeqVizError
from ..motifs import Motif, find_motif
from ..settings import setting
from .background import BACKGROUNDS, background_frequencies, draw_background
from .evidence import gap_weights, window_odds
from .planting import SiteBook, check_fits
from .task import Dataset, Seed, Task, balanced_labels, dataset


@dataset("motif_pair", label="Pair with a rule", order=3,
         summary="All sequences carry both motifs; only positives have them in order and at the right distance.",
         presets={"order only": {"spacing_matters": False}},
         difficulty="Both classes hold the same motifs; a model has to relate two places, in order and by their distance.")
@dataclass(frozen=True)
class MotifPair(Task):
    """Both motifs, once each and on the forward strand, in every sequence; uniform where the arrangement leaves room.

    Positives: the first motif, a uniform gap from `min_gap` to `max_gap`, the second motif. Negatives: the same gaps with
    the motifs in the other order or (half of them, where `spacing_matters`) the right order with any other gap.
    """

    first: str = setting("MA0095.4", "First motif", help="JASPAR id with its version")
    second: str = setting("MA0139.2", "Second motif", help="JASPAR id with its version")
    length: int = setting(120, "Sequence length", help="Bases", low=40, high=2000)
    min_gap: int = setting(4, "Smallest gap", help="Bases between the two sites of a positive", low=0, high=500)
    max_gap: int = setting(12, "Largest gap", help="Bases between the two sites of a positive", low=0, high=500)
    spacing_matters: bool = setting(True, "Negatives may break the distance",
                                    help="Off: negatives break the order only")
    background: str = setting("uniform", "Background", choices=BACKGROUNDS)
    gc: float = setting(0.5, "GC content of the background", low=0.05, high=0.95)
    sequences: str = setting("", "Sequences to shuffle", help="FASTA or plain; for the shuffled background")

    def __post_init__(self) -> None:
        if self.min_gap > self.max_gap:
            raise SeqVizError(f"Smallest gap: {self.min_gap} is larger than the largest gap, {self.max_gap}.")
        first, second = self.motifs
        if first == second:
            raise SeqVizError(f"Second motif: {self.second} is the first one too; order and distance need two different motifs.")
        check_fits(self.length, (first, second), gap=self.max_gap + int(self.spacing_matters))

    @property
    def classes(self) -> tuple[str, ...]:
        return "rule broken", "rule kept"

    @property
    def motifs(self) -> tuple[Motif, ...]:
        return find_motif(self.first), find_motif(self.second)

    def sample(self, n: int, seed: Seed) -> Dataset:
        rng = np.random.default_rng(seed)
        labels = balanced_labels(n, 2, rng)
        codes = draw_background(n, self.length, self.background, self.gc, self.sequences, rng)
        swapped, gaps = self._draw_arrangement(labels, rng)
        first, second = self.motifs
        left = rng.integers(0, self.length - first.width - second.width - gaps + 1)  # start of whichever comes first
        starts_first = np.where(swapped, left + second.width + gaps, left)
        starts_second = np.where(swapped, left, left + first.width + gaps)
        book, rows, forward = SiteBook(codes), np.arange(n), np.ones(n, dtype=np.int64)
        book.plant(rows, starts_first, first, 0, forward, rng)
        book.plant(rows, starts_second, second, 1, forward, rng)
        return Dataset(codes, labels, book.sites(), self.classes, self.motifs)

    def _draw_arrangement(self, labels: np.ndarray, rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
        """Return (swapped, gap) of each sequence; a negative breaks the order or, where it may, the distance."""
        n = len(labels)
        kept = rng.integers(self.min_gap, self.max_gap + 1, n)
        if not self.spacing_matters:
            return labels == 0, kept
        outside = self._other_gaps()
        breaks_distance = (labels == 0) & (rng.random(n) < 0.5)
        swapped = (labels == 0) & ~breaks_distance
        return swapped, np.where(breaks_distance, rng.choice(outside, n), kept)

    def _other_gaps(self) -> np.ndarray:
        """Return every gap that fits and is not a positive's."""
        largest = self.length - sum(m.width for m in self.motifs)
        return np.setdiff1d(np.arange(largest + 1), np.arange(self.min_gap, self.max_gap + 1))

    def bayes_logits(self, codes: np.ndarray) -> np.ndarray | None:
        if (frequencies := background_frequencies(self.background, self.gc)) is None:
            return None
        first, second = (window_odds(m, codes, frequencies, both_strands=False) for m in self.motifs)
        widths, kept_gaps = [m.width for m in self.motifs], np.arange(self.min_gap, self.max_gap + 1)
        together = lambda a, b, width, gaps: ((a @ gap_weights(a.shape[1], b.shape[1], width, gaps)) * b).sum(axis=1)
        kept = together(first, second, widths[0], kept_gaps)
        broken = together(second, first, widths[1], kept_gaps)
        if self.spacing_matters:
            broken = (broken + together(first, second, widths[0], self._other_gaps())) / 2
        return np.log(np.stack([broken, kept], axis=1))
