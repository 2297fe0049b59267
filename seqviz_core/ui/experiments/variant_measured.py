"""Measured effects of variants, beside what the models predict."""

from ..tool import Asked
from ..workbench import View


def measured_effects(view: View, asked: Asked) -> None:
    """Show the table's element, and every model's prediction beside it."""
