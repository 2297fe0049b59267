"""What the Compare page calls its runs, and which of them belong together; plain functions, no Streamlit."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple, TypeVar

from ..datasets import DATASETS
from ..models import ARCHITECTURES
from ..training import Run, RunSpec

if TYPE_CHECKING:
    from .cached import Loaded

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


def same_task(model: "Loaded") -> object:
    """Return what models on the same task with the same settings share."""
    return model.run.spec.task, model.run.spec.task_settings


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
