"""Is the map faithful: does it say what the model does? Each method measured in several ways, each beside what chance gives."""

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from torch import nn

from ..attribution import Attribution
from ..training import find_run
from .agreement import questions
from .card import Findings, Number, Skipped, Subject, card_section
from .deletion import Band, Curve, Deletion, Order, deletion
from .infidelity import infidelity_of, sensitivity_of, unrelated_change
from .lens import Cases, Lens, applicable, cases_of, explain, lens_of
from .truth import truth_score

if TYPE_CHECKING:
    from ..training.work import Args, Files, Tell

ISM = Lens("ism")
SEED = 2026


class Effort(NamedTuple):
    """How much is spent on each sequence; see `deletion`, `infidelity_of` and `sensitivity_of`."""

    steps: int = 20
    shuffles: int = 3
    orders: int = 20
    samples: int = 60
    neighbours: int = 10


CARD = (Lens("saliency", True), Lens("integrated_gradients"), ISM)
CARD_N, CARD_EFFORT = 20, Effort(steps=10, shuffles=2, orders=20, samples=40, neighbours=0)
FULL = Effort()
QUICK = Effort(steps=20, shuffles=2, orders=20, samples=60, neighbours=3)


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
    """The curves and the scores of the same methods, in the same order; in-silico mutagenesis is always among the curves."""

    deletion: Deletion
    scores: tuple[Score, ...]

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
        return cls(Deletion(**found), tuple(Score(**score) for score in content["scores"]))


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
    return Faithfulness(curves, tuple(scores))


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


def conclude(found: Faithfulness) -> str:
    """Return one sentence: which methods rank the bases better than random orders do, and which is furthest from it."""
    d = found.deletion
    better = [c for c in d.curves if d.beats_random(c)]
    others = [c for c in d.curves if c not in better]
    best = max(d.curves, key=lambda c: c.gain)
    what = "this sequence" if d.n == 1 else f"{d.n} sequences"
    if not better:
        return (f"On {what} no map ranks the bases better than all of {d.orders} random orders do. Do not read the tall letters "
                "as what the model uses.")
    text = (f"On {what} {_names(better)} {'name' if len(better) > 1 else 'names'} bases that matter: replacing them first lowers "
            f"the logit faster, and putting them back first restores it sooner, than any of {d.orders} random orders; most so "
            f"{_label(best)} ({best.gain:.2f} from random on average along the way, in logits).")
    left = _names(others) if others else ""
    return text + (f" {left[0].upper()}{left[1:]} {'do' if len(others) > 1 else 'does'} not beat all of them." if others else "")


def _label(curve: Curve) -> str:
    return in_text(lens_of(curve.name))


def _names(curves: Sequence[Curve]) -> str:
    names = [_label(c) for c in curves]
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"


def in_text(lens: Lens) -> str:
    """Return the lens's label as it stands within a sentence: "corrected saliency", "DeepLIFT"."""
    label = Lens(lens.method).label
    label = label[0].lower() + label[1:] if label[1:].islower() or " " in label else label
    return f"corrected {label}" if lens.corrected else label


def measure(args: "Args", tell: "Tell") -> "Files":
    """Return {"faithfulness.json": ...} of the run args["run"] over args["n"] fresh sequences of its task."""
    run = find_run(args["run"])
    model, asked = run.load_model(), cases_of(questions(run.spec.make_task(), args["n"], args["seed"]))
    lenses = [lens_of(name) for name in args["lenses"]]
    found = faithfulness(model, asked, lenses, seed=args["seed"], order=args["order"], tell=tell)
    return {"faithfulness.json": found.to_json()}


@card_section("faithfulness", question="Is the map faithful?", order=10)
def faithfulness_section(subject: Subject) -> Findings | Skipped:
    """Return what the curves and the scores say of the three maps that a visitor meets first, on some of the card's sequences."""
    lenses, _ = applicable(subject.model, CARD)
    found = faithfulness(subject.model, cases_of(subject.asked).first(CARD_N), lenses, seed=subject.seed, effort=CARD_EFFORT)
    d, numbers = found.deletion, []
    for lens, score in ((lens, found.of(lens.name)) for lens in lenses):
        curve, name = d.of(lens.name), in_text(lens)
        numbers += [Number(f"{name}: area under the deletion curve (logit)", curve.deletion_area, d.random_deletion.area),
                    Number(f"{name}: area under the insertion curve (logit)", curve.insertion_area, d.random_insertion.area),
                    Number(f"{name}: infidelity", _number(score.infidelity), _number(score.infidelity_null))]
        if score.truth is not None:
            numbers.append(Number(f"{name}: truth AUPRC", score.truth, score.truth_null))
    beaten = [d.beats_random(d.of(lens.name)) for lens in lenses]
    mark = "holds" if all(beaten) else "doubtful" if any(beaten) else "fails"
    null = (f"the mean of {d.orders} random orders of the bases; for infidelity the same map moved along the sequence; for truth "
            "the same values shuffled")
    return Findings(tuple(numbers), found.n, null, conclude(found), mark)


def _number(value: float | None) -> float:
    return float("nan") if value is None else value


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
