"""What a run reports: figures on sequences, epochs, and where it stands. Plain data, as written in the run's files."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from math import isfinite, nan
from typing import Any, Literal, NamedTuple, get_args

from ..errors import SeqVizError

State = Literal["queued", "running", "done", "cancelled", "failed", "interrupted"]
UNBALANCED = 0.8
"""Share of the commonest answer from which accuracy is not what a run is judged by."""
ENDED: tuple[State, ...] = ("done", "cancelled", "failed", "interrupted")


KMER_NAME = "6-mer baseline"
SCORES = ("test", "ceiling", "kmer", "gc", "pwm")


class Scores(NamedTuple):
    """How well labelled sequences (or bases) were told apart.

    `accuracy` is over all calls; `auroc`, `auprc`, `prevalence`, `recall_*` and `top_k` are means over yes-or-no questions:
    of two classes the second against the first; of more, each class against the rest; each label by itself; of classes of
    bases, each but the commonest. What a run older than a figure did not measure, or what is not defined, is None.

    auprc : average precision, sum_n (R_n - R_{n-1}) P_n; knowing nothing gives `prevalence`, the share of positives.
    majority : the accuracy of always giving the commonest answer.
    mcc, balanced_accuracy : Matthews' correlation (R_K of several classes), mean recall of the classes.
    brier, calibration_error : mean squared error of the probabilities; expected calibration error, in 15 bins.
    recall_fdr5 ... 50 : the largest recall with at most 5, 10, 25, 50 % of the calls false.
    top_k : share of right calls with as many calls as there are positives; for bases only.
    """

    accuracy: float
    auroc: float
    auprc: float | None = None
    prevalence: float | None = None
    majority: float | None = None
    mcc: float | None = None
    balanced_accuracy: float | None = None
    brier: float | None = None
    calibration_error: float | None = None
    recall_fdr5: float | None = None
    recall_fdr10: float | None = None
    recall_fdr25: float | None = None
    recall_fdr50: float | None = None
    top_k: float | None = None

    @property
    def unbalanced(self) -> bool:
        """Whether one answer is so common that accuracy says little: AUPRC against the prevalence is what to look at."""
        return self.majority is not None and self.auprc is not None and self.majority > UNBALANCED


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

    `test` (the model), `ceiling` (the Bayes classifier), `kmer`, `gc` and `pwm` (the baselines) are on the same sequences.
    `kmer_name` and `pwm_name` say which model each stands for, since that depends on the task.
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
    pwm: Scores | None = None
    kmer_name: str = KMER_NAME
    pwm_name: str = ""

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
    values |= {name: str(content.get(name, "")) for name in ("message", "device", "pwm_name")}
    values |= {"kmer_name": str(content.get("kmer_name", KMER_NAME))}
    values |= {"n_epochs": _number(content, "n_epochs", int)}
    for name in ("n_parameters", "best_epoch", "n_test"):
        values[name] = _number(content, name, int) if content.get(name) is not None else None
    for name in ("started", "finished", "best_valid_loss", "best_valid_auroc", "best_valid_accuracy"):
        values[name] = _number(content, name, float) if content.get(name) is not None else None
    return RunStatus(**values, **{name: scores_from(content.get(name)) for name in SCORES})


def scores_from(content: Any) -> Scores | None:
    """Return the scores in an object with accuracy, auroc and what else was measured, None for None.

    Raises SeqVizError for anything else.
    """
    if content is None:
        return None
    if not isinstance(content, Mapping):
        raise SeqVizError(f"{content!r} holds no scores.")
    always = {name: nan if content.get(name, 0) is None else _number(content, name, float) for name in ("accuracy", "auroc")}
    others = [name for name in Scores._fields if name not in always and content.get(name) is not None]
    return Scores(**always, **{name: _number(content, name, float) for name in others})


def _plain(value: Any) -> Any:
    if isinstance(value, Scores):
        return {name: _plain(v) for name, v in value._asdict().items()}
    return None if isinstance(value, float) and not isfinite(value) else value


def _number(content: Mapping[str, Any], name: str, kind: type) -> Any:
    value = content.get(name)
    if isinstance(value, bool) or not isinstance(value, (int, kind)):
        raise SeqVizError(f"{name!r} is {value!r}, not a number.")
    try:
        return kind(value)
    except OverflowError as error:
        raise SeqVizError(f"{name!r} is a whole number too large to be one of a run.") from error
