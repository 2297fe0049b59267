"""DeepLIFT's rescale rule (Shrikumar, Greenside & Kundaje 2017, arXiv 1704.02685), for any model made of known functions.

Two passes. The references go first, and what every curved function saw is kept. Then the sequences go, and each of these
functions passes the gradient on by the slope of its chord, (f(x) - f(x0)) / (x - x0), instead of its tangent. Linear functions
keep their gradient. The multipliers that arrive at the sequence then share the change of the logit without a rest; a
function that is neither linear nor has a rule is refused by name.
"""

from collections.abc import Callable
from functools import partial
from typing import Any

import torch
from torch import Tensor, nn

from ..errors import SeqVizError
from .following import Following, name_of
from .gradient import Target, gradient_of, target_logit
from .rules import amax, curve, max_along, maximum, pooled


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


LINEAR = _words("""
add radd iadd sub rsub isub subtract neg get cat concat concatenate stack hstack vstack pad view reshape view_as reshape_as
permute transpose t movedim moveaxis swapaxes flatten unflatten squeeze unsqueeze expand expand_as broadcast_to repeat
repeat_interleave tile flip roll narrow select split chunk unbind unfold getitem setitem clone contiguous detach to float double
type_as mean sum cumsum avg_pool1d adaptive_avg_pool1d index_select gather where masked_fill tril triu diagonal
fft_fft fft_ifft fft_rfft fft_irfft real
""")
"""Linear in everything that carries the sequence."""

LINEAR_IN_ONE = _words("""
mul rmul imul multiply matmul rmatmul mm bmm einsum linear conv1d conv2d conv_transpose1d
""")
"""Linear while a single argument carries the sequence: a product of two that do has no rule here."""

LINEAR_IN_FIRST = frozenset({"div", "true_divide", "divide", "truediv", "itruediv"})
"""Linear in what is divided, by something that does not carry the sequence."""

FIXED_IN_EVAL = frozenset({"batch_norm", "dropout", "dropout1d", "feature_dropout", "alpha_dropout"})
"""Linear outside training."""

CURVES = _words("""
relu relu6 leaky_relu elu selu celu gelu silu mish softplus softsign sigmoid logsigmoid tanh hardtanh exp expm1 log log1p log2
sqrt rsqrt square pow reciprocal rdiv abs clamp clamp_min clamp_max erf sin cos
""")
"""Functions of each number for itself."""

RULES: dict[str, Callable] = {
    **dict.fromkeys(CURVES, curve), "amax": amax, "max": max_along, "maximum": maximum,
    "max_pool1d": pooled, "max_pool1d_with_indices": pooled, "adaptive_max_pool1d": pooled,
}

NAMED = {
    "lstm": "its LSTM multiplies gates and states that both depend on the sequence",
    "gru": "its GRU multiplies gates and states that both depend on the sequence",
    "rnn_tanh": "its recurrent layer hides its steps in one function",
    "rnn_relu": "its recurrent layer hides its steps in one function",
    "softmax": "a softmax (attention) weighs all its positions against each other",
    "layer_norm": "layer normalisation divides by a spread that itself depends on the sequence",
    "scaled_dot_product_attention": "attention weighs positions by what stands at other positions",
    "multi_head_attention_forward": "attention weighs positions by what stands at other positions",
}


class NoRule(SeqVizError):
    """A model does something that DeepLIFT has no rule for; `reason` says what, for after a colon."""

    def __init__(self, reason: str):
        super().__init__(f"DeepLIFT does not apply to this model: {reason}")
        self.reason = reason


def chords(model: nn.Module, X: Tensor, X0: Tensor, target: Target) -> tuple[Tensor, Tensor]:
    """Return the multipliers (N, 4, L) and the change of the logit (N,), from X0 to X, both (N, 4, L), row by row.

    (X - X0) * multipliers sums to the change. Raises NoRule where a function has no rule, and where the sum misses the
    change: then the model does something that cannot be followed.
    """
    seen: list[list[Tensor]] = []

    def keep(func: Callable, args: tuple, kwargs: dict, sources: list[Tensor]) -> Any:
        seen.append(sources)
        return func(*args, **kwargs)

    with torch.no_grad():
        logit0 = _followed(model, X0.detach(), target, keep)
    before = iter(seen)
    X = X.detach().requires_grad_()
    logit = _followed(model, X, target, lambda func, *call: RULES[name_of(func)](func, *call, next(before)))
    multipliers, change = gradient_of(logit, X), logit.detach() - logit0
    _check_completeness((X - X0).detach() * multipliers, change, logit0)
    return multipliers, change


def _followed(model: nn.Module, X: Tensor, target: Target, not_linear: Callable) -> Tensor:
    with Following(X, partial(_answer, not_linear)):
        return target_logit(model, X, target)


def _answer(not_linear: Callable, func: Callable, args: tuple, kwargs: dict, sources: list[Tensor]) -> Any:
    """Return what `func` returns, by `not_linear` where it is not linear; raise NoRule where nothing is known of it."""
    name = name_of(func)
    if name in FIXED_IN_EVAL and not kwargs.get("training", True) or _is_linear(name, args, sources):
        return func(*args, **kwargs)
    if name not in RULES:
        raise NoRule(_reason(name))
    alone = len(sources) == 1 and sources[0] is args[0]
    if not alone and not (name in ("max", "maximum") and len(sources) == 2):
        raise NoRule(f"it computes {name!r} of several things that depend on the sequence, which has no rule.")
    if kwargs.get("inplace") or func.__name__.endswith("_") and not func.__name__.startswith("__"):
        raise NoRule(f"it overwrites what {name!r} is computed from, so that the two cannot be compared.")
    return not_linear(func, args, kwargs, sources)


def _is_linear(name: str, args: tuple, sources: list[Tensor]) -> bool:
    alone = len(sources) == 1
    return name in LINEAR or alone and (name in LINEAR_IN_ONE or name in LINEAR_IN_FIRST and sources[0] is args[0])


def _reason(name: str) -> str:
    if name in LINEAR_IN_ONE or name in LINEAR_IN_FIRST:
        return "it multiplies or divides two things that both depend on the sequence (a gate, or attention), which has no rule."
    return f"{NAMED.get(name, f'it computes {name!r}')}, which has no rule."


def _check_completeness(values: Tensor, change: Tensor, logit0: Tensor) -> None:
    gap = (values.sum((1, 2)) - change).abs()
    allowed = torch.finfo(change.dtype).eps ** 0.5 * (values.abs().sum((1, 2)) + change.abs() + logit0.abs())
    if not (gap <= allowed).all():  # also where it is not a number
        raise NoRule(f"its values miss the change of the logit by {gap.max():.2g}, so it does something they cannot follow.")
