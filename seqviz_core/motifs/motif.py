"""A motif: its counts, and what follows from them (probabilities, log odds, information content, sites).

background : four frequencies in the order A, C, G, T, or None for a quarter each. They are scaled to sum to 1.
pseudocount : how much is added to each column, shared out by the background:
    p = (count + pseudocount * background) / (sum of the column + pseudocount)
    The default, 0.8, is what Nishida, Frith & Nakai (Nucleic Acids Res 2009, 37:939) recommend; 0 leaves count / sum.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from ..errors import SeqVizError

PSEUDOCOUNT = 0.8
_BASES = "ACGT"
_CONTENTS = "four rows (A, C, G, T), at least one column, numbers of zero or more and something in every column"


@dataclass(frozen=True, eq=False)
class Motif:
    """A pattern of bases. Equal means: the same id and the same counts.

    counts : float64, shape (4, k), read-only
        Position frequency matrix (PFM): how often each base (rows A, C, G, T) was seen in each column. A matrix of
        probabilities will do too, but then the default pseudocount is large: scale it by its number of sites first.
    Raises SeqVizError where the counts are not such a matrix.
    """

    id: str
    name: str
    counts: np.ndarray

    def __post_init__(self) -> None:
        try:
            counts = np.array(self.counts, dtype=np.float64) + 0.0  # a copy, and -0.0 becomes 0.0
        except (TypeError, ValueError):  # ragged rows, text
            raise SeqVizError(f"Motif {self.id!r}: the counts are not a matrix of numbers; it needs {_CONTENTS}.") from None
        if counts.ndim != 2 or counts.shape[0] != 4 or not counts.shape[1]:
            raise SeqVizError(f"Motif {self.id!r}: the counts have the shape {counts.shape}; it needs {_CONTENTS}.")
        with np.errstate(over="ignore", invalid="ignore"):
            totals = counts.sum(axis=0)  # nan or inf where a count is
        bad = (counts < 0).any(axis=0) | ~(totals > 0) | ~np.isfinite(totals)
        if bad.any():
            column = int(bad.argmax())
            raise SeqVizError(f"Motif {self.id!r}, column {column + 1}: the counts {counts[:, column].tolist()} cannot be used; "
                              f"it needs {_CONTENTS}.")
        counts.flags.writeable = False
        object.__setattr__(self, "counts", counts)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Motif) and self.id == other.id and np.array_equal(self.counts, other.counts)

    def __hash__(self) -> int:
        return hash((self.id, self.counts.tobytes()))

    @property
    def width(self) -> int:
        """Number of columns."""
        return self.counts.shape[1]

    @property
    def consensus(self) -> str:
        """The most frequent base of each column (the first in A, C, G, T where several are)."""
        return "".join(_BASES[i] for i in self.counts.argmax(axis=0))

    def ppm(self, pseudocount: float = PSEUDOCOUNT, background: Sequence[float] | None = None) -> np.ndarray:
        """Return the position probability matrix, float64 (4, k); every column sums to 1."""
        if not (np.isfinite(pseudocount) and pseudocount >= 0):
            raise SeqVizError(f"A pseudocount of {pseudocount} cannot be used; it is a number of zero or more.")
        filled = self.counts + pseudocount * base_frequencies(background)[:, None]  # (4, k)
        return filled / filled.sum(axis=0)

    def pwm(self, pseudocount: float = PSEUDOCOUNT, background: Sequence[float] | None = None) -> np.ndarray:
        """Return the position weight matrix log2(p / background), float64 (4, k); -inf where p is 0."""
        with np.errstate(divide="ignore"):
            return np.log2(self.ppm(pseudocount, background) / base_frequencies(background)[:, None])

    def information_content(self, background: Sequence[float] | None = None, pseudocount: float = PSEUDOCOUNT) -> np.ndarray:
        """Return bits per column, float64 (k,): sum over bases of p log2(p / background).

        With the uniform background this is 2 + sum p log2 p, from 0 (any base) to 2 (one base): the height of a logo.
        """
        p = self.ppm(pseudocount, background)
        weights = self.pwm(pseudocount, background)
        return np.multiply(p, weights, out=np.zeros_like(p), where=p > 0).sum(axis=0)  # 0 log 0 = 0

    def reverse_complement(self) -> "Motif":
        """Return the motif read on the other strand, under the same id and name."""
        return Motif(self.id, self.name, self.counts[::-1, ::-1])


def unpack(ids: Sequence[str], names: Sequence[str], widths: Sequence[int], counts: np.ndarray) -> list[Motif]:
    """Return motifs that are views of `counts`, float64 (4, sum of widths), without checking each (1,000 in 2 ms)."""
    counts.flags.writeable = False
    motifs, start = [], 0
    for motif_id, name, width in zip(ids, names, widths, strict=True):
        motif = object.__new__(Motif)
        motif.__dict__.update(id=motif_id, name=name, counts=counts[:, start:start + width])
        motifs.append(motif)
        start += width
    return motifs


def base_frequencies(background: Sequence[float] | None = None) -> np.ndarray:
    """Return the background as four frequencies (A, C, G, T) that sum to 1; a quarter each for None."""
    if background is None:
        return np.full(4, 0.25)
    frequencies = np.asarray(background, dtype=np.float64)
    if frequencies.shape != (4,) or not (np.isfinite(frequencies) & (frequencies > 0)).all():
        raise SeqVizError(f"The background {list(background)} cannot be used; it is four numbers above zero, for A, C, G and T.")
    return frequencies / frequencies.sum()


def sample_sites(motif: Motif, n: int, rng: np.random.Generator) -> np.ndarray:
    """Return `n` sites drawn column by column from `motif.ppm()`: codes, uint8 (n, k)."""
    draws = rng.random((n, motif.width))
    above_a, above_c, above_g = (draws >= share for share in motif.ppm().cumsum(axis=0)[:3])  # above all three: T
    return above_a.view(np.uint8) + above_c + above_g
