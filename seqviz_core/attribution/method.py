"""The `@attribution_method` decorator, the registry it fills, and `attribute`, which runs a method on a borrowed model."""

import operator
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal, NamedTuple

import numpy as np
import torch
from torch import Tensor, nn

from ..errors import SeqVizError
from ..models.internals import borrowed, device_of
from ..registry import Registry
from ..settings import check_settings
from .gradient import At, Target, as_input, cudnn_off


class Completed(NamedTuple):
    """What a method with `complete=True` returns: its values, and what they should sum to.

    values : (N, 4, L)
    change : (N,) logit of the sequence minus the mean logit of its references.
    """

    values: Tensor
    change: Tensor


def at_base_present(values: Tensor, X: Tensor) -> Tensor:
    """Return (N, L): the value of the base that is there; 0 where the base is unknown."""
    return (values * X).sum(1)


def over_bases(values: Tensor, X: Tensor) -> Tensor:
    """Return (N, L): the sum over the four bases, for methods that share one position's effect among them."""
    return values.sum(1)


Cost = Literal["instant", "seconds"]


@dataclass(frozen=True)
class AttributionMethod:
    """A registered method: what it says of itself and how it runs.

    signed : values above and below zero mean for and against the class (False: only how much).
    complete : the values sum to the change of the logit against references, so that a gap can be shown.
    correctable : the gradient correction applies, since the values are a gradient for all four bases.
    options : frozen dataclass of settings, each with a default.
    supports : model -> None, or the reason why the method is not sound on it.
    observe : (values (N, 4, L), X) -> (N, L), the value drawn at the base that is there.
    note : options -> one sentence that says what the values are.
    cost : "instant" for a handful of passes of the model, "seconds" for dozens, or for one per base: on a long sequence
        such a method should run when it is asked for.
    run : (model, X, target, options) -> values (N, 4, L), or `Completed` where `complete`.
    """

    name: str
    label: str
    summary: str
    signed: bool
    complete: bool
    correctable: bool
    options: type
    supports: Callable[[nn.Module], str | None]
    observe: Callable[[Tensor, Tensor], Tensor]
    note: Callable[[Any], str]
    cost: Cost
    run: Callable[[nn.Module, Tensor, Target, Any], Tensor | Completed]


METHODS: Registry[AttributionMethod] = Registry("attribution method")


def attribution_method(name: str, *, label: str, summary: str, options: type, note: Callable[[Any], str],
                       signed: bool = True, complete: bool = False, correctable: bool = False,
                       supports: Callable[[nn.Module], str | None] = lambda model: None,
                       observe: Callable[[Tensor, Tensor], Tensor] = at_base_present, cost: Cost = "seconds",
                       order: int = 100) -> Callable:
    """Register a function (model, X, target, options) -> values (N, 4, L); see AttributionMethod for the rest.

    The function gets X with the model's dtype on the model's device, and the model in eval mode.
    """
    def register(run: Callable) -> Callable:
        entry = AttributionMethod(name, label, summary, signed, complete, correctable, options, supports, observe, note, cost,
                                  run)
        METHODS.register(name, entry, origin=run.__module__, order=order)
        return run
    return register


@dataclass(frozen=True, eq=False)
class Attribution:
    """What a method says of every base.

    values : float32 (N, 4, L), in logits, one for each of the four bases at each position.
    observed : float32 (N, L), the value drawn at the base that is there; 0 at an unknown base.
    gap : float64 (N,), sum of the values minus the change they should sum to; None where the method defines none.
    note : what the values are, in one sentence.
    """

    method: str
    target: Target
    values: np.ndarray
    observed: np.ndarray
    gap: np.ndarray | None
    note: str


def attribute(method: str, model: nn.Module, X: np.ndarray | Tensor, target: Target, options: Any = None, *,
              corrected: bool = False) -> Attribution:
    """Return the attribution of logit `target` to every base of X, by the named method.

    corrected : subtract, at each position, the mean over the four bases: G[a] - mean_b G[b]
        (gradient correction: Majdandzic, Rajesh & Koo 2023, Genome Biol, 10.1186/s13059-023-02956-3).
    Raises SeqVizError for an unknown method, a setting out of bounds, X that is not one-hot, a target the model does not
    have, a model the method is not sound on, and a correction the method does not know.
    """
    entry = METHODS[method]
    options = _checked_options(entry, options)
    if corrected and not entry.correctable:
        known = ", ".join(m.label for m in METHODS if m.correctable)
        raise SeqVizError(f"{entry.label} has no gradient correction; it is for {known}.")
    if reason := entry.supports(model):
        raise SeqVizError(f"{entry.label} does not apply to this model: {reason}")
    target = _checked_target(target)
    with torch.inference_mode(False), torch.enable_grad(), borrowed(model), cudnn_off(device_of(model)):
        X = _checked_one_hot(X, model)
        result = entry.run(model, X, target, options)
        return _finished(entry, X, target, options, result, corrected)


def _finished(entry: AttributionMethod, X: Tensor, target: Target, options: Any, result: Tensor | Completed,
              corrected: bool) -> Attribution:
    values, change = result if entry.complete else (result, None)
    if values.shape != X.shape:
        raise ValueError(f"{entry.name} returned {tuple(values.shape)} for X of shape {tuple(X.shape)}")
    gap = None if change is None else (values.double().sum((1, 2)) - change.double()).detach().cpu().numpy()
    note = entry.note(options)
    if corrected:
        values = values - values.mean(1, keepdim=True)
        note += " At each position the mean over the four bases is subtracted (gradient correction)."
    return Attribution(entry.name, target, _float32(values), _float32(entry.observe(values, X)), gap, note)


def _float32(values: Tensor) -> np.ndarray:
    return values.detach().to("cpu", torch.float32).numpy()


def _checked_options(entry: AttributionMethod, options: Any) -> Any:
    if options is None:
        return entry.options()
    if type(options).__qualname__ != entry.options.__qualname__:  # by name: a reloaded module makes a new class
        raise SeqVizError(f"{entry.label} takes {entry.options.__qualname__}, not {type(options).__qualname__}.")
    return check_settings(options)


def _checked_target(target: Target) -> Target:
    if isinstance(target, At):
        return At(_checked_target(target.target), target.position)
    try:
        index = operator.index(target)
    except TypeError:
        raise SeqVizError(f"The target {target!r} is not the index of a class.") from None
    if index < 0 or isinstance(target, bool):
        raise SeqVizError(f"The target {target!r} is not the index of a class; the first is 0.")
    return index


def _checked_one_hot(X: np.ndarray | Tensor, model: nn.Module) -> Tensor:
    """Return X as a fresh tensor with the model's dtype, on the model's device."""
    X = torch.as_tensor(np.array(X) if isinstance(X, np.ndarray) else X).detach()
    if X.ndim != 3 or X.shape[1] != 4 or not X.shape[0] or not X.shape[2]:
        raise SeqVizError(f"Attribution needs one-hot sequences of shape (N, 4, L), not {tuple(X.shape)}.")
    if not (((X == 0) | (X == 1)).all() and (X.sum(1) <= 1).all()):
        raise SeqVizError("Attribution needs one-hot sequences: at each position a single 1, or four 0 for an unknown base.")
    return as_input(X, model)
