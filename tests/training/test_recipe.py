"""The settings of a run in an address: there and back, and whatever else an address may hold."""

import json
import re
import zlib
from base64 import urlsafe_b64encode
from dataclasses import replace

import numpy as np
import pytest

from seqviz_core.datasets import DATASETS
from seqviz_core.errors import SeqVizError
from seqviz_core.models import ARCHITECTURES
from seqviz_core.training import RunSpec, TrainingConfig, pretrained_store, read_recipe, write_recipe
from seqviz_core.training.recipe import LONGEST, UNPACKED

SPEC = RunSpec("one_motif", {"length": 40, "gc": 0.4}, "cnn", {"filters": 4}, TrainingConfig(epochs=2, seed=5))
GOOD = json.loads(SPEC.complete().to_json())


def packed(content, whole=True):
    data = zlib.compress((content if isinstance(content, str) else json.dumps(content)).encode())
    return urlsafe_b64encode(data if whole else data[:-9]).decode().rstrip("=")


@pytest.mark.parametrize("task,architecture", [("one_motif", a.name) for a in ARCHITECTURES]
                         + [(d.name, "cnn") for d in DATASETS if d.name != "labelled"])
def test_there_and_back(task, architecture):
    spec = RunSpec(task, {}, architecture, {}, TrainingConfig(epochs=7, seed=3)).complete()
    text = write_recipe(spec)
    assert read_recipe(text) == spec and read_recipe(text).run_id == spec.run_id
    assert re.fullmatch(r"[\w-]+", text, re.ASCII) and len(text) < 800


def test_of_a_shipped_run_and_of_settings_left_out():
    run = pretrained_store().get("lstm")
    assert read_recipe(write_recipe(run.spec)) == run.spec
    assert read_recipe(write_recipe(SPEC)) == SPEC.complete() and len(write_recipe(SPEC)) < 500


def test_own_sequences_are_in_it_where_they_are_short_and_are_said_where_they_are_long():
    rng = np.random.default_rng(0)
    fasta = "".join(f">s{i} label={'xy'[i % 2]}\n{''.join(rng.choice(list('ACGT'), 30))}\n" for i in range(24))
    own = RunSpec("labelled", {"text": fasta}, "cnn", {}).complete()
    assert read_recipe(write_recipe(own)) == own
    with pytest.raises(SeqVizError, match="too long for a link"):
        write_recipe(RunSpec("labelled", {}, "cnn", {}))


@pytest.mark.parametrize("text,sentence", [
    ("", "holds no settings"), ("A" * (LONGEST + 1), "holds no settings"), ("hello", "damaged"), ("häß", "damaged"),
    ("AAAA", "damaged"), ("%%%%", "damaged"), (packed(GOOD, whole=False), "damaged"), (packed(GOOD)[:-20], "damaged"),
    (packed(" " * (UNPACKED + 1) + "{}"), "damaged"), (packed("[" * 100_000), "JSON"), (packed("[]"), "not an object"),
    (packed("\ud800".encode("utf-8", "surrogatepass").decode("latin-1")), "not JSON"), (packed({}), "schema is None"),
    (packed({**GOOD, "schema": 2}), "schema is 2"), (packed({**GOOD, "task": ["one_motif"]}), "not a str"),
    (packed({**GOOD, "task": "one_motive"}), "Did you mean 'one_motif'"),
    (packed({**GOOD, "architecture": "__class__"}), "__class__"),
    (packed({**GOOD, "task_settings": {"length": "40"}}), "not a whole number"),
    (packed({**GOOD, "task_settings": {"length": [40]}}), "not a whole number"),
    (packed({**GOOD, "task_settings": {"length": 10**9}}), "outside 20 to 2000"),
    (packed({**GOOD, "task_settings": {"motif": {"id": 1}}}), "not text"),
    (packed({**GOOD, "task_settings": {"gc": float("nan")}}), "outside"),
    (packed({**GOOD, "model_settings": {"filters": True}}), "not a whole number"),
    (packed({**GOOD, "model_settings": {"filtres": 4}}), "no setting 'filtres'"),
    (packed({**GOOD, "training": {"epochs": float("inf")}}), "not a whole number"),
    (packed({**GOOD, "training": {"learning_rate": float("inf")}}), "outside"),
    (packed({**GOOD, "training": {"epochs": 10**9}}), "outside"), (packed({**GOOD, "training": [1]}), "not a dict")])
def test_what_is_no_recipe_is_refused_in_a_sentence(text, sentence):
    with pytest.raises(SeqVizError, match=sentence) as caught:
        read_recipe(text)
    assert len(str(caught.value)) < 400


def test_a_changed_setting_is_another_run():
    other = replace(SPEC, training=replace(SPEC.training, seed=6))
    assert write_recipe(other) != write_recipe(SPEC) and read_recipe(write_recipe(other)).run_id != SPEC.complete().run_id


def test_of_a_control_run_and_that_older_links_stay_as_they_were():
    control = replace(SPEC, training=replace(SPEC.training, permute_labels=True)).complete()
    assert read_recipe(write_recipe(control)) == control
    assert read_recipe(packed(GOOD)) == SPEC.complete() and "permute_labels" not in GOOD["training"]
