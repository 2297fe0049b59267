"""What filter surgery comes to, in one computed sentence each, and its section of the trust card."""

from collections.abc import Sequence

from .card import Findings, Mark, Number, Skipped, Subject, card_section
from .filter_redundancy import Alone, Pair, Pruning, alike_pairs, each_alone, halves, prune, scored
from .skill import Interval, Skill, fresh, loss

N_CARD = 100
"""Sequences of the trust card's section, and as many to choose by."""
LEAST = 0.0005
"""An AUROC that differs by less reads the same."""


def auroc(value: float) -> str:
    """Return an AUROC with three figures."""
    return f"{value:.3f}"


def cost(interval: Interval) -> str:
    """Return e.g. "0.003 AUROC (95 % interval 0.001 to 0.005)"; a gain is said to be one."""
    low, high = (f"{v:z.3f}".replace("-", "\u2212") for v in interval[1:])
    return f"{f'{interval.value:z.3f}'.replace('-', chr(0x2212))} AUROC (95 % interval {low} to {high})"


def alone_says(found: Alone) -> str:
    """Return which filter costs most when it is zeroed alone, and how many cost nothing that could be measured."""
    if not found.losses or found.auroc.value != found.auroc.value:
        return "All of these sequences are of one class, so no AUROC can fall."
    n, needed, worst = len(found.losses), found.needed, found.order()[0]
    said = (f"Of {n} filters, {len(needed)} cost AUROC beyond chance when zeroed alone (by luck alone about "
            f"{max(1, round(0.025 * n))} would); of the other {n - len(needed)} nothing can be told from no change")
    if not needed:
        return f"No filter of {n} costs AUROC beyond chance when it is zeroed alone (from {auroc(found.auroc.value)})."
    return f"{said}. Filter {worst} costs most: {cost(found.losses[worst])}, from {auroc(found.auroc.value)}."


def pruning_says(found: Pruning) -> str:
    """Return how many filters can go together, and at what cost, beside as many at random."""
    n, k = len(found.order), found.removable
    if not found.auroc or found.auroc[0] != found.auroc[0]:
        return "How many can go together cannot be said: no AUROC can fall."
    if not k:
        return f"No filter of {n} can be taken out without costing more than {found.tolerance:g} AUROC."
    return (f"{k} of {n} filters can be removed together at a cost of {cost(found.cost)}; {k} removed at random cost "
            f"{found.random_cost:.3f}.")


def pairs_say(found: Sequence[Pair]) -> str:
    """Return which pair makes up for each other most."""
    if not found:
        return "No two filters fire in the same sequences."
    alike = [p for p in found if p.stand_in]
    of = f"the {len(found)} pairs that fire together most closely"
    if not alike:
        return f"Of {of} none costs more together than alone, beyond chance."
    p = max(alike, key=lambda p: p.more.value)
    return (f"In {len(alike)} of {of}, each filter makes up for the other: filters {p.first} and {p.second} cost "
            f"{p.first_alone:z.3f} and {p.second_alone:z.3f} AUROC alone, {p.both:z.3f} together."
            .replace("-0.", "\u22120."))


def surgery_says(what: str, logit: tuple[float, float], class_name: str, before: Skill, after: Skill) -> str:
    """Return what one operation does, to the logit of the sequence at hand and to the AUROC.

    what : e.g. "Zeroing filter 12". logit : before and after.
    """
    old, new = (f"{v:z.2f}".replace("-", "\u2212") for v in logit)
    here = (f"leaves the logit of {class_name} on this sequence at {old}" if abs(logit[1] - logit[0]) < 0.005
            else f"changes the logit of {class_name} on this sequence from {old} to {new}")
    lost = loss(before, after)
    if lost.value != lost.value:
        return f"{what} {here}."
    if lost.low <= 0 <= lost.high:
        there = f"the AUROC stays at {auroc(before.auroc)}" if abs(lost.value) < LEAST else (
            f"the AUROC goes from {auroc(before.auroc)} to {auroc(after.auroc)}, no more than chance explains")
    else:
        there = (f"the AUROC {'falls' if lost.value > 0 else 'rises'} from {auroc(before.auroc)} to {auroc(after.auroc)} "
                 f"(a {'loss' if lost.value > 0 else 'gain'} of "
                 f"{cost(lost if lost.value > 0 else Interval(-lost.value, -lost.high, -lost.low))})")
    return f"{what} {here}; {there}."


@card_section("filters", question="Which filters does it need?", order=50)
def filters_section(subject: Subject) -> Findings | Skipped:
    """Return how many filters matter alone and how many can go together, over N_CARD sequences of the run's task."""
    if getattr(subject.model, "first_map", None) is None:
        return Skipped("This model has no convolution on the sequence, so it has no filters to take out.")
    choose, report = (scored(subject.model, half) for half in halves(fresh(subject.run, subject.task, 2 * N_CARD, subject.seed)))
    alone, pruning, pairs = each_alone(report), prune(choose, report), alike_pairs(report)
    n = len(alone.losses)
    numbers = (Number("AUROC with every filter", alone.auroc.value, 0.5),
               Number("share of filters that cost AUROC alone, beyond chance", len(alone.needed) / n, 0.025),
               Number("share of filters that can go together", pruning.removable / n),
               Number("AUROC that these cost", pruning.cost.value, pruning.random_cost))
    null = "guessing; by chance 2.5 % of intervals lie above 0; as many filters removed in random order"
    return Findings(numbers, alone.n, null, f"{alone_says(alone)} {pruning_says(pruning)} {pairs_say(pairs)}",
                    _mark(alone, pruning))


def _mark(alone: Alone, pruning: Pruning) -> Mark:
    """Open: how many filters a model has to spare says nothing for or against its pictures; in doubt where no AUROC can fall."""
    return "doubtful" if not alone.needed and pruning.removable == len(pruning.order) else "open"
