"""What each base of a sequence does to one output of a model, by several methods, one file each.

Arguments that recur
--------------------
model : nn.Module that maps one-hot X (N, 4, L) to logits (N, classes). It is borrowed: mode, parameters and gradients
    come back as they were, also after an exception, and one model may be shared by many threads.
X : one-hot (N, 4, L), numpy or torch, order ACGT; an unknown base is an all-zero column.
target : index of the explained class; of a model that answers for every base, `At(class, position)`. Logits are
    explained, never probabilities, which saturate.
options : the method's own frozen dataclass of settings; None means its defaults. `batch_size` is how many sequences
    (mutants and steps included) one pass holds, fewer where they are long: it changes time and memory, never the result.

What comes back keeps the sign: above zero means that the base speaks for the class.
"""

import sys

from ..registry import import_all
from .gradient import At
from .method import METHODS, Attribution, AttributionMethod, attribute, attribution_method

import_all(sys.modules[__name__])

__all__ = ["At", "METHODS", "Attribution", "AttributionMethod", "attribute", "attribution_method"]
