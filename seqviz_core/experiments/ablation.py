"""Which parts of a sequence the prediction needs: each replaced in turn by shuffled bases, beside spans where there is nothing.

    found = ablate(model, x, target, [Part("GATA2", 65, 72)], n=20)
    found.cost, found.interval, found.nulls[0].mean
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Literal, NamedTuple

import numpy as np
import torch
from torch import Tensor, nn

from ..attribution.gradient import Target
from ..metrics.bootstrap import mean_interval
from .calls import Answers, Head, answers
from .replacing import Part, Replacer, check_parts, free_starts

PLACES, NULL_SHUFFLES, FEWEST_PLACES = 20, 5, 5
MOST_HELD = 2**22  # numbers: of the sequences that are made before a model is asked about them
Where = Literal["elsewhere", "shuffles"]


class Criterion(NamedTuple):
    """When a prediction counts as lost.

    by : "call", where the class is not called any more in more than half of the shuffles; or "logit", where on average more than
        `share` is gone of what the sequence's logit has above its own shuffles.
    """

    by: Literal["call", "logit"] = "call"
    share: float = 0.5


BY_CALL = Criterion()


def untold(share: float) -> None:
    """Nobody asked how far it is."""


class Null(NamedTuple):
    """What the same replacement costs where the part is not.

    costs (R,) : mean cost of each of R random places of the part's width that touch no part ("elsewhere"); where there is no room
        for them, the cost of the same place in each of R shuffles of the sequence ("shuffles").
    """

    where: Where
    costs: np.ndarray

    @property
    def mean(self) -> float:
        return float(self.costs.mean())


@dataclass(frozen=True, eq=False)
class Ablation:
    """What it costs to replace each of P parts by n shuffles. A cost is the logit minus the logit without the part.

    logit, margin : of the sequence as it is. whole : mean logit of shuffles of the whole sequence.
    logits, margins (P, n) : without each part. unchanged (P,) : share of the shuffles that leave the part as it was.
    nulls : one for each part. criterion : what counts as lost (by the logit where the class is not called to begin with).
    """

    parts: tuple[Part, ...]
    logit: float
    margin: float
    whole: float
    logits: np.ndarray
    margins: np.ndarray
    unchanged: np.ndarray
    nulls: tuple[Null, ...]
    criterion: Criterion
    seed: int
    filler: str

    @property
    def n(self) -> int:
        return self.logits.shape[1]

    @property
    def called(self) -> bool:
        return self.margin > 0

    @property
    def evidence(self) -> float:
        """What the logit has above the sequence's own shuffles."""
        return self.logit - self.whole

    @property
    def cost(self) -> np.ndarray:
        """Mean cost of each part, (P,)."""
        return self.logit - self.logits.mean(1)

    @property
    def interval(self) -> np.ndarray:
        """95 % interval of each mean cost, (P, 2): bootstrap over the shuffles."""
        return mean_interval(self.logit - self.logits, self.seed)

    @property
    def lost(self) -> np.ndarray:
        """Share of the shuffles in which the class is not called without the part, (P,)."""
        return (self.margins <= 0).mean(1)

    @property
    def necessary(self) -> np.ndarray:
        """Whether the prediction is lost without the part alone, (P,) bool."""
        return loses(self.criterion, self.logits, self.margins, self.logit, self.whole)


def ablate(model: nn.Module, x: np.ndarray | Tensor, target: Target, parts: Sequence[Part], *, head: Head = "softmax",
           n: int = 20, seed: int = 0, filler: str = "sequence", criterion: Criterion = BY_CALL,
           told: Callable[[float], None] = untold) -> Ablation:
    """Return what each part of the sequence x (4, L) carries of the logit: replaced alone, by n shuffles (see `FILLERS`).

    The seed and the arguments alone decide the result. told : called with the share of the work that is done. Raises SeqVizError
    for a part outside the sequence, for one that cannot be shuffled because every base is unknown or alike, and for a target that
    the model does not have.
    """
    fill = Replacer(x, n, seed, filler)
    check_parts(parts, fill.length)
    as_it_is = answers(model, fill.x[None], target, head)
    whole = answers(model, fill.whole, target, head)
    without = asked(model, (fill.without([part]) for part in parts), len(parts), target, head, told)
    logit, margin = float(as_it_is.logit[0]), float(as_it_is.margin[0])
    return Ablation(tuple(parts), logit, margin, float(whole.logit.mean()), without.logit, without.margin,
                    np.array([fill.unchanged(part) for part in parts]),
                    _nulls(model, fill, parts, target, head, logit, whole.logit), fitting(criterion, margin), seed, filler)


def fitting(criterion: Criterion, margin: float) -> Criterion:
    """Return the criterion, by the logit where there is no call to lose."""
    return criterion if margin > 0 else criterion._replace(by="logit")


def loses(criterion: Criterion, logits: np.ndarray, margins: np.ndarray, logit: float, whole: float) -> np.ndarray:
    """Return whether the prediction is lost, (...) bool, from logits and margins (..., n) of its changed sequences."""
    if criterion.by == "call":
        return (margins <= 0).mean(-1) > 0.5
    return (logit - logits.mean(-1) > criterion.share * (logit - whole)) & (logit > whole)


def asked(model: nn.Module, rows: Iterable[Tensor], k: int, target: Target, head: Head,
          told: Callable[[float], None] = untold) -> Answers:
    """Return logits and margins (k, n) of k times n sequences; rows : k tensors (n, 4, L), made when they are needed."""
    found, waiting, held = [], [], 0
    for i, row in enumerate(rows):
        waiting, held = [*waiting, row], held + row.numel()
        if held >= MOST_HELD or i == k - 1:
            found.append(answers(model, torch.cat(waiting), target, head))
            waiting, held = [], 0
            told((i + 1) / k)
    return Answers(*(np.concatenate(parts).reshape(k, -1) for parts in zip(*found)))


def _nulls(model: nn.Module, fill: Replacer, parts: Sequence[Part], target: Target, head: Head, logit: float,
           whole: np.ndarray) -> tuple[Null, ...]:
    """Return the null of each part; parts of one width share theirs."""
    rng, known = np.random.default_rng([fill.seed, 1]), {}
    for width in dict.fromkeys(part.width for part in parts):
        starts = free_starts(fill.length, width, parts)
        if len(starts) >= FEWEST_PLACES:
            chosen = np.sort(rng.choice(starts, size=min(PLACES, len(starts)), replace=False)).tolist()
            rows = (fill.without([Part("", s, s + width)])[:NULL_SHUFFLES] for s in chosen)
            known[width] = Null("elsewhere", logit - asked(model, rows, len(chosen), target, head).logit.mean(1))
    crowded = [part for part in parts if part.width not in known]
    inside = _in_shuffles(model, fill, crowded, target, head, whole)
    return tuple(known.get(part.width) or inside[part] for part in parts)


def _in_shuffles(model: nn.Module, fill: Replacer, parts: Sequence[Part], target: Target, head: Head,
                 whole: np.ndarray) -> dict[Part, Null]:
    """Return what each place costs in shuffles of the sequence, filled with what the next shuffle has there."""
    if not parts:
        return {}
    m = min(NULL_SHUFFLES, fill.n)
    base, following = fill.whole[:m], fill.whole.roll(-1, 0)[:m]

    def filled(part: Part) -> Tensor:
        rows = base.clone()
        rows[..., part.start:part.end] = following[..., part.start:part.end]
        return rows

    found = asked(model, map(filled, parts), len(parts), target, head)
    return {part: Null("shuffles", whole[:m] - logits) for part, logits in zip(parts, found.logit)}
