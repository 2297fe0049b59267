"""What the randomisation check comes to, in a sentence, on the trust card, and as a piece of work."""

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from ..training import find_run
from .card import Findings, Mark, Number, Skipped, Subject, card_section
from .faithfulness_says import cases_asked
from .lens import Lens, applicable, cases_of, in_text, lens_of
from .randomisation import KEPT, Likeness, Randomisation, Verdict, randomisation
from .weights import Fresh

if TYPE_CHECKING:
    from ..datasets import Task
    from ..training import RunSpec
    from ..training.work import Args, Files, Tell

CARD = (Lens("saliency", True), Lens("ism"), Lens("guided_backprop"))
CARD_N = 12


def fresh_of(spec: "RunSpec", task: "Task") -> Fresh:
    """Return seed -> the run's architecture before training, weights by that seed; never those that the run itself began with."""
    other = lambda seed: seed if seed != spec.training.seed else 2**31 - 1 - seed
    return lambda seed: replace(spec, training=replace(spec.training, seed=other(seed))).make_model(task).eval()


def conclude(found: Randomisation) -> str:
    """Return what a cascade says of each method, those that fail first; of single layers which one each map hangs on most."""
    if found.how == "independent":
        return " ".join(_weakest(found, curve) for curve in found.curves)
    kinds: dict[Verdict, list[Likeness]] = {}
    for curve in found.curves:
        kinds.setdefault(found.verdict(curve), []).append(curve)
    parts = [_stays(found, curve) for curve in kinds.get("stays", [])]
    parts += [_partly(found, curve) for curve in kinds.get("partly", [])]
    if good := kinds.get("depends"):
        parts.append(_depend(found, good))
    if flat := kinds.get("unknown"):
        parts.append(f"Of {_listed([in_text(lens_of(c.name)) for c in flat])} nothing can be said: the map is flat.")
    return " ".join(parts)


def marked(found: Randomisation, curve: Likeness) -> str:
    """Return a method's mark in a few words, for a table."""
    return {"depends": "depends on the model", "stays": "does not show what the model learned",
            "partly": "depends on it only in part", "unknown": ""}[found.verdict(curve)]


def _stays(found: Randomisation, curve: Likeness) -> str:
    k, last = found.half, len(found.layers) - 1
    if curve.main[last] > max(KEPT, curve.main_null_high[last]) or curve.main[k] <= max(KEPT, curve.main_null_high[k]):
        k = last
    at_end, alike = k == last, "stays the same" if curve.main[k] > KEPT else "is still like itself"
    what = "every weight was" if at_end else f"{upper_layers(found)} {'were' if found.half else 'was'}"
    return (f"{_capital(in_text(lens_of(curve.name)))}: the map {alike} at {curve.main[k]:.2f} after {what} made random "
            f"(unrelated maps reach {curve.main_null_high[k]:.2f}): it does not show what "
            f"{'this model' if at_end else 'these layers' if found.half else 'that layer'} learned.")


def _depend(found: Randomisation, curves: Sequence[Likeness]) -> str:
    names = _capital(_listed([in_text(lens_of(c.name)) for c in curves]))
    text = (f"{names} {'depend' if len(curves) > 1 else 'depends'} on the model: with {upper_layers(found)} random the likeness "
            f"is {_range([c.main[found.half] for c in curves])}, with all of them {_range([c.main[-1] for c in curves])} "
            f"(unrelated maps reach {max(c.main_null_high[-1] for c in curves):.2f}).")
    sizes = [c.absolute[found.half] for c in curves]
    if min(sizes) >= KEPT and len(found.layers) > found.half + 1:
        text += (f" Which bases stand out, their sign aside, stays at {_range(sizes)} until the layers below are random too: "
                 "that much comes from those layers.")
    return text


def _partly(found: Randomisation, curve: Likeness) -> str:
    return (f"{_capital(in_text(lens_of(curve.name)))} depends on the model in part: the likeness is "
            f"{_range([curve.main[found.half]])} with {upper_layers(found)} random, {_range(curve.main[-1:])} with all of them."
            + (f" Which bases stand out, their sign aside, stays at {_range(curve.absolute[-1:])} even then."
               if curve.sizes_stay else ""))


def _weakest(found: Randomisation, curve: Likeness) -> str:
    values = [(value, layer) for value, layer in zip(curve.main, found.layers) if value == value]
    if not values:
        return f"Of {in_text(lens_of(curve.name))} nothing can be said: the map is flat."
    value, layer = min(values)
    return f"{_capital(in_text(lens_of(curve.name)))} hangs most on {layer}: with that alone random the likeness is {value:.2f}."


def upper_layers(found: Randomisation) -> str:
    """Return e.g. "the upper 3 of 6 layers", "the last layer"."""
    n = found.half + 1
    return f"the upper {n} of {len(found.layers)} layers" if n > 1 else "the last layer"


def _range(values: Sequence[float]) -> str:
    low, high = f"{min(values):z.2f}", f"{max(values):z.2f}"
    return (low if low == high else f"{low} to {high}").replace("-", "\u2212")


def _listed(names: Sequence[str]) -> str:
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"


def _capital(text: str) -> str:
    return text[0].upper() + text[1:]


def measure(args: "Args", tell: "Tell") -> "Files":
    """Return {"randomisation.json": ...} of the run args["run"], on one sequence or over fresh ones (see `cases_asked`)."""
    run = find_run(args["run"])
    task = run.spec.make_task()
    asked = cases_asked(args, task)
    found, _ = randomisation(run.load_model(), asked, [lens_of(name) for name in args["lenses"]], fresh=fresh_of(run.spec, task),
                             how=args["how"], draws=args["draws"], tell=tell)
    return {"randomisation.json": found.to_json()}


@card_section("randomisation", question="Does the map depend on the model?", order=20)
def randomisation_section(subject: Subject) -> Findings | Skipped:
    """Return the likeness of the maps before and after the layers were made random, on some of the card's sequences."""
    lenses, _ = applicable(subject.model, CARD)
    found, _ = randomisation(subject.model, cases_of(subject.asked).first(CARD_N), lenses, draws=1, seed=subject.seed,
                             fresh=fresh_of(subject.run.spec, subject.task))
    numbers = []
    for curve in found.curves:
        name = in_text(lens_of(curve.name))
        numbers += [Number(f"{name}: likeness, {what} random", curve.main[k], curve.main_null_high[k])
                    for what, k in ((upper_layers(found), found.half), ("all layers", len(found.layers) - 1))]
    return Findings(tuple(numbers), found.n, "what 95 % of the same maps, turned along the sequence, stay below", conclude(found),
                    _mark(found))


def _mark(found: Randomisation) -> Mark:
    """Judge the maps that SeqViz draws at first; that guided backpropagation fails is known and not the run's fault."""
    verdicts = [found.verdict(c) for c in found.curves if c.name != "guided_backprop"]
    return "fails" if "stays" in verdicts else "doubtful" if set(verdicts) - {"depends"} else "holds"
