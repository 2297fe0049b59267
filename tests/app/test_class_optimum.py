"""The section of the Motifs page that looks for what a class likes best."""

import numpy as np
from streamlit.testing.v1 import AppTest

from seqviz_core.experiments import OptimisedClass
from seqviz_core.ui.class_optimum import optimum_table, path_sentence


def said(at) -> str:
    return "\n".join(str(element.value) for kind in ("markdown", "caption", "info") for element in at.get(kind))


def optimum(logits: list[float]) -> OptimisedClass:
    ppm = np.full((4, 10), 0.25, dtype=np.float32)
    ppm[:, 4] = [0, 1, 0, 0]
    return OptimisedClass(ppm, np.array(logits, dtype=np.float32), np.zeros(len(logits), dtype=np.float32))


def test_the_path_of_the_logit_in_a_sentence():
    sentence = path_sentence("GATA2", optimum([-1, 0, 4, 8, 9]), np.array([2.0, 4.0]), "flat")
    assert sentence == ("From nearly any base everywhere, the logit of GATA2 rises from -1.0 to 9.0 in 4 steps, half of it in "
                        "the first 2; 2 fresh sequences with GATA2 have 3.0 on average. "
                        "1 of 10 positions are settled (above 1 bit).")
    assert "does not rise" in path_sentence("GATA2", optimum([3, 2]), np.array([]), "sequence")


def test_the_table_has_a_row_a_position():
    columns = optimum_table(optimum([0, 1]).ppm)
    assert list(columns) == ["position", "A", "C", "G", "T", "bits"]
    assert columns["bits"].tolist() == [0, 0, 0, 0, 2, 0, 0, 0, 0, 0] and columns["C"][4] == 1


def section(run: str) -> AppTest:
    """The section alone: the wall above it takes seconds."""

    def script() -> None:
        import streamlit as st

        from seqviz_core.ui.cached import load
        from seqviz_core.ui.class_optimum import class_optimum

        class_optimum(load(st.session_state.run))

    at = AppTest.from_function(script, default_timeout=60)
    at.session_state.run = run
    return at.run()


def test_a_class_is_optimised_when_asked():
    at = section("cnn")
    assert "rises from" not in said(at)
    at.selectbox(key="optimum_class").set_value("CTCF").run()
    at.button(key="optimise").click().run()
    assert not at.exception and "the logit of CTCF rises from" in said(at)
    assert {b.key for b in at.get("download_button")} >= {"csv_optimum", "meme_optimum", "print_svg_optimum", "print_png_optimum"}
    at.session_state.run = "attention"
    at.run()  # nothing of the other model stays
    assert not at.exception and "rises from" not in said(at) and at.session_state.optimum_class == "CTCF"


def test_where_a_flat_start_finds_little_a_sequence_is_offered():
    at = section("lstm")
    at.button(key="optimise").click().run()
    at.button(key="optimum_from_sequence").click().run()
    assert not at.exception and "From the sequence it likes best" in said(at)
    assert not [b for b in at.button if b.key in ("optimise", "optimum_from_sequence")]
