"""The choice of known motifs: what is chosen is handed on, an upload is kept and chosen, a mistake changes nothing."""

from streamlit.testing.v1 import AppTest

from seqviz_core.motifs import find_motif, write_meme
from seqviz_core.saved import load

MEME = write_meme([find_motif("MA0036.4")]).encode()


def choice() -> AppTest:
    def script() -> None:
        import streamlit as st

        from seqviz_core.datasets import DATASETS
        from seqviz_core.ui.motif_upload import motif_choice

        motif_choice(st.session_state.get("chosen", "task"), DATASETS["in_class_danq"].presets["default"],
                     lambda source: st.session_state.update(chosen=source))

    return AppTest.from_function(script).run()


def test_the_choice_is_handed_on():
    at = choice()
    assert at.radio[0].value == "task" and "chosen" not in at.session_state
    assert at.radio[0].options == ["Those planted in Ten transcription factors", "JASPAR2026, 1,019 vertebrate motifs"]
    at.radio[0].set_value("jaspar").run()
    assert at.session_state["chosen"] == "jaspar" == at.radio[0].value


def test_an_upload_is_kept_and_chosen_and_stays_a_choice():
    at = choice()
    at.file_uploader[0].upload("mine.meme", MEME).run()
    token = at.session_state["chosen"]
    assert load(token) == MEME and at.radio[0].value == token and at.radio[0].options[-1] == "Your own upload"
    at.radio[0].set_value("task").run()
    assert at.session_state["chosen"] == "task" and len(at.radio[0].options) == 3
    at.radio[0].set_value(token).run()
    assert at.session_state["chosen"] == token


def test_a_mistake_is_told_and_changes_nothing():
    at = choice()
    at.file_uploader[0].upload("mine.txt", b"<b>no motif</b>").run()
    assert "chosen" not in at.session_state and at.radio[0].value == "task"
    assert "MEME and JASPAR format" in at.error[0].value and "<b>" not in at.error[0].value
    at.radio[0].set_value("jaspar").run()
    assert not at.error
