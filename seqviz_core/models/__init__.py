"""Architectures, their internals, and the two acts on internals: record and intervene."""

import sys

from ..registry import import_all
from .architecture import ARCHITECTURES, Architecture, Published, architecture, count_parameters, make_model
from .internals import Activation, Probe, Span, Trace, intervene, probes_of, record, recording, set_positions, zero_channel

import_all(sys.modules[__name__])

__all__ = ["ARCHITECTURES", "Activation", "Architecture", "Probe", "Published", "Span", "Trace", "architecture",
           "count_parameters", "intervene", "make_model", "probes_of", "record", "recording", "set_positions", "zero_channel"]
