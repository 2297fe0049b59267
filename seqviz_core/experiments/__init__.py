"""Hypothesis checks: change the model or the sequence and see what happens to the prediction."""

from .class_optimisation import ClassOptimisationOptions, OptimisedClass, optimise_class
from .gradient_lag import CELLS, GradientLag, gradient_lag
from .insertion import Effect, insert
from .knockout import Knockout, strongest_filter
from .marginal import Plan, marginalise
from .rule_verdict import RuleVerdict, rule_verdict
from .temporal_output import TemporalOutput, temporal_output

__all__ = ["CELLS", "ClassOptimisationOptions", "Effect", "GradientLag", "Knockout", "OptimisedClass", "Plan", "RuleVerdict",
           "TemporalOutput", "gradient_lag", "insert", "marginalise", "optimise_class", "rule_verdict", "strongest_filter",
           "temporal_output"]
