"""Randomise: whether a map changes when what the model learned is taken away, layer by layer, label by label."""

from dataclasses import dataclass
from typing import NamedTuple

import streamlit as st

from ...attribution import METHODS
from ...checks.faithfulness_says import cases_asked
from ...checks.lens import Lens, lens_of
from ...checks.randomisation import HOWS, SEED, Likeness, Maps, Randomisation, randomisation, shuffled_sequence
from ...checks.randomisation_says import conclude, fresh_of
from ...settings import setting
from ...training.work import WorkSpec
from ..cached import Loaded, computed
from ..components import literal
from ..experiments.pace import INLINE
from ..tool import TRUST, Asked, tool
from ..work import worked
from ..workbench import View, model_name
from .control import control_section
from .lenses import case_args, choose_lenses, explain_rows, seconds_of
from .randomise_figures import draw_likeness, draw_maps, draw_marks, draw_shuffled

USUAL = (Lens("saliency", True), Lens("ism"), Lens("guided_backprop"))
SAYS = {"cascading": "from the output down", "independent": "one layer at a time"}
MOST_STAGES = 10


@dataclass(frozen=True)
class RandomiseSettings:
    methods: str = setting("", "Methods")
    how: str = setting("cascading", "Weights made random", choices=HOWS, help="From the output down: each step makes one more "
                       "layer random. One at a time: all other layers stay as trained")
    draws: int = setting(2, "Draws", help="How often random weights are drawn; the curves are means", low=1, high=10)
    n: int = setting(30, "Fresh sequences", help="How many the second part below is measured on: "
                     "of the model's own task, each asked about its own class", low=5, high=300)
    seed: int = setting(SEED, "Seed", help="Draws the weights and the sequences", low=0, high=2**31 - 1)


class Shown(NamedTuple):
    """What is shown of the sequence at hand."""

    found: Randomisation
    maps: dict[str, Maps]
    shuffled: tuple[Likeness, ...]


@tool(TRUST, "randomise", label="Randomise", question="Does the map depend on the model?", settings=RandomiseSettings, order=20,
      shows="The weights are made random, layer by layer; a map that stays the same does not show what was learned.")
def randomise(view: View, asked: Asked) -> None:
    """Show the likeness of the maps before and after, the maps themselves, and the controls; then over many sequences."""
    lenses = choose_lenses(view, asked, USUAL)
    if METHODS["guided_backprop"].supports(view.loaded.model):
        st.caption("Guided backpropagation, the method known to fail this check, needs ReLUs, and this model has none. A deep "
                   "network of them, such as a Basset from the Train page, shows the failure.")
    asked.row("how", "draws", how=SAYS.get)
    asked.row("n", "seed")
    settings, loaded = asked.checked(), view.loaded
    st.caption(literal(f"{model_name(loaded)} on the sequence at hand, its logit of {view.explained(view.focus)}; n = 1 "
                       "sequence. Random weights are drawn as the architecture draws them before its training, and put into a "
                       "copy of the model."))
    if shown := _on_this(view, lenses, settings):
        _show(shown.found, lenses, "one")
        draw_maps(view, shown.maps, shown.found)
        draw_shuffled(shown.shuffled)
    st.subheader("And over many sequences?")
    args = {"run": loaded.run.id, "finished": loaded.run.status.finished, "lenses": [lens.name for lens in lenses],
            "how": settings.how, "draws": settings.draws, "n": settings.n, "seed": settings.seed}
    length = loaded.task.length
    seconds = settings.n * seconds_of(view, view.focus, _rows(lenses, view, settings.draws, length), length)
    spec = WorkSpec("seqviz_core.checks.randomisation_says", "measure", args)
    if files := worked(spec, "randomise_many", f"Measure on {settings.n} fresh sequences", max(seconds, 2)):
        _show(Randomisation.from_json(files("randomisation.json")), lenses, "many")
    control_section(view, lenses)


def _show(found: Randomisation, lenses: list[Lens], key: str) -> None:
    st.markdown(f"**{literal(conclude(found))}**")
    draw_likeness(found, lenses, key)
    if found.how == "cascading":
        draw_marks(found, key)


def _rows(lenses: list[Lens], view: View, draws: int, length: int) -> float:
    """Return about how many forward passes a cascade on one sequence is worth."""
    stages = min(MOST_STAGES, sum(1 for m in view.loaded.model.modules() if m._parameters))
    return (stages * draws + 3) * sum(explain_rows(lens, length) + 10 for lens in lenses)


def _on_this(view: View, lenses: list[Lens], settings: RandomiseSettings) -> Shown | None:
    """Return what is shown of the sequence at hand: at once where that is quick, else when somebody asks for it."""
    case, names = case_args(view, view.focus), tuple(lens.name for lens in lenses)
    frozen = tuple((k, tuple(map(tuple, v)) if isinstance(v, list) else v) for k, v in case.items())
    draws, length = settings.draws, len(view.edited.sequence)
    while draws > 1 and seconds_of(view, view.focus, _rows(lenses, view, draws, length), length) > INLINE:
        draws -= 1
    seconds = seconds_of(view, view.focus, _rows(lenses, view, draws, length), length)
    wanted = st.session_state.setdefault("randomise_wanted", set())
    asked = (view.focus, frozen, names, settings.how, draws, settings.seed)
    if seconds > 2 * INLINE and asked not in wanted:
        st.button(f"Ask about this sequence of {length:,} bases (about {max(2, round(seconds))} s)",
                  key="randomise_go", on_click=wanted.add, args=(asked,))
        return None
    with st.spinner("Making weights random", show_time=True):
        return computed(_measured, view.loaded, frozen, names, settings.how, draws, settings.seed)


def _measured(loaded: Loaded, case: tuple, names: tuple[str, ...], how: str, draws: int, seed: int) -> Shown:
    asked, lenses = cases_asked(dict(case), loaded.task), [lens_of(name) for name in names]
    found, maps = randomisation(loaded.model, asked, lenses, fresh=fresh_of(loaded.run.spec, loaded.task), how=how, draws=draws,
                                seed=seed)
    return Shown(found, maps, shuffled_sequence(loaded.model, asked, lenses, seed=seed))


