"""Shortcuts: simple rules, none of which knows a motif, that already solve a task."""

import json
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from torch import nn

from ..sequences import UNKNOWN, one_hot_encode
from ..training import find_run
from ..training.baselines import base_window_baseline, bayes_scores, gc_baseline, kmer_baseline, local_gc_baseline
from ..training.baselines.logistic import best_penalty, dense, fit_logistic
from ..training.scoring import scores_of
from .skill import Interval, chance_auroc, fresh, labels_of, logits_of, rows_of, skill_of

if TYPE_CHECKING:
    from ..datasets import Dataset, Task
    from ..datasets.task import Head
    from ..training import Run
    from ..training.work import Args, Files, Tell

WORDS = (1, 2, 3, 4, 5, 6)
SHORT_WORD = 3
"""Words up to this length are counted as composition: too short to hold a motif."""
SOLVED = 0.8
"""Share of the model's AUROC above 0.5 from which a rule is said to solve the task nearly as well."""
MOST_VALUES = 4_000_000


class Rule(NamedTuple):
    """A simple rule. kind : "composition", "words", "place", "length" or "window" (the bases around one)."""

    name: str
    kind: str
    auroc: float


@dataclass(frozen=True)
class Rules:
    """Simple rules beside the model and the best possible classifier, all on the same n fresh sequences.

    chance : what 95 % of random rankings stay below. n_train : sequences that the rules are fitted on.
    """

    rules: tuple[Rule, ...]
    model: Interval
    ceiling: float | None
    chance: float
    n: int
    n_train: int

    def share(self, rule: Rule) -> float:
        """Return how much of the model's AUROC above 0.5 the rule reaches; nan for a model that is not above."""
        above = self.model.value - 0.5
        return (rule.auroc - 0.5) / above if above > 0 else float("nan")

    @property
    def easier(self) -> Rule | None:
        """The best rule that needs no motif; None for a task without such rules."""
        rules = [r for r in self.rules if r.kind in ("composition", "place", "length")]
        return max(rules, key=lambda r: r.auroc) if rules else None

    @property
    def solved(self) -> list[Rule]:
        """The rules that need no motif and score nearly as well as the model or better, the simplest first."""
        enough = max(self.chance, 0.5 + SOLVED * (self.model.value - 0.5))
        return [r for r in self.rules if r.kind in ("composition", "place", "length") and r.auroc > self.chance
                and r.auroc >= enough]


def each_rule(train: "Dataset", test: "Dataset", head: "Head", words: Sequence[int] = WORDS) -> Iterator[Rule]:
    """Yield every simple rule, fitted on `train`, with its AUROC on `test`."""
    if head == "positions":
        yield Rule("GC content around the base", "composition", local_gc_baseline(train, test).auroc)
        for flank in (0, 1, 2, 5):
            name = "the base alone" if not flank else f"{2 * flank + 1} bases around it"
            yield Rule(name, "composition" if flank < 2 else "window", base_window_baseline(train, test, flank).auroc)
        return
    yield Rule("GC content", "composition", gc_baseline(train, test).auroc)
    for k in (k for k in words if k <= train.codes.shape[1]):
        name = "single bases" if k == 1 else f"{k}-mers"
        yield Rule(f"counts of {name}", "composition" if k <= SHORT_WORD else "words", kmer_baseline(train, test, k).auroc)
    yield Rule("which base stands where", "place", place_rule(train, test))
    known = (train.codes < UNKNOWN).sum(axis=1)
    if np.ptp(known):
        yield Rule("length", "length", length_rule(train, test))


def place_rule(train: "Dataset", test: "Dataset") -> float:
    """Return the AUROC on `test` of a logistic regression on the base at each place of the sequence, and nothing else."""
    rows = max(20, MOST_VALUES // (4 * train.codes.shape[1]))
    table, labels = one_hot_encode(train.codes[:rows]).reshape(-1, 4 * train.codes.shape[1]), train.labels[:rows]
    size, outputs = table.shape[1], len(train.classes)
    penalty = best_penalty(lambda part: dense(table[part]), labels, size, outputs)
    model = fit_logistic(dense(table), labels, size, outputs, penalty)
    return scores_of(model.logits(dense(one_hot_encode(test.codes).reshape(len(test), -1))), test.labels).auroc


def length_rule(train: "Dataset", test: "Dataset") -> float:
    """Return the AUROC on `test` of a logistic regression on how many bases are known, and the square of that."""
    def features(data: "Dataset") -> np.ndarray:
        share = (data.codes < UNKNOWN).mean(axis=1)
        return np.stack([share, share**2], axis=1)
    model = fit_logistic(dense(features(train)), train.labels, 2, len(train.classes))
    return scores_of(model.logits(dense(features(test))), test.labels).auroc


def try_rules(run: "Run", model: nn.Module, task: "Task", *, n: int, n_train: int, seed: int, words: Sequence[int] = WORDS,
              tell: "Tell | None" = None) -> Rules:
    """Return every simple rule beside the run's model, on sequences that neither has learned from.

    words : lengths of the words whose counts are tried.
    """
    train = task.split("train", n_train, run.spec.training.seed) if task.fixed else task.sample(n_train, (seed, 1))
    train, test = rows_of(train, slice(0, n_train)), fresh(run, task, n, seed)
    found, many = [], len(words) + 3
    for rule in each_rule(train, test, task.head, words):
        found.append(rule)
        if tell:
            tell(min(len(found) / many, 0.95), f"Fitted: {rule.name}")
    bayes, labels = bayes_scores(task, test), labels_of(test)
    skill = skill_of(logits_of(model, test.X), labels)
    return Rules(tuple(found), skill.interval, bayes and bayes.auroc, chance_auroc(labels, len(test.classes)), len(test),
                 len(train))


def measure(args: "Args", tell: "Tell") -> "Files":
    """Return {"rules.json": ...} of the run args["run"]: rules fitted on args["n_train"] sequences, scored on args["n"]."""
    run = find_run(args["run"])
    found = try_rules(run, run.load_model(), run.spec.make_task(), n=args["n"], n_train=args["n_train"], seed=args["seed"],
                      tell=tell)
    return {"rules.json": json.dumps(asdict(found))}


def read_rules(text: str | bytes) -> Rules:
    """Return what `measure` has written."""
    found = json.loads(text)
    return Rules(**{**found, "rules": tuple(Rule(*r) for r in found["rules"]), "model": Interval(*found["model"])})
