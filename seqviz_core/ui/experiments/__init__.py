"""The tools of the Experiments page, one decorated file each."""

import sys

from ...registry import import_all
from ..tool import EXPERIMENTS

import_all(sys.modules[__name__])

__all__ = ["EXPERIMENTS"]
