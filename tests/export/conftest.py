"""Runs that a view can stand on."""

import time
from dataclasses import replace
from pathlib import Path

import pytest

from seqviz_core.export.run_ref import RunRef, run_ref
from seqviz_core.training import RunSpec, RunStore, TrainingConfig, find_run
from seqviz_core.training.files import weights_of


@pytest.fixture(scope="session")
def shipped() -> list[RunRef]:
    """The pretrained models."""
    return [run_ref(find_run(name), name, pretrained=True) for name in ("cnn", "lstm", "attention")]


@pytest.fixture(scope="session")
def own(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, RunRef]:
    """A store with one run, untrained, of a model that answers for every base; and the run."""
    store = RunStore(tmp_path_factory.mktemp("runs"))
    spec = RunSpec("gene_splice", {"length": 200}, "lstm", {"units": 4}, TrainingConfig(seed=3)).complete()
    run = store.create(spec)
    store.write_weights(run.id, weights_of(spec.make_model()))
    store.write_status(run.id, replace(run.status, state="done", finished=time.time()))
    return store.root, run_ref(store.get(run.id), "your LSTM", pretrained=False)
