"""The arithmetic of one unit: every number it is computed from, down to weights and inputs, and what they sum to.

    terms = arithmetic(model, X, "conv1", row=7, position=41)
    terms.convolutions[0].window.letters    # what filter 7 lies on
    terms.before, terms.activation, terms.value

Nothing is asked of a model but its probes: one forward pass is written down call by call, and the unit's sum is found in it.
What cannot be told in one sum says so.
"""

from torch import Tensor, nn

from .attention import AttentionTerms, attention_terms
from .convolution import Convolution, ConvolutionTerms, Window, convolution_terms
from .gates import Equation, Factor, Gate, GateTerms, gate_terms
from .terms import Term, Terms
from .unit import Unit, receptive_field, unit_of

Arithmetic = ConvolutionTerms | GateTerms | AttentionTerms

__all__ = ["Arithmetic", "AttentionTerms", "Convolution", "ConvolutionTerms", "Equation", "Factor", "Gate", "GateTerms", "Term",
           "Terms", "Unit", "Window", "arithmetic", "receptive_field"]


def arithmetic(model: nn.Module, X: Tensor, probe: str, row: int, position: int) -> Arithmetic:
    """Return what one unit is the sum of, in float64; it meets what was recorded as far as float32 goes.

    X : one-hot, shape (1, 4, L). row : filter, unit or head, position : on the probe's position axis, or the query of an
    attention pattern; both from 0. Raises SeqVizError where there is no such unit or no sum behind it.
    """
    unit, pass_ = unit_of(model, X, probe, row, position)
    if unit.kind == "feature_map":
        return convolution_terms(unit, pass_)
    if unit.kind == "attention":
        return attention_terms(unit, pass_)
    return gate_terms(unit, pass_, model)
