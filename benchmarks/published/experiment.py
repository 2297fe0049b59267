"""What a reproduction is: a published figure, ours over several seeds, the ceiling and the aim, in rows."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from statistics import fmean, stdev
from typing import Any, NamedTuple

from seqviz_core.registry import Registry


class Row(NamedTuple):
    """One figure. `ours` holds one value per seed; a bound on their mean is the aim, where there is one."""

    what: str
    published: str
    ours: tuple[float, ...]
    ceiling: float | None = None
    at_least: float | None = None
    at_most: float | None = None

    @property
    def mean(self) -> float:
        return fmean(self.ours)

    @property
    def spread(self) -> float:
        """Standard deviation over the seeds; 0 for a single one."""
        return stdev(self.ours) if len(self.ours) > 1 else 0.0

    @property
    def reached(self) -> bool | None:
        """Whether the mean keeps the aim's bounds; None without an aim."""
        if self.at_least is None and self.at_most is None:
            return None
        return (self.at_least is None or self.mean >= self.at_least) and (self.at_most is None or self.mean <= self.at_most)


class Budget(NamedTuple):
    """How much may be spent: the seeds, the share of the full size (1 is the recipe's), where real data lie, whom to tell."""

    seeds: tuple[int, ...]
    scale: float
    data: Path
    say: Callable[[str], None]

    def size(self, n: int, least: int = 10) -> int:
        """Return `n` at this budget's scale."""
        return max(least, round(n * self.scale))


@dataclass(frozen=True)
class Experiment:
    """A published experiment. `changes`: what differs from the published recipe, so that nobody compares unlike things."""

    name: str
    title: str
    source: str
    recipe: str
    changes: str
    run: Callable[[Budget], list[Row]]


EXPERIMENTS: Registry[Experiment] = Registry("experiment")


def experiment(name: str, *, title: str, source: str, recipe: str, changes: str = "") -> Callable:
    """Register a function Budget -> rows under the name the reference list has for it (A1, A3, ...)."""
    def register(run: Callable[[Budget], list[Row]]) -> Callable[[Budget], list[Row]]:
        entry = Experiment(name, title, source, recipe, changes, run)
        EXPERIMENTS.register(name, entry, origin=run.__module__, order=int(name[1:]))
        return run
    return register


def row_from(content: dict[str, Any]) -> Row:
    """Return the row that `Row._asdict()` was written from."""
    return Row(**{**content, "ours": tuple(content["ours"])})
