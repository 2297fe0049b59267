"""What the measures of faithfulness come to, in a sentence, on the trust card, and as a piece of work."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from ..attribution import At
from ..training import find_run
from .agreement import questions
from .card import Findings, Number, Skipped, Subject, card_section
from .deletion import Curve
from .faithfulness import FULL, ISM, QUICK, Effort, Faithfulness, faithfulness
from .lens import Cases, Lens, applicable, cases_of, in_text, lens_of, one_case

if TYPE_CHECKING:
    from ..datasets import Task
    from ..training.work import Args, Files, Tell

CARD = (Lens("saliency", True), Lens("integrated_gradients"), ISM)
CARD_N, CARD_EFFORT = 20, Effort(steps=10, shuffles=2, orders=20, samples=40, neighbours=0)


def conclude(found: Faithfulness) -> str:
    """Return one sentence: which methods rank the bases better than random orders do, and which is furthest from it."""
    d = found.deletion
    better = [c for c in d.curves if d.beats_random(c)]
    others = [c for c in d.curves if c not in better]
    best = max(d.curves, key=lambda c: c.gain)
    what = _on(found)
    if all(max(c.deletion) == min(c.deletion) for c in d.curves):
        return f"On {what} nothing can be said: replacing bases by shuffled ones changes nothing at all."
    if not better:
        return (f"On {what} no map ranks the bases better than all of {d.orders} random orders do. Do not read the tall letters "
                "as what the model uses.")
    text = (f"On {what} {_names(better)} {'name' if len(better) > 1 else 'names'} bases that matter: replaced first they lower "
            f"the logit faster, and put back first they restore it sooner, than any of {d.orders} random orders (both together). "
            f"Best is {_label(best)}: averaged along the way, {best.gain:.2f} logits better than the mean random order (the best "
            f"random one: {d.random_gain:.2f}).")
    left = _names(others) if others else ""
    return text + (f" {left[0].upper()}{left[1:]} {'do' if len(others) > 1 else 'does'} not beat all of them." if others else "")


def _on(found: Faithfulness) -> str:
    return "this sequence" if found.n == 1 else f"{found.n} sequences"


def _label(curve: Curve) -> str:
    return in_text(lens_of(curve.name))


def _names(curves: Sequence[Curve]) -> str:
    names = [_label(c) for c in curves]
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"


def correction_says(found: Faithfulness) -> str:
    """Return what the gradient correction changes, for each method that is there with and without it; "" where none is."""
    lenses, parts = {lens_of(score.name) for score in found.scores}, []
    for lens in sorted(lens for lens in lenses if not lens.corrected and Lens(lens.method, True) in lenses):
        one, two = (found.of(Lens(lens.method, corrected).name) for corrected in (False, True))
        gains = [found.deletion.of(score.name).gain for score in (one, two)]
        text = (f"On {_on(found)} the gradient correction takes {in_text(lens)} from {_signed(gains[0])} to {_signed(gains[1])} "
                "logits above random orders")
        if one.truth is not None and two.truth is not None:
            text += f", and its truth AUPRC from {one.truth:.2f} to {two.truth:.2f}"
        parts.append(text + ".")
    return " ".join(parts)


def agreement_says(found: Faithfulness) -> str:
    """Return which two methods are most and least alike, and how many pairs are no more alike than turned maps."""
    pairs = [(found.agreement[i][j], found.agreement_null[i][j], i, j) for j in range(len(found.scores)) for i in range(j)]
    pairs = [pair for pair in pairs if pair[0] is not None]
    if not pairs:
        return "There is no second map to compare with."
    name = lambda k: in_text(lens_of(found.scores[k].name))
    (most, _, a, b), (least, _, c, d) = max(pairs), min(pairs)
    unlike = sum(value <= null for value, null, *_ in pairs)
    text = f"Most alike are {name(a)} and {name(b)} (r {most:.2f})"
    if len(pairs) > 1:
        text += f", least {name(c)} and {name(d)} (r {_signed(least)})"
    return text + ("; every pair agrees more than turned maps do." if not unlike else
                   f"; {unlike} of {len(pairs)} pairs agree no more than turned maps do.")


def _signed(value: float) -> str:
    return f"{value:z.2f}".replace("-", "\u2212")


def measure(args: "Args", tell: "Tell") -> "Files":
    """Return {"faithfulness.json": ...} of the run args["run"], on one sequence or over fresh ones (see `cases_asked`)."""
    run = find_run(args["run"])
    model, asked = run.load_model(), cases_asked(args, run.spec.make_task())
    lenses = [lens_of(name) for name in args["lenses"]]
    effort = QUICK if "sequence" in args else FULL
    found = faithfulness(model, asked, lenses, seed=args["seed"], order=args["order"], effort=effort, tell=tell)
    return {"faithfulness.json": found.to_json()}


def cases_asked(args: "Args", task: "Task") -> Cases:
    """Return the one sequence args["sequence"], asked about class args["target"] (at base args["position"], unless None) with its
    args["sites"] as (start, end) pairs or None; without it args["n"] fresh sequences of the task drawn with args["seed"]."""
    if "sequence" not in args:
        return cases_of(questions(task, args["n"], args["seed"]))
    target = args["target"] if args["position"] is None else At(args["target"], args["position"])
    return one_case(args["sequence"], target, None if args["sites"] is None else [tuple(s) for s in args["sites"]])


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
