"""Which variants of a list change a model's answer, held against random substitutions of the same genome.

    effects = score_variants(model, genome, variants, length=100, name="CNN", classes=("GATA1", "none"))
    effects.change            # alternative minus reference logit of each variant, nan where it does not fit the window
    effects.above             # larger in size than 95% of the random substitutions' changes
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import numpy as np
import torch
from torch import nn

from ..attribution.gradient import as_input, rows_per_pass
from ..datasets import Task
from ..errors import SeqVizError
from ..genome import Genome, GenomeVariant
from ..metrics import log_odds, sigmoid
from ..models.internals import borrowed
from ..sequences import one_hot_encode
from ..training.batch import answers
from .variant_windows import Windows, windows

AT_ONCE = 256  # variants whose windows are made together
QUANTILE = 0.95
Answer = Callable[[np.ndarray], tuple[np.ndarray, np.ndarray]]
"""Logits (N, C) or (N, C, L) -> the logits and log odds of each class, both (N, C)."""


@dataclass(frozen=True, eq=False)
class ScoredVariants:
    """What one model says of V variants, each judged by one class, and of a null of random substitutions.

    target : (V,) index of the class each is judged by. reference, alternative : (V,) its logit without and with the variant.
    reference_p, alternative_p : (V,) its probability. null : (M,) changes of the random substitutions, judged alike.
    unknown : (V,) unknown bases in the window. Of a variant that does not fit the window, the values are nan.
    """

    name: str
    architecture: str
    classes: tuple[str, ...]
    length: int
    target: np.ndarray
    reference: np.ndarray
    alternative: np.ndarray
    reference_p: np.ndarray
    alternative_p: np.ndarray
    unknown: np.ndarray
    null: np.ndarray = field(default_factory=lambda: np.zeros(0))

    @property
    def change(self) -> np.ndarray:
        """Alternative minus reference (V,), in units of the logit."""
        return self.alternative - self.reference

    @property
    def threshold(self) -> float:
        """The size of change that 95% of the random substitutions do not reach; nan where there are none."""
        return float(np.nanquantile(np.abs(self.null), QUANTILE)) if np.isfinite(self.null).any() else float("nan")

    @property
    def above(self) -> np.ndarray:
        """(V,) booleans: changed by more than `threshold`."""
        return np.abs(np.nan_to_num(self.change)) > self.threshold

    @property
    def scored(self) -> int:
        """How many variants fit the window."""
        return int(np.isfinite(self.change).sum())

    @property
    def rank(self) -> np.ndarray:
        """int (V,): 1 for the variant that changes the logit most, either way; 0 for one that does not fit."""
        size = np.where(np.isfinite(self.change), np.abs(self.change), -1.0)
        ordered = np.sort(-size)
        return np.where(size >= 0, np.searchsorted(ordered, -size) + 1, 0)


def score_variants(model: nn.Module, genome: Genome, variants: Sequence[GenomeVariant], length: int, *, name: str = "model",
                   architecture: str = "", classes: Sequence[str] = (), task: Task | None = None, target: int | None = None,
                   null: Sequence[GenomeVariant] = (), tell: Callable[[int], None] = lambda done: None) -> ScoredVariants:
    """Return what `model` says of the variants, each in a window of `length` bases in the genome.

    target : the class that judges; None: of each variant the class whose logit changes most. task : says what the logits mean
    (a softmax over the classes without one; at every base, each class's largest along the window). null : random substitutions.
    tell : called with the number of windows done. Raises SeqVizError where the model cannot read such windows.
    """
    every = [*variants, *null]
    answer = (lambda logits: answers(task, logits)) if task else _softmax
    order = sorted(range(len(every)), key=lambda i: (every[i].contig, every[i].start))
    before, after, unknown = _logits(model, genome, [every[i] for i in order], length, answer, tell)
    back = np.empty(len(every), dtype=int)
    back[order] = np.arange(len(every))
    before, after, unknown = before[:, back], after[:, back], unknown[back]  # (2, V + M, C): logits and log odds
    shift = np.abs(after[0] - before[0])
    chosen = np.where(np.isnan(shift), -1, shift).argmax(axis=1) if target is None else np.full(len(every), target)
    at = np.arange(len(every))
    logits = before[0, at, chosen], after[0, at, chosen]
    odds = sigmoid(before[1, at, chosen]), sigmoid(after[1, at, chosen])
    n = len(variants)
    names = tuple(classes) or tuple(str(i) for i in range(before.shape[2]))
    return ScoredVariants(name, architecture, names, length, chosen[:n], logits[0][:n], logits[1][:n], odds[0][:n], odds[1][:n],
                          unknown[:n], (logits[1] - logits[0])[n:])


def _softmax(logits: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    logits = logits if logits.ndim == 2 else logits.max(axis=2)
    return logits, log_odds(logits) if logits.shape[1] > 1 else logits


def _logits(model: nn.Module, genome: Genome, variants: Sequence[GenomeVariant], length: int, answer: Answer,
            tell: Callable[[int], None]) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return logits and log odds without and with each variant, (2, V, C) twice, nan where it does not fit; and its N."""
    parts = []
    at_once = max(8, min(AT_ONCE, 2**22 // length))
    for i in range(0, len(variants), at_once):
        made = windows(genome, variants[i:i + at_once], length)
        parts.append((*_answered(model, made, answer), made.unknown))
        tell(min(i + at_once, len(variants)))
    before, after, unknown = zip(*parts)
    return np.concatenate(before, axis=1), np.concatenate(after, axis=1), np.concatenate(unknown)


@torch.no_grad()
def _answered(model: nn.Module, made: Windows, answer: Answer) -> tuple[np.ndarray, np.ndarray]:
    """Return (2, n, C) without and with the variants; equal windows go through the model once."""
    codes = np.concatenate([made.reference, made.alternative])
    rows: dict[bytes, int] = {}
    which = np.array([rows.setdefault(row.tobytes(), len(rows)) for row in codes])
    unique = codes[np.unique(which, return_index=True)[1]]
    size = rows_per_pass(AT_ONCE, codes.shape[1])
    found = []
    with borrowed(model):
        for i in range(0, len(unique), size):
            X = as_input(torch.from_numpy(one_hot_encode(unique[i:i + size])), model)
            found.append(np.stack(answer(_checked(model(X), len(X)))))
    every = np.concatenate(found, axis=1)[:, which]
    n = len(made.fits)
    before, after = every[:, :n].copy(), every[:, n:].copy()
    before[:, ~made.fits] = after[:, ~made.fits] = np.nan
    return before, after


def _checked(logits: torch.Tensor, n: int) -> np.ndarray:
    if logits.ndim not in (2, 3) or len(logits) != n:
        raise SeqVizError(f"The model returns {tuple(logits.shape)} for {n} sequences; it needs one row of logits for each.")
    return logits.double().cpu().numpy()
