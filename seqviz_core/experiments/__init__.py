"""Hypothesis checks: change the model or the sequence and see what happens to the prediction."""

from .knockout import Knockout, strongest_filter

__all__ = ["Knockout", "strongest_filter"]
