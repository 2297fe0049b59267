"""Taking parts out of a sequence, or all else: their bases are replaced by shuffled ones, never by zeros.

Zeros are nothing a model has seen; shuffled bases are a sequence like any other, without what stood there.
"""

from collections.abc import Iterable, Sequence
from functools import cached_property
from typing import NamedTuple

import numpy as np
import torch
from torch import Tensor

from ..attribution.references import known_bases, shuffles
from ..errors import SeqVizError

FILLERS = {"sequence": "what dinucleotide shuffles of the whole sequence have there",
           "letters": "its own letters in random order",
           "pairs": "dinucleotide shuffles of its own letters"}
"""What takes the place of a span's bases. All shuffles of a sequence keep its dinucleotides; a short span has few of its own."""


class Part(NamedTuple):
    """A named stretch of a sequence: 0-based start, end excluded."""

    name: str
    start: int
    end: int

    @property
    def width(self) -> int:
        return self.end - self.start

    @property
    def words(self) -> str:
        """E.g. "GATA2 66 to 72", counted from 1, both ends included; a nameless one "bases 66 to 72"."""
        return f"{self.name or 'bases'} {self.start + 1:,} to {self.end:,}"


def tiles(length: int, width: int, step: int) -> list[Part]:
    """Return stretches of `width` bases, one each `step` bases; the last one ends where the sequence does."""
    if width < 1 or step < 1 or width > length:
        raise SeqVizError(f"Tiles of {width} bases, one each {step}, do not fit a sequence of {length:,} bases.")
    starts = list(range(0, length - width + 1, step))
    if starts[-1] != length - width:
        starts.append(length - width)
    return [Part("", s, s + width) for s in starts]


def check_parts(parts: Sequence[Part], length: int) -> None:
    """Raise SeqVizError where there is no part, or one lies outside the sequence."""
    if not parts:
        raise SeqVizError("There is no part to take out.")
    for part in parts:
        if part.start >= part.end:
            raise SeqVizError(f"A span from {part.start + 1:,} to {part.end:,} holds no base: its end comes before its start.")
        if part.start < 0 or part.end > length:
            raise SeqVizError(f"The span {part.start + 1:,} to {part.end:,} does not lie inside the sequence, which has bases "
                              f"1 to {length:,}.")


class Replacer:
    """n shuffled fillings of one sequence x (4, L): the same part always gets the same n fillings. Unknown bases stay so."""

    def __init__(self, x: np.ndarray | Tensor, n: int, seed: int, filler: str = "sequence"):
        if filler not in FILLERS:
            raise SeqVizError(f"There is no filling {filler!r}; there are {', '.join(FILLERS)}.")
        self.x, self.n, self.seed, self.filler = torch.as_tensor(x), n, seed, filler
        self.length = self.x.shape[-1]
        known = known_bases(self.x)
        if not known.any():
            raise SeqVizError("Every base of this sequence is unknown (N): there is nothing to replace.")
        if (self.whole == self.x).all():
            raise SeqVizError(f"Every shuffle of this sequence of {self.length:,} bases is the sequence itself: it is too short, "
                              "or repeats the same bases, so nothing can take the place of a part.")

    @cached_property
    def whole(self) -> Tensor:
        """Shuffles of the whole sequence, (n, 4, L)."""
        return shuffles(self.x, self.n, self.seed)

    def without(self, parts: Iterable[Part]) -> Tensor:
        """Return the sequence with these parts replaced, (n, 4, L)."""
        filled = self.x.repeat(self.n, 1, 1)
        for part in parts:
            filled[..., part.start:part.end] = self._filling(part.start, part.end)
        return filled

    def only(self, parts: Iterable[Part]) -> Tensor:
        """Return the sequence with everything but these parts replaced, (n, 4, L)."""
        kept = np.zeros(self.length + 2, dtype=bool)
        for part in parts:
            kept[1 + part.start:1 + part.end] = True
        kept[[0, -1]] = True
        edges = np.flatnonzero(kept[1:] != kept[:-1])  # where stretches to be replaced start and end, in turn
        return self.without(Part("", int(s), int(e)) for s, e in zip(edges[::2], edges[1::2]))

    def unchanged(self, part: Part) -> float:
        """Return in which share of the fillings the part is as it was: then nothing was taken out."""
        same = (self._filling(part.start, part.end) == self.x[:, part.start:part.end]).flatten(1).all(1)
        return float(same.double().mean())

    def _filling(self, start: int, end: int) -> Tensor:
        """Return (n, 4, end - start)."""
        if self.filler == "sequence":
            return self.whole[..., start:end]
        x, seed = self.x[:, start:end], np.random.SeedSequence([self.seed, start, end]).generate_state(1)[0]
        if self.filler == "pairs":
            return shuffles(x, self.n, int(seed))
        return _any_order(x, self.n, np.random.default_rng(seed))


def _any_order(x: Tensor, n: int, rng: np.random.Generator) -> Tensor:
    """Return n copies of x (4, k) with the known bases in random order, (n, 4, k)."""
    known = np.flatnonzero(known_bases(x).cpu().numpy())
    order = np.tile(np.arange(x.shape[1]), (n, 1))
    order[:, known] = rng.permuted(np.tile(known, (n, 1)), axis=1)
    return x[:, torch.from_numpy(order)].transpose(0, 1).contiguous()


def free_starts(length: int, width: int, parts: Sequence[Part]) -> np.ndarray:
    """Return every start of a stretch of `width` bases that shares no base with a part."""
    taken = np.zeros(length, dtype=int)
    for part in parts:
        taken[part.start:part.end] = 1
    over = np.concatenate([[0], np.cumsum(taken)])
    return np.flatnonzero(over[width:] == over[:length + 1 - width])
