"""Motifs of any model, with filters or without, from what an attribution says of its sequences."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple

import numpy as np
from torch import nn

from ..attribution import attribute
from ..datasets import Dataset
from ..datasets.task import Head
from ..errors import SeqVizError
from ..motifs import Motif, clip
from ..sequences import UNKNOWN, one_hot_encode, reverse_complement_codes
from .clusters import average_linkage, likeness, unit
from .found import FoundMotif
from .seqlets import SEQLET, Seqlets, cut_out, find_seqlets

MOST_CLUSTERED = 1000
"""Seqlets that are compared each with each, of every strength; the others join the pattern they look like."""
SAME_SEQLET, SAME_PATTERN = 0.6, 0.85
"""Mean cosine within a cluster of seqlets; cosine of the averages from which two clusters are one pattern."""
MIN_SITES = 20
MIN_BITS = 0.25
"""Information of the first and the last column that are kept of a pattern."""


@dataclass(frozen=True, eq=False)
class SeqletMotif(FoundMotif):
    """A pattern of seqlets: stretches that alike say something for a class.

    targets : int64 (C,), in how many of its sites each class was the explained one.
    """

    targets: np.ndarray

    @property
    def name(self) -> str:
        return f"pattern {self.number}"


class Explained(NamedTuple):
    """Maps of a dataset: each explains one class in one sequence.

    row, target : (M,) the sequence and the class of each map
    values : float32 (M, 4, L) for all four bases
    """

    row: np.ndarray
    target: np.ndarray
    values: np.ndarray


def explain(model: nn.Module, data: Dataset, head: Head = "softmax", method: str = "saliency", most: int = 2000) -> Explained:
    """Return maps of every class that a sequence of `data` has, by its labels; at most `most`, from the first on.

    The method's values are centred at each position (Majdandzic et al. 2023), so that they say which base, not only where.
    Head "sigmoid": each label that is set has a map. Head "positions": each class but the first that the sequence has.
    """
    row, target = (index[:most] for index in _pairs(data, head))
    X = one_hot_encode(data.codes)
    values = np.zeros((len(row), *X.shape[1:]), np.float32)
    for c in np.unique(target):
        mine = np.flatnonzero(target == c)
        values[mine] = attribute(method, model, X[row[mine]], int(c)).values
    return Explained(row, target, values - values.mean(axis=1, keepdims=True))


def _pairs(data: Dataset, head: Head) -> tuple[np.ndarray, np.ndarray]:
    """Sequence and class of every map that the labels ask for."""
    if head == "softmax":
        return np.arange(len(data)), data.labels
    if head == "sigmoid":
        return data.labels.nonzero()
    present = [(i, c) for i, row in enumerate(data.labels) for c in np.unique(row) if c > 0]
    return tuple(np.array(present, dtype=int).reshape(-1, 2).T)


def seqlet_motifs(data: Dataset, explained: Explained, *, fdr: float = 0.05, min_sites: int = MIN_SITES, max_sites: int = 200,
                  seed: int = 0) -> list[SeqletMotif]:
    """Return the patterns of the seqlets in the maps of `data`, the one in most sequences first; none where nothing stands out.

    fdr : see find_seqlets
    min_sites : fewest sites of a pattern; each is counted once, and not at all where the pattern runs over an edge of the
        sequence or over an unknown base
    max_sites : how many sites of each are listed; the counts are over all
    Raises SeqVizError for sequences too short to hold a seqlet.
    """
    if data.codes.shape[1] < SEQLET:
        raise SeqVizError(f"The sequences have {data.codes.shape[1]} bases; patterns of an attribution need at least {SEQLET}.")
    observed = (explained.values * one_hot_encode(data.codes)[explained.row]).sum(1)
    seqlets = find_seqlets(observed, np.random.default_rng(seed), fdr=fdr)
    frames = _frames(cut_out(explained.values, seqlets.row, seqlets.start), seqlets, min_sites)
    return in_order([pattern_of(data, explained, frame, max_sites) for frame in frames], min_sites)


def in_order(found: Sequence[SeqletMotif | None], min_sites: int) -> list[SeqletMotif]:
    """Return those with enough sites, numbered and named by the share of sequences they are in."""
    kept = sorted((m for m in found if m and m.n_sites >= min_sites), key=lambda m: (-m.fires_in, -m.n_sites))
    return [replace(m, number=k, motif=Motif(f"pattern_{k}", f"pattern {k}", m.motif.counts)) for k, m in enumerate(kept)]


class Frame(NamedTuple):
    """The seqlets of one pattern, moved and turned so that their columns agree: map, first of `width` bases, strand, score."""

    map: np.ndarray
    start: np.ndarray
    strand: np.ndarray
    score: np.ndarray
    width: int = SEQLET


def _frames(stretches: np.ndarray, seqlets: Seqlets, min_sites: int) -> list[Frame]:
    """Cluster some of the seqlets, then let every seqlet join the cluster's average it is most like."""
    if len(stretches) < min_sites:
        return []
    some = stretches[np.unique(np.linspace(0, len(stretches), MOST_CLUSTERED, endpoint=False, dtype=int))]
    alike = likeness(some, some)
    labels = average_linkage((alike.score + alike.score.T) / 2, SAME_SEQLET)
    clusters = sorted((np.flatnonzero(labels == k) for k in np.unique(labels)), key=len, reverse=True)
    share = min_sites * len(some) / len(stretches)  # what a pattern of min_sites has among them
    templates = np.zeros((0, *stretches.shape[1:]), np.float32)
    for members in clusters:
        if len(members) < max(share, 2):
            break
        middle = members[alike.score[np.ix_(members, members)].sum(1).argmax()]
        average = _average(some[members], alike.offset[middle, members], alike.strand[middle, members])
        if not len(templates) or likeness(templates, average, SEQLET // 2).score.max() < SAME_PATTERN:
            templates = np.concatenate([templates, average])
    if not len(templates):
        return []
    joined = likeness(templates, stretches)
    chosen = np.where(joined.score.max(0) >= SAME_SEQLET, joined.score.argmax(0), -1)
    return [_frame(seqlets, np.flatnonzero(chosen == k), joined.offset[k], joined.strand[k]) for k in range(len(templates))]


def _average(stretches: np.ndarray, offset: np.ndarray, strand: np.ndarray) -> np.ndarray:
    """The mean (1, 4, k) of the stretches, each turned by its strand, moved by its offset and scaled to length 1."""
    turned = np.where(strand[:, None, None] < 0, stretches[:, ::-1, ::-1], stretches)
    return unit(cut_out(turned, np.arange(len(turned)), -offset.astype(int))).mean(0, keepdims=True)


def _frame(seqlets: Seqlets, members: np.ndarray, offset: np.ndarray, strand: np.ndarray) -> Frame:
    strand = strand[members].astype(int)
    start = seqlets.start[members] - strand * offset[members]
    if strand.sum() < 0:  # the strand that most of them lie on is the pattern's own
        strand = -strand
    return Frame(seqlets.row[members], start, strand, seqlets.score[members])


def pattern_of(data: Dataset, explained: Explained, frame: Frame, max_sites: int) -> SeqletMotif | None:
    """Return the pattern under a frame, clipped to what says something and counted from the sites that lie wholly in a sequence.

    None where no column says anything.
    """
    rows = explained.row[frame.map]
    counts = _counts(_letters(data.codes, rows, frame.start, frame.strand, frame.width))
    seen = counts.sum(0) >= len(rows) / 2  # a column that mostly hangs over the edges says nothing
    clipped = clip(Motif("", "", np.where(seen, counts, 1)), MIN_BITS, flank=0)
    if clipped is None:
        return None
    width = clipped.motif.width
    first = frame.start + np.where(frame.strand > 0, clipped.start, frame.width - clipped.start - width)
    letters = _letters(data.codes, rows, first, frame.strand, width)
    whole = np.flatnonzero((letters != UNKNOWN).all(1))
    sites = np.stack([rows, first, frame.strand], axis=1)[whole].astype(np.int64)
    sites, once = np.unique(sites, axis=0, return_index=True)  # one base may be explained for several classes
    kept = whole[once]
    if not len(kept):
        return None
    order = np.argsort(-frame.score[kept], kind="stable")
    length = data.codes.shape[1]
    return SeqletMotif(0, Motif("pattern", "pattern", _counts(letters[kept])), len(kept), len(np.unique(sites[:, 0])) / len(data),
                       sites[order][:max_sites], frame.score[kept][order][:max_sites].astype(np.float32),
                       np.bincount(sites[:, 1], minlength=length),
                       np.bincount(explained.target[frame.map[kept]], minlength=len(data.classes)))


def _letters(codes: np.ndarray, row: np.ndarray, start: np.ndarray, strand: np.ndarray, width: int) -> np.ndarray:
    """The bases (M, width) of codes from `start` on, read along `strand`; UNKNOWN beyond the ends of the sequence."""
    places = start[:, None] + np.arange(width)
    inside = (places >= 0) & (places < codes.shape[1])
    letters = np.where(inside, codes[row[:, None], places.clip(0, codes.shape[1] - 1)], UNKNOWN)
    return np.where(strand[:, None] > 0, letters, reverse_complement_codes(letters))


def _counts(letters: np.ndarray) -> np.ndarray:
    """How often each base stands in each column of letters (M, k): float64 (4, k)."""
    return np.stack([(letters == base).sum(0) for base in range(4)]).astype(np.float64)
