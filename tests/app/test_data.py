"""The Data page: every registered task's card, a visitor's own sequences, and the ways on from there."""

from pathlib import Path

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from seqviz_core.datasets import DATASETS
from seqviz_core.sequences import decode
from seqviz_core.ui.components import literal
from seqviz_core.ui.data import KINDS, kind_of

ROOT = Path(__file__).resolve().parents[2]
TEXT = "data.labelled.default.text"


def texts(at: AppTest) -> str:
    kinds = ("title", "subheader", "markdown", "caption", "error", "warning", "info")
    return "\n".join(str(element.value) for kind in kinds for element in at.get(kind))


@pytest.fixture(scope="module")
def one_page() -> AppTest:
    """One visit for the tests that only look: opening the landing page anew for each would take a second."""
    at = AppTest.from_file(ROOT / "seqviz_core" / "ui" / "router.py", default_timeout=60).run()
    return at.switch_page(str(ROOT / "pages" / "data.py")).run()


def turn_to(at: AppTest, name: str) -> AppTest:
    kind = kind_of(DATASETS[name])
    at.session_state["data_kind"], at.session_state[f"data_task.{kind}"] = kind, name
    return at.run()


def open_task(open_page, name: str) -> AppTest:
    return open_page("data", query={"task": name})


def own(open_page, text: str, **settings) -> AppTest:
    at = open_task(open_page, "labelled")
    at.text_area(key=TEXT).set_value(text)
    for name, value in settings.items():
        at.session_state[f"data.labelled.default.{name}"] = value
    return at.run()


def sequences(n: int, seed: int, length: int = 30) -> list[str]:
    return decode(np.random.default_rng(seed).integers(0, 4, (n, length), dtype=np.uint8))


def table(a: list[str], b: list[str]) -> str:
    return "sequence,label\n" + "".join(f"{s},{name}\n" for name, group in (("bound", a), ("unbound", b)) for s in group)


@pytest.mark.parametrize("name", DATASETS.names())
def test_every_task_has_a_card(one_page, name):
    entry, at = DATASETS[name], turn_to(one_page, name)
    assert not at.exception and not at.error and at.title[0].value == "What is there to learn?"
    shown = texts(at)
    assert entry.summary in shown and at.segmented_control(key="data_kind").value == kind_of(entry)
    assert entry.difficulty in shown and entry.trap in shown and (not entry.source or entry.source.licence in shown)
    assert at.query_params["task"] == name
    task = entry.presets["default"]
    facts = at.table[0].value
    assert facts.iloc[:, 0].tolist() == [literal(name) for name in task.classes] and len(at.get("image")) == 1
    assert ("sites each" in facts) == bool(task.motifs) and ("bases" in facts) == (task.head == "positions")


def test_every_kind_is_there_and_can_be_chosen(open_page):
    at = open_page("data")
    for kind in KINDS:
        at.segmented_control(key="data_kind").set_value(kind).run()
        assert not at.exception and not at.error and kind_of(DATASETS[at.query_params["task"]]) == kind


@pytest.mark.parametrize("name, rows, settings", [("one_motif", 5, {}), ("uci_promoters", 4, {}), (
    "motif_pair", 4, {"background": "shuffled", "sequences": "\n".join(sequences(1, 0, 300))})])
def test_yardsticks_are_measured_when_asked(open_page, name, rows, settings):
    at = open_task(open_page, name)
    for field, value in settings.items():
        at.session_state[f"data.{name}.default.{field}"] = value
    at.run()
    assert len(at.table) == 1
    at.button(key="measure").click().run()
    found = at.table[1].value
    assert not at.exception and len(found) == rows and found["model"].iloc[0] == "Guessing" and found["AUROC"].iloc[0] == "0.500"
    assert ("Bayes ceiling" in found["model"].tolist()) == (rows == 5)
    assert ("no closed form" in texts(at)) == (name == "motif_pair")


def test_refused_settings_are_told_and_the_defaults_come_back(open_page):
    at = open_task(open_page, "one_motif")
    at.number_input(key="data.one_motif.default.length").set_value(5).run()
    assert not at.exception and "5 bases are too few" in at.error[0].value
    at.button(key="data_reset").click().run()
    assert not at.error and at.number_input(key="data.one_motif.default.length").value == 100


def test_a_task_that_is_not_there_is_told(open_page):
    at = open_page("data", query={"task": "<b>[x](y)"})
    assert not at.exception and len(at.warning) == 1 and r"\<b\>\[x\]" in at.warning[0].value and not at.error


def test_training_starts_where_the_card_stood(open_page):
    at = open_task(open_page, "density_localization")
    at.selectbox(key="data_preset.density_localization").set_value("1,500 bases").run()
    at.number_input(key="data.density_localization.1,500 bases.length").set_value(600).run()
    at.button(key="train_on_this").click().run()
    assert not at.exception and at.title[0].value == "Can it learn this?"
    assert at.session_state["task"] == "density_localization" and "600 bases" in texts(at)


def test_an_example_opens_in_explore_with_its_sites(open_page):
    at = open_task(open_page, "motif_pair")
    at.session_state["own_records"] = True
    at.button(key="open_example").click().run()
    assert not at.exception and "sites=" in at.session_state.records[0].name
    at = open_task(open_page, "uci_splice")
    at.button(key="open_example").click().run()
    assert not at.exception and "from Splice junctions" in at.session_state.records[0].name


def test_ones_own_sequences_get_a_card_and_can_be_trained_on(open_page):
    at = open_task(open_page, "labelled")
    assert "These are example sequences" in texts(at)
    at = own(open_page, table(sequences(20, 0), [*sequences(15, 1), *sequences(15, 2, 24)]))
    shown = texts(at)
    assert not at.exception and not at.error and "These are example sequences" not in shown
    assert "one of 2 classes: unbound, bound" in shown and "15 shorter than 30 bases" in shown
    assert any("length alone tells 'unbound' apart" in w.value.replace("\\", "") for w in at.warning)
    at.button(key="measure").click().run()
    assert not at.exception and len(at.table[1].value) == 4
    at.button(key="train_on_this").click().run()
    assert not at.exception and at.title[0].value == "Can it learn this?" and not at.button(key="train").disabled
    assert at.session_state["task.labelled.default.text"].startswith("sequence,label") and "30 bases" in texts(at)


def test_positives_alone_are_answered_with_shuffles(open_page):
    at = own(open_page, "\n".join(sequences(20, 0)))
    assert "No sequence has a label" in at.error[0].value
    at.button(key="use_shuffles").click().run()
    assert not at.exception and not at.error and "one of 2 classes: shuffled, positive" in texts(at)


@pytest.mark.parametrize("text, sentence", [
    ("", "There is no sequence here"), ("sequence,label\nACGT,a\nACQT,b", "Line 3, letter 3"), ("a" * 10_001 + ",x", "10,001"),
    (">a|<img src=x onerror=alert(1)>\nACGT", "A label has letters"), (">[a](http://x) label=:red[b]\nACGT", "holds ':'"),
    (table(sequences(20, 0), []), "Every sequence is labelled"), (table(sequences(20, 0), sequences(3, 1)), "at least 10 are")])
def test_hostile_text_is_told_and_kept_and_the_example_comes_back(one_page, text, sentence):
    at = turn_to(one_page, "labelled")
    at.text_area(key=TEXT).set_value(text).run()
    assert not at.exception and sentence in at.error[0].value.replace("\\", "") and at.text_area(key=TEXT).value == text
    at.button(key="data_reset").click().run()
    assert not at.exception and not at.error and "E-box" in texts(at)


def test_uploads_of_one_file_and_of_one_file_a_class(open_page):
    at = open_task(open_page, "labelled")
    a, b = sequences(12, 3), sequences(12, 4)
    at.file_uploader(key="own_files").upload("mine.csv", table(a, b).encode()).run()
    assert not at.exception and not at.error and "unbound, bound" in texts(at)
    at = open_task(open_page, "labelled")
    for name, group in (("negatives.fa", a), ("peaks.fasta", b)):
        at.file_uploader(key="own_files").upload(name, "".join(f">r{i}\n{s}\n" for i, s in enumerate(group)).encode())
    at.run()
    assert not at.exception and not at.error and "negatives, peaks" in texts(at)
    at = open_task(open_page, "labelled")
    at.file_uploader(key="own_files").upload("bad.fa", b"\0\1").run()
    assert not at.exception and "not text" in at.error[0].value and at.text_area(key=TEXT).value.startswith(">example 1")


def test_a_text_too_long_for_a_field_is_counted_and_can_be_put_away(open_page):
    text = table(sequences(400, 5), sequences(400, 6))
    at = open_task(open_page, "labelled")
    at.file_uploader(key="own_files").upload("big.csv", text.encode()).run()
    assert not at.exception and f"{len(text):,} characters, too many to edit here" in texts(at) and "800 sequences" in texts(at)
    at.button(key=f"{TEXT}.away").click().run()
    assert not at.exception and at.text_area(key=TEXT).value == ""
