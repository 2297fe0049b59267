"""The Faithful tool: at once on the sequence at hand, over many as work, other seeds as runs; nothing stops it from speaking."""

import json

import pytest

from seqviz_core.checks.faithfulness import Faithfulness
from seqviz_core.training import default_store
from seqviz_core.training.work import WorkSpec, WorkStore, work_here
from tests.app_pages import quick_run, texts

LINK = {"v": "1", "tool": "faithful"}


def tables(at) -> str:
    return "\n".join(t.value.to_string() for t in at.get("table"))


def test_curves_scores_and_a_conclusion_are_there_at_once(open_page):
    at = open_page("trust", link=LINK)
    assert not at.exception
    shown = texts(at)
    assert "name bases that matter" in shown and "20 random orders" in shown and "never by nothing" in shown
    assert "On this sequence the gradient correction takes saliency from" in shown
    assert "infidelity" in tables(at) and "null" in tables(at) and "Saliency, corrected" in tables(at)
    assert len(at.get("plotly_chart")) == 3
    assert any("Measure on 100 fresh sequences (about" in b.label for b in at.button)


def test_methods_are_chosen_and_kept_in_the_address(open_page):
    at = open_page("trust", link=LINK | {"asked": "methods=saliency&order=for"})
    assert at.multiselect(key="faithful.methods").value == ["saliency"]
    assert "that speak most for the class" in texts(at)
    at.multiselect(key="faithful.methods").set_value(["saliency", "guided_backprop"]).run()
    assert "Guided backpropagation does not apply to this model" in texts(at) and "methods=saliency%2Cguided_backprop" in (
        "".join(at.query_params["asked"]).replace(",", "%2C"))
    at.multiselect(key="faithful.methods").set_value(["guided_backprop"]).run()
    assert not at.exception and "Choose a method that applies" in "\n".join(e.value for e in at.error)


@pytest.mark.parametrize(("sequence", "sentence"), [
    ("A" * 30, "replacing bases by shuffled ones changes nothing"), ("N" * 30, "changes nothing at all"),
    ("ACGTNNACGT", "On this sequence")])
def test_strange_sequences_are_told_in_a_sentence(open_page, sequence, sentence):
    at = open_page("trust", link=LINK | {"seq": sequence})
    assert not at.exception and sentence in texts(at).replace("\\", "")


def test_a_wrong_number_is_told_and_stays(open_page):
    at = open_page("trust", link=LINK | {"asked": "n=3"})
    assert not at.exception and "outside 10 to 500" in "\n".join(e.value for e in at.error)
    assert at.number_input(key="faithful.n").value == 3


def test_measures_over_many_are_shown_once_the_work_is_done(open_page):
    args = {"run": "cnn", "lenses": ["saliency"], "order": "size", "n": 10, "seed": 1}
    args["finished"] = open_finished("cnn")
    spec = WorkSpec("seqviz_core.checks.faithfulness_says", "measure", args)
    assert work_here(spec).state == "done"
    found = Faithfulness.from_json(WorkStore().read(spec.id, "faithfulness.json"))
    assert found.n == 10 and found.of("saliency").truth > 3 * found.of("saliency").truth_null
    at = open_page("trust", link=LINK | {"asked": "methods=saliency&n=10&seed=1"})
    assert not at.exception and "On 10 sequences saliency and in-silico mutagenesis name bases" in texts(at).replace("\\", "")


def open_finished(run: str) -> float:
    from seqviz_core.training import find_run
    return find_run(run).status.finished


def test_runs_with_another_seed_are_found_and_compared(open_page):
    from dataclasses import replace

    from seqviz_core.training import train_here

    first = default_store().get(quick_run("cnn"))
    alone = open_page("trust", link=LINK | {"models": first.id, "asked": "methods=saliency"})
    assert not alone.exception and "with another seed (its own is 0)" in texts(alone)
    assert any("Train two more seeds" in b.label for b in alone.button)
    other = train_here(replace(first.spec, training=replace(first.spec.training, seed=5)), default_store())
    args = {"runs": [first.id, other.id], "finished": [first.status.finished, other.status.finished], "lens": "saliency", "n": 40,
            "seed": 2026}
    spec = WorkSpec("seqviz_core.checks.seeds", "measure", args)
    work_here(spec)
    found = json.loads(WorkStore().read(spec.id, "seeds.json"))
    assert found["models"] == 2 and len(found["truth"]) == 2 and -1 <= found["value"] <= 1
    at = open_page("trust", link=LINK | {"models": first.id, "asked": "methods=saliency"})
    assert not at.exception and "the maps of 2 seeds by saliency agree at r" in texts(at).replace("\\", "")


def test_the_time_of_many_sequences_is_for_the_length_of_the_task(open_page, monkeypatch):
    """A long sequence at hand takes long itself; the fresh ones are as long as ever."""
    monkeypatch.setattr("seqviz_core.ui.trust.lenses.seconds_per_row", lambda loaded, length, target: length * 1e-5)
    labels = []
    for link in ({}, {"seq": "ACGTTGCATC" * 80, "name": "long"}):
        at = open_page("trust", link={**LINK, **link})
        labels.append({b.key: b.label for b in at.button if b.key in ("start_faithful_many", "start_faithful_one")})
    here, long = labels
    assert here["start_faithful_many"] == long["start_faithful_many"]
    assert "800 bases" in long["start_faithful_one"]
