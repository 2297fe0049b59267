"""Training: what a run is made from, what it reports, where it is kept, and who trains it.

Light to import: torch waits until `train_here` is asked for, or one of these modules:
`fit` (the training loop), `baselines`, `worker` (a run from its spec), `jobs` (the queue over Dask processes).
"""

from typing import Any

from .config import RunSpec, TrainingConfig
from .recipe import read_recipe, write_recipe
from .results import Epoch, RunStatus, Scores, seconds_left
from .runs import Run, RunStore, default_store, find_run, pretrained_store

__all__ = ["Epoch", "Run", "RunSpec", "RunStatus", "RunStore", "Scores", "TrainingConfig", "default_store", "find_run",
           "pretrained_store", "read_recipe", "seconds_left", "train_here", "write_recipe"]


def __getattr__(name: str) -> Any:
    if name == "train_here":
        from .worker import train_here

        return train_here
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
