"""Tasks with their planted truth, one file each."""

import sys

from ..registry import import_all
from .task import DATASETS, Dataset, DatasetEntry, Site, Sites, Source, Task, dataset, make_task, planted_mask

import_all(sys.modules[__name__])

__all__ = ["DATASETS", "Dataset", "DatasetEntry", "Site", "Sites", "Source", "Task", "dataset", "make_task",
           "planted_mask"]
