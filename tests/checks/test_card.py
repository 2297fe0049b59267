"""The trust card: every section says something of every kind of model, and a refusal is told in its place."""

import json

import pytest

from seqviz_core.checks import card as cards
from seqviz_core.checks.card import Findings, Number, Skipped, Subject, card_section, make_card, sections
from seqviz_core.errors import SeqVizError
from seqviz_core.training import find_run

MARKS = {"holds", "doubtful", "fails", "open"}


def silent(share: float, message: str) -> None:
    assert 0 <= share < 1 and message


@pytest.fixture
def own_sections(monkeypatch):
    """The card with only the sections that a test adds."""
    registry = cards.Registry("section of the trust card")
    monkeypatch.setattr(cards, "SECTIONS", registry)
    monkeypatch.setattr(cards, "sections", lambda: list(registry))


def test_a_card_holds_what_its_sections_found(own_sections):
    @card_section("one", question="One?", order=1)
    def one(subject):
        assert subject.X.shape == (len(subject.asked.target), 4, 100)
        return Findings((Number("figure", 0.5, float("nan")), Number("other", float("inf"))), 12, "control", "It is.", "holds")

    @card_section("two", question="Two?", order=2)
    def two(subject):
        return Skipped("there is no attention.")

    @card_section("three", question="Three?", order=3)
    def three(subject):
        raise SeqVizError("This model cannot.")

    card = json.loads(make_card({"run": "cnn", "n": 12}, silent)["card.json"])
    first, second, third = card["sections"]
    assert first["numbers"] == [{"name": "figure", "value": 0.5, "null": None}, {"name": "other", "value": None, "null": None}]
    assert (first["conclusion"], first["mark"], first["n"]) == ("It is.", "holds", 12)
    assert second["why"] == "there is no attention." and third["why"] == "This model cannot."
    assert card["run"] == "cnn" and card["n"] == 12 and card["ceiling"] > 0.9


def test_a_bug_in_a_section_is_no_finding(own_sections):
    @card_section("bug", question="Bug?")
    def bug(subject):
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        make_card({"run": "cnn"}, silent)


def test_the_subject_is_the_same_for_the_same_seed():
    run = find_run("cnn")
    make = lambda seed: Subject(run, run.load_model(), run.spec.make_task(), 10, seed).asked
    assert (make(1).X == make(1).X).all() and not (make(1).X == make(2).X).all()


@pytest.mark.parametrize("run_id", ["cnn", "lstm", "attention"])
def test_every_section_speaks_of_every_shipped_model(run_id):
    run = find_run(run_id)
    subject = Subject(run, run.load_model(), run.spec.make_task(), 10)
    for section in sections():
        found = section.find(subject)
        if isinstance(found, Skipped):
            assert found.why.endswith("."), section.name
            continue
        assert found.mark in MARKS and found.n > 0 and found.numbers, section.name
        assert found.conclusion.endswith(".") and "nan" not in found.conclusion, f"{section.name}: {found.conclusion}"
        assert any(number.null is not None for number in found.numbers) and found.null_is, f"{section.name} has no control"
