"""Does the map depend on the model: maps before and after weights are made random (Adebayo et al. 2018, arXiv 1810.03292).

A map that stays as it is when what the model learned is taken away cannot show what it learned. The likeness is Spearman's rank
correlation over the bases of a sequence, its null the same with one map turned along the sequence (see `agreement`).
"""

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Literal

import numpy as np
import torch
from torch import nn

from ..attribution import METHODS
from ..attribution.references import shuffles
from .agreement import CONFIDENCE, agreement
from .lens import Cases, Lens, explain, lens_of
from .weights import Fresh, layers_of, randomised

if TYPE_CHECKING:
    from ..training.work import Tell

How = Literal["cascading", "independent"]
HOWS: tuple[How, ...] = ("cascading", "independent")
"""From the output down, each stage with one layer more; or one layer at a time, all others as trained."""
KEPT, GONE = 0.5, 0.2
"""A likeness from KEPT up says that the map stays; the published tests pass a method below .1 to .2 (GONE)."""
SEED = 2026
NORMAL = 1.96
Verdict = Literal["depends", "stays", "partly", "unknown"]


@dataclass(frozen=True)
class Likeness:
    """How alike the maps are before and after, for each of S changes, (S,): mean over the sequences and the draws.

    signed, absolute : Spearman of the values, and of their sizes. low, high : +- 1.96 standard errors over the sequences (nan
    for one). null_low, null_high, size_null_high : what 95 % of turned maps lie between, and for sizes below. nan where a map
    is flat.
    """

    name: str
    signed: tuple[float, ...]
    absolute: tuple[float, ...]
    low: tuple[float, ...]
    high: tuple[float, ...]
    null_low: tuple[float, ...]
    null_high: tuple[float, ...]
    size_null_high: tuple[float, ...]

    @property
    def main(self) -> tuple[float, ...]:
        """The signed likeness; of a method without signs that of the sizes."""
        return self.signed if METHODS[lens_of(self.name).method].signed else self.absolute

    @property
    def main_null_high(self) -> tuple[float, ...]:
        return self.null_high if METHODS[lens_of(self.name).method].signed else self.size_null_high

    @property
    def sizes_stay(self) -> bool:
        """Whether the sizes are alike (> GONE, beyond turned maps) after the last change: the same bases, with other signs."""
        return self.absolute[-1] > max(GONE, self.size_null_high[-1])


@dataclass(frozen=True)
class Randomisation:
    """The likeness of every lens at each stage, over n sequences and `draws` random weights.

    layers : in the order in which they are made random, the output first; of a cascade each stage has all before it as well.
    initial : whether the random weights are the architecture's own before training (else the trained values, permuted).
    """

    how: How
    layers: tuple[str, ...]
    curves: tuple[Likeness, ...]
    n: int
    draws: int
    initial: bool

    def of(self, name: str) -> Likeness:
        return next(curve for curve in self.curves if curve.name == name)

    def verdict(self, curve: Likeness) -> Verdict:
        """Return what a cascade says of a method; of independent layers nothing is said ("unknown").

        "stays": alike (>= KEPT, beyond turned maps) with the upper half of the layers random, or more than GONE at the end.
        "depends": below GONE with the upper half random, and sign aside at the end, or no more than turned maps. Else "partly".
        """
        half, last = self.half, len(self.layers) - 1
        if self.how != "cascading" or not np.isfinite([curve.main[half], curve.main[last]]).all():
            return "unknown"
        beyond = lambda k, least: curve.main[k] > max(least, curve.main_null_high[k])
        if beyond(half, KEPT) or beyond(last, GONE):
            return "stays"
        return "partly" if beyond(half, GONE) or curve.sizes_stay else "depends"

    @property
    def half(self) -> int:
        """The stage at which the upper half of the layers is random (of three layers two); at least the output is."""
        return max(1, (len(self.layers) + 1) // 2) - 1

    def to_json(self) -> str:
        return json.dumps(asdict(self))

    @classmethod
    def from_json(cls, text: str | bytes) -> "Randomisation":
        content = json.loads(text)
        return cls(**{**content, "layers": tuple(content["layers"]), "curves": tuple(_likeness(c) for c in content["curves"])})


@dataclass(frozen=True, eq=False)
class Maps:
    """What a lens says of the first sequence: before (L,), and at each stage (S, L) with the first random weights."""

    before: np.ndarray
    after: np.ndarray


def randomisation(model: nn.Module, asked: Cases, lenses: Sequence[Lens], *, fresh: Fresh | None = None, how: How = "cascading",
                  draws: int = 2, seed: int = SEED,
                  tell: "Tell" = lambda share, sentence: None) -> tuple[Randomisation, dict[str, Maps]]:
    """Return how alike the maps stay as layers are made random, and the maps of the first sequence by the lens's name.

    fresh : seed -> the same architecture as before training; None permutes the trained values within each tensor. The model
    itself is never changed. Raises SeqVizError for a lens that does not apply, and for a model without weights.
    """
    layers = layers_of(model, torch.from_numpy(asked.X[:1]))[::-1]
    stages = [layers[:k + 1] if how == "cascading" else layers[k:k + 1] for k in range(len(layers))]
    before = {lens: explain(model, asked, lens).observed for lens in lenses}
    after = {lens: np.zeros((len(stages), draws, *asked.known.shape), dtype=np.float32) for lens in lenses}
    for d in range(draws):
        for k, stage in enumerate(stages):
            done = d * len(stages) + k
            tell(done / (draws * len(stages)), f"Random weights {d + 1} of {draws}, {k + 1} of {len(stages)} layers")
            changed = randomised(model, stage, seed + d, fresh)
            for lens in lenses:
                after[lens][k, d] = np.nan_to_num(explain(changed, asked, lens).observed, posinf=0, neginf=0)
    curves = tuple(likeness(lens, before[lens], after[lens], asked.known, seed=seed) for lens in lenses)
    found = Randomisation(how, tuple(layer.name for layer in layers), curves, len(asked), draws, fresh is not None)
    return found, {lens.name: Maps(before[lens][0], after[lens][:, 0, 0]) for lens in lenses}


def likeness(lens: Lens, before: np.ndarray, after: np.ndarray, known: np.ndarray, *, seed: int = SEED) -> Likeness:
    """Return how alike before (N, L) and after (S, D, N, L) are at each of S stages, over D draws; known (N, L)."""
    columns: list[list[float]] = [[] for _ in range(7)]
    repeated, there = np.concatenate([before] * after.shape[1]), np.concatenate([known] * after.shape[1])
    for stage in after:
        flat = stage.reshape(-1, stage.shape[-1])
        signed, sizes = (agreement(pair, ("before", "after"), seed=seed, measure="spearman", known=there)
                         for pair in ((repeated, flat), (np.abs(repeated), np.abs(flat))))
        each = _defined_mean(signed.values[:, 0].reshape(after.shape[1], -1))  # (N,), over the draws
        each = each[np.isfinite(each)]
        error = NORMAL * each.std(ddof=1) / len(each) ** 0.5 if len(each) > 1 else np.nan
        mean = each.mean() if len(each) else np.nan
        edge = (1 - CONFIDENCE) / 2
        low, high = np.quantile(signed.null[:, 0], (edge, 1 - edge))
        row = (mean, sizes.matrix()[0, 1], mean - error, mean + error, low, high, np.quantile(sizes.null[:, 0], CONFIDENCE))
        for column, value in zip(columns, row):
            column.append(float(value))
    return Likeness(lens.name, *map(tuple, columns))


def _defined_mean(values: np.ndarray) -> np.ndarray:
    """Return the mean of each column over what is defined, nan without any."""
    there = np.isfinite(values)
    return np.where(there.any(0), np.where(there, values, 0).sum(0) / np.maximum(there.sum(0), 1), np.nan)


def shuffled_sequence(model: nn.Module, asked: Cases, lenses: Sequence[Lens], *, seed: int = SEED,
                      draws: int = 2) -> tuple[Likeness, ...]:
    """Return how alike each map is to that of a dinucleotide shuffle of its sequence, in one stage: the same for any sequence?"""
    mixed = [np.concatenate([shuffles(torch.from_numpy(x), 1, seed + 7919 * d + i).numpy() for i, x in enumerate(asked.X)])
             for d in range(draws)]
    found = []
    for lens in lenses:
        after = np.stack([explain(model, asked.with_X(X), lens).observed for X in mixed])
        found.append(likeness(lens, explain(model, asked, lens).observed, after[None], asked.known, seed=seed))
    return tuple(found)


def other_model(model: nn.Module, other: nn.Module, asked: Cases, lenses: Sequence[Lens], *,
                seed: int = SEED) -> tuple[Likeness, ...]:
    """Return how alike the maps of two models are, in one stage: of another training, such as one on permuted labels."""
    maps = [(lens, *(explain(m, asked, lens).observed for m in (model, other))) for lens in lenses]
    return tuple(likeness(lens, one, two[None, None], asked.known, seed=seed) for lens, one, two in maps)


def _likeness(content: dict) -> Likeness:
    return Likeness(**{name: tuple(v) if isinstance(v, list) else v for name, v in content.items()})
