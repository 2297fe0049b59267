"""Which parts of a sequence are enough for the prediction, all else shuffled; and whether parts work together."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import combinations

import numpy as np
import torch
from torch import Tensor, nn

from ..attribution.gradient import Target
from ..metrics.bootstrap import mean_interval
from .ablation import BY_CALL, NULL_SHUFFLES, PLACES, Criterion, asked, fitting, loses, untold
from .calls import Answers, Head, answers
from .replacing import Part, Replacer, check_parts, free_starts

EXACT = 8  # parts up to which every subset is tried
SLIGHT = 0.05  # of the sequence's evidence: an interaction below it is none


@dataclass(frozen=True, eq=False)
class Sufficient:
    """The smallest set of parts that is enough, everything else replaced by n shuffles.

    kept : which parts, () where shuffles of the whole sequence are enough, None where not even a tried set is.
    logits (n,) : with only these kept (all parts, where none is enough). held : share of those n that are called.
    exact : every smaller set was tried, and none is enough; else parts were left out one by one, the least missed first, and a
        smaller set may exist. tried : how many sets were.
    alone (P,) : whether each part alone is enough. logit, whole : of the sequence, and mean of its shuffles.
    null (R,) : mean logit with R random places of the same widths kept instead, off all parts; null_enough : in which share of
        them that is enough; both empty or nan where there is no room.
    """

    parts: tuple[Part, ...]
    kept: tuple[int, ...] | None
    logits: np.ndarray
    held: float
    exact: bool
    tried: int
    alone: np.ndarray
    logit: float
    whole: float
    null: np.ndarray
    null_enough: float
    criterion: Criterion

    @property
    def n(self) -> int:
        return len(self.logits)


def smallest_sufficient(model: nn.Module, x: np.ndarray | Tensor, target: Target, parts: Sequence[Part], *,
                        head: Head = "softmax", n: int = 20, seed: int = 0, filler: str = "sequence",
                        criterion: Criterion = BY_CALL, told: Callable[[float], None] = untold) -> Sufficient:
    """Return the smallest set of parts of x (4, L) that keeps the prediction when everything else is replaced by shuffles.

    Up to EXACT parts every set is tried, the smallest first, and of equally small ones that with the highest logit is taken; of
    more, parts are left out one by one from all of them, each time the one that is missed least.
    """
    fill = Replacer(x, n, seed, filler)
    check_parts(parts, fill.length)
    as_it_is, shuffled = (answers(model, X, target, head) for X in (fill.x[None], fill.whole))
    logit, whole = float(as_it_is.logit[0]), float(shuffled.logit.mean())
    criterion = fitting(criterion, float(as_it_is.margin[0]))

    def ask(sets: Sequence[tuple[int, ...]], report: Callable[[float], None] = untold) -> tuple[np.ndarray, np.ndarray]:
        """Return the logits (k, n) with only these sets kept, and whether each is enough (k,)."""
        found = asked(model, (fill.only([parts[i] for i in s]) for s in sets), len(sets), target, head, report)
        return found.logit, ~loses(criterion, found.logit, found.margin, logit, whole)

    search = _every_set if len(parts) <= EXACT else _leaving_out
    kept, logits, tried = search(len(parts), ask, told)
    alone = ask([(i,) for i in range(len(parts))])[1]
    null = _elsewhere(model, fill, parts, kept, target, head)
    enough = ~loses(criterion, null.logit, null.margin, logit, whole) if null.logit.size else np.empty(0)
    held = float((answers(model, fill.only([parts[i] for i in everything(kept, parts)]), target, head).margin > 0).mean())
    return Sufficient(tuple(parts), kept, logits, held, len(parts) <= EXACT, tried, alone, logit, whole,
                      null.logit.mean(-1) if enough.size else np.empty(0), float(enough.mean()) if enough.size else np.nan,
                      criterion)


def everything(kept: tuple[int, ...] | None, parts: Sequence[Part]) -> tuple[int, ...]:
    """Return the kept parts, all of them where no set is enough."""
    return tuple(range(len(parts))) if kept is None else kept


def _every_set(k: int, ask: Callable, told: Callable[[float], None]) -> tuple[tuple[int, ...] | None, np.ndarray, int]:
    """Return the smallest sufficient set of k parts, its logits and how many sets were tried."""
    tried, logits = 0, np.empty(0)
    for size in range(k + 1):
        sets = list(combinations(range(k), size))
        found, enough = ask(sets, lambda share, done=tried, sets=sets: told((done + share * len(sets)) / 2**k))
        tried += len(sets)
        if enough.any():
            best = max(np.flatnonzero(enough), key=lambda i: found[i].mean())
            return sets[best], found[best], tried
        logits = found[-1]
    return None, logits, tried


def _leaving_out(k: int, ask: Callable, told: Callable[[float], None]) -> tuple[tuple[int, ...] | None, np.ndarray, int]:
    """Return what is left of k parts when the one missed least is left out, again and again, as long as it is enough."""
    kept, tried = tuple(range(k)), 1
    found, enough = ask([kept])
    if not enough[0]:
        return None, found[0], tried
    logits = found[0]
    while kept:
        sets = [tuple(i for i in kept if i != out) for out in kept]
        found, enough = ask(sets)
        tried += len(sets)
        told(tried / (k * (k + 1) / 2 + 1))
        if not enough.any():
            break
        best = max(np.flatnonzero(enough), key=lambda i: found[i].mean())
        kept, logits = sets[best], found[best]
    return kept, logits, tried


def _elsewhere(model: nn.Module, fill: Replacer, parts: Sequence[Part], kept: tuple[int, ...] | None, target: Target,
               head: Head) -> Answers:
    """Return logits and margins (R, m) with random places of the same widths kept; (0, 0) where nothing is kept or no room is."""
    rng = np.random.default_rng([fill.seed, 2])
    widths = [parts[i].width for i in kept or ()]
    if not widths:
        return Answers(np.empty((0, 0)), np.empty((0, 0)))
    places = [_placed(fill.length, widths, parts, rng) for _ in range(PLACES)]
    if any(len(place) < len(widths) for place in places):
        return Answers(np.empty((0, 0)), np.empty((0, 0)))
    return asked(model, (fill.only(p)[:NULL_SHUFFLES] for p in places), PLACES, target, head)


def _placed(length: int, widths: Sequence[int], parts: Sequence[Part], rng: np.random.Generator) -> list[Part]:
    """Return random places of these widths that touch neither a part nor each other; fewer where there is no room."""
    placed: list[Part] = []
    for width in widths:
        starts = free_starts(length, width, [*parts, *placed])
        if len(starts):
            start = int(rng.choice(starts))
            placed.append(Part("", start, start + width))
    return placed


@dataclass(frozen=True, eq=False)
class PairKnockouts:
    """What losing two parts at once does beyond losing each: I(AB) - I(A) - I(B), I the change of the logit.

    interaction (P, P) : mean over n shuffles, symmetric, nan on the diagonal and where two parts share bases. interval
        (P, P, 2) : its 95 % bootstrap interval. null (R,) : the same of the part that costs most with each of R random places
        that touch no part, as wide as the other parts are on average; empty where there is no room.
    both, single : mean I(AB) (P, P) and I(A) (P,). evidence : what the sequence's logit has above its shuffles.
    """

    parts: tuple[Part, ...]
    interaction: np.ndarray
    interval: np.ndarray
    both: np.ndarray
    single: np.ndarray
    null: np.ndarray
    evidence: float
    n: int

    def kind(self, i: int, j: int) -> str:
        """Return "synergy" (each needs the other), "redundancy" (each makes up for the other) or "additive"."""
        low, high = self.interval[i, j]
        least = max(SLIGHT * abs(self.evidence), np.abs(self.null).max(initial=0))
        if abs(self.interaction[i, j]) <= least or not low * high > 0:
            return "additive"
        return "synergy" if low > 0 else "redundancy"


def pair_knockouts(model: nn.Module, x: np.ndarray | Tensor, target: Target, parts: Sequence[Part], *, head: Head = "softmax",
                   n: int = 20, seed: int = 0, filler: str = "sequence",
                   told: Callable[[float], None] = untold) -> PairKnockouts:
    """Return the interaction of every two parts of x (4, L). Above zero, losing both costs less than the sum of the two: one
    is worth little without the other (synergy). Below zero, losing both costs more: one stands in for the other (redundancy).
    """
    fill, k = Replacer(x, n, seed, filler), len(parts)
    check_parts(parts, fill.length)
    pairs = [(i, j) for i, j in combinations(range(k), 2) if not _overlap(parts[i], parts[j])]
    logit = answers(model, torch.cat([fill.x[None], fill.whole]), target, head).logit
    sets = [*((i,) for i in range(k)), *pairs]
    found = asked(model, (fill.without([parts[i] for i in s]) for s in sets), len(sets), target, head, told).logit - logit[0]
    single, both = found[:k], np.full((k, k), np.nan)
    interaction, interval = np.full((k, k), np.nan), np.full((k, k, 2), np.nan)
    for (i, j), changes in zip(pairs, found[k:]):
        beyond = changes - single[i] - single[j]
        for place in ((i, j), (j, i)):
            both[place], interaction[place], interval[place] = changes.mean(), beyond.mean(), mean_interval(beyond, seed)
    null = _with_random_places(model, fill, parts, single, target, head)
    return PairKnockouts(tuple(parts), interaction, interval, both, single.mean(1), null,
                         float(logit[0] - logit[1:].mean()), n)


def _with_random_places(model: nn.Module, fill: Replacer, parts: Sequence[Part], single: np.ndarray, target: Target,
                        head: Head) -> np.ndarray:
    """Return the mean interaction (R,) of the costliest part with random places; single (P, n) : each part's I(A)."""
    top, m = int(np.abs(single.mean(1)).argmax()), min(NULL_SHUFFLES, fill.n)
    width = max(1, round(np.mean([p.width for i, p in enumerate(parts) if i != top] or [parts[top].width])))
    starts = free_starts(fill.length, width, parts)
    if not len(starts):
        return np.empty(0)
    chosen = np.random.default_rng([fill.seed, 3]).choice(starts, size=min(PLACES, len(starts)), replace=False).tolist()
    places = [Part("", s, s + width) for s in chosen]
    sets = [[place] for place in places] + [[parts[top], place] for place in places]
    found = asked(model, (fill.without(s)[:m] for s in sets), len(sets), target, head).logit
    alone, both = found[:len(places)], found[len(places):]
    return (both - alone - single[top, :m]).mean(1)


def _overlap(one: Part, other: Part) -> bool:
    return max(one.start, other.start) < min(one.end, other.end)
