"""The table of many sequences on a page: what it shows, filters, opens, and how it is stopped and resumed."""

from dataclasses import replace
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from seqviz_core.datasets import DATASETS
from seqviz_core.export import dataset_records
from seqviz_core.sequences import SequenceRecord
from seqviz_core.ui import batch
from tests.app_pages import quick_run, texts

PAGE = Path(__file__).with_name("batch_page.py")
TASK = DATASETS["in_class_danq"].presets["default"]
HOSTILE = '=HYPERLINK("http://x")<img src=1 onerror=alert(1)> **bold** :red[red]'


@pytest.fixture(autouse=True)
def all_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """However busy the machine is, the page's first run does all the work, unless a test says otherwise."""
    monkeypatch.setattr(batch, "FIRST", 60.0)


def section(records, runs=("cnn",), run: bool = True) -> AppTest:
    at = AppTest.from_file(PAGE, default_timeout=60)
    at.session_state.sequences, at.session_state.runs = tuple(records), list(runs)
    return at.run() if run else at


def labelled(n: int, seed: int = 7) -> list[SequenceRecord]:
    return dataset_records(TASK.sample(n, seed), "s")


def shown(at: AppTest):
    return at.dataframe[0].value


def opened(at: AppTest) -> str:
    return at.text[-1].value


def test_a_single_sequence_needs_no_table():
    assert not section(labelled(1)).expander


def test_a_few_wait_to_be_asked_for():
    at = section(labelled(8))
    assert at.expander[0].label == "8 sequences: show the table" and not at.dataframe
    assert not texts(at)


def test_the_table_its_figures_and_its_sentence():
    records = labelled(60)
    at = section(records, ("cnn", "lstm"))
    table = shown(at)
    assert not at.exception and len(table) == 60 and list(table["number"]) == list(range(1, 61))
    assert list(table["name"][:2]) == ["s_1", "s_2"] and set(table["length"]) == {len(records[0].sequence)}
    right = (table["call0"] == table["label"]).mean()
    assert "Of 60 sequences the CNN model calls" in texts(at) and f"its accuracy is {right:.2f} (n 60)" in texts(at)
    assert ((table["right0"] == "right") == (table["call0"] == table["label"])).all()
    figures = at.table[0].value
    assert list(figures["Model"]) == ["CNN", "LSTM"] and list(figures["n"]) == ["60", "60"]
    assert figures["Accuracy (commonest label)"].iloc[0].startswith(f"{right:.3f} (")


def test_filters_leave_the_rows_they_name():
    at = section(labelled(300))
    whole = shown(at)
    called = whole["call0"].iloc[0]
    at.selectbox(key="batch_class").set_value(called).run()
    assert list(shown(at)["number"]) == list(whole["number"][whole["call0"] == called])
    at.selectbox(key="batch_which").set_value("false positives").run()
    wrong = whole[(whole["call0"] == called) & (whole["label"] != called)]
    assert list(shown(at)["number"] if len(wrong) else []) == list(wrong["number"])
    at.selectbox(key="batch_class").set_value("").run()
    at.selectbox(key="batch_which").set_value("wrong calls").run()
    assert list(shown(at)["number"]) == list(whole["number"][whole["call0"] != whole["label"]])
    at.selectbox(key="batch_which").set_value("all calls").run()
    at.text_input(key="batch_text").set_value("S_29").run()
    assert list(shown(at)["name"]) == ["s_29"] + [f"s_{n}" for n in range(290, 300)]
    at.number_input(key="batch_least").set_value(1.0).run()
    assert not at.dataframe and "No sequence is left" in texts(at)


def test_the_number_of_a_sequence_opens_it():
    at = section(labelled(20))
    assert opened(at) == "opened: None"
    at.number_input(key="batch_number_20").set_value(7).run()
    assert opened(at) == "opened: 6"


def test_work_is_cancelled_and_resumed(monkeypatch: pytest.MonkeyPatch):
    """Here a run of the page does a single batch: what is done stays, nothing more is done until it is resumed."""
    monkeypatch.setattr(batch, "FIRST", 1e-3)
    at = section(labelled(400, seed=8), ("lstm",))
    done = [len(at.dataframe[0].value.query("call0 != ''"))]
    assert 0 < done[0] < 400 and f"Of the {done[0]:,} sequences scored so far" in texts(at)
    assert at.get("progress")[0].proto.text.startswith(f"LSTM: {done[0]} of 400, about ")
    at.button(key="batch_cancel").click().run().run()
    assert at.get("progress")[0].proto.text == f"Stopped. LSTM: {done[0]} of 400"
    assert len(shown(at).query("call0 != ''")) == done[0] and "(n " in texts(at)
    at.button(key="batch_go_on").click().run()
    for _ in range(9):
        at.run()
    assert not at.get("progress") and "Of 400 sequences" in texts(at) and not (shown(at)["call0"] == "").any()


def test_visitors_with_the_same_file_share_the_work(monkeypatch: pytest.MonkeyPatch):
    records = labelled(150, seed=9)
    section(records)
    monkeypatch.setattr(batch, "FIRST", 0.0)  # the second one does nothing
    assert "Of 150 sequences" in texts(section(tuple(records)))


def test_a_hostile_header_is_text():
    records = [SequenceRecord(f"{HOSTILE} {n}", r.sequence) for n, r in enumerate(labelled(12))]
    records[3] = SequenceRecord('x label="<b>=1+1</b>"', records[3].sequence)
    at = section(records)
    assert shown(at)["name"].iloc[0].startswith("'=HYPERLINK")
    assert "\\<b\\>=1+1\\</b\\>" in texts(at) and "<b>" not in texts(at).replace("\\<b\\>", "")


def test_a_model_that_cannot_read_the_length_says_so():
    run = quick_run("deepsea")
    task = replace(DATASETS["one_motif"].presets["default"], length=200)
    short = dataset_records(task.sample(12, 1), "long")
    at = section([SequenceRecord("fits", "ACGT" * 15), *short], (run,))
    assert "cannot read 12 of 13 sequences, the first is number 2." in texts(at)
    assert "reads at most" in texts(at)
    assert list(shown(at)["call0"][1:]) == ["cannot read"] * 12 and shown(at)["p0"][1:].isna().all()
