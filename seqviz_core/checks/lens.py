"""What is looked at and through what: sequences with the logit that is explained of each, and a method that explains it."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import torch
from torch import Tensor, nn

from ..attribution import METHODS, Attribution, attribute
from ..attribution.gradient import Target, explained_logits
from ..attribution.method import over_bases
from ..errors import SeqVizError
from ..sequences import one_hot_encode
from .agreement import Questions


class Lens(NamedTuple):
    """An attribution method, with or without the gradient correction."""

    method: str
    corrected: bool = False

    @property
    def label(self) -> str:
        label = METHODS[self.method].label
        return f"{label}, corrected" if self.corrected else label

    @property
    def name(self) -> str:
        """The method's name, "saliency+corrected" with the correction; `lens_of` reads it."""
        return f"{self.method}+corrected" if self.corrected else self.method

    @property
    def per_letter(self) -> bool:
        """Whether the values of the four bases say what each would do; else only the letter drawn means something."""
        return METHODS[self.method].observe is not over_bases


def lens_of(name: str) -> Lens:
    """Return the lens of a name; raises SeqVizError for a method that is not known, or without the correction asked for."""
    method, _, rest = name.strip().partition("+")
    if rest not in ("", "corrected") or (rest and not METHODS[method].correctable):
        raise SeqVizError(f"{name!r} is not a method with or without its correction, such as saliency or saliency+corrected.")
    return Lens(METHODS[method].name, bool(rest))


def every_lens() -> list[Lens]:
    """Return every method, those that know the gradient correction also with it, in the methods' order."""
    return [Lens(m.name, corrected) for m in METHODS for corrected in ((False, True) if m.correctable else (False,))]


def in_text(lens: Lens) -> str:
    """Return the lens's label as it stands within a sentence: "corrected saliency", "DeepLIFT"."""
    label = Lens(lens.method).label
    label = label[0].lower() + label[1:] if label[1:].islower() or " " in label else label
    return f"corrected {label}" if lens.corrected else label


@dataclass(frozen=True, eq=False)
class Cases:
    """N sequences, one logit of each.

    X : float32 (N, 4, L).  targets : the logit explained of each.  known : (N, L), False at padded and unknown bases.
    planted : (N, L), the sites that speak for the logit; None where nothing is known of them.
    """

    X: np.ndarray
    targets: tuple[Target, ...]
    known: np.ndarray
    planted: np.ndarray | None = None

    def __len__(self) -> int:
        return len(self.X)

    def first(self, n: int) -> "Cases":
        """Return the first n of them."""
        return Cases(self.X[:n], self.targets[:n], self.known[:n], None if self.planted is None else self.planted[:n])

    def with_X(self, X: np.ndarray) -> "Cases":
        """Return other sequences of the same length, asked about the same logits."""
        return Cases(X, self.targets, X.sum(1) > 0, self.planted)


def cases(X: np.ndarray | Tensor, targets: Target | Sequence[Target], planted: np.ndarray | None = None) -> Cases:
    """Return X (N, 4, L) with one target for all, or one for each."""
    X = np.asarray(X, dtype=np.float32)
    one = isinstance(targets, int | np.integer) or hasattr(targets, "position")
    return Cases(X, (targets,) * len(X) if one else tuple(targets), X.sum(1) > 0, planted)


def one_case(sequence: str, target: Target, sites: Sequence[tuple[int, int]] | None = None) -> Cases:
    """Return one sequence; sites : (start, end) of what is planted in it (0-based, end excluded), None where nothing is known."""
    planted = None
    if sites:
        planted = np.zeros((1, len(sequence)), dtype=bool)
        for start, end in sites:
            planted[0, start:end] = True
    return cases(one_hot_encode([sequence]), target, planted)


def cases_of(asked: Questions) -> Cases:
    """Return the questions of a task as cases."""
    return Cases(asked.X, tuple(asked.target.tolist()), asked.known, asked.planted)


def explain(model: nn.Module, asked: Cases, lens: Lens) -> Attribution:
    """Return what the lens says of every case, each for its own target; `target` is the first one's.

    Raises SeqVizError for a method that does not apply to the model.
    """
    parts = {t: attribute(lens.method, model, asked.X[_rows(asked, t)], t, corrected=lens.corrected) for t in set(asked.targets)}
    values, observed, gap = np.zeros_like(asked.X), np.zeros(asked.known.shape, dtype=np.float32), np.zeros(len(asked))
    for target, part in parts.items():
        rows = _rows(asked, target)
        values[rows], observed[rows] = part.values, part.observed
        if part.gap is not None:
            gap[rows] = part.gap
    one = parts[asked.targets[0]]
    return Attribution(one.method, one.target, values, observed, None if one.gap is None else gap, one.note)


def logits_of(model: nn.Module, X: np.ndarray, targets: Sequence[Target]) -> np.ndarray:
    """Return the explained logit of each row of X (M, 4, L), float64 (M,); targets : one for each row."""
    out, asked = np.zeros(len(X)), list(targets)
    for target in set(asked):
        rows = [i for i, t in enumerate(asked) if t == target]
        out[rows] = explained_logits(model, torch.from_numpy(np.ascontiguousarray(X[rows])), target)
    return out


def applicable(model: nn.Module, lenses: Sequence[Lens]) -> tuple[list[Lens], list[str]]:
    """Return those that apply to the model, and a sentence for each that does not."""
    reasons = {lens: METHODS[lens.method].supports(model) for lens in lenses}
    return ([lens for lens, why in reasons.items() if not why],
            [f"{lens.label} does not apply to this model: {why}" for lens, why in reasons.items() if why])


def _rows(asked: Cases, target: Target) -> list[int]:
    return [i for i, t in enumerate(asked.targets) if t == target]
