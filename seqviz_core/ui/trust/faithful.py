"""Faithful? Whether a map's letters say what the model does, by several measures, each beside what chance gives."""

from dataclasses import dataclass

import streamlit as st

from ...checks.faithfulness import QUICK, SEED, Faithfulness, faithfulness
from ...checks.faithfulness_says import agreement_says, cases_asked, conclude, correction_says
from ...checks.lens import Lens, lens_of
from ...settings import setting
from ...training.work import WorkSpec
from ..cached import Loaded, computed
from ..components import literal
from ..experiments.pace import INLINE
from ..tool import TRUST, Asked, tool
from ..work import worked
from ..workbench import View, model_name
from .faithful_figures import draw_agreement, draw_curves, draw_scores
from .faithful_seeds import seeds_section
from .lenses import case_args, choose_lenses, explain_rows, seconds_of

USUAL = (Lens("saliency"), Lens("saliency", True), Lens("integrated_gradients"), Lens("guided_backprop"))
SAYS = {"size": "largest letters first", "for": "letters for the class first"}


@dataclass(frozen=True)
class FaithfulSettings:
    methods: str = setting("", "Methods")
    order: str = setting("size", "Bases replaced", choices=tuple(SAYS), help="Largest: whatever their sign. For the class: those "
                         "that raise its logit most, then the others")
    n: int = setting(100, "Fresh sequences", help="How many the second part below is measured on: "
                     "of the model's own task, each asked about its own class", low=10, high=500)
    seed: int = setting(SEED, "Seed", help="Draws the sequences, the shuffles and the random orders", low=0, high=2**31 - 1)


@tool(TRUST, "faithful", label="Faithful?", question="Is the map faithful?", settings=FaithfulSettings, order=10,
      shows="Bases are shuffled away in the map's order, and given back; beside it, a random order and mutagenesis' own.")
def faithful(view: View, asked: Asked) -> None:
    """Show the curves and scores of the sequence at hand, then over many, then whether methods and seeds agree."""
    lenses = choose_lenses(view, asked, USUAL)
    asked.row("order", "n", "seed", order=SAYS.get)
    settings = asked.checked()
    st.caption(literal(f"{model_name(view.loaded)} on the sequence at hand, its logit of {view.explained(view.focus)}; n = 1 "
                       "sequence. Below, over many."))
    found = _on_this(view, lenses, settings)
    if found:
        _show(found, lenses, "one")
    st.subheader("And over many sequences?")
    loaded = view.loaded
    args = {"run": loaded.run.id, "finished": loaded.run.status.finished, "lenses": [lens.name for lens in lenses],
            "order": settings.order, "n": settings.n, "seed": settings.seed}
    length = view.loaded.task.length
    seconds = settings.n * seconds_of(view, view.focus, _rows(lenses, length, neighbours=10, shuffles=3), length)
    spec = WorkSpec("seqviz_core.checks.faithfulness_says", "measure", args)
    if files := worked(spec, "faithful_many", f"Measure on {settings.n} fresh sequences", seconds):
        _show(Faithfulness.from_json(files("faithfulness.json")), lenses, "many")
    seeds_section(view, lenses[0])


def _rows(lenses: list[Lens], length: int, *, neighbours: int = QUICK.neighbours, shuffles: int = QUICK.shuffles) -> float:
    """Return about how many forward passes the measures of one sequence are worth."""
    k = len(lenses) + 1
    explaining = sum(explain_rows(lens, length) for lens in {*lenses, Lens("ism")})
    return (k + QUICK.orders) * 24 * 2 * shuffles + 4 * QUICK.samples * k + (neighbours + 3) * explaining


def _on_this(view: View, lenses: list[Lens], settings: FaithfulSettings) -> Faithfulness | None:
    """Return the measures of the sequence at hand: at once where that is quick, else as work with progress."""
    case = case_args(view, view.focus)
    names = tuple(lens.name for lens in lenses)
    length = len(view.edited.sequence)
    seconds = seconds_of(view, view.focus, _rows(lenses, length), length)
    if seconds <= INLINE:
        frozen = tuple((k, tuple(map(tuple, v)) if isinstance(v, list) else v) for k, v in case.items())
        return computed(_measured, view.loaded, frozen, names, settings.order, settings.seed)
    run = view.loaded.run
    args = {**case, "run": run.id, "finished": run.status.finished, "lenses": list(names), "order": settings.order,
            "seed": settings.seed}
    spec = WorkSpec("seqviz_core.checks.faithfulness_says", "measure", args)
    files = worked(spec, "faithful_one", f"Measure this sequence of {length:,} bases", seconds)
    return Faithfulness.from_json(files("faithfulness.json")) if files else None


def _measured(loaded: Loaded, case: tuple, names: tuple[str, ...], order: str, seed: int) -> Faithfulness:
    lenses = [lens_of(name) for name in names]
    return faithfulness(loaded.model, cases_asked(dict(case), loaded.task), lenses, order=order, seed=seed, effort=QUICK)


def _show(found: Faithfulness, lenses: list[Lens], key: str) -> None:
    st.markdown(f"**{literal(conclude(found))}**")
    draw_curves(found, lenses, key)
    draw_scores(found, key)
    if said := correction_says(found):
        st.markdown(f"**{literal(said)}**")
    with st.expander("Do the methods agree with each other?", key=f"faithful_agree_{key}"):
        st.markdown(f"**{literal(agreement_says(found))}**")
        draw_agreement(found, key)
