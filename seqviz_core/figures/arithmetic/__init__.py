"""The arithmetic of one unit as a picture: window times filter, gate sums, query-key scores; and its numbers as a table."""

from .attention import attention_svg
from .convolution import convolution_svg
from .gates import gates_svg
from .pieces import bases, number, signed
from .table import attention_table, convolution_table, gates_table

__all__ = ["attention_svg", "attention_table", "bases", "convolution_svg", "convolution_table", "gates_svg", "gates_table",
           "number", "signed"]
