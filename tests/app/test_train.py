"""The Train page and its address: a run that is gone, and the form that stands at a run's own settings."""

from dataclasses import asdict

import pytest
from app_pages import QUICK, quick_run

from seqviz_core.datasets import DATASETS
from seqviz_core.models import ARCHITECTURES
from seqviz_core.training import RunSpec, TrainingConfig, default_store, read_recipe, write_recipe
from seqviz_core.ui.components import literal
from seqviz_core.ui.train_form import fields_of, starts_of

OWN = RunSpec("one_motif", {"length": 60, "both_strands": False}, "cnn", {"filters": 7, "dropout": 0.25},
              TrainingConfig(epochs=2, n_train=100, n_valid=50, seed=4, fresh=False)).complete()
GONE = "f" * 24


def form(at) -> dict:
    return {w.key: w.value for kind in ("number_input", "checkbox", "selectbox", "text_input") for w in at.get(kind) if w.key}


def stands_at(at, spec: RunSpec) -> bool:
    shown = form(at)
    return all(shown[key] == value for key, value in fields_of(spec).items() if key in shown) and len(shown) >= 20


def test_the_form_stands_at_the_settings_of_the_run_in_the_address(open_page):
    run = default_store().create(OWN)
    at = open_page("train", query={"job": run.id})
    assert not at.exception and stands_at(at, OWN)
    assert at.number_input(key="model.cnn.teaching.filters").value == 7 and not at.checkbox(key="training.cnn.fresh").value
    at.number_input(key="model.cnn.teaching.filters").set_value(9).run()
    assert at.number_input(key="model.cnn.teaching.filters").value == 9, "what the visitor typed stays"


def test_a_link_to_a_run_holds_its_settings(open_page):
    at = open_page("train", query={"job": quick_run("cnn")})
    spec = RunSpec("one_motif", {"length": 60}, "cnn", {}, QUICK).complete()
    assert not at.exception and read_recipe("".join(at.query_params["recipe"])) == spec


def test_a_run_that_is_gone_is_trained_again_from_its_link(open_page):
    at = open_page("train", query={"job": OWN.run_id, "recipe": write_recipe(OWN)})
    assert not at.exception and len(at.warning) == 1 and stands_at(at, OWN)
    said = "is not on this server (deleted, or made elsewhere). Its settings are in the link: CNN, One motif, seed 4."
    assert literal(said) in at.warning[0].value
    at.button(key="again_from_link").click().run()
    assert not at.exception and default_store().get(OWN.run_id).spec == OWN and not at.warning


@pytest.mark.parametrize("job, recipe, sentence", [
    (GONE, "", "The link does not hold its settings"), (GONE, "nonsense", "damaged or cut off"), (GONE, "<b>", "damaged"),
    ("../../etc", "", "is not a run id"), ("<b>", "", "is not a run id")])
def test_a_run_that_is_gone_for_good_is_told_in_one_place(open_page, job, recipe, sentence):
    at = open_page("train", query={"job": job, "recipe": recipe} if recipe else {"job": job})
    assert not at.exception and not at.error and len(at.warning) == 1 and sentence in at.warning[0].value
    assert at.selectbox(key="task").value == DATASETS.names()[0] and not at.button(key="train").disabled
    assert not [b for b in at.button if b.key == "again_from_link"]


@pytest.mark.parametrize("entry", [*ARCHITECTURES], ids=lambda entry: entry.name)
def test_the_form_finds_every_start_it_offers(entry):
    for name, config in starts_of(entry).items():
        spec = RunSpec("one_motif", {"motif": "MA0139.2", "length": 200}, entry.name, asdict(config)).complete()
        fields = fields_of(spec)
        assert fields[f"preset.model.{entry.name}"] == next(n for n, c in starts_of(entry).items() if c == config), name
        assert fields["preset.task.one_motif"] == "CTCF in 200"
