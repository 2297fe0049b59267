"""The ceiling: what the best possible classifier reaches, where it has a closed form."""

from typing import TYPE_CHECKING

from ..results import Scores
from ..scoring import at_known_bases, scores_of

if TYPE_CHECKING:
    from ...datasets import Dataset, Task


def bayes_ceiling(task: "Task", n: int, seed: int | tuple[int, ...]) -> Scores | None:
    """Return the scores of the best possible classifier on `n` fresh sequences; None where it has no closed form."""
    return bayes_scores(task, task.sample(n, seed))


def bayes_scores(task: "Task", data: "Dataset") -> Scores | None:
    """Return the scores of the best possible classifier of `task` on `data`; None where it has no closed form."""
    logits = task.bayes_logits(data.codes)
    return None if logits is None else scores_of(logits, at_known_bases(data.labels, data.codes))
