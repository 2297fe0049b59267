"""The arithmetic of the unit that somebody clicked: what it is the sum of, in numbers, letters and one sentence."""

from collections.abc import Callable, Mapping, Sequence

import streamlit as st

from ..datasets import Site
from ..errors import SeqVizError
from ..experiments.arithmetic import Arithmetic, AttentionTerms, ConvolutionTerms, GateTerms, arithmetic
from ..figures.arithmetic import (
    attention_svg,
    attention_table,
    convolution_svg,
    convolution_table,
    gates_svg,
    gates_table,
)
from ..figures.kinds import GATES
from ..state import Unit
from . import tracks
from .arithmetic_words import question, sentence
from .cached import Loaded, filters_of, load, one_hot
from .components import literal, picture_and_numbers, svg, text_colour, theme

WIDTH = 900  # pixels on the screen, less where there is less room
DRAW: Mapping[type, Callable[..., str]] = {ConvolutionTerms: convolution_svg, GateTerms: gates_svg, AttentionTerms: attention_svg}
TABLE: Mapping[type, Callable] = {ConvolutionTerms: convolution_table, GateTerms: gates_table, AttentionTerms: attention_table}
ADDS = "Red adds to the sum, blue takes away."
LEGEND = {GateTerms: f"{ADDS} All bars have one scale. The dot is where the sum lies on the squashing curve.",
          AttentionTerms: "A bar stands under the bases its key is centred on. Red: above zero, blue: below. Purple: the share "
                          "of the attention, the three largest numbered."}
ROWS = {"gate": "unit", "state": "unit", "attention": "head"}


def arithmetic_panel(loaded: Loaded, sequence: str, unit: Unit, sites: Sequence[Site], pick: Callable[[Unit], None],
                     close: Callable[[], None]) -> None:
    """Show how one unit of a model is computed on a sequence, with steps to its neighbours.

    sites : planted in the sequence. pick : called with the unit to go to. close : called when the visitor has seen enough.
    """
    with st.container(key="arithmetic", gap="small"):
        try:
            terms = arithmetic_of(loaded, sequence, unit)
        except SeqVizError as refusal:
            st.subheader("How is this number computed?")
            st.info(literal(refusal))
            st.button("Close", key="arithmetic_close", on_click=close)
            return
        name = unit_name(loaded, terms)
        st.subheader(literal(question(terms, name)))
        st.markdown(literal(sentence(terms, sites)))
        _steps(terms, name, unit, pick, close)
        draw = lambda page: DRAW[type(terms)](terms, name=name, theme=page, text_colour=text_colour(page))
        svg(draw(theme()), width=WIDTH)
        st.caption(_legend(terms))
        picture_and_numbers("arithmetic", draw, lambda: TABLE[type(terms)](terms))


def arithmetic_of(loaded: Loaded, sequence: str, unit: Unit) -> Arithmetic:
    """Return what a unit is the sum of; raises SeqVizError where there is no such unit or no sum."""
    return _arithmetic(loaded.run.id, loaded.run.status.finished, sequence, unit.probe, unit.row, unit.position)


@st.cache_resource(max_entries=96, show_spinner=False)
def _arithmetic(run_id: str, finished: float, sequence: str, probe: str, row: int, position: int) -> Arithmetic:
    return arithmetic(load(run_id).model, one_hot(sequence), probe, row, position)


def unit_name(loaded: Loaded, terms: Arithmetic) -> str:
    """Return how a unit is called in a sentence: "filter 7 GATA1", "the forget gate f of unit 5", "head 2 of layer 1"."""
    probe, row = terms.unit.probe, terms.unit.row
    if isinstance(terms, AttentionTerms):
        return f"head {row + 1} of {tracks.attention_label(probe)}"
    if isinstance(terms, GateTerms):
        return f"the {GATES[terms.letter]} {'gate' if terms.unit.kind == 'gate' else 'state'} {terms.letter} of unit {row}"
    if probe == getattr(loaded.model, "first_map", None):
        return tracks.filter_label(row, filters_of(loaded))
    return f"channel {row} of {tracks.layer_name(probe)}"


def _steps(terms: Arithmetic, name: str, unit: Unit, pick: Callable[[Unit], None], close: Callable[[], None]) -> None:
    """Show the ways to the neighbours, those that exist."""
    axes = {"position": ("position", terms.unit.positions), "row": (ROWS.get(terms.unit.kind, name.split()[0]), terms.unit.rows)}
    with st.container(horizontal=True, vertical_alignment="center", gap="small", key="arithmetic_steps"):
        for field, (label, n) in axes.items():
            for by, which in ((-1, "Previous"), (1, "Next")):
                to = getattr(unit, field) + by
                if n > 1:
                    st.button(f"{which} {label}", key=f"arithmetic_{which.lower()}_{field}", disabled=not 0 <= to < n,
                              on_click=pick, args=(unit._replace(**{field: to}),))
        st.button("Close", key="arithmetic_close", on_click=close, type="tertiary")


def _legend(terms: Arithmetic) -> str:
    if not isinstance(terms, ConvolutionTerms):
        return LEGEND[type(terms)]
    window = terms.convolutions[0].window
    framed = " Framed: the weight of the letter that is there." if window else ""
    ends = " A dot stands beyond the end of the sequence, where nothing is added." if window and "-" in window.letters else ""
    other = " The filter lies on the other strand here and reads backwards." if window and window.reverse else ""
    return f"{ADDS}{framed}{ends}{other}"
