"""Follow the sequence through a forward pass, function by function, whatever the model is made of.

Every torch function that meets something computed from the sequence is handed to a rule: modules, functions and tensor
methods alike, a module used twice as two calls. Nothing is put on the model, and each thread follows its own pass.
"""

from collections.abc import Callable, Iterator
from typing import Any

from torch import Tensor
from torch.overrides import TorchFunctionMode

_NO_VALUES = frozenset({"size", "dim", "len", "numel", "ndimension", "stride", "is_floating_point", "is_contiguous", "zeros_like",
                        "ones_like", "empty_like", "new_zeros", "new_ones", "new_empty", "new_full", "full_like"})
"""Functions that ask for a tensor's shape and kind alone: what they return is not computed from the sequence."""

Rule = Callable[[Callable, tuple, dict, list[Tensor]], Any]
"""`rule(function, args, kwargs, sources)` returns what the call returns; `sources` are the arguments that carry the sequence."""


class Following(TorchFunctionMode):
    """Within the block, `rule` answers for every function of something that is computed from X."""

    def __init__(self, X: Tensor, rule: Rule):
        super().__init__()
        self.rule = rule
        _mark(X)

    def __torch_function__(self, func: Callable, types: Any, args: tuple = (), kwargs: dict | None = None) -> Any:
        kwargs = kwargs or {}
        sources = [t for t in tensors_in((args, kwargs)) if getattr(t, "carries_sequence", False)]
        if not sources or name_of(func) in _NO_VALUES:
            return func(*args, **kwargs)
        out = self.rule(func, args, kwargs, sources)
        _mark(args[0] if out is None else out)  # None: an assignment into args[0]
        return out


def name_of(func: Callable) -> str:
    """Return the bare name of a torch function: "add" for `add`, `add_` and `__add__`."""
    return func.__name__.strip("_")


def tensors_in(value: Any) -> Iterator[Tensor]:
    """Yield every tensor in nested tuples, lists and dicts."""
    if isinstance(value, Tensor):
        yield value
    elif isinstance(value, (tuple, list)):
        for item in value:
            yield from tensors_in(item)
    elif isinstance(value, dict):
        yield from tensors_in(list(value.values()))


def _mark(value: Any) -> None:
    for tensor in tensors_in(value):
        tensor.carries_sequence = True
