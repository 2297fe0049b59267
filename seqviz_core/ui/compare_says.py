"""What the Compare page calls its runs, which of them belong together, and what it says of them: no Streamlit."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from functools import lru_cache
from math import isfinite, sqrt
from typing import NamedTuple, TypeVar

from ..checks import Agreement, Pooled
from ..datasets import DATASETS
from ..models import ARCHITECTURES
from ..motif_discovery import Recovery
from ..training import Epoch, Run, RunSpec, RunStatus
from ..training.verdict import headline
from .sentences import listed

NORMAL = 1.96
LEAST_GAP = 0.02  # between baseline and ceiling: a share of less would be a share of chance
NEARLY = 0.95  # of its best score, from which a run is said to have learned
LONGEST_FACT = 20  # letters: a setting may hold megabytes

T = TypeVar("T")


def names_of(runs: Sequence[Run]) -> dict[str, str]:
    """Return the shortest name of each run, by its id, that tells it from the others: "CNN", "CNN, seed 2", "CNN, filters 8"."""
    facts = {run.id: _facts(run) for run in runs}
    names = {run_id: fact["architecture"] for run_id, fact in facts.items()}
    keys = list(dict.fromkeys(key for fact in facts.values() for key in fact))
    for key in keys[1:]:
        alike = {i: [j for j in names if names[j] == names[i]] for i in names}
        telling = {i for i in names if key in facts[i] and any(facts[j].get(key) != facts[i][key] for j in alike[i])}
        names = {i: f"{name}, {facts[i][key]}" if i in telling else name for i, name in names.items()}
    return names


def _facts(run: Run) -> dict[str, str]:
    """Return what may tell a run from others, most telling first."""
    spec = run.spec
    settings = {**spec.model_settings, **spec.task_settings, **vars(spec.training)}
    short = {name: f"{name.replace('_', ' ')} {value}" for name, value in settings.items()
             if name != "seed" and len(str(value)) <= LONGEST_FACT}
    return {"architecture": ARCHITECTURES[spec.architecture].label, "task": DATASETS[spec.task].label,
            "seed": f"seed {spec.training.seed}", **short, "id": run.id[:6]}


def grouped(items: Iterable[T], key: Callable[[T], object]) -> list[list[T]]:
    """Return the items in groups of equal keys, in the order they come; keys need no hash."""
    groups: list[tuple[object, list[T]]] = []
    for item in items:
        mine = next((members for k, members in groups if k == key(item)), None)
        if mine is None:
            groups.append((key(item), mine := []))
        mine.append(item)
    return [members for _, members in groups]


@lru_cache(maxsize=256)
def _whole(spec: RunSpec) -> RunSpec:
    """Return the spec with every setting written out and seed 0."""
    whole = spec.complete()
    return replace(whole, training=replace(whole.training, seed=0))


def differ_in_seed_only(one: RunSpec, other: RunSpec) -> bool:
    """Return whether two runs are the same training with another seed."""
    return one.training.seed != other.training.seed and _whole(one) == _whole(other)


def next_seeds(spec: RunSpec, taken: Iterable[int], n: int = 2) -> list[RunSpec]:
    """Return the spec with the `n` smallest seeds above its own that are not taken."""
    seeds, taken, seed = [], set(taken), spec.training.seed
    while len(seeds) < n:
        seed += 1
        seeds += [seed] * (seed not in taken)
    return [replace(spec, training=replace(spec.training, seed=seed)) for seed in seeds]


class Standing(NamedTuple):
    """How a finished run stands: by accuracy, or AUPRC where one answer is nearly always right.

    low, high : 95 % interval of the accuracy (Wilson 1927); the score itself where there is none.
    baseline : of the k-mer baseline.
    """

    metric: str
    score: float
    low: float
    high: float
    ceiling: float | None
    baseline: float | None

    @property
    def share(self) -> float | None:
        """(score - baseline) / (ceiling - baseline): 0 is no better than the baseline, 1 all that is possible."""
        if self.ceiling is None or self.baseline is None or self.ceiling - self.baseline < LEAST_GAP:
            return None
        return (self.score - self.baseline) / (self.ceiling - self.baseline)


def standing(status: RunStatus, per_sequence: bool = True) -> Standing | None:
    """Return how a run stands; None where it was never tested. per_sequence : whether each test sequence has one answer."""
    if status.test is None:
        return None
    rare = status.test.unbalanced
    score = headline(status.test, rare)
    low, high = (score, score) if rare or not per_sequence or not status.n_test else wilson(score, status.n_test)
    ceiling, baseline = headline(status.ceiling, rare), headline(status.kmer, rare)
    return Standing("AUPRC" if rare else "accuracy", score, low, high, ceiling, baseline)


def wilson(share: float, n: int) -> tuple[float, float]:
    """Return the 95 % interval of a share of n: (p + z^2/2n -+ z sqrt(p(1-p)/n + z^2/4n^2)) / (1 + z^2/n)."""
    z = NORMAL
    middle, half = share + z * z / (2 * n), z * sqrt(share * (1 - share) / n + z * z / (4 * n * n))
    return (middle - half) / (1 + z * z / n), (middle + half) / (1 + z * z / n)


def score_sentence(standings: Mapping[str, Standing], task: str) -> str:
    """Return who comes closest to what is possible on one task, and whether the others differ by more than chance."""
    best = max(standings, key=lambda name: _left(standings[name]))
    worst = min(standings, key=lambda name: _left(standings[name]))
    text = f"On \u201c{task}\u201d {_the(best)} reaches {standings[best].metric} {_of(standings[best])}"
    if best == worst:
        return text + "."
    a, b = standings[best], standings[worst]
    text += f", the best of {len(standings)}; {_the(worst)} has {_of(b)}"
    if a.low == a.high:
        return text + "."
    apart = abs(a.score - b.score) > NORMAL * sqrt(_variance(a) + _variance(b))
    return text + (", which is less by more than chance." if apart else ", a difference that chance may explain.")


def _left(s: Standing) -> float:
    return s.score - (s.ceiling if s.ceiling is not None else 1.0)


def _of(s: Standing) -> str:
    return f"{s.score:.3f}" + (f" of {s.ceiling:.3f}" if s.ceiling is not None else "")


def _variance(s: Standing) -> float:
    """The variance of the score, from its interval."""
    return ((s.high - s.low) / (2 * NORMAL)) ** 2


def _the(name: str) -> str:
    return f"the {name}"


class Learned(NamedTuple):
    """From which epoch on, and after how many seconds, a run had NEARLY its best validation score."""

    epoch: int
    seconds: float
    best: float


def learned(epochs: Sequence[Epoch], field: str) -> Learned | None:
    """Return when a run had learned; None where no epoch has the score. field : such as "valid_accuracy"."""
    scores = [(e, getattr(e, field)) for e in epochs if isfinite(getattr(e, field))]
    if not scores:
        return None
    best = max(score for _, score in scores)
    first = next(e for e, score in scores if score >= NEARLY * best)
    return Learned(first.epoch, sum(e.seconds for e in epochs if e.epoch <= first.epoch), best)


def learned_sentence(found: Mapping[str, Learned], metric: str) -> str:
    """Return who learned in the fewest epochs and who in the most."""
    first, last = (pick(found, key=lambda name: found[name].epoch) for pick in (min, max))
    told = lambda name: (f"{_the(name)} after {found[name].epoch} epoch{'s' * (found[name].epoch != 1)} "
                         f"({found[name].seconds:.3g} s)")
    text = f"{NEARLY:.0%} of its own best validation {metric} was reached first by {told(first)}"
    return text + ("." if found[first].epoch == found[last].epoch else f", last by {told(last)}.")


def motif_sentence(recoveries: Mapping[str, Recovery], unit: str) -> str:
    """Return of how many planted motifs each run found, and which ones no run did."""
    n = len(next(iter(recoveries.values())).planted)
    told = [f"{_the(name)} found {len(r.with_status('found'))}" for name, r in recoveries.items()]
    found = {row.motif.name for r in recoveries.values() for row in r.with_status("found")}
    never = [row.motif.name for row in next(iter(recoveries.values())).planted if row.motif.name not in found]
    text = f"Of {n} planted motif{'s' * (n != 1)} {listed(told)}, each covered whole by one {unit}"
    if not never:
        return text + ("." if len(recoveries) == 1 else "; every one is found by at least one of them.")
    more = f" and {len(never) - 4} more" if len(never) > 4 else ""
    return text + f"; found by none: {', '.join(never[:4])}{more}."


PAIRS = {"methods": "same model, other method", "seeds": "same training with another seed, same method",
         "models": "other model, same method", "both": "other model and other method"}


class Mapped(NamedTuple):
    """One map that is compared: of which run, by which method."""

    run: Run
    method: str


def pairs_by_kind(mapped: Sequence[Mapped]) -> dict[str, list[tuple[int, int]]]:
    """Return the pairs of maps of each kind of PAIRS that there is."""
    kinds: dict[str, list[tuple[int, int]]] = {kind: [] for kind in PAIRS}
    for j, b in enumerate(mapped):
        for i, a in enumerate(mapped[:j]):
            kinds[_kind(a, b)].append((i, j))
    return {kind: pairs for kind, pairs in kinds.items() if pairs}


def _kind(a: Mapped, b: Mapped) -> str:
    if a.run.id == b.run.id:
        return "methods"
    if a.method != b.method:
        return "both"
    return "seeds" if differ_in_seed_only(a.run.spec, b.run.spec) else "models"


def agreement_sentence(found: Agreement, kinds: Mapping[str, Sequence[tuple[int, int]]], sign: str, models: Sequence[str]) -> str:
    """Return how far models, seeds and methods agree, each with what turned maps reach.

    models : the names of the models compared; where there are just two, they are named.
    """
    who = f"{_the(models[0])} and {_the(models[1])}" if len(models) == 2 else "models"
    order = [("models", who), ("seeds", who if len(models) == 2 else "seeds of one training"), ("methods", "methods on one model")]
    told = [f"{what} agree at {sign} {_pooled(found.pooled(kinds[kind]))}" for kind, what in order if kinds.get(kind)]
    if not told:
        return "There is one map only; tick another model or choose another method to compare it with."
    return f"On which bases matter {listed(told)}."


def _pooled(p: Pooled) -> str:
    if not isfinite(p.value):
        return "nothing that can be told: a map says the same of every base"
    chance = f"turned maps {p.null:.2f}" if p.beyond_chance else f"no more than turned maps, {p.null:.2f}"
    return f"{p.value:.2f} ({chance})".replace("-", "\u2212")
