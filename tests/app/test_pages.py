"""Every page through the real router: an empty store, a run of each architecture, bad input, and a page that must fail."""

import time
from pathlib import Path

import pytest
from app_pages import quick_run, texts
from streamlit.testing.v1 import AppTest

from seqviz_core.training import default_store

PAGES = ("explore", "compare", "data", "train", "motifs", "experiments", "trust")


def charts(at: AppTest) -> int:
    return len(at.get("plotly_chart"))


@pytest.mark.parametrize("page", PAGES)
def test_pages_open_with_an_empty_store(open_page, page):
    at = open_page(page)
    assert not at.exception and not at.error
    assert at.title[0].value.endswith("?")


def test_a_broken_page_is_seen():
    at = AppTest.from_file(Path(__file__).with_name("broken_page.py")).run()
    assert at.exception and at.title[0].value == "What breaks?"


@pytest.mark.parametrize("name", ["cnn", "mlp", "gru"])  # filters alone; neither filters nor states; both
def test_a_trained_run_opens_everywhere(open_page, name):
    run_id = quick_run(name)
    at = open_page(link={"run": run_id})
    assert not at.exception and not at.error and "(One motif) calls" in texts(at)
    assert not open_page("motifs", query={"run": run_id}).exception
    at = open_page("train", query={"job": run_id})
    assert not at.exception and "Reached accuracy" in texts(at) and charts(at) == 1


def test_an_lstm_on_raw_bases_has_no_filters_and_says_so(open_page):
    run_id = quick_run("lstm", {"stem_filters": 0})
    at = open_page("motifs", query={"run": run_id}, state={"motif_run": run_id})
    assert not at.exception and "it has no filters" in texts(at) and at.session_state.motif_kind == "seqlets"
    at = open_page("explore", query={"run": run_id})
    assert not at.exception and "no feature maps; the CNN model has" in at.button(key="show_feature_map").label


@pytest.mark.parametrize("kind, close_up", [("filters", "Where does filter"), ("seqlets", "Where is pattern")])
def test_motif_wall_tells_what_was_found_and_opens_a_motif(open_page, kind, close_up):
    at = open_page("motifs", state={"motif_kind": kind})
    assert not at.exception and "10 motifs planted: 10 found" in texts(at) and "Before training: " in texts(at)
    assert list(at.dataframe[0].value["status"]) == ["found"] * 10 and at.dataframe[0].value["E"].astype(float).max() < 0.1
    first = next(b for b in at.button if b.key and b.key.startswith(f"open_{kind}_"))
    first.click().run()
    assert not at.exception and any(close_up in h.value for h in at.subheader) and "Its strongest sites" in texts(at)
    at.selectbox(key="motif_run").set_value("lstm").run()
    assert not at.exception and not any(close_up in h.value for h in at.subheader)


def test_modisco_says_why_it_does_not_run_and_the_light_step_stands_in(open_page):
    at = open_page("motifs", state={"motif_kind": "modisco"})
    assert not at.exception and "under the GPL" in at.info[0].value and "10 motifs planted: 10 found" in texts(at)


def test_settings_that_do_not_fit_are_told_and_the_form_stays(open_page):
    at = open_page("train")
    at.selectbox(key="architecture").set_value("attention").run()
    at.number_input(key="model.attention.teaching.heads").set_value(5).run()
    assert not at.exception and "does not divide" in at.error[0].value and at.button(key="train").disabled
    at.number_input(key="model.attention.teaching.heads").set_value(4).run()
    assert not at.error and not at.button(key="train").disabled
    at.number_input(key="training.attention.epochs").set_value(0).run()
    assert not at.exception and "0 is outside 1 to 500" in at.error[0].value
    at.number_input(key="training.attention.epochs").set_value(3).run()
    at.selectbox(key="task.one_motif.default.background").set_value("shuffled").run()
    assert not at.exception and "Sequences to shuffle" in at.error[0].value and at.button(key="train").disabled
    at.selectbox(key="task.one_motif.default.background").set_value("uniform").run()
    at.text_input(key="task.one_motif.default.motif").set_value("GATA1").run()
    assert not at.exception and "MA0035.5" in at.error[0].value


def test_training_from_the_page_to_the_end(open_page):
    at = open_page("train")
    at.number_input(key="training.cnn.epochs").set_value(1).run()
    at.number_input(key="training.cnn.n_train").set_value(128).run()
    at.number_input(key="training.cnn.n_valid").set_value(64).run()
    at.button(key="train").click().run(timeout=60)
    assert not at.exception
    run_id = at.query_params["job"]
    deadline = time.monotonic() + 90
    while not default_store().get(run_id).status.ended and time.monotonic() < deadline:
        at.run()
    at.run()
    assert default_store().get(run_id).status.state == "done" and "Reached accuracy" in texts(at)


def test_a_deleted_run_can_be_fetched_back(open_page):
    run_id = quick_run("cnn")
    at = open_page("train")
    at.button(key=f"delete_{run_id}").click().run()
    assert default_store().runs() == []
    at.button(key="undo").click().run()
    assert [r.id for r in default_store().runs()] == [run_id]


def test_a_run_that_is_gone_or_hostile_is_told_on_the_train_page(open_page):
    for name in ("f" * 24, "../../etc", "<b>"):
        at = open_page("train", query={"job": name})
        assert not at.exception and len(at.warning) == 1
