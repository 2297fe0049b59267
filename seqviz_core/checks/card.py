"""The trust card: what every check says of one run, on fresh sequences of its task. Each check adds its own section.

    @card_section("randomisation", question="Does the map depend on the model?", order=20)
    def randomisation_section(subject: Subject) -> Findings | Skipped: ...

`make_card` is a piece of work (see seqviz_core.training.work): it returns card.json.
"""

import json
import math
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Literal, NamedTuple

import torch
from torch import nn

from ..errors import SeqVizError
from ..registry import Registry, import_all
from ..training import Run, find_run
from .agreement import Questions, questions

if TYPE_CHECKING:
    from ..datasets import Task
    from ..training.work import Args, Files, Tell

N_SEQUENCES, SEED = 60, 2026
VERSION = 1
Mark = Literal["holds", "doubtful", "fails", "open"]
"""What a section comes to: the check is passed, is passed in part, is failed, or says neither."""


@dataclass(frozen=True, eq=False)
class Subject:
    """The run under test, its model in eval mode, and its task; sequences are drawn when a section first asks for them.

    target : of `asked`, the class of each sequence; X (n, 4, L) float32.
    """

    run: Run
    model: nn.Module
    task: "Task"
    n: int = N_SEQUENCES
    seed: int = SEED

    @cached_property
    def asked(self) -> Questions:
        """Fresh sequences with planted sites where the task plants any, each with the class that is explained."""
        return questions(self.task, self.n, self.seed)

    @property
    def X(self) -> torch.Tensor:
        return torch.from_numpy(self.asked.X)


class Number(NamedTuple):
    """A figure and the same of its control: `null` is what chance or the control gives, None where there is none."""

    name: str
    value: float
    null: float | None = None


@dataclass(frozen=True)
class Findings:
    """What a check found: its numbers, over n sequences (or what `counted` says), what the nulls are, and one sentence.

    conclusion : computed, and never more than the numbers say.
    """

    numbers: tuple[Number, ...]
    n: int
    null_is: str
    conclusion: str
    mark: Mark
    counted: str = "sequences"


class Skipped(NamedTuple):
    """Why a check does not apply to a model."""

    why: str


@dataclass(frozen=True)
class CardSection:
    name: str
    question: str
    find: Callable[[Subject], Findings | Skipped]


SECTIONS: Registry[CardSection] = Registry("section of the trust card")


def card_section(name: str, *, question: str, order: int = 100) -> Callable:
    """Register a function (subject) -> Findings or Skipped as a section of the trust card."""
    def register(find: Callable[[Subject], Findings | Skipped]) -> Callable[[Subject], Findings | Skipped]:
        SECTIONS.register(name, CardSection(name, question, find), origin=find.__module__, order=order)
        return find
    return register


def sections() -> list[CardSection]:
    """Return every section, in order."""
    from .. import checks

    import_all(checks)
    return list(SECTIONS)


def make_card(args: "Args", tell: "Tell") -> "Files":
    """Return {"card.json": ...} of the run args["run"], over args["n"] sequences."""
    run = find_run(args["run"])
    subject = Subject(run, run.load_model(), run.spec.make_task(), int(args.get("n", N_SEQUENCES)), int(args.get("seed", SEED)))
    every, done = sections(), []
    for k, section in enumerate(every):
        tell(k / len(every), f"{section.question[:-1]}: check {k + 1} of {len(every)}")
        done.append(_section(section, subject))
    status = run.status
    card = {"version": VERSION, "run": run.id, "architecture": run.spec.architecture, "task": subject.task.label, "n": subject.n,
            "seed": subject.seed, "training_seed": run.spec.training.seed, "test": None if status.test is None else
            {"accuracy": _finite(status.test.accuracy), "auroc": _finite(status.test.auroc)},
            "ceiling": None if status.ceiling is None else _finite(status.ceiling.auroc), "sections": done}
    return {"card.json": json.dumps(card, indent=1, allow_nan=False)}


def _section(section: CardSection, subject: Subject) -> dict:
    start = time.perf_counter()
    try:
        found = section.find(subject)
    except SeqVizError as error:  # a check that refuses this model says so in its place
        found = Skipped(str(error))
    said = {"why": found.why} if isinstance(found, Skipped) else asdict(found)
    if not isinstance(found, Skipped):
        said["numbers"] = [{"name": n.name, "value": _finite(n.value), "null": _finite(n.null)} for n in found.numbers]
    return {"name": section.name, "question": section.question, "seconds": round(time.perf_counter() - start, 2), **said}


def _finite(value: float | None) -> float | None:
    return None if value is None or not math.isfinite(value) else float(value)
