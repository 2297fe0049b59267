"""What the attention tests come to, in one computed sentence each, and their section of the trust card."""

from collections.abc import Sequence

import numpy as np

from ..errors import SeqVizError
from ..models.internals import record
from .attention_edges import EdgeTest, KeyTest, key_test
from .attention_masks import HeadOf, heads_in
from .attention_swaps import MOST_JSD, Swaps, swaps
from .attention_tests import LEAST, SHARE, HeadTest, head_tests, share_of_chance
from .card import Findings, Mark, Number, Skipped, Subject, card_section

MOST = f"{100 * SHARE:.0f} %"
N_CARD = 12
"""Sequences of the trust card's section: each is asked some hundred times."""


def head_label(head: HeadOf) -> str:
    """Return how a head is called: "layer 1, head 2"; of a read-out with a single head only that."""
    part = head.probe.split(".")[0]
    return f"{f'layer {part[5:]}' if part.startswith('layer') else 'read-out'}, head {head.head + 1}"


def number(value: float) -> str:
    """Return a number with its sign and two or three figures."""
    return f"{value:+.2f}" if abs(value) >= 0.1 else f"{value:+.2g}" if abs(value) >= LEAST else "less than 0.001"


def size(value: float) -> str:
    """Return the size of a number without its sign."""
    return "0.001" if abs(value) <= LEAST else f"{abs(value):.2f}" if abs(value) >= 0.1 else f"{abs(value):.2g}"


def what_it_does(test: HeadTest) -> str:
    """Return in a few words whether a head looks, and whether that matters."""
    if not test.planted:
        return "masking it changes the logit" if test.matters else f"masking it changes {_no_more([test])}"
    if test.looks:
        return "looks there and uses it" if test.matters else f"lights up, does {_no_more([test])}"
    return "looks elsewhere, yet uses it" if test.matters else "looks elsewhere"


def heads_say(tests: Sequence[HeadTest], what: str) -> str:
    """Return how many heads look at `what` (say "the planted GATA2 site"), whether it matters, and which do nothing."""
    n, most = len(tests), max(tests, key=lambda t: abs(t.change))
    strongest = (f"masking it there changes the logit most in {head_label(most.head)} ({number(most.change)}; "
                 f"{MOST} of {len(most.moved)} places elsewhere: {size(most.change_of_chance)})")
    if not most.planted:
        matter = sum(t.matters for t in tests)
        return (f"In {matter} of {n} heads, masking the token looked at most changes the logit more than masking another one; "
                f"{strongest}.")
    looking = [t for t in tests if t.looks]
    if not looking:
        none = "The only head does not look" if n == 1 else f"None of {n} heads looks"
        return f"{none} at {what} more than at {MOST} of the places elsewhere; {strongest}."
    idle = [t for t in looking if not t.matters]
    look = "The only head looks" if n == 1 else f"{len(looking)} of {n} heads look"
    said = f"{look} at {what} more than at {MOST} of the places elsewhere; {strongest}."
    if idle:
        names = "; ".join(f"{head_label(t.head)}: {number(t.change)}, elsewhere {size(t.change_of_chance)}" for t in idle[:3])
        more = f" and {len(idle) - 3} more" if len(idle) > 3 else ""
        who = "It" if n == 1 else f"{len(idle)} of them"
        said += f" {who} light{'s' * (len(idle) == 1)} up and do{'es' * (len(idle) == 1)} {_no_more(idle)} ({names}{more})."
    return said


def _no_more(tests: Sequence[HeadTest]) -> str:
    """Return "nothing" where no masking of these changes the logit at all, else what it is not more than."""
    return "nothing" if all(abs(t.change) <= LEAST for t in tests) else "no more than elsewhere"


def edge_says(edge: EdgeTest) -> str:
    """Return what masking the edge does, against random edges and against edges of nearest weight."""
    changed = (f"masking this edge, of weight {edge.weight:.2f}, changes the logit by {number(edge.change)}")
    of_lot, of_alike = abs(edge.change) > edge.of_chance, abs(edge.change) > edge.of_alike
    lot = f"a random edge ({MOST} of {len(edge.random[1])}: {size(edge.of_chance)})"
    alike = f"an edge of such weight ({MOST} of the {len(edge.alike[1])} nearest: {size(edge.of_alike)})"
    if of_lot and of_alike:
        return f"This edge counts beyond chance: {changed}, more than {lot} and more than {alike}."
    than = f"more than {lot}, but no more than {alike}" if of_lot else f"no more than {lot}"
    return f"Attention is a hypothesis: {changed}, {than}."


def keys_say(keys: KeyTest, label: str) -> str:
    """Return whether the attention of a head ranks the tokens as masking, gradient and leave-one-out do."""
    taus = keys.taus
    own = [(name, taus[name]) for name in ("masked key", "gradient", "leave-one-out")]
    words = {"masked key": "the change when they are masked", "gradient": "the gradient", "leave-one-out": "leaving them out"}
    listed = ", ".join(f"{words[name]} {tau:.2f}" if np.isfinite(tau) else f"{words[name]} not at all (it is everywhere alike)"
                       for name, tau in own)
    beyond = sum(tau > keys.chance for _, tau in own)
    verdict = {0: "with none of three other measures", 3: "with all three other measures"}.get(
        beyond, f"with {beyond} of three other measures")
    both = taus["gradient and leave-one-out"]
    with_each_other = f" Gradient and leaving out have {both:.2f} with each other." if np.isfinite(both) else ""
    return (f"Beyond chance, the attention of {label} agrees {verdict} of which tokens matter. Kendall's tau over "
            f"{len(keys.tokens)} tokens (1: the same order, 0: unrelated; chance stays below {keys.chance:.2f} in {MOST}): "
            f"{listed}.{with_each_other}")


def swaps_say(found: Swaps, label: str) -> str:
    """Return how different the attention of a head can be with the same answer, and what shuffling it does."""
    distance, shift = float(found.adversarial[0][0]), float(found.adversarial[2][0])
    if found.most <= 0:
        return f"There is one token only, so {label} can look nowhere else."
    kept = f"the same answer to within {percent(found.same)}"
    how = f"{distance / found.most:.0%} of the greatest distance there is (JSD {distance:.2f} of {found.most:.2f})"
    if distance >= 0.5 * found.most:
        said = (f"Where {label} looks is not needed for the answer on this sequence: attention at {how} gives {kept}, with the "
                f"logit changed by {number(shift)}.")
    else:
        said = (f"As far as was searched, the answer ties {label} to where it looks: the most different attention found with "
                f"{kept} is at {how}.")
    return said + (f" Shuffling its attention changes the answer by {percent(found.median_tvd)} in probability (median of "
                   f"{len(found.permuted[1])} shuffles).")


def percent(share: float) -> str:
    """Return a change of a probability in percentage points."""
    return "less than 0.1 %" if share < 0.001 else f"{100 * share:.1f} %" if share < 0.1 else f"{100 * share:.0f} %"


def first_site(planted: np.ndarray | None) -> tuple[int, int] | None:
    """Return the first stretch (start, end) of True in planted (L,); None without one."""
    if planted is None or not planted.any():
        return None
    start = int(planted.argmax())
    rest = planted[start:]
    return start, start + (len(rest) if rest.all() else int((~rest).argmax()))


@card_section("attention", question="Does what attention looks at matter?", order=30)
def attention_section(subject: Subject) -> Findings | Skipped:
    """Return what the heads look at and whether it matters, over N_CARD sequences; of the most used head the other tests."""
    X, asked, tests, keys, swapped = subject.X, subject.asked, [], [], []
    try:
        heads_in(record(subject.model, X[:1]))
    except SeqVizError as error:
        return Skipped(str(error))
    for row in range(min(N_CARD, len(X))):
        x, target = X[row:row + 1], int(asked.target[row])
        mine = head_tests(subject.model, x, target, first_site(None if asked.planted is None else asked.planted[row]))
        most = max(mine, key=lambda t: t.on_site).head
        keys.append(key_test(subject.model, x, target, most, subject.task.head, seed=subject.seed))
        swapped.append(swaps(subject.model, x, target, most, subject.task.head, seed=subject.seed))
        tests.append(mine)
    return _findings(tests, keys, swapped)


def _findings(tests: list[list[HeadTest]], keys: list[KeyTest], swapped: list[Swaps]) -> Findings:
    every, chance = [t for mine in tests for t in mine], float(np.mean([k.chance for k in keys]))
    looking = [t for t in every if t.looks] if every[0].planted else every
    used = float(np.mean([t.matters for t in looking])) if looking else float("nan")
    by_chance = _mean([share_of_chance(t.moved) for t in every])
    used_by_chance = _mean([share_of_chance(np.abs(t.changes_moved), LEAST) for t in looking])
    looks = [Number("heads that look at the planted site", len(looking) / len(every), by_chance)] if every[0].planted else []
    name = "of those, heads where masking it matters" if looks else "heads where masking what they look at most matters"
    numbers = [*looks, Number(name, used, used_by_chance),
               Number("Kendall's tau, attention with change when masked", _mean([k.taus["masked key"] for k in keys]), chance),
               Number("Kendall's tau, attention with the gradient", _mean([k.taus["gradient"] for k in keys]), chance),
               Number("change of the probabilities when the attention is shuffled (TVD)",
                      float(np.median([s.median_tvd for s in swapped])), 0.0),
               Number("distance to the most different attention with the same answer (JSD)",
                      float(np.mean([s.adversarial[0][0] for s in swapped])), MOST_JSD)]
    null = ("other places put to the same test; for tau unrelated rankings; for shuffled attention no change, for the JSD the "
            "most there is, ln 2")
    return Findings(tuple(numbers), len(tests), null, _card_says(every, looking, used, len(tests)), _mark(used, len(looking)))


def _card_says(every: list[HeadTest], looking: list[HeadTest], used: float, n: int) -> str:
    heads = len(every) // n
    if not every[0].planted:
        return (f"In {used:.0%} of {heads} heads x {n} sequences, masking the token looked at most changes the logit more than "
                "masking another one.")
    if not looking:
        return f"No head looks at the planted site more than elsewhere ({heads} heads x {n} sequences)."
    return (f"In {len(looking) / len(every):.0%} of {heads} heads x {n} sequences a head looks at the planted site more than "
            f"elsewhere; in {used:.0%} of these, masking it changes the logit more than masking another place.")


def _mark(used: float, looking: int) -> Mark:
    if not looking:
        return "open"
    return "holds" if used >= 0.8 else "doubtful" if used >= 0.5 else "fails"


def _mean(values: Sequence[float]) -> float:
    known = [v for v in values if np.isfinite(v)]
    return float(np.mean(known)) if known else float("nan")
