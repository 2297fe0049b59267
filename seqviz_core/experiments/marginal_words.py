"""What an insertion experiment found, in one sentence for each model."""

import numpy as np

from .backgrounds import background_words
from .insertion import Curve, Effect
from .marginal import Marginal, Plan
from .patterns import CONSENSUS

UNIT = "log odds"
LOG_ODDS = ("Log odds: the natural logarithm of P(class) / P(any other class), for the models and for the Bayes classifier "
            "alike; +2.3 makes the odds ten times as large.")


def conclude(plan: Plan, who: str, class_name: str, found: Marginal, bayes: Curve | None) -> str:
    """Return one sentence on what a model does; who : as it stands in a sentence ("the CNN model"). bayes : of the same plan."""
    return _SENTENCES[plan.vary](plan, who, class_name, found, bayes)


def pattern_words(plan: Plan) -> str:
    """Return e.g. "the consensus of GATA2", "sampled sites of GATA2", "TGASTCA"."""
    names = [_name(motif) for motif in (plan.first, plan.second if plan.vary == "pair" else None) if motif is not None]
    both = " and ".join(names)
    if plan.vary == "strength":
        return f"sites of {both}"
    if all(motif.id == "typed" for motif in (plan.first, plan.second) if motif is not None):
        return both
    return f"the consensus of {both}" if plan.strength == CONSENSUS else f"sampled sites of {both}"


def null_words(plan: Plan) -> str:
    """Return what the control is."""
    if plan.vary != "pair" and plan.strength == CONSENSUS and len(set(plan.first.consensus)) == 1:
        return "none here: the shuffled letters of this pattern are the pattern itself."
    return "the same letters at the same places, in an order of its own for every background."


def n_words(plan: Plan) -> str:
    """Return how many backgrounds of which kind, and the seed."""
    interval = "intervals: 95 %, bootstrap over the backgrounds" if plan.n > 1 else "one background has no interval"
    return (f"{background_words(plan.n, plan.gc, len(plan.sequences))} of {plan.length:,} bases, seed {plan.seed}; {interval}. "
            "The pattern is written over the background.")


def effect_words(effect: Effect) -> str:
    """Return e.g. "6.12 (5.83 to 6.41)"."""
    interval = "" if np.isnan(effect.low) else f" ({number(effect.low)} to {number(effect.high)})"
    return f"{number(effect.mean)}{interval}"


def number(value: float) -> str:
    """Return three figures, at most two decimals, with a true minus sign."""
    text = f"{value:z.2f}" if abs(value) < 10 else f"{value:z.1f}" if abs(value) < 100 else f"{value:,.0f}"
    return text.replace("-", "\u2212")


def half_way(curve: Curve) -> float | None:
    """Return the x, on the straight lines between the points, where a rising curve first has half of its last mean."""
    half, above = curve.mean[-1] / 2, np.flatnonzero(curve.mean >= curve.mean[-1] / 2)
    if half <= 0 or above[0] == 0:
        return None
    k = above[0]
    return float(np.interp(half, curve.mean[k - 1:k + 1], curve.x[k - 1:k + 1]))


def _name(motif) -> str:
    return motif.name


def _itself(plan: Plan, who: str, class_name: str, found: Marginal, bayes: Curve | None) -> str:
    forward, reverse = found.effect.at(0), found.effect.at(1)
    verb = "hardly changes" if _around_zero(forward) else "raises" if forward.mean > 0 else "lowers"
    size = effect_words(forward._replace(mean=abs(forward.mean), low=_low(forward), high=_high(forward)))
    by = f"(change {effect_words(forward)})" if verb == "hardly changes" else f"by {size}"
    text = f"{_begin(pattern_words(plan))} {verb} {who}'s {UNIT} of {class_name} {by}"
    text += "" if found.null is None else f"; its shuffled letters change them by {number(found.null.at(0).mean)}"
    text += f", and on the reverse strand it changes them by {number(reverse.mean)}"
    return text + (f". The Bayes classifier says {number(bayes.at(0).mean)}." if bayes is not None else ".")


def _position(plan: Plan, who: str, class_name: str, found: Marginal, bayes: Curve | None) -> str:
    curve = found.effect
    most, least = int(np.argmax(curve.mean)), int(np.argmin(curve.mean))
    apart = curve.low[most] > curve.high[least]
    ends = (f"from {effect_words(curve.at(least))} at base {curve.x[least]:,.0f} to {effect_words(curve.at(most))} at base "
            f"{curve.x[most]:,.0f}")
    said = "their intervals do not overlap" if apart else "their intervals overlap, so no place stands out"
    return f"Along the sequence {who}'s change in {UNIT} of {class_name} goes {ends}: {said}."


def _copies(plan: Plan, who: str, class_name: str, found: Marginal, bayes: Curve | None) -> str:
    mean = found.effect.mean
    if len(mean) == 1:
        return f"One copy changes {who}'s {UNIT} of {class_name} by {effect_words(found.effect.at(0))}; no second one fits."
    last = len(mean) - 1
    text = (f"One copy changes {who}'s {UNIT} of {class_name} by {effect_words(found.effect.at(0))}, {last + 1} copies by "
            f"{effect_words(found.effect.at(last))}")
    return text + (f"; the Bayes classifier says {number(bayes.mean[0])} and {number(bayes.mean[last])}." if bayes is not None
                   else ".")


def _strength(plan: Plan, who: str, class_name: str, found: Marginal, bayes: Curve | None) -> str:
    curve = found.effect
    text = (f"From random bases to the consensus, {who}'s change in {UNIT} of {class_name} goes from {number(curve.mean[0])} to "
            f"{effect_words(curve.at(-1))}")
    half = half_way(curve)
    return text + (f"; half of it is reached at about {number(half)} bits." if half is not None else ".")


def _pair(plan: Plan, who: str, class_name: str, found: Marginal, bayes: Curve | None) -> str:
    curve = found.effect
    names = [_name(m) for m in ((plan.second, plan.first) if plan.swapped else (plan.first, plan.second))]
    k = int(np.abs(curve.mean).argmax())
    best = curve.at(k)
    what = "together they change" if plan.together else "the interaction changes"
    text = f"{names[0]} before {names[1]}: {what} {who}'s {UNIT} of {class_name}"
    if np.abs(curve.mean).max() < 1e-6:
        return f"{text} by 0 at every gap{'' if plan.together else ', so the two just add up'}."
    clear = int(((curve.low > 0) | (curve.high < 0)).sum())
    gap = f"{curve.x[k]:,.0f} base{'' if curve.x[k] == 1 else 's'}"
    return (f"{text} most at a gap of {gap}, by {effect_words(best)}; the interval leaves out 0 at {clear} of {len(curve.x)} "
            "gaps.")


_SENTENCES = {"itself": _itself, "position": _position, "copies": _copies, "strength": _strength, "pair": _pair}


def _around_zero(effect: Effect) -> bool:
    return effect.low <= 0 <= effect.high or abs(effect.mean) < 0.005


def _low(effect: Effect) -> float:
    return effect.low if effect.mean > 0 else -effect.high


def _high(effect: Effect) -> float:
    return effect.high if effect.mean > 0 else -effect.low


def _begin(text: str) -> str:
    return text[0].upper() + text[1:]
