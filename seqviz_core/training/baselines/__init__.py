"""What a model's figures are compared with: simple models below it, and the Bayes classifier above it.

Arguments that recur:

train, test : Dataset
    What a baseline is fitted on, and what its scores are measured on. Labels as any head has them (see scoring.py).
"""

from typing import TYPE_CHECKING, NamedTuple

from ..results import KMER_NAME, Scores
from .bases import WINDOW_NAME, base_window_baseline, local_gc_baseline, motifs_around_baseline
from .bayes import bayes_ceiling, bayes_scores
from .motif_scores import jaspar_baseline, planted_motifs_baseline
from .words import KMER, gc_baseline, kmer_baseline, kmer_indices

if TYPE_CHECKING:
    from ...datasets import Dataset, Task

__all__ = ["KMER", "KMER_NAME", "Baselines", "base_window_baseline", "bayes_ceiling", "bayes_scores", "gc_baseline",
           "jaspar_baseline", "kmer_baseline", "kmer_indices", "local_gc_baseline", "measure_baselines",
           "motifs_around_baseline", "planted_motifs_baseline"]


class Baselines(NamedTuple):
    """The references of a task, named as in `RunStatus`; `pwm` is None where there is no motif to go by."""

    ceiling: Scores | None
    gc: Scores
    kmer: Scores
    kmer_name: str
    pwm: Scores | None
    pwm_name: str


def measure_baselines(task: "Task", train: "Dataset", test: "Dataset") -> Baselines:
    """Return every reference that goes with the task's head, all measured on `test`, in a few seconds.

    The motif baseline knows the planted motifs; where nothing is planted it is the single JASPAR motif that separates the
    classes of `train` best.
    """
    if task.head == "positions":
        pwm = motifs_around_baseline(train, test) if train.motifs else None
        return Baselines(bayes_scores(task, test), local_gc_baseline(train, test), base_window_baseline(train, test),
                         WINDOW_NAME, pwm, "planted motifs' scores around the base" if pwm else "")
    if train.motifs:
        pwm, name = planted_motifs_baseline(train, test), "planted motifs' best scores"
    else:
        pwm, name = jaspar_baseline(train, test)
    return Baselines(bayes_scores(task, test), gc_baseline(train, test), kmer_baseline(train, test), KMER_NAME, pwm, name)
