"""The panel of one unit's arithmetic, by itself."""

import pytest
from streamlit.testing.v1 import AppTest

SEQUENCE = "GTGTCTAGCCGTCACTGAGACCAAGGTCAATCTAGTCGGTAACATATCGAATCAGATGATAACTTATCATATCGGCGCCCGTCCTAAGAAACGTGTCGTC"


def panel(run: str, probe: str, row: int, position: int) -> AppTest:
    def script() -> None:
        import streamlit as st

        from seqviz_core.state import Unit
        from seqviz_core.ui.arithmetic import arithmetic_panel
        from seqviz_core.ui.cached import load

        def pick(unit: Unit) -> None:
            st.session_state.unit = tuple(unit)

        def close() -> None:
            st.session_state.unit = None

        if st.session_state.unit is None:
            st.markdown("closed")
        else:
            unit = Unit(*st.session_state.unit)
            arithmetic_panel(load(unit.run), st.session_state.sequence, unit, [], pick, close)

    at = AppTest.from_function(script, default_timeout=60)
    at.session_state.unit, at.session_state.sequence = (run, probe, row, position), SEQUENCE
    return at.run()


@pytest.mark.parametrize(("run", "probe", "row", "position", "asked"), [
    ("lstm", "lstm.left_to_right.f", 5, 8, "Why does the forget gate f of unit 5 give"),
    ("lstm", "lstm.right_to_left.c", 5, 8, "Why does the cell state c of unit 5 give"),
    ("attention", "layer2.attention.pattern", 2, 8, "Why does head 3 of layer 2 look from"),
    ("cnn", "conv", 3, 40, "Why does filter 3")])
def test_the_panel_asks_and_answers(run, probe, row, position, asked):
    at = panel(run, probe, row, position)
    assert not at.exception and at.subheader[0].value.startswith(asked) and len(at.markdown[0].value) > 60
    assert [b.label for b in at.button if b.key.startswith("arithmetic")][:2] == ["Previous position", "Next position"]


def test_steps_to_neighbours_and_back():
    at = panel("lstm", "lstm.left_to_right.f", 0, 18)
    assert at.button(key="arithmetic_previous_row").disabled and not at.button(key="arithmetic_next_row").disabled
    at.button(key="arithmetic_next_position").click().run()
    assert at.session_state.unit == ("lstm", "lstm.left_to_right.f", 0, 19) and at.button(key="arithmetic_next_position").disabled
    at.button(key="arithmetic_next_row").click().run()
    assert at.session_state.unit == ("lstm", "lstm.left_to_right.f", 1, 19)
    at.button(key="arithmetic_close").click().run()
    assert at.markdown[0].value == "closed"


@pytest.mark.parametrize(("probe", "row", "sentence"), [
    ("layer1.embedding", 0, "no short sum"), ("layer9", 0, "no internal called"),
    ("layer1.attention.pattern", 40, "has no head 40")])
def test_what_has_no_arithmetic_says_so_and_can_be_closed(probe, row, sentence):
    at = panel("attention", probe, row, 0)
    assert not at.exception and sentence in at.info[0].value
    at.button(key="arithmetic_close").click().run()
    assert at.markdown[0].value == "closed"
