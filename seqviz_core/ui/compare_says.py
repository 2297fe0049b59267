"""What the Compare page says of its runs, in computed sentences; plain functions, no Streamlit."""

from collections.abc import Mapping, Sequence
from math import isfinite, sqrt
from typing import NamedTuple

from ..checks import Agreement, Pooled
from ..motif_discovery import Recovery
from ..training import Epoch, RunStatus
from ..training.results import counted
from ..training.verdict import headline
from .sentences import listed

NORMAL = 1.96
LEAST_GAP = 0.02  # between baseline and ceiling: a share of less would be a share of chance
NEARLY, LEAST_LEARNED = 0.9, 0.05  # share of the way to its best; above guessing


class Standing(NamedTuple):
    """How a finished run stands: by accuracy, or AUPRC where one answer is nearly always right.

    low, high : 95 % interval of the accuracy (Wilson 1927); the score itself where there is none.
    baseline : of the simple model named `rival`, which counts words.
    """

    metric: str
    score: float
    low: float
    high: float
    ceiling: float | None
    baseline: float | None
    rival: str = "6-mer baseline"

    @property
    def share(self) -> float | None:
        """(score - baseline) / (ceiling - baseline): 0 is no better than the baseline, 1 all that is possible."""
        if self.ceiling is None or self.baseline is None or self.ceiling - self.baseline < LEAST_GAP:
            return None
        return (self.score - self.baseline) / (self.ceiling - self.baseline)


def standing(status: RunStatus, per_sequence: bool = True) -> Standing | None:
    """Return how a run stands; None where it was never tested. per_sequence : whether each test sequence has one answer."""
    if status.test is None:
        return None
    rare = status.test.unbalanced
    score = headline(status.test, rare)
    low, high = (score, score) if rare or not per_sequence or not status.n_test else wilson(score, status.n_test)
    ceiling, baseline = headline(status.ceiling, rare), headline(status.kmer, rare)
    return Standing("AUPRC" if rare else "accuracy", score, low, high, ceiling, baseline, status.kmer_name)


def wilson(share: float, n: int) -> tuple[float, float]:
    """Return the 95 % interval of a share of n: (p + z^2/2n -+ z sqrt(p(1-p)/n + z^2/4n^2)) / (1 + z^2/n)."""
    z = NORMAL
    middle, half = share + z * z / (2 * n), z * sqrt(share * (1 - share) / n + z * z / (4 * n * n))
    return (middle - half) / (1 + z * z / n), (middle + half) / (1 + z * z / n)


def score_sentence(standings: Mapping[str, Standing], task: str) -> str:
    """Return who comes closest to what is possible on one task, and whether the others differ by more than chance."""
    best = max(standings, key=lambda name: _left(standings[name]))
    worst = min(standings, key=lambda name: _left(standings[name]))
    text = f"On \u201c{task}\u201d {_the(best)} reaches {standings[best].metric} {_of(standings[best])}"
    below = standings[best].baseline is not None and standings[best].score < standings[best].baseline
    text += f" (the {standings[best].rival} has more, {standings[best].baseline:.3f})" if below else ""
    if best == worst:
        return text + "."
    a, b = standings[best], standings[worst]
    text += f", the best of {len(standings)}; {_the(worst)} has {_of(b)}"
    if a.low == a.high:
        return text + "."
    apart = abs(a.score - b.score) > NORMAL * sqrt(_variance(a) + _variance(b))
    return text + (", which is less by more than chance." if apart else ", a difference that chance may explain.")


def _left(s: Standing) -> float:
    return s.score - (s.ceiling if s.ceiling is not None else 1.0)


def _of(s: Standing) -> str:
    return f"{s.score:.3f}" + (f" of {s.ceiling:.3f}" if s.ceiling is not None else "")


def _variance(s: Standing) -> float:
    """The variance of the score, from its interval."""
    return ((s.high - s.low) / (2 * NORMAL)) ** 2


def _the(name: str) -> str:
    return f"the {name}"


class Learned(NamedTuple):
    """When a run had come NEARLY all the way from guessing to its best validation score: epoch, and seconds until its end."""

    epoch: int
    seconds: float


def learned(epochs: Sequence[Epoch], field: str, guessing: float) -> Learned | None:
    """Return when a run had learned; None for one that never got LEAST_LEARNED above guessing. field : e.g. "valid_accuracy"."""
    scores = [(e, getattr(e, field)) for e in epochs if isfinite(getattr(e, field))]
    best = max((score for _, score in scores), default=guessing)
    if best < guessing + LEAST_LEARNED:
        return None
    first = next(e for e, score in scores if score >= guessing + NEARLY * (best - guessing))
    return Learned(first.epoch, sum(e.seconds for e in epochs if e.epoch <= first.epoch))


def learned_sentence(found: Mapping[str, Learned | None], metric: str) -> str:
    """Return who learned in the fewest epochs, who in the most, and who has hardly learned at all."""
    known = {name: when for name, when in found.items() if when}
    hardly = [_the(name) for name, when in found.items() if not when]
    way = f"come {100 * NEARLY:.0f} % of the way from guessing to its own best validation {metric}"
    after = lambda name: f"after {counted(known[name].epoch)} ({known[name].seconds:.2g} s)"
    text = ""
    if len(known) == 1:
        (name,) = known
        text = f"{_capital(_the(name))} had {way} {after(name)}."
    elif known:
        first, last = (pick(known, key=lambda name: known[name].epoch) for pick in (min, max))
        text = f"Counted in epochs, first to have {way} was {_the(first)}, {after(first)}; last was {_the(last)}, {after(last)}."
        if known[first].epoch == known[last].epoch:
            text = f"Each of {len(known)} had {way} after {counted(known[first].epoch)}."
    if hardly:
        text += f" {_capital(listed(hardly))} hardly rose above guessing."
    return text.strip()


def _capital(text: str) -> str:
    return text[0].upper() + text[1:]


def motif_sentence(recoveries: Mapping[str, Recovery], unit: str) -> str:
    """Return of how many planted motifs each run found, and which ones no run did."""
    n = len(next(iter(recoveries.values())).planted)
    if n == 1:
        return _one_motif(recoveries, unit)
    if all(len(r.with_status("found")) == n for r in recoveries.values()):
        who = f"each of the {len(recoveries)} models" if len(recoveries) > 1 else _the(next(iter(recoveries)))
        return f"All {n} planted motifs are found by {who}, each motif covered by one {unit} alone."
    if not any(r.with_status("found") for r in recoveries.values()):
        whose = "any of these models" if len(recoveries) > 1 else _the(next(iter(recoveries)))
        return f"Not one of the {n} planted motifs is covered by one {unit} of {whose} alone."
    told = [f"{_the(name)} found {len(r.with_status('found'))}" for name, r in recoveries.items()]
    found = {row.motif.name for r in recoveries.values() for row in r.with_status("found")}
    never = [row.motif.name for row in next(iter(recoveries.values())).planted if row.motif.name not in found]
    text = f"Of {n} planted motifs {listed(told)}, each covered by one {unit} alone"
    if not never:
        return text + ("." if len(recoveries) == 1 else "; every one is found by at least one of them.")
    more = f" and {len(never) - 4} more" if len(never) > 4 else ""
    return text + f"; found by none: {', '.join(never[:4])}{more}."


def _one_motif(recoveries: Mapping[str, Recovery], unit: str) -> str:
    motif = next(iter(recoveries.values())).planted[0].motif.name
    found = [_the(name) for name, r in recoveries.items() if r.with_status("found")]
    if not found:
        whose = "these models" if len(recoveries) > 1 else _the(next(iter(recoveries)))
        return f"No {unit} of {whose} covers the planted {motif} alone."
    return f"The planted motif {motif} is covered by one {unit} of {listed(found)} alone."


def agreement_sentence(found: Agreement, kinds: Mapping[str, Sequence[tuple[int, int]]], sign: str, models: Sequence[str]) -> str:
    """Return how far models, seeds and methods agree, each with what turned maps reach.

    models : the names of the models compared; where there are just two, they are named.
    """
    who = f"{_the(models[0])} and {_the(models[1])}" if len(models) == 2 else "models"
    seeds = who if len(models) == 2 else "seeds of one training"
    order = [("models", who), ("seeds", seeds), ("methods", "methods on one model")]
    told = [f"{what} agree at {sign} {_pooled(found.pooled(kinds[kind]))}" for kind, what in order if kinds.get(kind)]
    if not told:
        return "There is one map only; tick another model or choose another method to compare it with."
    return f"On which bases matter, {listed(told)}."


def _pooled(p: Pooled) -> str:
    if not isfinite(p.value):
        return "nothing that can be told: a map says the same of every base"
    chance = f"turned maps {p.null:z.2f}" if p.beyond_chance else f"no more than turned maps, {p.null:z.2f}"
    return f"{p.value:z.2f} ({chance})".replace("-", "\u2212")
