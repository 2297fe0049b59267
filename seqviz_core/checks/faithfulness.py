"""Is the map faithful: does it say what the model does? Each method measured in several ways, each beside what chance gives."""

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from torch import nn

from ..attribution import METHODS, Attribution
from .agreement import agreement
from .deletion import Band, Curve, Deletion, Order, deletion
from .infidelity import infidelity_of, sensitivity_of, unrelated_change
from .lens import Cases, Lens, explain, in_text
from .truth import truth_score

if TYPE_CHECKING:
    from ..training.work import Tell

ISM = Lens("ism")
SEED = 2026


class Effort(NamedTuple):
    """How much is spent on each sequence; see `deletion`, `infidelity_of` and `sensitivity_of`."""

    steps: int = 20
    shuffles: int = 3
    orders: int = 20
    samples: int = 60
    neighbours: int = 10


FULL = Effort()
QUICK = Effort(steps=20, shuffles=3, orders=20, samples=60, neighbours=3)


@dataclass(frozen=True)
class Score:
    """One method; means over the sequences.

    infidelity : share of the effect of single substitutions that the map does not foretell, 0 best; null : of the moved map.
    sensitivity : the most that the map changes with one base, as a share of its size; null : of the map of a shuffled sequence.
        None without neighbours.
    gap : mean size of the completeness gap, in logits; gap_share : as a share of the change it should add up to. None without.
    truth, truth_null : AUPRC of the sizes against the planted sites, and of shuffled ones; None where nothing is planted.
    """

    name: str
    infidelity: float | None
    infidelity_null: float | None
    sensitivity: float | None
    sensitivity_null: float | None
    gap: float | None
    gap_share: float | None
    truth: float | None
    truth_null: float | None


@dataclass(frozen=True)
class Faithfulness:
    """The curves and the scores of the same methods, in the same order; in-silico mutagenesis is always among them.

    agreement : K x K, Pearson correlation of the maps over the bases, mean over the sequences (sizes, where one method has no
    sign); agreement_null : what 95 % of turned maps stay below. None where a map is flat.
    """

    deletion: Deletion
    scores: tuple[Score, ...]
    agreement: tuple[tuple[float | None, ...], ...]
    agreement_null: tuple[tuple[float | None, ...], ...]

    @property
    def n(self) -> int:
        return self.deletion.n

    def of(self, name: str) -> Score:
        return next(score for score in self.scores if score.name == name)

    def to_json(self) -> str:
        return json.dumps(_plain(asdict(self)), allow_nan=False)

    @classmethod
    def from_json(cls, text: str | bytes) -> "Faithfulness":
        content = json.loads(text)
        found = {name: tuple(v) if isinstance(v, list) else v for name, v in content["deletion"].items()}
        found["curves"] = tuple(Curve(**_read(curve)) for curve in found["curves"])
        for band in ("random_deletion", "random_insertion"):
            found[band] = Band(**_read(found[band]))
        square = lambda name: tuple(map(tuple, content[name]))
        return cls(Deletion(**found), tuple(Score(**score) for score in content["scores"]), square("agreement"),
                   square("agreement_null"))


def faithfulness(model: nn.Module, asked: Cases, lenses: Sequence[Lens], *, seed: int = SEED, order: Order = "size",
                 effort: Effort = FULL, tell: "Tell" = lambda share, sentence: None) -> Faithfulness:
    """Return how faithful each lens is on these cases; the order of in-silico mutagenesis is drawn whether asked for or not.

    tell : is told how far it is. Raises SeqVizError for a lens that does not apply.
    """
    drawn, n = list(dict.fromkeys([*lenses, ISM])), len(asked)
    explained = {}
    for k, lens in enumerate(drawn):
        tell(0.1 * k / len(drawn), f"Drawing {n} maps by {in_text(lens)}")
        explained[lens] = explain(model, asked, lens)
    curves = deletion(model, asked, {lens.name: found.observed for lens, found in explained.items()}, seed=seed, order=order,
                      steps=effort.steps, n_shuffles=effort.shuffles, n_orders=effort.orders,
                      done=lambda i: tell(0.1 + 0.5 * i / n, f"Replacing bases of sequence {i + 1} of {n}"))
    scores = []
    for k, lens in enumerate(drawn):
        tell(0.6 + 0.4 * k / len(drawn), f"Disturbing {n} sequences under {in_text(lens)}")
        scores.append(_score(model, asked, explained[lens], lens, seed, effort))
    maps = [explained[lens].observed for lens in drawn]
    if not all(METHODS[lens.method].signed for lens in drawn):
        maps = [np.abs(m) for m in maps]
    alike = agreement(maps, [lens.name for lens in drawn], seed=seed, known=asked.known)
    return Faithfulness(curves, tuple(scores), _square(alike.matrix()), _square(alike.null_high()))


def _square(values: np.ndarray) -> tuple[tuple[float | None, ...], ...]:
    return tuple(tuple(float(v) if np.isfinite(v) else None for v in row) for row in values)


def _score(model: nn.Module, asked: Cases, explained: Attribution, lens: Lens, seed: int, effort: Effort) -> Score:
    told = infidelity_of(model, asked, explained, lens, seed=seed, samples=effort.samples)
    change = other = None
    if effort.neighbours:
        change = float(sensitivity_of(model, asked, lens, seed=seed, neighbours=effort.neighbours).mean())
        other = float(unrelated_change(model, asked, explained, lens, seed=seed).mean())
    gap = share = None
    if explained.gap is not None:
        total = explained.values.astype(float).sum((1, 2)) - explained.gap
        gap = float(np.abs(explained.gap).mean())
        share = float(np.abs(explained.gap).sum() / max(np.abs(total).sum(), 1e-12))
    truth = _truth(explained, asked, seed)
    return Score(lens.name, _mean(told.share), _mean(told.null), change, other, gap, share, *truth)


def _truth(explained: Attribution, asked: Cases, seed: int) -> tuple[float | None, float | None]:
    """Return the AUPRC of the map's sizes and of shuffled ones; None, None where no sequence has planted and other bases."""
    if asked.planted is None:
        return None, None
    planted = asked.planted & asked.known.all(axis=1, keepdims=True)
    if not (planted.any(1) & ~planted.all(1)).any():
        return None, None
    found = truth_score(np.abs(explained.observed), planted, seed=seed)
    return found.auprc, found.null_auprc


def _mean(values: np.ndarray) -> float | None:
    there = values[np.isfinite(values)]
    return float(there.mean()) if len(there) else None


def _plain(value: object) -> object:
    """Return nested values as JSON holds them: what is not finite becomes None."""
    if isinstance(value, dict):
        return {k: _plain(v) for k, v in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(v) for v in value]
    return None if isinstance(value, float) and not np.isfinite(value) else value


def _read(content: dict) -> dict:
    nan = lambda v: float("nan") if v is None else v
    return {name: tuple(nan(x) for x in v) if isinstance(v, list) else nan(v) for name, v in content.items()}
