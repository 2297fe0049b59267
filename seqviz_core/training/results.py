"""What a run reports: figures on sequences, epochs, and where it stands. Plain data, as written in the run's files."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from math import isfinite, nan
from typing import Any, Literal, NamedTuple, get_args

from ..errors import SeqVizError

State = Literal["queued", "running", "done", "cancelled", "failed", "interrupted"]
ENDED: tuple[State, ...] = ("done", "cancelled", "failed", "interrupted")


class Scores(NamedTuple):
    """How well labelled sequences were told apart; `auroc` is the macro one-vs-rest AUROC."""

    accuracy: float
    auroc: float


@dataclass(frozen=True)
class Epoch:
    """One pass over the training data. Losses are cross-entropies in nats; `epoch` counts from 1."""

    epoch: int
    train_loss: float  # mean over the epoch's steps, while the weights were changing
    valid_loss: float
    valid_auroc: float
    valid_accuracy: float
    seconds: float  # training and validation of this epoch


@dataclass(frozen=True)
class RunStatus:
    """Where a run stands. Times are seconds since 1970; figures are None until they are known.

    `test` (the model), `ceiling` (the Bayes classifier), `kmer` and `gc` (the baselines) are on the same fresh sequences.
    """

    state: State
    created: float  # when it was last asked for
    message: str = ""
    device: str = ""
    started: float | None = None
    finished: float | None = None
    n_parameters: int | None = None
    n_epochs: int = 0
    best_epoch: int | None = None
    best_valid_loss: float | None = None
    best_valid_auroc: float | None = None
    best_valid_accuracy: float | None = None
    n_test: int | None = None
    test: Scores | None = None
    ceiling: Scores | None = None
    kmer: Scores | None = None
    gc: Scores | None = None

    @property
    def ended(self) -> bool:
        """Whether nothing more will be reported."""
        return self.state in ENDED


def seconds_left(epochs: Sequence[Epoch], n_epochs: int) -> float | None:
    """Return the seconds until epoch `n_epochs` is over, from the mean of the last five; None before the first.

    It is the longest a run can take: early stopping may end it sooner.
    """
    recent = [e.seconds for e in epochs[-5:]]
    return sum(recent) / len(recent) * max(n_epochs - epochs[-1].epoch, 0) if recent else None


def counted(epochs: int) -> str:
    """Return "1 epoch", "2 epochs"."""
    return f"{epochs} epoch{'' if epochs == 1 else 's'}"


def to_plain(record: Epoch | RunStatus) -> dict[str, Any]:
    """Return `record` as JSON can hold it: nan and infinities become None, scores an object."""
    return {f.name: _plain(getattr(record, f.name)) for f in fields(record)}


def epoch_from(content: Mapping[str, Any]) -> Epoch:
    """Return the epoch that `to_plain` wrote; raises SeqVizError for anything else."""
    return Epoch(epoch=_number(content, "epoch", int), **{
        name: nan if content.get(name, 0) is None else _number(content, name, float)
        for name in ("train_loss", "valid_loss", "valid_auroc", "valid_accuracy", "seconds")})


def status_from(content: Mapping[str, Any]) -> RunStatus:
    """Return the status that `to_plain` wrote; raises SeqVizError for anything else."""
    if content.get("state") not in get_args(State):
        raise SeqVizError(f"its state is {content.get('state')!r}, not one of {', '.join(get_args(State))}.")
    values: dict[str, Any] = {"state": content["state"], "created": _number(content, "created", float)}
    values |= {name: str(content.get(name, "")) for name in ("message", "device")}
    values |= {"n_epochs": _number(content, "n_epochs", int)}
    for name in ("n_parameters", "best_epoch", "n_test"):
        values[name] = _number(content, name, int) if content.get(name) is not None else None
    for name in ("started", "finished", "best_valid_loss", "best_valid_auroc", "best_valid_accuracy"):
        values[name] = _number(content, name, float) if content.get(name) is not None else None
    return RunStatus(**values, **{name: scores_from(content.get(name)) for name in ("test", "ceiling", "kmer", "gc")})


def scores_from(content: Any) -> Scores | None:
    """Return the scores in an {accuracy, auroc} object, None for None; raises SeqVizError for anything else."""
    if content is None:
        return None
    if not isinstance(content, Mapping):
        raise SeqVizError(f"{content!r} holds no scores.")
    return Scores(*(nan if content.get(name, 0) is None else _number(content, name, float) for name in Scores._fields))


def _plain(value: Any) -> Any:
    if isinstance(value, Scores):
        return {name: _plain(v) for name, v in value._asdict().items()}
    return None if isinstance(value, float) and not isfinite(value) else value


def _number(content: Mapping[str, Any], name: str, kind: type) -> Any:
    value = content.get(name)
    if isinstance(value, bool) or not isinstance(value, (int, kind)):
        raise SeqVizError(f"{name!r} is {value!r}, not a number.")
    return kind(value)
