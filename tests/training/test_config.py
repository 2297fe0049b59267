"""Run specs: their id is their content, and what is written can be read back or is refused in a sentence."""

import json
from dataclasses import replace

import pytest
import torch

from seqviz_core.errors import SeqVizError
from seqviz_core.training.config import LATER, RunSpec, TrainingConfig

SPEC = RunSpec("one_motif", {"length": 40, "gc": 0.4}, "cnn", {"filters": 4}, TrainingConfig(epochs=2, seed=5))


def test_id_is_the_content():
    assert len(SPEC.run_id) == 24 and set(SPEC.run_id) <= set("0123456789abcdef")
    other_order = replace(SPEC, task_settings={"gc": 0.4, "length": 40})
    assert other_order == SPEC and other_order.run_id == SPEC.run_id and hash(other_order) == hash(SPEC)
    changed = [replace(SPEC, task="motif_pair"), replace(SPEC, task_settings={"length": 41, "gc": 0.4}),
               replace(SPEC, architecture="lstm"), replace(SPEC, model_settings={}),
               replace(SPEC, training=TrainingConfig(epochs=2, seed=6))]
    assert len({spec.run_id for spec in [SPEC, *changed]}) == 6


def test_round_trip():
    assert RunSpec.from_json(SPEC.to_json()) == SPEC
    assert json.loads(SPEC.to_json())["schema"] == 1


def test_complete_writes_defaults_out_so_that_equal_runs_have_equal_ids():
    full = SPEC.complete()
    assert full.task_settings["length"] == 40 and len(full.task_settings) > 2 and full.model_settings["filters"] == 4
    as_integer = replace(SPEC, training=replace(SPEC.training, weight_decay=0))
    assert as_integer.run_id != SPEC.run_id and as_integer.complete().run_id == full.run_id
    assert full.complete() == full and RunSpec.from_json(full.to_json()) == full


def test_complete_refuses_what_cannot_be_made():
    for wrong, sentence in ((replace(SPEC, architecture="cmn"), "Did you mean 'cnn'"),
                            (replace(SPEC, task="one_motive"), "Did you mean 'one_motif'"),
                            (replace(SPEC, model_settings={"filter": 4}), "no setting 'filter'"),
                            (replace(SPEC, training=TrainingConfig(epochs=0)), "outside 1 to")):
        with pytest.raises(SeqVizError, match=sentence):
            wrong.complete()


def test_make_model_fits_the_task_and_comes_from_the_seed():
    one, same, other = SPEC.make_model(), SPEC.make_model(), replace(SPEC, training=TrainingConfig(seed=6)).make_model()
    assert one(torch.zeros(3, 4, 40)).shape == (3, 2)
    first = [next(m.parameters()) for m in (one, same, other)]
    assert torch.equal(first[0], first[1]) and not torch.equal(first[0], first[2])


@pytest.mark.parametrize("change, sentence", [
    (lambda c: c.update(schema=7), "schema is 7"),
    (lambda c: c.pop("schema"), "schema is None"),
    (lambda c: c.update(task=["one_motif"]), "'task' is"),
    (lambda c: c.pop("model_settings"), "'model_settings' is None"),
    (lambda c: c["training"].update(epochs="many"), "Epochs: 'many' is not a whole number"),
    (lambda c: c["training"].update(n_train=10**9), "outside 10 to"),
    (lambda c: c["training"].update(steps=3), "no setting 'steps'"),
])
def test_alien_json_is_refused(change, sentence):
    content = json.loads(SPEC.to_json())
    change(content)
    with pytest.raises(SeqVizError, match=sentence):
        RunSpec.from_json(json.dumps(content))


@pytest.mark.parametrize("text", ["", "{", "[1, 2]", "null", '"config"'])
def test_text_that_is_no_object_is_refused(text):
    with pytest.raises(SeqVizError, match="it is not JSON|not an object"):
        RunSpec.from_json(text)


def test_settings_younger_than_the_schema_change_neither_ids_nor_files_of_runs_without_them():
    """The id is the one that this spec had before the settings were there."""
    assert RunSpec("one_motif", {}, "cnn", {}).run_id == "2af8141093f30498d5af7090"
    assert set(LATER) & set(json.loads(SPEC.to_json())["training"]) == set()
    control = replace(SPEC, training=replace(SPEC.training, permute_labels=True))
    assert json.loads(control.to_json())["training"]["permute_labels"] is True
    assert RunSpec.from_json(control.to_json()) == control and control.run_id != SPEC.run_id
    assert RunSpec.from_json(SPEC.to_json()).training.permute_labels is False
