"""The tools of the Trust page, one decorated file each."""

import sys

from ...registry import import_all
from ..tool import TRUST

import_all(sys.modules[__name__])

__all__ = ["TRUST"]
