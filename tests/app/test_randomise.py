"""The Randomise tool: curves, marks and maps at once, over many as work, and a control run on permuted labels."""

import json
from dataclasses import replace

import pytest
import torch

from seqviz_core.training import default_store, find_run, train_here
from seqviz_core.training.work import WorkSpec, WorkStore, work_here
from seqviz_core.ui.cached import load
from tests.app_pages import quick_run, scene, texts

LINK = {"v": "1", "tool": "randomise"}


def tables(at) -> str:
    return "\n".join(t.value.to_string() for t in at.get("table"))


def test_curves_marks_and_maps_are_there_and_the_shared_model_is_untouched(open_page):
    before = {name: value.clone() for name, value in load("cnn").model.state_dict().items()}
    at = open_page("trust", link=LINK)
    assert not at.exception
    shown = texts(at).replace("\\", "")
    assert "Corrected saliency and in-silico mutagenesis" in shown and "with the last layer random" in shown
    assert "unrelated maps" in shown and "the same model on a dinucleotide shuffle" in shown
    assert "depends on the model" in tables(at)
    assert [t["title"] for t in scene(at)["tracks"]][1:] == ["As trained", "The last layer random", "All weights random"]
    after = load("cnn").model.state_dict()
    assert all(torch.equal(after[name], value) for name, value in before.items())


def test_guided_backpropagation_is_asked_where_there_are_relus_and_missed_where_not(open_page):
    at = open_page("trust", link=LINK | {"focus": "lstm"})
    assert "guided_backprop" in at.multiselect(key="randomise.methods").value and "Guided backpropagation" in tables(at)
    at = open_page("trust", link=LINK | {"focus": "attention", "asked": "how=independent&draws=1&methods=saliency"})
    assert not at.exception and "needs ReLUs, and this model has none" in texts(at) and "hangs most on" in texts(at)


@pytest.mark.parametrize("sequence", ["N" * 30, "A" * 30, "ACGTN"])
def test_strange_sequences_do_no_harm(open_page, sequence):
    at = open_page("trust", link=LINK | {"seq": sequence})
    assert not at.exception and not at.error
    assert ("the map is flat" in texts(at)) == (sequence[0] == "N")


def test_a_wrong_number_is_told_and_stays(open_page):
    at = open_page("trust", link=LINK | {"asked": "draws=99"})
    assert not at.exception and "outside 1 to 10" in "\n".join(e.value for e in at.error)
    assert at.number_input(key="randomise.draws") is not None


def test_the_measure_over_many_is_shown_once_the_work_is_done(open_page):
    args = {"run": "cnn", "finished": find_run("cnn").status.finished, "lenses": ["saliency"], "how": "cascading", "draws": 1,
            "n": 12, "seed": 3}
    assert work_here(WorkSpec("seqviz_core.checks.randomisation_says", "measure", args)).state == "done"
    at = open_page("trust", link=LINK | {"asked": "methods=saliency&draws=1&n=12&seed=3"})
    assert not at.exception and "n = 12 sequences" in texts(at)


def test_a_control_on_permuted_labels_is_offered_and_compared(open_page):
    run = default_store().get(quick_run("cnn"))
    link = LINK | {"models": run.id, "asked": "methods=saliency"}
    at = open_page("trust", link=link)
    assert any("Train the control" in b.label for b in at.button) and "with the labels permuted" in texts(at)
    control = train_here(replace(run.spec, training=replace(run.spec.training, permute_labels=True)), default_store())
    args = {"run": run.id, "control": control.id, "finished": [run.status.finished, control.status.finished],
            "lenses": ["saliency"], "n": 40, "seed": 2026}
    spec = WorkSpec("seqviz_core.checks.seeds", "measure_control", args)
    work_here(spec)
    assert json.loads(WorkStore().read(spec.id, "control.json"))["rows"][0]["name"] == "saliency"
    at = open_page("trust", link=link)
    assert not at.exception and "Likeness with the map of the control on 40 sequences: saliency" in texts(at).replace("\\", "")
    at = open_page("trust", link=LINK | {"models": control.id, "asked": "methods=saliency"})
    assert "is itself a control" in texts(at)
