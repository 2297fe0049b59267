"""The fewest substitutions that change what a model calls, found step by step by in-silico mutagenesis.

    goal = goal_for(model(x[None])[0], 0, "softmax")            # away from what is called, to any other class
    path = search(goal.asks(model), x, allowed, width=3)         # beam search
    path.changes, path.reached, path.fewest_proven
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from itertools import combinations, islice
from typing import NamedTuple

import numpy as np
import torch
from torch import Tensor, nn

from ..attribution.gradient import At, Target, as_input, explained_logits, rows_per_pass
from ..attribution.ism import ISMOptions, ism
from ..attribution.references import known_bases
from ..errors import SeqVizError
from ..models.internals import borrowed
from ..sequences import ALPHABET
from .ablation import untold
from .calls import Head, Margin

Told = Callable[[float], None]


class Substitution(NamedTuple):
    """Another base at a position, 0-based; bases are counted A, C, G, T."""

    position: int
    was: int
    base: int

    @property
    def words(self) -> str:
        """E.g. "72T>C", counted from 1."""
        return f"{self.position + 1}{ALPHABET[self.was]}>{ALPHABET[self.base]}"


class Goal(NamedTuple):
    """What is to become of the call: away from the class of `target`, or to it."""

    target: Target
    head: Head
    away: bool

    def asks(self, model: nn.Module) -> Margin:
        """Return the model whose one logit is above 0 where the goal is reached."""
        return Margin(model, self.target, self.head, self.away)


def goal_for(logits: np.ndarray, explained: Target, head: Head, to: int | None = None) -> Goal:
    """Return the goal that flips what logits (C,), or (C, L) at each base, call; to : the class that is to be called instead.

    explained : of a label by itself, which one; at each base, which base. Raises SeqVizError where there is no other class, and
    where `to` is called already.
    """
    index, position = explained if isinstance(explained, At) else (explained, None)
    at = (lambda c: c) if position is None else (lambda c: At(c, position))
    column = logits if position is None else logits[:, position]
    if head == "sigmoid":
        return Goal(at(index), head, away=bool(column[index] > 0))
    if len(column) < 2:
        raise SeqVizError("This model has one class: it can call nothing else, so there is nothing to flip.")
    called = int(column.argmax())
    if to is not None and to == called:
        raise SeqVizError("This class is what the model calls already; choose another one to flip to.")
    return Goal(at(called), head, away=True) if to is None else Goal(at(to), head, away=False)


@dataclass(frozen=True, eq=False)
class Path:
    """A way from a sequence to the goal.

    changes : the substitutions in their order. goals (k + 1,) : the goal's margin before each and at the end, reached above 0.
    columns (k, 4) : before each step, how much each base at the position taken would change that margin.
    excluded : up to so many substitutions no set at all reaches the goal: all were tried.
    """

    changes: tuple[Substitution, ...]
    goals: np.ndarray
    columns: np.ndarray
    excluded: int

    @property
    def reached(self) -> int | None:
        """After how many substitutions the goal is reached first; None if it is not."""
        above = np.flatnonzero(self.goals > 0)
        return int(above[0]) if len(above) else None

    @property
    def fewest_proven(self) -> bool:
        return self.reached is not None and self.reached <= self.excluded + 1

    def sequences(self, x: np.ndarray | Tensor) -> Tensor:
        """Return the sequence (4, L) before each step and at the end, (k + 1, 4, L)."""
        found = [torch.as_tensor(x)]
        for change in self.changes:
            found.append(_changed(found[-1], change))
        return torch.stack(found)


class _State(NamedTuple):
    x: Tensor
    changes: tuple[Substitution, ...]
    goal: float
    columns: tuple[np.ndarray, ...]


def allowed_positions(x: np.ndarray | Tensor, protected: Sequence[tuple[int, int]]) -> np.ndarray:
    """Return which bases of x (4, L) may change, (L,): those known and in no protected (start, end); SeqVizError if none."""
    allowed = known_bases(torch.as_tensor(x)).cpu().numpy().copy()
    if not allowed.any():
        raise SeqVizError("Every base of this sequence is unknown (N): there is none to change.")
    for start, end in protected:
        allowed[start:end] = False
    if not allowed.any():
        raise SeqVizError("Every known base is protected, so none may change. Protect fewer.")
    return allowed


def search(asks: nn.Module, x: np.ndarray | Tensor, allowed: np.ndarray, *, width: int = 1, most: int = 20, beyond: bool = False,
           told: Told = untold) -> Path:
    """Return the best way found to make the one logit of `asks` positive by substitutions in x (4, L) at `allowed` (L,).

    Each step asks for every allowed substitution of each of the `width` best sequences so far (one: greedy; more: beam search),
    so one substitution is exhaustive. beyond : go on after the goal, as long as it helps. A position changes once at the most.
    """
    with borrowed(asks):
        x = as_input(torch.as_tensor(x)[None], asks)[0]
        beam, excluded = [_State(x, (), float(explained_logits(asks, x[None], 0)[0]), ())], 0
        for step in range(min(most, int(allowed.sum()))):
            if beam[0].goal > 0 and not beyond:
                break
            following = _best(asks, beam, allowed, width)
            if beyond and following[0].goal <= beam[0].goal:
                break
            excluded = max(excluded, int(step == 0 and max(beam[0].goal, following[0].goal) <= 0))
            beam = following
            told((step + 1) / most)
        return _path(asks, x, beam[0].changes, beam[0].columns, excluded)


def fewest(asks: nn.Module, x: np.ndarray | Tensor, allowed: np.ndarray, *, width: int = 1, most: int = 20,
           told: Told = untold) -> Path:
    """Return the shorter of the greedy way and the one of a beam of `width`: a beam may drop what greed would have followed."""
    path = search(asks, x, allowed, width=1, most=most, told=lambda share: told(share / (1 + width)))
    if width > 1 and not path.fewest_proven:
        limit = most if path.reached is None else path.reached - 1  # only a shorter way is of interest
        wide = search(asks, x, allowed, width=width, most=limit, told=lambda share: told((1 + width * share) / (1 + width)))
        return wide if wide.reached is not None or (path.reached is None and wide.goals[-1] > path.goals[-1]) else path
    return path


def _path(asks: nn.Module, x: Tensor, changes: Sequence[Substitution], columns: Sequence[np.ndarray], excluded: int) -> Path:
    path = Path(tuple(changes), np.empty(0), np.array(columns).reshape(-1, 4), excluded)
    return replace(path, goals=explained_logits(asks, path.sequences(x), 0))


def _best(asks: nn.Module, beam: Sequence[_State], allowed: np.ndarray, width: int) -> list[_State]:
    """Return the `width` best sequences one substitution further."""
    found: dict[frozenset, _State] = {}
    for state in beam:
        deltas = ism(asks, state.x[None], 0, ISMOptions())[0].double().cpu().numpy()  # (4, L)
        open_ = allowed & ~np.isin(np.arange(len(allowed)), [c.position for c in state.changes])
        free = open_ & (state.x.cpu().numpy() == 0)
        gains = np.where(free, deltas, -np.inf)
        for place in np.argsort(-gains, axis=None, kind="stable")[:width]:
            base, position = np.unravel_index(place, gains.shape)
            if gains[base, position] == -np.inf:
                break
            change = Substitution(int(position), int(state.x[:, position].argmax()), int(base))
            new = _State(_changed(state.x, change), (*state.changes, change), state.goal + float(gains[base, position]),
                         (*state.columns, deltas[:, position]))
            found.setdefault(frozenset(new.changes), new)
    return sorted(found.values(), key=lambda s: -s.goal)[:width]


def _changed(x: Tensor, change: Substitution) -> Tensor:
    new = x.clone()
    new[:, change.position] = 0
    new[change.base, change.position] = 1
    return new


def n_pairs(allowed: np.ndarray) -> int:
    """Return how many sets of two substitutions there are at `allowed` (L,)."""
    k = int(allowed.sum())
    return 9 * k * (k - 1) // 2


def best_pair(asks: nn.Module, x: np.ndarray | Tensor, allowed: np.ndarray,
              told: Told = untold) -> tuple[Substitution, Substitution]:
    """Return the two substitutions that bring the goal's margin highest: every pair is tried (see `n_pairs`)."""
    x = torch.as_tensor(x)
    places, was = np.flatnonzero(allowed).tolist(), x.argmax(0).tolist()
    singles = [Substitution(p, was[p], b) for p in places for b in range(4) if b != was[p]]
    rows, best, top = max(1, rows_per_pass(1024, x.shape[1])), None, -np.inf
    pairs, done = ((a, b) for a, b in combinations(singles, 2) if a.position != b.position), 0
    while part := list(islice(pairs, rows)):
        X, row = x.repeat(len(part), 1, 1), torch.arange(len(part))
        for one in zip(*part):
            where, base = torch.tensor([c.position for c in one]), torch.tensor([c.base for c in one])
            X[row, :, where] = 0
            X[row, base, where] = 1
        values = explained_logits(asks, X, 0)
        if values.max() > top:
            best, top = part[int(values.argmax())], float(values.max())
        told((done := done + len(part)) / n_pairs(allowed))
    if best is None:
        raise SeqVizError("Two substitutions need two bases that may change.")
    return best


def in_order(asks: nn.Module, x: np.ndarray | Tensor, changes: Sequence[Substitution], excluded: int) -> Path:
    """Return the path of given substitutions, the most helpful first."""
    with borrowed(asks):
        x = as_input(torch.as_tensor(x)[None], asks)[0]
        left, columns, done, now = list(changes), [], [], x
        while left:
            deltas = ism(asks, now[None], 0, ISMOptions())[0].double().cpu().numpy()
            change = max(left, key=lambda c: deltas[c.base, c.position])
            left.remove(change)
            now = _changed(now, change)
            done, columns = [*done, change], [*columns, deltas[:, change.position]]
        return _path(asks, x, done, columns, excluded)


def random_goals(asks: nn.Module, x: np.ndarray | Tensor, allowed: np.ndarray, k: int, n: int, seed: int) -> np.ndarray:
    """Return the goal's margin (n, k + 1) along n ways of k random substitutions each: what chance does."""
    rng, x, places = np.random.default_rng(seed), torch.as_tensor(x), np.flatnonzero(allowed)
    k = min(k, len(places))
    taken = rng.permuted(np.tile(places, (n, 1)), axis=1)[:, :k]
    bases = (x.argmax(0).numpy()[taken] + rng.integers(1, 4, size=taken.shape)) % 4
    now, row, goals = x.repeat(n, 1, 1), torch.arange(n), [explained_logits(asks, x[None], 0).repeat(n)]
    for step in range(k):
        where = torch.from_numpy(taken[:, step])
        now[row, :, where] = 0
        now[row, torch.from_numpy(bases[:, step]), where] = 1
        goals.append(explained_logits(asks, now, 0))
    return np.stack(goals, axis=1)


def random_start(length: int, seed: int) -> np.ndarray:
    """Return a random sequence, one-hot (4, length), every base equally likely."""
    codes = np.random.default_rng(seed).integers(0, 4, size=length)
    return np.eye(4, dtype=np.float32)[:, codes]
