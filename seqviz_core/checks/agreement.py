"""Whether maps of the same sequences, by several models, methods or seeds, agree on which bases matter; and what chance gives.

Agreement is the correlation of two maps over the bases of a sequence, then the mean over the sequences. Its null turns one map
of the pair by a random number of bases: every value and the whole power spectrum stay, so that the turned map is as rough or as
smooth, and its peaks are as wide, as before; only their place is lost. Shuffled bases would be rougher than any real map, and
maps of other sequences would keep what is said of every sequence at the same place, such as at its ends.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, NamedTuple

import numpy as np
from torch import nn

from ..attribution import METHODS, attribute
from ..errors import SeqVizError
from ..metrics import rank_rows
from ..sequences import UNKNOWN, one_hot_encode
from .channels import targets_of
from .truth import TruthScore, truth_score

if TYPE_CHECKING:
    from ..datasets import Dataset, Task
    from ..datasets.task import Seed

Measure = Literal["pearson", "spearman"]
TURNS = 200
CONFIDENCE, NORMAL = 0.95, 1.96
_POOL = 4  # times as many sequences are drawn as are wanted with a planted site


class Pooled(NamedTuple):
    """The agreement of some pairs of maps, each pair counting alike.

    value : the mean over the sequences; low, high : +- 1.96 standard errors of it (nan for a single sequence).
    null : the mean for turned maps; null_high : 95 % of the TURNS stay below.
    """

    value: float
    low: float
    high: float
    null: float
    null_high: float
    n_sequences: int

    @property
    def beyond_chance(self) -> bool:
        """Whether the value is above what 95 % of the turned maps reach."""
        return self.value > self.null_high + 1e-9  # so that rounding of the FFT decides nothing


@dataclass(frozen=True, eq=False)
class Agreement:
    """K maps of N sequences, each with each.

    pairs : (P, 2), the maps of each pair, the first one smaller.
    values : (N, P), their correlation in every sequence; nan where a map says the same of all bases.
    null : (TURNS, P), the mean over the sequences with one map of each pair turned.
    truth : how well the sizes of each map's values find the planted bases, beside shuffled ones; () where nothing is planted.
    """

    names: tuple[str, ...]
    measure: Measure
    pairs: np.ndarray
    values: np.ndarray
    null: np.ndarray
    truth: tuple[TruthScore, ...] = ()

    def matrix(self) -> np.ndarray:
        """Return (K, K), the mean over the sequences; 1 on the diagonal, nan for a pair that is nowhere defined."""
        return self._square(_means(self.values), 1.0)

    def null_high(self) -> np.ndarray:
        """Return (K, K), what 95 % of the turned maps of each pair stay below; nan on the diagonal."""
        return self._square(np.quantile(self.null, CONFIDENCE, axis=0) if len(self.pairs) else np.zeros(0), np.nan)

    def pooled(self, chosen: Sequence[tuple[int, int]]) -> Pooled:
        """Return the agreement of the chosen pairs (i, j); raises ValueError where one is no pair of this agreement."""
        known = {tuple(pair): p for p, pair in enumerate(self.pairs.tolist())}
        if not chosen or not {tuple(sorted(pair)) for pair in chosen} <= set(known):
            raise ValueError(f"{chosen} are no pairs of {len(self.names)} maps")
        columns = [known[tuple(sorted(pair))] for pair in chosen]
        each = _means(self.values[:, columns].T)  # (N,) over the pairs
        each, null = each[np.isfinite(each)], _means(self.null[:, columns].T)
        value = float(each.mean()) if len(each) else float("nan")
        error = NORMAL * float(each.std(ddof=1)) / len(each) ** 0.5 if len(each) > 1 else float("nan")
        return Pooled(value, value - error, value + error, float(null.mean()), float(np.quantile(null, CONFIDENCE)), len(each))

    def _square(self, values: np.ndarray, diagonal: float) -> np.ndarray:
        square = np.full((len(self.names),) * 2, diagonal)
        i, j = self.pairs.T
        square[i, j] = square[j, i] = values
        return square


def agreement(maps: Sequence[np.ndarray], names: Sequence[str], planted: np.ndarray | None = None, *, seed: int,
              measure: Measure = "pearson", known: np.ndarray | None = None, turns: int = TURNS) -> Agreement:
    """Return how far the maps agree on which bases matter, beside the same for turned maps.

    maps : one (N, L) for each name, of the same sequences; what each says of the base that is there.
    planted : (N, L) booleans, True in a planted site: also score each map against it.
    known : (N, L) booleans, False at a padded or unknown base, which counts nowhere; by default all are known.
    measure : "pearson" (the few bases that stand out decide), or "spearman" (ranks: all bases count alike).
    Raises SeqVizError where the maps do not fit each other or hold a value that is not a finite number.
    """
    stack = _checked(maps, names)
    known = np.ones(stack.shape[1:], dtype=bool) if known is None else np.asarray(known, dtype=bool)
    pairs, rng = np.stack(np.triu_indices(len(stack), 1), axis=1), np.random.default_rng(seed)
    values, null, counted = np.full((stack.shape[1], len(pairs)), np.nan), np.zeros((turns, len(pairs))), np.zeros(len(pairs))
    for row, here in enumerate(known):
        if here.sum() > 1:
            turned = _turned(_unit(stack[:, row, here], measure), pairs)  # (P, known bases)
            defined, values[row] = np.isfinite(turned[:, 0]), turned[:, 0]
            null += np.where(defined, turned[:, rng.integers(1, here.sum(), size=turns)].T, 0)
            counted += defined
    null = np.divide(null, counted, out=np.full_like(null, np.nan), where=counted > 0)
    return Agreement(tuple(names), measure, pairs, values, null, _truth(stack, planted, known, seed))


class Questions(NamedTuple):
    """What maps are compared on: one logit of each of M sequences.

    X : (M, 4, L).  target : (M,) class indices.  planted : (M, L), the sites that speak for the target; None without planted
    motifs.  known : (M, L), False at padded and unknown bases.
    """

    X: np.ndarray
    target: np.ndarray
    planted: np.ndarray | None
    known: np.ndarray


def questions(task: "Task", n: int, seed: "Seed") -> Questions:
    """Return at most `n` fresh sequences of a task, those with planted sites where it plants any, each with one of its classes.

    The class is the sequence's own; of several labels, or of classes of bases, one that it has, drawn by lot. Data that are
    `fixed` give some of their sequences. Raises SeqVizError where no sequence has a class to explain.
    """
    data = task.sample(_POOL * n, seed)
    wanted = targets_of(data.labels, len(data.classes))
    lot = np.random.default_rng(seed).random(wanted.shape)
    target = np.where(wanted, lot, -1).argmax(axis=1)
    planted = _sites_of(data, target) if data.motifs else None
    usable = wanted.any(axis=1)
    if planted is not None and (usable & planted.any(axis=1)).any():
        usable &= planted.any(axis=1)
    rows = np.flatnonzero(usable)[:n]
    if not len(rows):
        raise SeqVizError(f"None of {len(data):,} sequences of \u201c{task.label}\u201d has a class that could be explained.")
    return Questions(one_hot_encode(data.codes[rows]), target[rows], None if planted is None else planted[rows],
                     data.codes[rows] != UNKNOWN)


def observed_maps(model: nn.Module, asked: Questions, method: str) -> np.ndarray:
    """Return (M, L): what a method says of the base that is there, for each question; a gradient with its correction.

    A class of a model that answers per base stands for its highest logit. Raises SeqVizError for a method that does not apply.
    """
    maps = np.zeros((len(asked.X), asked.X.shape[2]), dtype=np.float32)
    for target in np.unique(asked.target):
        mine = np.flatnonzero(asked.target == target)
        maps[mine] = attribute(method, model, asked.X[mine], int(target), corrected=METHODS[method].correctable).observed
    return maps


def _sites_of(data: "Dataset", target: np.ndarray) -> np.ndarray:
    """Return (N, L): the sites of the motif that the target is named for, or every site where classes are no motifs."""
    names = np.array([motif.name for motif in data.motifs])
    if not set(names) & set(data.classes):
        return data.planted_mask()
    sites = data.sites
    mine = names[sites.motif] == np.array(data.classes)[target[sites.sequence]]
    kept = {name: column[mine] for name, column in vars(sites).items()}
    return type(sites)(**kept).mask(*data.codes.shape)


def _checked(maps: Sequence[np.ndarray], names: Sequence[str]) -> np.ndarray:
    shapes = {np.shape(m) for m in maps}
    if len(maps) != len(names) or len(shapes) != 1 or len(*shapes) != 2 or not len(maps):
        raise SeqVizError(f"Agreement needs a map (N, L) for each of {len(names)} names, of the same sequences; "
                          f"these have the shapes {sorted(shapes)}.")
    stack = np.asarray(maps, dtype=np.float64)
    if not np.isfinite(stack).all():
        wrong = [name for name, m in zip(names, stack, strict=True) if not np.isfinite(m).all()]
        raise SeqVizError(f"The map of {wrong[0]} holds a value that is not a finite number.")
    return stack


def _unit(rows: np.ndarray, measure: Measure) -> np.ndarray:
    """Return (K, l): values, or their average ranks, less their mean and of length 1; nan where all are equal."""
    if measure == "spearman":
        ranked = rank_rows(-rows)
        rows = (ranked.first + ranked.last) / 2
    flat = np.ptp(rows, axis=1) <= 1e-9 * np.abs(rows).max(axis=1)  # what rounding leaves of equal values is no map
    centred = rows - rows.mean(axis=1, keepdims=True)
    length = np.linalg.norm(centred, axis=1)
    return centred / np.where(flat | (length == 0), np.nan, length)[:, None]


def _turned(unit: np.ndarray, pairs: np.ndarray) -> np.ndarray:
    """Return (P, l): the correlation of each pair with its second map turned by 0, 1, ... l - 1 bases (all at once, by FFT)."""
    waves, (i, j) = np.fft.rfft(unit), pairs.T
    return np.fft.irfft(waves[i] * waves[j].conj(), unit.shape[1])


def _truth(stack: np.ndarray, planted: np.ndarray | None, known: np.ndarray, seed: int) -> tuple[TruthScore, ...]:
    """Return each map's truth score; of sequences with unknown bases none, since those would rank too."""
    if planted is None:
        return ()
    planted = np.asarray(planted, dtype=bool) & known.all(axis=1, keepdims=True)
    if not (planted.any(axis=1) & ~planted.all(axis=1)).any():
        return ()
    return tuple(truth_score(np.abs(m), planted, seed=seed) for m in stack)


def _means(values: np.ndarray) -> np.ndarray:
    """Return the mean of each column over what is defined; nan without any."""
    defined = np.isfinite(values)
    count = defined.sum(axis=0)
    return np.where(count, np.where(defined, values, 0).sum(axis=0) / np.maximum(count, 1), np.nan)
