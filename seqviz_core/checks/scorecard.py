"""Which channel of a model found which planted motif: truth scores of all of them at once, beside what chance gives."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, NamedTuple

import numpy as np
import torch
from torch import nn

from ..errors import SeqVizError
from ..metrics import RankedRows, auroc_ranked, average_precision_ranked, rank_rows
from ..models import record
from .channels import KINDS, Channel, Channels, attribution_channels, targets_of, trace_channels

if TYPE_CHECKING:
    from ..datasets import Dataset

ANY = "any motif"
DRAWS, SHUFFLES = 20, 100
CONFIDENCE = 0.95
_AT_ONCE = 1_000_000  # numbers of each intermediate array: a few megabytes
_BASES_AT_ONCE = 2**12  # recorded in one pass: attention shows every pair of tokens
Measure = Literal["auroc", "auprc"]


class Column(NamedTuple):
    """What channels are held against: `mask` (n, L) marks the bases of one motif in the `rows` (n,) that carry it."""

    name: str
    rows: np.ndarray
    mask: np.ndarray


@dataclass(frozen=True, eq=False)
class Scorecard:
    """K channels against M columns: ANY (where there are several motifs) and each motif by its name.

    auroc, auprc : (K, M), the mean over the sequences that carry the motif: its bases against all others of the sequence.
    null_auroc, null_auprc : (M,), the same for shuffled maps, the mean over channels and shuffles.
    chance_auroc, chance_auprc : (M,), what the best of all K channels reaches by chance: maps turned by a random number of
        bases, so that they are as smooth as they were; 95 % of DRAWS stay below.
    n_sequences, n_planted, n_positions : (M,), sequences with the motif, their bases of it, all their bases.
    """

    channels: tuple[Channel, ...]
    columns: tuple[str, ...]
    auroc: np.ndarray
    auprc: np.ndarray
    null_auroc: np.ndarray
    null_auprc: np.ndarray
    chance_auroc: np.ndarray
    chance_auprc: np.ndarray
    n_sequences: np.ndarray
    n_planted: np.ndarray
    n_positions: np.ndarray

    def best(self, measure: Measure = "auprc", kind: str | None = None) -> dict[str, int | None]:
        """Return for each column the channel with the highest score (of one kind, if given), None without any."""
        allowed = [i for i, c in enumerate(self.channels) if kind in (None, c.kind)]
        values = getattr(self, measure)[allowed]
        return {name: allowed[int(values[:, m].argmax())] if allowed else None for m, name in enumerate(self.columns)}

    def found(self, measure: Measure = "auprc") -> np.ndarray:
        """Return (K, M): whether a channel does better than the best of all by chance."""
        return getattr(self, measure) > getattr(self, f"chance_{measure}")

    def missed(self, measure: Measure = "auprc") -> tuple[str, ...]:
        """Return the columns that no channel found."""
        return tuple(name for name, hit in zip(self.columns, self.found(measure).any(axis=0)) if not hit)


def model_scorecard(model: nn.Module, data: "Dataset", *, methods: Sequence[str] = (), kinds: Sequence[str] = KINDS,
                    seed: int = 0) -> Scorecard:
    """Return the scorecard of a model's internals and of attribution methods, over sequences with planted sites.

    methods : names of attribution methods; what is explained is the sequence's own class (see `targets_of`).
    Raises SeqVizError where nothing was planted, or for a method that does not apply to the model.
    """
    columns = planted_columns(data)
    X = data.X
    parts = internal_channels(model, X, kinds) if kinds else []
    if methods:
        parts.append(attribution_channels(model, X, targets_of(data.labels, len(data.classes)), methods))
    return scorecard(parts, columns, seed=seed)


def internal_channels(model: nn.Module, X: np.ndarray, kinds: Sequence[str] = KINDS) -> list[Channels]:
    """Return the channels of every internal of these kinds over X (N, 4, L), recorded a few sequences at a time."""
    few = torch.from_numpy(X).split(max(1, _BASES_AT_ONCE // X.shape[2]))
    parts = [list(trace_channels(record(model, x), X.shape[2], kinds)) for x in few]
    return [Channels(same[0].channels, np.concatenate([part.scores for part in same], axis=1)) for same in zip(*parts)]


def planted_columns(data: "Dataset") -> list[Column]:
    """Return ANY (where there are several motifs) and one column for each motif that some sequence carries.

    A motif planted beside another counts as "other bases" for that one. Raises SeqVizError where nothing was planted.
    """
    n, length = data.codes.shape
    sites, place = data.sites, np.arange(length)
    marked: list[tuple[str, np.ndarray]] = []
    for index in np.unique(sites.motif):
        mask, mine = np.zeros((n, length), dtype=bool), np.flatnonzero(sites.motif == index)
        inside = (place >= sites.start[mine, None]) & (place < sites.end[mine, None])
        np.logical_or.at(mask, sites.sequence[mine], inside)
        marked.append((_unique_name(data, int(index)), mask))
    if len(marked) > 1:
        marked.insert(0, (ANY, data.planted_mask()))
    columns = [_column(name, mask) for name, mask in marked]
    if not any(len(column.rows) for column in columns):
        raise SeqVizError("A scorecard needs sequences with planted sites; there are none.")
    return [column for column in columns if len(column.rows)]


def scorecard(parts: Iterable[Channels], columns: Sequence[Column], *, seed: int = 0, draws: int = DRAWS) -> Scorecard:
    """Return the scores of all channels of `parts` (each (K, N, L)) against the columns, with their nulls."""
    nulls = [_Null.of(column, np.random.default_rng((seed, m)), draws) for m, column in enumerate(columns)]
    channels, scores = [], []
    for part in _in_pieces(parts):
        ranked = rank_rows(part.scores)
        channels.extend(part.channels)
        scores.append(np.stack([_against(ranked, column, null) for column, null in zip(columns, nulls)], axis=1))
    if not channels:
        raise SeqVizError("There is nothing to score: no channel was given.")
    auroc, auprc = np.moveaxis(np.concatenate(scores), 2, 0)
    null, chance = (np.array([getattr(n, name)() for n in nulls]).T for name in ("mean", "chance"))
    count = lambda size: np.array([size(column) for column in columns])
    return Scorecard(tuple(channels), tuple(c.name for c in columns), auroc, auprc, *null, *chance,
                     count(lambda c: len(c.rows)), count(lambda c: int(c.mask.sum())), count(lambda c: c.mask.size))


def _in_pieces(parts: Iterable[Channels]) -> Iterator[Channels]:
    """Yield the same channels, no more of them together than _AT_ONCE allows: a ranking takes several times their memory."""
    for channels, scores in parts:
        several = max(1, _AT_ONCE // max(1, scores[:1].size))
        for start in range(0, len(channels), several):
            yield Channels(channels[start:start + several], scores[start:start + several])


class _Null(NamedTuple):
    """What chance gives against one column, gathered over the parts; figures are (AUROC, average precision)."""

    shuffled: np.ndarray  # (shuffles, n, L), the mask with its bases in random order; at least SHUFFLES rows
    turned: np.ndarray  # (draws, n, L), the mask turned by random numbers of bases
    means: list[np.ndarray]  # (K, 2) of each part
    highest: np.ndarray  # (draws, 2) over all channels so far

    @classmethod
    def of(cls, column: Column, rng: np.random.Generator, draws: int) -> "_Null":
        n, length = column.mask.shape
        source = (np.arange(length) - rng.integers(length, size=(draws, n, 1))) % length
        turned = np.take_along_axis(np.broadcast_to(column.mask, (draws, n, length)), source, axis=2)
        shuffles = np.broadcast_to(column.mask, (-(-SHUFFLES // n), n, length))
        return cls(rng.permuted(shuffles, axis=2), turned, [], np.zeros((draws, 2)))

    def add(self, ranked: RankedRows) -> None:
        self.means.append(_figures_of_many(ranked, self.shuffled).mean(axis=0))
        np.maximum(self.highest, _figures_of_many(ranked, self.turned).max(axis=1), out=self.highest)

    def mean(self) -> np.ndarray:
        return np.concatenate(self.means).mean(axis=0)

    def chance(self) -> np.ndarray:
        return np.quantile(self.highest, CONFIDENCE, axis=0)


def _against(ranked: RankedRows, column: Column, null: _Null) -> np.ndarray:
    """Return (K, 2): AUROC and average precision of each channel, the mean over the column's sequences; adds to the null."""
    ranked = RankedRows(*(part[:, column.rows] for part in ranked))
    null.add(ranked)
    return _figures(ranked, column.mask)


def _figures(ranked: RankedRows, mask: np.ndarray) -> np.ndarray:
    """Return (..., K, 2): AUROC and average precision, means over the sequences, of rankings (..., K, n, L)."""
    return np.stack([auroc_ranked(ranked, mask).mean(axis=-1), average_precision_ranked(ranked, mask).mean(axis=-1)], axis=-1)


def _figures_of_many(ranked: RankedRows, masks: np.ndarray) -> np.ndarray:
    """Return (masks, K, 2) for masks (masks, n, L), as many at a time as _AT_ONCE allows."""
    several = max(1, _AT_ONCE // ranked.first.size)
    parts = [masks[start:start + several, None] for start in range(0, len(masks), several)]  # (several, 1, n, L)
    return np.concatenate([_figures(ranked, part) for part in parts])


def _column(name: str, mask: np.ndarray) -> Column:
    rows = np.flatnonzero(mask.any(axis=1) & ~mask.all(axis=1))
    return Column(name, rows, mask[rows])


def _unique_name(data: "Dataset", index: int) -> str:
    name = data.motifs[index].name
    return f"{name} ({data.motifs[index].id})" if sum(m.name == name for m in data.motifs) > 1 else name
