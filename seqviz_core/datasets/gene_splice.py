"""Where do introns begin and end? An answer for every base, and a donor counts only with its acceptor.

A splice site alone says little (8 to 9 bits, and GT and AG stand everywhere by chance): the partner within an intron's
length decides. A model whose receptive field is shorter than the intron cannot see it.
"""

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from ..errors import SeqVizError
from ..motifs import Motif
from ..motifs.splice import ACCEPTOR, ACCEPTOR_EXON, DONOR, DONOR_EXON
from ..settings import setting
from .background import background_setting, gc_setting, sequences_setting
from .evidence import SiteLaw, site_evidence, window_odds
from .planting import OnBackground, SiteBook, check_fits, draw_starts
from .task import Dataset, Head, Seed, balanced_labels, dataset

KEPT, DONOR_ALONE, ACCEPTOR_ALONE, WRONG_ORDER, WRONG_LENGTH = range(5)
ARRANGEMENTS = (1 / 2, 1 / 8, 1 / 8, 1 / 8, 1 / 8)  # shares of the sequences


@dataset("gene_splice", label="Introns, base by base", order=16,
         summary="Every base is a donor, an acceptor or neither; a site counts only with its partner an intron away.",
         presets={"short introns": {"length": 120, "shortest": 36, "longest": 44},
                  "long introns": {"length": 600, "shortest": 300, "longest": 340}},
         difficulty="A receptive field shorter than the intron cannot tell a donor that counts from one without its acceptor.")
@dataclass(frozen=True)
class GeneSplice(OnBackground):
    """Half of the sequences hold a donor and an acceptor, one intron of `shortest` to `longest` bases between exon and exon.

    The others hold decoys, an eighth each: a donor alone, an acceptor alone, an acceptor before a donor, or the two around
    an intron of a length that does not count. Labels: 1 at the first base of an intron that counts, 2 at its last.
    """

    head: ClassVar[Head] = "positions"

    length: int = setting(200, "Sequence length", help="Bases", low=60, high=2000)
    shortest: int = setting(60, "Shortest intron", help="Bases", low=26, high=1800)
    longest: int = setting(80, "Longest intron", help="Bases", low=26, high=1800)
    background: str = background_setting()
    gc: float = gc_setting()
    sequences: str = sequences_setting()

    def __post_init__(self) -> None:
        if self.shortest > self.longest:
            raise SeqVizError(f"Shortest intron: {self.shortest} is longer than the longest intron, {self.longest}.")
        check_fits(self.length, self.motifs, gap=self.longest + 1 - self._shortest_possible)
        if self.shortest == self._shortest_possible:
            raise SeqVizError(f"Shortest intron: {self.shortest} leaves none that is too short; at least {self.shortest + 1}.")

    @property
    def classes(self) -> tuple[str, ...]:
        return "neither", "donor", "acceptor"

    @property
    def motifs(self) -> tuple[Motif, ...]:
        return DONOR, ACCEPTOR

    @property
    def class_shares(self) -> tuple[float, ...]:
        site = ARRANGEMENTS[KEPT] / self.length
        return 1 - 2 * site, site, site

    @property
    def _shortest_possible(self) -> int:
        return DONOR.width - DONOR_EXON + ACCEPTOR.width - ACCEPTOR_EXON

    def _introns(self, arrangement: int) -> np.ndarray:
        """Return the lengths of introns that count (KEPT) or do not (WRONG_LENGTH), each as likely as the others."""
        kept = np.arange(self.shortest, self.longest + 1)
        possible = np.arange(self._shortest_possible, self.length - DONOR_EXON - ACCEPTOR_EXON + 1)
        return kept if arrangement == KEPT else np.setdiff1d(possible, kept)

    def sample(self, n: int, seed: Seed) -> Dataset:
        rng = np.random.default_rng(seed)
        arrangement = np.array([KEPT] * 4 + [*range(1, 5)])[balanced_labels(n, 8, rng)]
        codes = self.draw_background(n, rng)
        book = SiteBook(codes)
        labels = np.zeros((n, self.length), dtype=np.int64)
        for which in (KEPT, WRONG_LENGTH):
            rows = np.flatnonzero(arrangement == which)
            first, last = self._plant_introns(book, rows, self._introns(which), rng)
            if which == KEPT:
                labels[rows, first], labels[rows, last] = 1, 2
        for which, index in ((DONOR_ALONE, 0), (ACCEPTOR_ALONE, 1)):
            rows = np.flatnonzero(arrangement == which)
            _plant(book, rows, draw_starts(len(rows), self.length, self.motifs[index], rng), index, rng)
        chosen = np.where((arrangement == WRONG_ORDER)[:, None], [1, 0], -1)
        book.plant_anywhere(chosen, self.motifs, False, rng)
        return Dataset(codes, labels, book.sites(), self.classes, self.motifs)

    def _plant_introns(self, book: SiteBook, rows: np.ndarray, introns: np.ndarray,
                       rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
        """Plant a donor and an acceptor into each of `rows`; return the first and the last base of the introns."""
        intron = rng.choice(introns, len(rows))
        start = rng.integers(0, self.length - DONOR_EXON - intron - ACCEPTOR_EXON + 1)
        end = start + DONOR_EXON + intron + ACCEPTOR_EXON
        _plant(book, rows, start, 0, rng)
        _plant(book, rows, end - ACCEPTOR.width, 1, rng)
        return start + DONOR_EXON, end - ACCEPTOR_EXON - 1

    def bayes_logits(self, codes: np.ndarray) -> np.ndarray | None:
        """Sums over everything that can have been planted: P(base is a donor | x) is the share of it with a donor there."""
        if self.frequencies is None:
            return None
        donors, acceptors = (window_odds(m, codes, self.frequencies, both_strands=False) for m in self.motifs)
        swapped = SiteLaw({2: 1.0}, np.array([[0, 1], [1, 0]]))
        swapped_odds = np.exp(site_evidence(codes, self.motifs, [swapped], self.frequencies, both_strands=False)[:, 0])
        at_donor, at_acceptor = self._pairs(donors, acceptors, KEPT)
        others = (donors.mean(axis=1), acceptors.mean(axis=1), swapped_odds,
                  self._pairs(donors, acceptors, WRONG_LENGTH)[0].sum(axis=1))
        total = ARRANGEMENTS[KEPT] * at_donor.sum(axis=1) + sum(s * odds for s, odds in zip(ARRANGEMENTS[1:], others))
        sites = ARRANGEMENTS[KEPT] * np.stack([at_donor, at_acceptor], axis=1) / total[:, None, None]
        neither = 1 - sites.sum(axis=1, keepdims=True)
        return np.log(np.maximum(np.concatenate([neither, sites], axis=1), 1e-30))

    def _pairs(self, donors: np.ndarray, acceptors: np.ndarray, arrangement: int) -> tuple[np.ndarray, np.ndarray]:
        """Return the odds of an intron of this arrangement, (N, L) by its first base and (N, L) by its last."""
        at_donor, at_acceptor = np.zeros((2, len(donors), self.length))
        introns = self._introns(arrangement)
        for intron in introns:
            end = DONOR_EXON + intron + ACCEPTOR_EXON
            starts = self.length - end + 1
            offset = end - ACCEPTOR.width
            odds = donors[:, :starts] * acceptors[:, offset:offset + starts] / (starts * len(introns))
            at_donor[:, DONOR_EXON:DONOR_EXON + starts] += odds
            at_acceptor[:, DONOR_EXON + intron - 1:][:, :starts] += odds
        return at_donor, at_acceptor


def _plant(book: SiteBook, rows: np.ndarray, starts: np.ndarray, index: int, rng: np.random.Generator) -> None:
    book.plant(rows, starts, (DONOR, ACCEPTOR)[index], index, np.ones_like(rows), rng)
