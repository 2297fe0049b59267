"""Which filters a model needs: each taken out alone, as many as can go together, and pairs that stand in for each other."""

import json
from collections.abc import Callable, Collection
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from torch import nn

from ..metrics.rows import rank_rows
from ..training import find_run
from .filter_surgery import AfterFirst, after_first, most_sequences
from .skill import Interval, Skill, fresh, labels_of, loss, rows_of, skill_of

if TYPE_CHECKING:
    from ..datasets import Dataset
    from ..training.work import Args, Files, Tell

TOLERANCE = 0.01
LOOK = 6
"""Filters that are tried anew at each step of the pruning: those that cost least when they were last tried."""
ORDERS, STEPS = 5, 12
"""Random orders beside the pruning, and at how many places of each the AUROC is measured."""
PAIRS = 10
SEED = 7


@dataclass(frozen=True, eq=False)
class Scored:
    """What follows the first convolution, and the labels of its N sequences."""

    rest: AfterFirst
    labels: np.ndarray

    def without(self, filters: Collection[int] = ()) -> Skill:
        """Return the skill with these filters zeroed."""
        return skill_of(self.rest.logits(filters), self.labels)

    def __len__(self) -> int:
        return len(self.labels)


def scored(model: nn.Module, data: "Dataset") -> Scored:
    """Return the model behind its first convolution on `data`, of which it takes as many as its maps fit into memory."""
    data = rows_of(data, slice(0, most_sequences(model, data.codes.shape[1])))
    return Scored(after_first(model, data.X), labels_of(data))


@dataclass(frozen=True)
class Alone:
    """What it costs to zero each filter alone: the AUROC of the model as it is and, for every filter, how much it falls."""

    auroc: Interval
    accuracy: float
    losses: tuple[Interval, ...]
    n: int

    def order(self) -> list[int]:
        """Return the filters, the one whose loss costs most first."""
        return sorted(range(len(self.losses)), key=lambda f: (-self.losses[f].value, f))

    @property
    def needed(self) -> list[int]:
        """The filters whose loss costs more than chance explains: the whole interval lies above 0."""
        return [f for f in self.order() if self.losses[f].low > 0]


def each_alone(on: Scored) -> Alone:
    """Return what zeroing each filter alone does to the AUROC."""
    whole = on.without()
    losses = tuple(loss(whole, on.without([f])) for f in range(on.rest.n_filters))
    return Alone(whole.interval, whole.accuracy, losses, len(on))


@dataclass(frozen=True)
class Pruning:
    """Filters taken out one after the other, the least needed first.

    order (F,) : chosen on other sequences than those that `auroc` is measured on. auroc (F + 1,) : with the first k of them
    zeroed. random : (number taken out, mean AUROC over ORDERS random orders, lowest, highest). tolerance : AUROC.
    removable : the most that go at no more than the tolerance on the sequences that they are chosen on. cost : what that costs
    on the others. random_cost : the same number, taken out at random.
    """

    order: tuple[int, ...]
    auroc: tuple[float, ...]
    random: tuple[tuple[int, float, float, float], ...]
    tolerance: float
    removable: int
    cost: Interval
    random_cost: float
    n: int


def prune(choose: Scored, report: Scored, tolerance: float = TOLERANCE, tell: "Tell | None" = None, seed: int = SEED) -> Pruning:
    """Return what happens as the filter that costs least is taken out, again and again.

    choose, report : the same model on sequences to choose the order by, and on others to measure the AUROC on.
    """
    tell = tell or (lambda share, sentence: None)
    order, chosen_on = _greedy(choose, lambda share: tell(0.6 * share, "Taking out the filter that costs least"))
    n, whole = len(order), report.without()
    measured = [report.without(order[:k]) for k in range(n + 1)]
    fit = [k for k in range(n + 1) if all(chosen_on[0] - a <= tolerance + 1e-12 for a in chosen_on[:k + 1])]
    removable = max(fit, default=0)  # none where the AUROC is not defined
    counts = sorted({*np.linspace(0, n, min(STEPS, n) + 1).round().astype(int).tolist(), removable})
    rng, rows = np.random.default_rng(seed), []
    for r in range(ORDERS):
        tell(0.7 + 0.2 * r / ORDERS, f"Random order {r + 1} of {ORDERS}")
        mixed = rng.permutation(n).tolist()
        rows.append([report.without(mixed[:k]).auroc for k in counts])
    drawn = np.array(rows)  # (ORDERS, counts)
    random = tuple((k, float(c.mean()), float(c.min()), float(c.max())) for k, c in zip(counts, drawn.T, strict=True))
    return Pruning(tuple(order), tuple(s.auroc for s in measured), random, tolerance, removable, loss(whole, measured[removable]),
                   float(whole.auroc - drawn[:, counts.index(removable)].mean()), len(report))


def _greedy(on: Scored, tell: Callable[[float], None]) -> tuple[list[int], list[float]]:
    """Return the order, and the AUROC with the first 0, 1, ... F of them zeroed."""
    left, taken = {f: on.without([f]).auroc for f in range(on.rest.n_filters)}, []
    course = [on.without().auroc]
    while left:
        tell(len(taken) / on.rest.n_filters)
        if taken:
            for f in sorted(left, key=lambda f: (-left[f], f))[:LOOK]:
                left[f] = on.without([*taken, f]).auroc
        best = max(left, key=lambda f: (left[f], -f))
        course.append(left.pop(best) if not taken else on.without([*taken, best]).auroc)
        left.pop(best, None)
        taken.append(best)
    return taken, course


class Pair(NamedTuple):
    """Two filters that fire in the same sequences, and what it costs to zero each alone and both.

    correlation : Spearman's, of their highest value in each sequence. more : loss of both, less that of each alone.
    """

    first: int
    second: int
    correlation: float
    first_alone: float
    second_alone: float
    both: float
    more: Interval

    @property
    def stand_in(self) -> bool:
        """Whether each makes up for the other: both together cost more than the two alone, beyond chance."""
        return self.more.low > 0


def alike_pairs(on: Scored, most: int = PAIRS) -> list[Pair]:
    """Return the pairs of filters whose highest values go together most closely, the closest first."""
    together = peak_correlation(on.rest.peaks())
    i, j = np.triu_indices(len(together), 1)
    best = np.argsort(-np.nan_to_num(together[i, j], nan=-2.0), kind="stable")[:most]
    whole, found = on.without(), []
    for a, b in zip(i[best].tolist(), j[best].tolist(), strict=True):
        if np.isfinite(together[a, b]):
            found.append(_pair(on, whole, a, b, float(together[a, b])))
    return found


def peak_correlation(peaks: np.ndarray) -> np.ndarray:
    """Return Spearman's correlation of the columns of `peaks` (N, F), (F, F); nan for a filter that is everywhere the same."""
    ranked = rank_rows(peaks.T)
    ranks = (ranked.first + ranked.last) / 2.0
    ranks -= ranks.mean(axis=1, keepdims=True)
    size = np.linalg.norm(ranks, axis=1)
    ranks /= np.where(size > 0, size, np.nan)[:, None]
    return ranks @ ranks.T


def _pair(on: Scored, whole: Skill, a: int, b: int, correlation: float) -> Pair:
    one, other, both = (on.without(f) for f in ([a], [b], [a, b]))
    more = one.auroc + other.auroc - both.auroc - whole.auroc  # (whole - both) - (whole - one) - (whole - other)
    parts = one.parts + other.parts - both.parts - whole.parts
    return Pair(a, b, correlation, whole.auroc - one.auroc, whole.auroc - other.auroc, whole.auroc - both.auroc,
                loss(Skill(more, 0.0, parts), Skill(0.0, 0.0, np.zeros_like(parts))))


def passes(n_filters: int) -> int:
    """Return how often `measure` asks the model about all sequences of one half."""
    return (LOOK + 4) * n_filters + ORDERS * (min(STEPS, n_filters) + 2) + 3 * PAIRS + 4


def halves(data: "Dataset") -> tuple["Dataset", "Dataset"]:
    """Return the sequences to choose by, and those to report on."""
    return rows_of(data, slice(0, len(data) // 2)), rows_of(data, slice(len(data) // 2, None))


def measure(args: "Args", tell: "Tell") -> "Files":
    """Return {"filters.json": ...} of the run args["run"]: each filter alone, the pruning and pairs, over args["n"] sequences.

    As many more are drawn to choose the order of the pruning by.
    """
    run = find_run(args["run"])
    model, task = run.load_model(), run.spec.make_task()
    choose, report = (scored(model, half) for half in halves(fresh(run, task, 2 * args["n"], args["seed"])))
    tell(0.0, "Zeroing each filter alone")
    alone = each_alone(report)
    pruning = prune(choose, report, args["tolerance"], lambda share, said: tell(0.1 + 0.8 * share, said))
    tell(0.95, "Pairs of filters")
    return {"filters.json": json.dumps({"alone": asdict(alone), "pruning": asdict(pruning), "pairs": alike_pairs(report)})}


def read_measured(text: str | bytes) -> tuple[Alone, Pruning, list[Pair]]:
    """Return what `measure` has written."""
    found = json.loads(text)
    alone, pruning = found["alone"], found["pruning"]
    many = lambda rows: tuple(Interval(*row) for row in rows)
    return (Alone(Interval(*alone["auroc"]), alone["accuracy"], many(alone["losses"]), alone["n"]),
            Pruning(**{**pruning, "order": tuple(pruning["order"]), "auroc": tuple(pruning["auroc"]),
                       "random": tuple(map(tuple, pruning["random"])), "cost": Interval(*pruning["cost"])}),
            [Pair(*row[:-1], Interval(*row[-1])) for row in found["pairs"]])
