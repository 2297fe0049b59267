"""What the tests of a recurrent layer's memory come to, in one computed sentence each, and their section of the trust card."""

import math
from collections.abc import Mapping, Sequence

import numpy as np
from torch import Tensor

from ..errors import SeqVizError
from ..models.internals import Span
from .attention_says import first_site, number, size
from .card import Findings, Mark, Number, Skipped, Subject, card_section
from .memory import Act, Memory, Places, at_places, memory_of, steps_of
from .memory_lag import Lag, lags, sequences_without

N_CARD, LATER = 12, 20
"""Sequences of the trust card's section; bases behind the site at which it asks what is left."""
GATES = {"i": "input gate i", "f": "forget gate f", "g": "candidate g", "o": "output gate o", "r": "reset gate r",
         "z": "update gate z", "n": "candidate n"}
READS = {"left_to_right": "left to right", "right_to_left": "right to left"}


def step_at(base: int, span: Span, steps: int) -> int:
    """Return the step that stands for a base (from 0)."""
    offset = span.offset + (span.width - span.stride) // 2
    return min(max((base - offset) // span.stride, 0), steps - 1)


def act_words(act: Act) -> str:
    """Return what is done: "holding the forget gate f at 0", "resetting the state", "freezing unit 3"."""
    both = "" if len(act.directions) == 1 else " in both directions"
    if act.what == "reset":
        words = f"resetting the state{both}"
    elif act.what == "freeze":
        words = f"freezing unit {act.unit}{both}"
    else:
        words = f"holding the {GATES[act.gate]}{'' if act.unit is None else f' of unit {act.unit}'} at {act.value:g}{both}"
    return words if both or len(act.directions) != 1 else f"{words} ({READS[act.directions[0]]})"


def reach(places: Places, site: tuple[int, int]) -> float:
    """Return how many bases off the site an act still changes the logit by half of what it does at most; nan where it never
    does more than in the control sequences, where it does that much."""
    effect, off = np.abs(places.change), np.maximum(np.maximum(site[0] - places.bases, places.bases - site[1]), 0)
    strong = (effect > effect.max() / 2) & (effect > places.of_chance)
    return float(off[strong].max()) if strong.any() else float("nan")


def places_say(places: Places, where: str, site: tuple[int, int] | None, site_name: str = "the site") -> str:
    """Return what the act does at the place chosen (`where`, in words), beside the control, and how far off the site it does."""
    change, chance = float(places.change[places.chosen]), float(places.of_chance[places.chosen])
    words, n = act_words(places.act), len(places.control)
    control = f"{n} sequences {f'without {site_name}' if site else 'with its bases shuffled'}"
    more = "more than" if abs(change) > chance else "no more than"
    said = (f"{words[0].upper()}{words[1:]} {where} changes the logit from {places.logit:.2f} to {places.logit + change:.2f} "
            f"({number(change)}), {more} in {control} (95 %: {size(chance)}).")
    if site is None:
        return said
    far = reach(places, site)
    if math.isnan(far):
        some = (np.abs(places.change) > places.of_chance).any()
        return said + (" Where it changes the logit most, it does so no more than there; only lesser changes go beyond that."
                       if some else " At no place does it change the logit more than there.")
    most = int(np.abs(places.change).argmax())
    base, largest = max(round(places.bases[most]) + 1, 1), f"({number(float(places.change[most]))})"
    if abs(places.change[most]) <= places.of_chance[most]:
        return said + f" It changes most at base {base:,} {largest}, no more than there without the site."
    return said + (f" It changes most at base {base:,} {largest}, and at least half as much up to {far:.0f} bases from "
                   f"{site_name}.")


def lags_say(found: Mapping[str, Lag], memory: Memory, spacing: int | None = None) -> str:
    """Return how long the layer remembers by its gate, and measured, a sentence a direction; spacing : bases between two
    planted sites."""
    said = " ".join(_lag_says(READS[direction], lag, memory) for direction, lag in found.items())
    if memory.keeps is None:
        return f"{said} No gate keeps anything here, so nothing promises how long."
    if spacing:
        left = _share(0.5 ** (spacing / max(lag.promised for lag in found.values())))
        said += f" The planted sites are {spacing:,} bases apart: by the gate alone {left} would be left of one at the other."
    return said


def _lag_says(reads: str, lag: Lag, memory: Memory) -> str:
    measured = f"the gradient {_halved(lag.measured, (len(lag.gradient) - 1) * lag.stride)}"
    if lag.left is not None:
        measured += f", the site's trace in the state {_halved(lag.site_left, (len(lag.left) - 1) * lag.stride)}"
    if memory.keeps is None:
        return f"Reading {reads}, {measured}."
    return (f"Reading {reads}, the mean {GATES[memory.keeps]} halves the memory every {lag.promised:.0f} bases (single units "
            f"{lag.by_unit.min():.0f} to {lag.by_unit.max():.0f}); measured, {measured}.")


def _halved(bases: float, within: int) -> str:
    return f"is halved after {bases:.0f} bases" if np.isfinite(bases) else f"is not halved within {within:,} bases"


def _share(share: float) -> str:
    return f"{share:.0%}" if share >= 0.01 else "less than 1 %"


@card_section("memory", question="Does the gate tell how long the model remembers?", order=40)
def memory_section(subject: Subject) -> Findings | Skipped:
    """Return what a reset at the site costs and what is left LATER bases on, over N_CARD sequences, beside their nulls."""
    try:
        memory = memory_of(subject.model)
    except SeqVizError as error:
        return Skipped(str(error))
    X, asked, before = subject.X[:N_CARD], subject.asked, subject.run.spec.make_model().eval()
    costs, left, untrained, ratios, bounds = [], [], [], [], 0
    for row in range(len(X)):
        x, site = X[row:row + 1], first_site(None if asked.planted is None else asked.planted[row])
        if site:
            costs.append(_cost(subject, memory, x, int(asked.target[row]), site))
        mine = lags(subject.model, x, memory, site)
        left += [lag.after(LATER) for lag in mine.values()]
        untrained += [lag.after(LATER) for lag in lags(before, x, memory_of(before), site).values()]
        ratios += [ratio for lag in mine.values() if np.isfinite(ratio := _ratio(lag))]
        bounds += sum(np.isfinite(_ratio(lag)) and not np.isfinite(lag.site_left) for lag in mine.values())
    return _findings(memory, costs, np.array(left), np.array(untrained), ratios, len(X), bounds > 0)


def _cost(subject: Subject, memory: Memory, x: Tensor, target: int, site: tuple[int, int]) -> tuple[float, float]:
    """Return the change of the logit by a reset at the end of the site, in every direction, and that without the site."""
    start = max(step_at(site[1], memory.span, steps_of(subject.model, x, memory)), 1)
    act = Act("reset", memory.layer, memory.directions)
    places = at_places(subject.model, x, target, act, start, start + 1, sequences_without(x, site, subject.seed, 4))
    return abs(float(places.change[places.chosen])), float(np.abs(places.control[:, places.chosen]).mean())


def _ratio(lag: Lag) -> float:
    """Return measured over promised half-life; where it is not halved in the sequence a lower bound, nan where that is short."""
    if lag.left is None or not np.isfinite(lag.promised):
        return float("nan")
    within = lag.stride * (len(lag.left) - 1)
    if np.isfinite(lag.site_left):
        return lag.site_left / lag.promised
    return within / lag.promised if within > 2 * lag.promised else float("nan")


def _findings(memory: Memory, costs: Sequence[tuple[float, float]], left: np.ndarray, untrained: np.ndarray,
              ratios: Sequence[float], n: int, at_least: bool) -> Findings:
    gate, gradient, trace = (_mean(column) for column in left.T)
    _, gradient_before, trace_before = (_mean(column) for column in untrained.T)
    numbers = []
    if costs:
        cost, null = np.mean(costs, axis=0)
        numbers.append(Number("logit changed by a reset where the site ends", float(cost), float(null)))
    if memory.keeps:
        numbers.append(Number(f"left {LATER} bases on, by the mean {GATES[memory.keeps]}", gate))
    numbers.append(Number(f"left {LATER} bases on, of the gradient", gradient, gradient_before))
    if np.isfinite(trace):
        numbers.append(Number(f"left {LATER} bases on, of the site's trace in the state", trace, trace_before))
    both = ((gradient, "the gradient"), (trace, "the site's trace in the state"))
    parts = [f"{_share(value)} of {what}" for value, what in both if np.isfinite(value)]
    said = f"{LATER} bases on, {' and '.join(parts) or 'nothing that can be measured'} is left"
    said += f"; the mean {GATES[memory.keeps]} promises {_share(gate)}" if memory.keeps else "; no gate promises anything"
    said += f" ({n} sequences)."
    if ratios:
        times = float(np.median(ratios))
        said += (f" The trace lasts {'at least ' if at_least else ''}{times:.1f} times as long as the gate promises (median of "
                 f"{len(ratios)} readings): the gate is {'a fair' if _mark(ratios) == 'holds' else 'not a good'} measure of this "
                 "memory.")
    return Findings(tuple(numbers), n, "the same sequences without the site for the reset; the untrained model for what is left",
                    said, _mark(ratios))


def _mark(ratios: Sequence[float]) -> Mark:
    """Whether the gate's promise may be read as the length of the memory: within a factor of two of what is measured, or five."""
    if not ratios:
        return "open"
    off = max(middle := float(np.median(ratios)), 1 / max(middle, 1e-9))
    return "holds" if off <= 2 else "doubtful" if off <= 5 else "fails"


def _mean(values: np.ndarray) -> float:
    known = values[np.isfinite(values)]
    return float(known.mean()) if len(known) else float("nan")
