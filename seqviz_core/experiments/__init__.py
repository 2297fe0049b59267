"""Hypothesis checks: change the model or the sequence and see what happens to the prediction."""

from .class_optimisation import ClassOptimisationOptions, OptimisedClass, optimise_class
from .gradient_lag import CELLS, GradientLag, gradient_lag
from .knockout import Knockout, strongest_filter
from .temporal_output import TemporalOutput, temporal_output

__all__ = ["CELLS", "ClassOptimisationOptions", "GradientLag", "Knockout", "OptimisedClass", "TemporalOutput", "gradient_lag",
           "optimise_class", "strongest_filter", "temporal_output"]
