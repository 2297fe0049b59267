"""Putting motif sites into background sequences, vectorised, with every site written down."""

from collections.abc import Sequence

import numpy as np

from ..errors import SeqVizError
from ..motifs import Motif, find_motif, sample_sites
from .background import background_frequencies, draw_background
from .bayes import log_evidence
from .placement import uniform_starts
from .task import Dataset, Sites, Task


class SiteBook:
    """Plants sites into `codes` (N, L) in place and remembers each."""

    def __init__(self, codes: np.ndarray):
        self.codes = codes
        self._columns: list[np.ndarray] = []

    def plant(self, rows: np.ndarray, starts: np.ndarray, motif: Motif, index: int, strands: np.ndarray,
              rng: np.random.Generator) -> None:
        """Write one sampled site of `motif` into each of `rows` at `starts`; on strand -1 its reverse complement.

        `index` is the motif's place in the task's motifs.
        """
        letters = sample_sites(motif, len(rows), rng)
        letters = np.where(strands[:, None] > 0, letters, 3 - letters[:, ::-1])
        self.codes[rows[:, None], starts[:, None] + np.arange(motif.width)] = letters
        self._columns.append(np.stack([rows, np.full_like(rows, index), starts, starts + motif.width, strands]))

    def plant_chosen(self, chosen: np.ndarray, starts: np.ndarray, motifs: Sequence[Motif], strands: np.ndarray,
                     rng: np.random.Generator) -> None:
        """Plant one site for every entry of `chosen` (N, K), indices into `motifs` or -1 for none; starts and strands alike."""
        for index, motif in enumerate(motifs):
            rows, slots = np.nonzero(chosen == index)
            self.plant(rows, starts[rows, slots], motif, index, strands[rows, slots], rng)

    def plant_anywhere(self, chosen: np.ndarray, motifs: Sequence[Motif], both_strands: bool, rng: np.random.Generator,
                       window: tuple[int, int] | None = None) -> None:
        """Plant the sites of `chosen` (N, K) in this order at uniform starts without overlap, within `window` if given."""
        start, end = window or (0, self.codes.shape[1])
        widths = np.where(chosen >= 0, np.array([m.width for m in motifs])[chosen], 0)
        starts = start + uniform_starts(end - start, widths, rng)
        strands = draw_strands(chosen.size, both_strands, rng).reshape(chosen.shape)
        self.plant_chosen(chosen, starts, motifs, strands, rng)

    def sites(self) -> Sites:
        """Return all sites so far, sorted by sequence and start."""
        columns = np.concatenate(self._columns, axis=1) if self._columns else np.zeros((5, 0), dtype=np.int64)
        return Sites(*columns[:, np.lexsort((columns[2], columns[0]))])


class OnBackground(Task):
    """A task with settings for the letters around its sites: `background`, `gc` and `sequences` (see background.py)."""

    background: str
    gc: float
    sequences: str

    def draw_background(self, n: int, rng: np.random.Generator) -> np.ndarray:
        """Return (n, length) uint8 codes."""
        return draw_background(n, self.length, self.background, self.gc, self.sequences, rng)

    @property
    def frequencies(self) -> np.ndarray | None:
        """The (4,) frequencies of independent background bases, or None for shuffles."""
        return background_frequencies(self.background, self.gc)


class OneSite(Task):
    """A task with settings `motif` and `both_strands`: positives carry one site of the motif, negatives none."""

    motif: str
    both_strands: bool
    frequencies: np.ndarray | None
    """The (4,) frequencies of independent background bases, or None where they are not independent."""

    def __post_init__(self) -> None:
        check_fits(self.length, self.motifs)

    @property
    def classes(self) -> tuple[str, ...]:
        return "background", self.motifs[0].name

    @property
    def motifs(self) -> tuple[Motif, ...]:
        return (find_motif(self.motif),)

    def planted(self, codes: np.ndarray, labels: np.ndarray, rng: np.random.Generator) -> Dataset:
        """Return the data with one site planted into each row of `codes` (in place) that is labelled 1."""
        book, rows, (motif,) = SiteBook(codes), np.flatnonzero(labels), self.motifs
        book.plant(rows, self.site_starts(len(rows), rng), motif, 0, draw_strands(len(rows), self.both_strands, rng), rng)
        return Dataset(codes, labels, book.sites(), self.classes, self.motifs)

    def site_starts(self, n: int, rng: np.random.Generator) -> np.ndarray:
        """Return (n,) starts of sites, here uniform."""
        return draw_starts(n, self.length, self.motifs[0], rng)

    def bayes_logits(self, codes: np.ndarray) -> np.ndarray | None:
        """For classes drawn equally often and sites that may start anywhere in `codes`."""
        if self.frequencies is None:
            return None
        evidence = log_evidence(self.motifs[0], codes, self.frequencies, both_strands=self.both_strands)
        return np.stack([np.zeros_like(evidence), evidence], axis=1)


def draw_strands(n: int, both: bool, rng: np.random.Generator) -> np.ndarray:
    """Return (n,) of +1 and, with `both`, as often -1."""
    return rng.choice(np.array([1, -1]), n) if both else np.ones(n, dtype=np.int64)


def draw_starts(n: int, length: int, motif: Motif, rng: np.random.Generator) -> np.ndarray:
    """Return (n,) uniform starts of one site."""
    return rng.integers(0, length - motif.width + 1, n)


def check_fits(length: int, motifs: Sequence[Motif], gap: int = 0) -> None:
    """Raise SeqVizError where the motifs and `gap` bases between them do not fit into `length` bases."""
    needed = sum(m.width for m in motifs) + gap
    if needed > length:
        names = " and ".join(m.name for m in motifs)
        raise SeqVizError(f"Sequence length: {length} bases are too few; {names} need at least {needed}.")


def check_room(length: int, motifs: Sequence[Motif], most: int, what: str = "Sequence length") -> None:
    """Raise SeqVizError where `most` sites of the widest of `motifs` leave less than a third of `length` bases free."""
    widest = max(motifs, key=lambda m: m.width)
    needed = -(-most * widest.width * 3 // 2)
    if needed > length:
        raise SeqVizError(f"{what}: {length} bases are too few; {most} sites of {widest.name} need at least {needed}, a third "
                          "of them between the sites.")


def check_differ(label: str, id: str, motifs: Sequence[Motif]) -> None:
    """Raise SeqVizError where the second of two motifs, called `label` in the form, is the first one too."""
    if motifs[0] == motifs[1]:
        raise SeqVizError(f"{label}: {id} is the first one too; this task needs two different motifs.")
