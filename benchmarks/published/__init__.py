"""The published experiments that SeqViz runs again, one file each."""

import sys

from seqviz_core.registry import import_all

from .experiment import EXPERIMENTS, Budget, Experiment, Row, experiment, row_from

import_all(sys.modules[__name__])

__all__ = ["EXPERIMENTS", "Budget", "Experiment", "Row", "experiment", "row_from"]
