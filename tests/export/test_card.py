"""A card as a file: all of it is there, what is text stays text, and the summary counts right."""

import json

import pytest

from seqviz_core.export.card import card_html, card_json, control_of, made_from, numbers_of, summary
from seqviz_core.export.run_ref import run_ref
from seqviz_core.training import find_run
from tests.export.test_report import Read


def section(question, mark="holds", **more):
    return {"name": "x", "question": question, "seconds": 1.5, "numbers": [{"name": "gap", "value": 0.1234, "null": None},
            {"name": "area", "value": 0.5, "null": 0.25}], "n": 60, "null_is": "random order", "conclusion": "It <b>holds</b>.",
            "mark": mark, "counted": "sequences", **more}


SKIPPED = {"name": "y", "question": "Attention?", "seconds": 0.0, "why": "it has none."}
CARD = {"version": 1, "run": "cnn", "architecture": "cnn", "task": "In class", "n": 60, "seed": 1, "training_seed": 7,
        "test": {"accuracy": 0.9, "auroc": 0.987}, "ceiling": 0.995,
        "sections": [section("Faithful?"), section("Random?", "fails"), section("Short?", "doubtful"), SKIPPED]}
REF = run_ref(find_run("cnn"), "CNN <1>", True)


def test_the_page_holds_every_section_and_asks_for_nothing():
    read = Read(card_html(CARD, REF, "2026-01-02"))
    assert read.text["h1"] == ["Trust card of CNN <1>"] if isinstance(read.text["h1"], list) else "CNN <1>" in read.text["h1"]
    everything = str(read.text)
    for words in ("Faithful?", "Random?", "Short?", "Attention?", "Does not apply: it has none.", "It <b>holds</b>.", "0.123",
                  "random order", "2026-01-02", REF.weights, "n = 60 sequences, 1.5 s."):
        assert words in everything, words
    assert set(read.loaded) <= {"data:,"} and "script" not in read.tags


def test_the_json_is_the_card_with_where_it_comes_from():
    found = json.loads(card_json(CARD, REF, "2026-01-02"))
    assert {key: found[key] for key in CARD} == CARD
    assert found["origin"]["weights_sha256"] == REF.weights and found["origin"]["spec"]["architecture"] == "cnn"


@pytest.mark.parametrize(("marks", "sentence"), [
    (["holds"], "1 check holds."), (["holds", "holds"], "2 checks hold."), (["fails"], "1 fails (Q0?)."),
    (["holds", "doubtful", "doubtful", "open"], "1 check holds, 2 are in doubt (Q1? Q2?), 1 is open (Q3?)."),
    ([], "No check applies."),
])
def test_the_summary_counts(marks, sentence):
    assert summary({"sections": [section(f"Q{i}?", mark) for i, mark in enumerate(marks)]}) == sentence


def test_what_does_not_apply_is_counted_apart():
    assert summary(CARD).endswith("; 1 does not apply to this model.")


def test_what_it_was_measured_on():
    assert made_from(CARD) == ("Task: In class, training seed 7. Test AUROC 0.987 of a possible 0.995. Checked on fresh "
                               "sequences of its task, drawn with seed 1: each check says on how many.")
    assert "AUROC" not in made_from({**CARD, "test": None})


def test_the_numbers_stand_beside_their_control():
    assert numbers_of(section("Q?")) == {"figure": ["gap", "area"], "value": ["0.123", "0.5"], "control": ["", "0.25"]}
    assert control_of(section("Q?")) == "Control: random order."
    rounding = section("Q?") | {"numbers": [{"name": "gap", "value": -2.7e-8, "null": None}]}
    assert numbers_of(rounding)["value"] == ["0"]
