"""Symmetries: whether maps and answers move with the sequence, and whether the other strand gets the same answer.

A convolution without padding and stride is equivariant to shifts exactly; padding breaks that at the ends, a stride of s at every
shift that is no multiple of s. Nothing in a plain model makes it treat both strands alike.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import torch
from torch import nn

from ..attribution.gradient import At, Target, explained_logits, rows_per_pass
from ..models.internals import Activation, Span, record
from ..sequences import one_hot_encode, reverse_complement_codes
from .skill import NORMAL, Interval

MOST_SHIFTS = 20
FEW, MANY = 8, 24
"""Sequences that maps are compared on, and shifts up to which every one is tried."""
PAIRINGS = 200


@dataclass(frozen=True, eq=False)
class MapShift:
    """How far one feature map moves with the sequence; all (K,), one for each shift in bases to the left.

    inside : RMS difference between the map and the map of the shifted sequence moved back, over positions that see no end, as a
        share of the map's RMS; nan where no position is left. everywhere : the same with the ends. null : the same between maps
        of unrelated sequences.
    """

    probe: str
    stride: int
    shifts: np.ndarray
    inside: np.ndarray
    everywhere: np.ndarray
    null: float
    n: int

    def mean(self, values: np.ndarray, multiples: bool) -> float:
        """Return the mean over the shifts that are multiples of the stride, or over the others; nan without any."""
        chosen = values[(self.shifts % self.stride == 0) == multiples]
        chosen = chosen[np.isfinite(chosen)]
        return float(chosen.mean()) if len(chosen) else float("nan")


def map_shifts(model: nn.Module, codes: np.ndarray, seed: int = 0) -> list[MapShift]:
    """Return the test of every feature map of the model; of some only where it has any.

    codes (N, L) : windows as the model reads them; random bases of the same composition are put after them to shift into view.
    """
    first = record(model, torch.from_numpy(one_hot_encode(codes[:1])))
    maps = [a for a in first.of_kind("feature_map") if a.value.ndim == 3]
    if not maps:
        return []
    length, shifts = codes.shape[1], {a.name: shifts_of(a.span) for a in maps}
    every = sorted({s for of in shifts.values() for s in of if s < length})
    long = np.concatenate([codes, flanks(codes, max(every, default=0), seed)], axis=1)
    seen = {s: _maps(model, long[:, s:s + length]) for s in [0, *every]}
    return [_map_shift(a, [s for s in shifts[a.name] if s in seen], seen, length) for a in maps]


def shifts_of(span: Span) -> list[int]:
    """Return the shifts that a map is tested at: 1 to twice its stride, of a long stride only some; never fewer than four."""
    last = max(2 * span.stride, 4)
    return list(range(1, last + 1)) if last <= MANY else [1, span.stride // 2, span.stride, 3 * span.stride // 2, last]


def flanks(codes: np.ndarray, width: int, seed: int) -> np.ndarray:
    """Return (N, width) random bases with the composition of each sequence of codes (N, L); of a quarter each without any."""
    rng = np.random.default_rng((seed, 5))
    shares = np.stack([(codes == base).sum(axis=1) for base in range(4)], axis=1).astype(float)  # (N, 4)
    shares[shares.sum(axis=1) == 0] = 1
    steps = (shares / shares.sum(axis=1, keepdims=True)).cumsum(axis=1)[:, :3]
    return (rng.random((len(codes), width))[:, :, None] >= steps[:, None]).sum(axis=2).astype(np.uint8)


def _maps(model: nn.Module, codes: np.ndarray) -> dict[str, np.ndarray]:
    """Return every feature map (N, F, P) by its probe."""
    X = torch.from_numpy(one_hot_encode(codes))
    parts = [record(model, x).of_kind("feature_map") for x in X.split(rows_per_pass(64, X.shape[2]))]
    return {a.name: np.concatenate([of[i].value.numpy() for of in parts]) for i, a in enumerate(parts[0]) if a.value.ndim == 3}


def _map_shift(a: Activation, shifts: Sequence[int], seen: dict[int, dict[str, np.ndarray]], length: int) -> MapShift:
    here, stride = seen[0][a.name].astype(np.float64), a.span.stride
    starts = np.arange(here.shape[2]) * stride + a.span.offset
    whole = (starts >= 0) & (starts + a.span.width <= length)  # positions that see no end
    inside, everywhere = [], []
    for s in shifts:
        k = (s + stride // 2) // stride
        before, after = here[:, :, k:], seen[s][a.name][:, :, :here.shape[2] - k]
        valid = whole[k:] & whole[:here.shape[2] - k]
        inside.append(_apart(before[:, :, valid], after[:, :, valid]))
        everywhere.append(_apart(before, after))
    null = _apart(here, np.roll(here, 1, axis=0)) if len(here) > 1 else float("nan")
    return MapShift(a.name, stride, np.array(shifts), np.array(inside), np.array(everywhere), null, len(here))


def _apart(a: np.ndarray, b: np.ndarray) -> float:
    """Return the RMS of a - b as a share of the RMS of a; nan without values, 0 where both are all zero."""
    if not a.size:
        return float("nan")
    size, difference = np.sqrt((a**2).mean()), np.sqrt(((a - b) ** 2).mean())
    return float(difference / size) if size > 0 else float(difference > 0)


@dataclass(frozen=True, eq=False)
class AnswerShift:
    """The explained logit of N sequences as they move through their window; positive shifts are to the right.

    shifts (K,). moved (N, K) : the sequence moved, random bases of its composition coming in from outside. kept (N, K) : the
    control, the same bases lost at one end and the same ones put in their place, nothing moved. logits (N,) : as they are.
    """

    shifts: np.ndarray
    moved: np.ndarray
    kept: np.ndarray
    logits: np.ndarray

    @property
    def change(self) -> float:
        """Mean size of the change of the logit when the sequence moves."""
        return float(np.nanmean(np.abs(self.moved - self.logits[:, None])))

    @property
    def control(self) -> float:
        """The same when nothing moves."""
        return float(np.nanmean(np.abs(self.kept - self.logits[:, None])))

    @property
    def more(self) -> Interval:
        """By how much moving changes the logit more than the control, paired by sequence."""
        each = np.nanmean(np.abs(self.moved - self.logits[:, None]) - np.abs(self.kept - self.logits[:, None]), axis=1)
        error = NORMAL * float(each.std(ddof=1)) / len(each) ** 0.5 if len(each) > 1 else float("nan")
        return Interval(float(each.mean()), float(each.mean()) - error, float(each.mean()) + error)

    @property
    def unrelated(self) -> float:
        """Mean difference between the logits of two of the sequences; nan for a single one."""
        return mean_difference(self.logits, self.logits)


def answer_shift(model: nn.Module, codes: np.ndarray, targets: Sequence[Target], most: int = MOST_SHIFTS, step: int = 1,
                 seed: int = 0) -> AnswerShift:
    """Return what becomes of each sequence's logit at shifts of -most to most bases.

    codes (N, L); targets (N,). Of a model that answers per base, `At` moves with the sequence (nan outside the window).
    """
    n, length = codes.shape
    most = min(most, length - 1)
    shifts = np.arange(-(most // step), most // step + 1) * step
    new = flanks(codes, most, seed)
    moved, kept = (np.concatenate([make(codes, int(s), new) for s in shifts]) for make in (_moved, _kept))  # (K N, L)
    shifted = [_after(t, int(s), length) for s in shifts for t in targets]
    still = [t for _ in shifts for t in targets]
    table = lambda values: values.reshape(len(shifts), n).T
    return AnswerShift(shifts, table(own_logits(model, moved, shifted)), table(own_logits(model, kept, still)),
                       own_logits(model, codes, targets))


def away_from_ends(planted: np.ndarray | None, margin: int, n: int) -> np.ndarray:
    """Return the rows of planted (N, L) whose sites stay in the window at shifts up to `margin`; all of n where too few do."""
    if planted is None or not margin:
        return np.arange(n)
    rows = np.flatnonzero(~(planted[:, :margin].any(axis=1) | planted[:, -margin:].any(axis=1)))
    return rows if len(rows) >= 5 else np.arange(n)


def own_logits(model: nn.Module, codes: np.ndarray, targets: Sequence[Target | None]) -> np.ndarray:
    """Return the explained logit of each sequence, its own target each; float64 (N,), nan for None."""
    found = np.full(len(codes), np.nan)
    for target in dict.fromkeys(t for t in targets if t is not None):
        rows = [i for i, t in enumerate(targets) if t == target]
        found[rows] = explained_logits(model, one_hot_encode(codes[rows]), target)
    return found


def _moved(codes: np.ndarray, s: int, new: np.ndarray) -> np.ndarray:
    """Return the sequences moved by s bases to the right (to the left below 0)."""
    if s >= 0:
        return np.concatenate([new[:, :s], codes[:, :codes.shape[1] - s]], axis=1)
    return np.concatenate([codes[:, -s:], new[:, :-s]], axis=1)


def _kept(codes: np.ndarray, s: int, new: np.ndarray) -> np.ndarray:
    """Return the sequences with the bases that `_moved` loses replaced by those that it takes in, and nothing moved."""
    if s >= 0:
        return np.concatenate([codes[:, :codes.shape[1] - s], new[:, :s]], axis=1)
    return np.concatenate([new[:, :-s], codes[:, -s:]], axis=1)


def _after(target: Target, s: int, length: int) -> Target | None:
    if not isinstance(target, At):
        return target
    return At(target.target, target.position + s) if 0 <= target.position + s < length else None


@dataclass(frozen=True, eq=False)
class Strands:
    """The explained logit of N sequences and of their reverse complements.

    correlation_of_chance : what 95 % of PAIRINGS at random stay below. unrelated : mean difference between the logit of one and
    of the reverse complement of another.
    """

    forward: np.ndarray
    reverse: np.ndarray
    correlation: float
    correlation_of_chance: float
    difference: float
    unrelated: float


def strands(model: nn.Module, codes: np.ndarray, targets: Sequence[int], seed: int = 0) -> Strands:
    """Return how alike the answers to codes (N, L) and to their reverse complements are."""
    forward, reverse = (own_logits(model, c, targets) for c in (codes, reverse_complement_codes(codes)))
    rng = np.random.default_rng(seed)
    drawn = [pearson(forward, reverse[rng.permutation(len(reverse))]) for _ in range(PAIRINGS)]
    chance = float(np.nanquantile(drawn, 0.95)) if np.isfinite(drawn).any() else float("nan")
    return Strands(forward, reverse, pearson(forward, reverse), chance, float(np.abs(forward - reverse).mean()),
                   mean_difference(forward, reverse))


def pearson(a: np.ndarray, b: np.ndarray) -> float:
    """Return Pearson's correlation; nan where one side is everywhere the same."""
    a, b = a - a.mean(), b - b.mean()
    size = np.linalg.norm(a) * np.linalg.norm(b)
    return float(a @ b / size) if size > 1e-12 * len(a) else float("nan")


def mean_difference(a: np.ndarray, b: np.ndarray) -> float:
    """Return the mean of |a_i - b_j| over all i other than j; nan for a single one."""
    n = len(a)
    apart = np.abs(a[:, None] - b[None])
    return float((apart.sum() - np.trace(apart)) / (n * (n - 1))) if n > 1 else float("nan")
