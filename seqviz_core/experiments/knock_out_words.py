"""What came of knocking out parts, in sentences that say no more than the figures do."""

from collections.abc import Sequence

import numpy as np

from .ablation import Ablation, Null
from .knock_out import KnockedOut
from .sufficiency import PairKnockouts, Sufficient


def conclude(found: KnockedOut, class_name: str, model: str) -> list[str]:
    """Return in sentences what one model (its name, as a sentence begins: "The CNN model") needs to answer `class_name`."""
    if found.scan is not None and found.ablation is None:
        return [_nothing_stands_out(found.scan, class_name, model)]
    words = [_costliest(found.ablation, class_name, model), _necessary(found.ablation)]
    if found.sufficient is not None:
        words.append(sufficient_words(found.sufficient))
    if found.pairs is not None:
        words.append(pairs_words(found.pairs))
    return [sentence for sentence in words if sentence]


def _costliest(found: Ablation, class_name: str, model: str) -> str:
    best = int(found.cost.argmax())
    part, cost, null, (low, high) = found.parts[best], found.cost[best], found.nulls[best], found.interval[best]
    changes = f"falls by {amount(cost)}" if cost >= 0.005 else "does not fall"
    most = "" if len(found.parts) == 1 or cost < 0.005 else ", more than without any other part"
    return (f"{model}: without {part.words} the logit of {class_name} {changes}{most} (95 % interval {amount(low)} to "
            f"{amount(high)}, from {amount(found.logit)}); {null_words(null, part.width)}"
            f"{'' if cost > null.costs.max() else ', so this is within chance'}.")


def null_words(null: Null, width: int) -> str:
    """Return e.g. "a random span of 11 bases elsewhere costs 0.1, at most 0.4 of 20 places"."""
    top = f"{amount(null.mean)}, at most {amount(null.costs.max())} in {len(null.costs)}"
    if null.where == "elsewhere":
        return f"a random span of {counted(width, 'base')} elsewhere costs {top} places"
    return f"in shuffles of the sequence the same place costs {top} shuffles"


def _necessary(found: Ablation) -> str:
    needed = [part for part, needed in zip(found.parts, found.necessary) if needed]
    what = criterion_words(found)
    if not needed:
        alone = "It is not necessary" if len(found.parts) == 1 else "No part is necessary"
        return f"{alone}: {what[1]}."
    if found.criterion.by == "logit":
        return f"Necessary: {listed([p.words for p in needed])} ({what[0]})."
    lost = [f"{p.words} (call lost in {round(share * found.n)} of {found.n} shuffles)"
            for p, share, is_needed in zip(found.parts, found.lost, found.necessary) if is_needed]
    return f"Necessary for the call: {listed(lost)}."


def criterion_words(found: Ablation) -> tuple[str, str]:
    """Return what makes a part necessary, and what holds where none is."""
    if found.criterion.by == "call":
        single = f"without it the call stays in {round((1 - found.lost[0]) * found.n)} of {found.n} shuffles"
        each = f"without any one of them the call stays in at least half of the {found.n} shuffles"
        return "the call is lost in more than half of the shuffles", single if len(found.parts) == 1 else each
    gone = f"more than {100 * found.criterion.share:.0f} % of what the logit has above shuffles of the sequence"
    if found.evidence <= 0:
        return gone, "the logit is no higher than that of shuffles of the sequence, so there is nothing to lose"
    return f"it takes {gone}", f"none takes {gone}" if len(found.parts) > 1 else f"it does not take {gone}"


def sufficient_words(found: Sufficient) -> str:
    """Return the smallest set of parts that is enough, and what chance gives."""
    n, enough = found.n, f"{amount(found.logits.mean())} on average"
    if found.criterion.by == "call":
        enough = f"the call stays in {round(found.held * found.n)} of {n} shuffles, logit {enough}"
    else:
        enough = f"logit {enough}"
    if found.kept is None:
        every = "it is" if len(found.parts) == 1 else f"all {len(found.parts)} together are"
        return f"Not sufficient: with everything else shuffled, {every} not enough ({enough})."
    if not found.kept:
        return f"No part is needed to keep this answer: shuffles of the whole sequence have it too ({enough})."
    names = listed([found.parts[i].words for i in found.kept])
    others = [p.words for i, p in enumerate(found.parts) if found.alone[i] and i not in found.kept]
    how = "Sufficient alone" if len(found.kept) == 1 else "The smallest sufficient set is"
    if not found.exact:
        how = "Sufficient (parts left out one by one; a smaller set may exist)"
    text = f"{how}: {names}; with everything else shuffled {enough}"
    if len(found.null):
        text += (f", against {amount(found.null.mean())} with random spans of the same width kept "
                 f"(enough in {round(found.null_enough * len(found.null))} of {len(found.null)} places)")
    return text + (f". {listed(others)} would do as well." if others and len(found.kept) == 1 else ".")


def pairs_words(found: PairKnockouts) -> str:
    """Return which two parts work together most, if any do."""
    known = np.argwhere(np.triu(np.isfinite(found.interaction), 1))
    if not len(known):
        return ""
    working = [(i, j) for i, j in known if found.kind(i, j) != "additive"]
    if not working:
        return ("Losing two parts at once costs what the two losses add up to, within what chance gives." if len(found.null) else
                "Losing two parts at once costs what the two losses add up to.")
    i, j = max(working, key=lambda p: abs(found.interaction[tuple(p)]))
    names = f"{found.parts[i].words} and {found.parts[j].words}"
    size = f"interaction {found.interaction[i, j]:+.2f}".replace("-", "\u2212")
    if len(found.null):
        size += f"; with random spans at most {amount(np.abs(found.null).max())} either way"
    return (f"Synergy: {names} need each other ({size})." if found.kind(i, j) == "synergy" else
            f"Redundancy: {names} stand in for each other ({size}).")


def _nothing_stands_out(scan: Ablation, class_name: str, model: str) -> str:
    best = int(scan.cost.argmax())
    chance = float(np.percentile(np.concatenate([null.costs for null in scan.nulls]), 95))
    return (f"{model}: no tile stands out. The costliest, {scan.parts[best].words}, takes {amount(scan.cost[best])} of the logit "
            f"of {class_name}; in shuffles of the sequence 95 of 100 tiles take at most {amount(chance)}.")


def called_words(found: Ablation, class_name: str) -> str:
    """Return a warning where the class in question is not called, else ""."""
    if found.called:
        return ""
    if np.isnan(found.margin):
        return "This model has one class, so there is no call to lose: its logit decides."
    return f"{class_name} is not what is called here, so there is no call to lose: the logit decides what is necessary."


def unchanged_words(found: Ablation) -> str:
    """Return a warning where many shuffles leave a part as it was."""
    same = [(p, u) for p, u in zip(found.parts, found.unchanged) if u >= 0.2]
    if not same:
        return ""
    part, share = max(same, key=lambda s: s[1])
    return (f"{part.words[0].upper()}{part.words[1:]} stays as it is in {round(share * found.n)} of {found.n} shuffles: a short "
            "or repetitive span has few shuffles of its own, and N stays N. Its cost is understated.")


def amount(value: float) -> str:
    """Return a logit with two or three figures and a real minus sign."""
    value = float(value)
    text = "0" if abs(value) < 0.005 else f"{value:.1f}" if abs(value) >= 9.995 else f"{value:.2f}"
    return text.replace("-", "\u2212")


def counted(n: int, noun: str) -> str:
    return f"{n:,} {noun}" + ("" if n == 1 else "s")


def listed(words: Sequence[str]) -> str:
    """Return "a", "a and b", "a, b and c"."""
    return " and ".join(filter(None, [", ".join(words[:-1]), *words[-1:]]))
