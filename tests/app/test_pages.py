"""Every page through the real router: an empty store, a run of each architecture, bad input, and a page that must fail."""

import time
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from seqviz_core.attribution import METHODS
from seqviz_core.examples import examples
from seqviz_core.training import RunSpec, TrainingConfig, default_store, pretrained_store, train_here

PAGES = ("explore", "data", "train", "motifs")
QUICK = TrainingConfig(epochs=1, n_train=128, n_valid=64)
LENGTHS = (1, 7, 60, 100, 200, 1000)


def texts(at: AppTest) -> str:
    """Everything a visitor reads on the page."""
    kinds = ("title", "markdown", "caption", "error", "warning", "info", "success")
    return "\n".join(str(element.value) for kind in kinds for element in at.get(kind))


def charts(at: AppTest) -> int:
    return len(at.get("plotly_chart"))


def quick_run(architecture: str, settings: dict | None = None) -> str:
    return train_here(RunSpec("one_motif", {"length": 60}, architecture, settings or {}, QUICK), default_store()).id


@pytest.mark.parametrize("page", PAGES)
def test_pages_open_with_an_empty_store(open_page, page):
    at = open_page(page)
    assert not at.exception and not at.error
    assert at.title[0].value.endswith("?")


def test_a_broken_page_is_seen():
    at = AppTest.from_file(Path(__file__).with_name("broken_page.py")).run()
    assert at.exception and at.title[0].value == "What breaks?"


def test_first_visit_shows_predictions_and_the_insides(open_page):
    at = open_page("explore")
    assert charts(at) == 1 and "The CNN model calls GATA2" in texts(at) and "which is what was planted" in texts(at)
    assert at.button(key="show_gate").label == "The CNN model has no gates; the LSTM model has: look inside"
    at.button(key="show_gate").click().run()
    assert "The LSTM model calls GATA2" in texts(at) and "Filter" in texts(at)


@pytest.mark.parametrize("run", [r.id for r in pretrained_store().runs()])
def test_every_pretrained_model_shows_its_insides(open_page, run):
    at = open_page("explore", query={"focus": run}, state={"focus": run})
    assert not at.exception and charts(at) == (2 if run == "attention" else 1)
    spec = at.get("plotly_chart")[0].proto.spec
    expected = {"cnn": "Where does each filter fire?", "lstm": "What do the gates let through", "attention": "look at?"}[run]
    assert expected in spec and "Which bases push GATA2" in spec and "truth AUPRC" in spec


@pytest.mark.parametrize("length", LENGTHS)
@pytest.mark.parametrize("run", [r.id for r in pretrained_store().runs()])
def test_sequences_of_every_length_are_shown(open_page, run, length):
    at = open_page("explore", state={"focus": run})
    at.text_area(key="sequence_text").set_value("ACGTN" * (length // 5) + "ACGT"[: length % 5]).run()
    at.button(key="use_text").click().run()
    assert not at.exception and not at.error and charts(at) >= 1
    assert len(at.session_state.records[0].sequence) == length


@pytest.mark.parametrize("text, sentence", [
    ("", "There is no sequence here"), ("ACGTXACGT", "'X' is not a base"), (">a\nACGT\n>b\nAC9T", "Record 2"),
    (">only a header\n", "only a header"),
    ("A" * 10_001, "10,000")])
def test_a_mistake_is_told_and_nothing_is_lost(open_page, text, sentence):
    at = open_page("explore")
    before = at.session_state.records
    at.text_area(key="sequence_text").set_value(text).run()
    at.button(key="use_text").click().run()
    assert not at.exception
    assert [sentence in e.value for e in at.error] == [True]
    assert at.text_area(key="sequence_text").value == text and at.session_state.records == before and charts(at) >= 1
    at.button(key="example.One CTCF site").click().run()
    assert not at.error and "calls CTCF" in texts(at)


def test_html_in_a_header_stays_text(open_page):
    at = open_page("explore")
    at.text_area(key="sequence_text").set_value(">a<img src=x onerror=alert(1)> sites=MA0035.5:9-2:+\nACGTACGTACGTA").run()
    assert not at.exception and any("lies outside" in w.value for w in at.warning)
    assert all("<img" not in html.value for html in at.get("html"))


@pytest.mark.parametrize("label", [e.label for e in examples()])
def test_every_example_opens(open_page, label):
    at = open_page("explore")
    at.button(key=f"example.{label}").click().run()
    assert not at.exception and not at.error and charts(at) >= 1


def test_a_draw_states_its_truth_and_the_seed_repeats_it(open_page):
    at = open_page("explore")
    at.button(key="draw_go").click().run()
    first = at.session_state.records
    assert len(first) == 10 and any("sites=" in r.name for r in first)
    at.button(key="draw_next").click().run()
    assert at.session_state.records != first
    at.number_input(key="draw_seed").set_value(1).run()
    at.button(key="draw_go").click().run()
    assert at.session_state.records == first


def test_several_records_can_be_paged_through(open_page):
    at = open_page("explore")
    at.text_area(key="sequence_text").set_value(">a\nACGTACGT\n>b\nGGGGCCCC").run()
    at.selectbox(key="record").set_value(1).run()
    assert not at.exception and "8 bases" in texts(at)


def test_reverse_complement_twice_is_the_same_sequence(open_page):
    at = open_page("explore")
    before = at.session_state.records[0]
    at.button(key="reverse").click().run()
    assert at.session_state.records[0].sequence != before.sequence
    at.button(key="reverse").click().run()
    assert at.session_state.records[0] == before


def test_every_attribution_and_target_can_be_chosen(open_page):
    at = open_page("explore")
    at.session_state["methods"] = list(METHODS.names())
    at.session_state["target"] = "CTCF"
    at.session_state["corrected"] = True
    at.run()
    spec = at.get("plotly_chart")[0].proto.spec
    assert not at.exception
    assert all(label in spec for label in ("Saliency, corrected", "Integrated gradients", "completeness gap", "push CTCF"))


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


def test_a_run_that_is_gone_or_hostile_is_told(open_page):
    for name in ("f" * 24, "../../etc", "<b>"):
        at = open_page("explore", query={"run": name})
        assert not at.exception and len(at.warning) == 1 and charts(at) == 1
        at = open_page("train", query={"job": name})
        assert not at.exception and len(at.warning) == 1


def test_truncated_weights_are_told(open_page):
    run_id = quick_run("cnn")
    weights = default_store().get(run_id).path / "weights.safetensors"
    weights.write_bytes(weights.read_bytes()[:100])
    at = open_page("explore", query={"run": run_id})
    assert not at.exception and any(run_id in w.value for w in at.warning) and charts(at) == 1


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


def test_mutagenesis_of_a_long_sequence_waits_to_be_asked_where_it_is_slow(open_page):
    at = open_page("explore")
    at.button(key="example.TP53 in a long sequence").click().run()
    assert "In-silico mutagenesis" in at.get("plotly_chart")[0].proto.spec  # on convolutions it is quick at any length
    at.segmented_control(key="focus").set_value("lstm").run()
    assert "Saliency, corrected" in at.get("plotly_chart")[0].proto.spec
    at.button(key="run_ism").click().run()
    assert not at.exception and "In-silico mutagenesis" in at.get("plotly_chart")[0].proto.spec
    at.text_area(key="sequence_text").set_value("ACGT" * 600).run()
    assert not at.exception and "takes too long here beyond 2,000 bases" in texts(at)


def test_markup_in_a_mistake_is_printed_as_typed(open_page):
    at = open_page("explore")
    at.text_area(key="sequence_text").set_value(">[a](http://x) :red[b]\nACGX").run()
    assert not at.exception and r"\[a\](http\://x) \:red\[b\]" in at.error[0].value
