"""The run store: what is written comes back, half-written and alien files are said, ids cannot leave the folder."""

import json
import os
import threading
import time
from dataclasses import replace
from math import isnan, nan

import pytest
import torch

from seqviz_core.errors import SeqVizError
from seqviz_core.training import runs
from seqviz_core.training.config import RunSpec, TrainingConfig
from seqviz_core.training.files import weights_of
from seqviz_core.training.results import Epoch, RunStatus, Scores, seconds_left
from seqviz_core.training.runs import RunStore, end_orphans, find_run

SPEC = RunSpec("one_motif", {"length": 40}, "cnn", {"filters": 4}, TrainingConfig(epochs=2))
EPOCH = Epoch(1, 0.7, 0.6, 0.71, 0.62, 1.5)
DONE = RunStatus("done", created=1e9, message="Reached.", device="cpu", started=1e9 + 1, finished=1e9 + 9, n_parameters=123,
                 n_epochs=2, best_epoch=1, best_valid_loss=0.6, best_valid_auroc=0.71, best_valid_accuracy=0.62, n_test=3000,
                 test=Scores(0.9, 0.95), ceiling=Scores(0.946, 0.99), kmer=Scores(0.81, 0.9), gc=None)


@pytest.fixture
def store(tmp_path):
    return RunStore(tmp_path / "runs")


def finished(store, run_id=None, seed=0):
    spec = replace(SPEC, training=replace(SPEC.training, seed=seed))
    run = store.create(spec, run_id)
    store.append_epoch(run.id, EPOCH)
    store.write_weights(run.id, weights_of(spec.make_model()))
    store.write_status(run.id, DONE)
    return store.get(run.id)


def test_what_is_written_comes_back(store):
    run = finished(store)
    assert (run.id, run.spec, run.status, run.epochs()) == (SPEC.run_id, SPEC, DONE, [EPOCH])
    assert sorted(p.name for p in run.path.iterdir()) == ["config.json", "metrics.jsonl", "status.json", "weights.safetensors"]
    model, X = run.load_model(), torch.rand(5, 4, 40)
    assert not model.training and torch.equal(model(X), SPEC.make_model().eval()(X))


def test_a_new_run_is_queued_and_can_be_made_once(store):
    before = time.time()
    run = store.create(SPEC)
    assert run.status.state == "queued" and before <= run.status.created <= time.time() and run.epochs() == []
    with pytest.raises(SeqVizError, match="already"):
        store.create(SPEC)
    assert [p.name for p in store.root.iterdir()] == [SPEC.run_id]


def test_of_many_threads_that_create_one_run_one_wins(store):
    outcomes = []

    def create():
        try:
            outcomes.append(store.create(SPEC).id)
        except SeqVizError as error:
            outcomes.append(str(error))

    threads = [threading.Thread(target=create) for _ in range(8)]
    [t.start() for t in threads], [t.join() for t in threads]
    assert outcomes.count(SPEC.run_id) == 1 and sum("already" in o for o in outcomes) == 7
    assert store.get(SPEC.run_id).status.state == "queued" and len(list(store.root.iterdir())) == 1


def test_start_over_clears_results_and_keeps_the_card(store):
    run = finished(store, "in-class_cnn")
    (run.path / "card.md").write_text("made by hand")
    again = store.start_over(replace(SPEC, architecture="lstm", model_settings={}), run.id)
    assert again.status.state == "queued" and store.get(run.id).spec.architecture == "lstm" and again.epochs() == []
    assert (run.path / "card.md").exists()
    with pytest.raises(SeqVizError, match="no weights: it is queued"):
        again.load_model()


def test_newest_first(store):
    for i, created in enumerate([5.0, 9.0, 7.0]):
        run = finished(store, f"run{i}", seed=i)
        store.write_status(run.id, replace(DONE, created=created))
    assert [run.id for run in store.runs()] == ["run1", "run2", "run0"]
    assert RunStore(store.root / "nowhere").runs() == []


def test_undefined_figures_survive_json(store):
    run = store.create(SPEC)
    store.append_epoch(run.id, replace(EPOCH, valid_auroc=nan))
    store.write_status(run.id, replace(DONE, test=Scores(0.5, nan)))
    assert "NaN" not in (run.path / "metrics.jsonl").read_text() + (run.path / "status.json").read_text()
    assert isnan(store.get(run.id).epochs()[0].valid_auroc) and isnan(store.get(run.id).status.test.auroc)


def test_a_torn_last_line_is_left_out_and_a_torn_earlier_one_is_said(store):
    run = finished(store)
    with open(run.path / "metrics.jsonl", "a") as file:
        file.write('{"epoch": 2, "train_lo')
    assert run.epochs() == [EPOCH]
    store.append_epoch(run.id, EPOCH)
    with pytest.raises(SeqVizError, match=f"{run.id}: metrics.jsonl"):
        run.epochs()


@pytest.mark.parametrize("file, content, sentence", [
    ("config.json", b"{}", "schema is None"),
    ("config.json", b"\xff\xfe\x00", "not text"),
    ("status.json", b"", "not JSON"),
    ("status.json", b'{"state": "done", "created": 1.0, "n_ep', "not JSON"),
    ("status.json", b'{"state": "asleep"}', "'asleep'"),
    ("status.json", b'{"state": "done", "created": "today", "n_epochs": 1}', "'created' is 'today'"),
    ("status.json", b'{"state": "done", "created": 1, "n_epochs": 1, "test": 3}', "no scores"),
])
def test_damaged_files_are_said_with_the_runs_name_and_spare_the_others(store, file, content, sentence):
    good, bad = finished(store, "good"), finished(store, "bad", seed=1)
    (bad.path / file).write_bytes(content)
    with pytest.raises(SeqVizError, match=f"^Run bad: {file} cannot be used: .*{sentence}"):
        store.get("bad")
    assert [run.id for run in store.runs()] == [good.id]
    (problem,) = store.problems()
    assert "Run bad" in problem


def test_a_missing_file_is_said(store):
    run = finished(store)
    (run.path / "status.json").unlink()
    with pytest.raises(SeqVizError, match="status.json cannot be used: it is missing"):
        store.get(run.id)


def test_damaged_and_alien_weights_are_said(store):
    run = finished(store)
    whole = (run.path / "weights.safetensors").read_bytes()
    alien = weights_of(replace(SPEC, model_settings={"filters": 5}).make_model())
    other = weights_of(torch.nn.Linear(2, 2))
    for content, sentence in ((whole[:-7], "damaged"), (whole[:5], "damaged"), (b"", "damaged"), (b"PK\x03\x04" * 50, "damaged"),
                              (alien, "another model's"), (other, "another model's")):
        store.write_weights(run.id, content)
        with pytest.raises(SeqVizError, match=f"Run {run.id}: weights.safetensors cannot be used: .*{sentence}"):
            run.load_model()
    store.write_weights(run.id, whole)
    assert run.load_model() is not None


def test_an_architecture_that_is_gone_is_said(store):
    run = store.create(replace(SPEC, architecture="danqq"))
    store.write_weights(run.id, b"")
    with pytest.raises(SeqVizError, match=f"Run {run.id}: config.json cannot be used: There is no architecture 'danqq'"):
        run.load_model()


@pytest.mark.parametrize("run_id", ["", ".", "..", "../secret", "a/b", "/etc", "A", "a\n", "a b", ".trash", "é", "a\x00",
                                    "x" * 81, None, 7])
def test_ids_cannot_leave_the_folder(store, run_id):
    (store.root / "runs").mkdir(parents=True)
    for act in (store.get, store.delete, store.restore, find_run, lambda i: store.write_epochs(i, []),
                lambda i: store.write_weights(i, b"")):
        with pytest.raises(SeqVizError, match="is not a run id"):
            act(run_id)


def test_unknown_run(store):
    for act in (store.get, store.delete, find_run):
        with pytest.raises(SeqVizError, match=r"Run 'abc' is not on this server \(deleted, or made elsewhere\)"):
            act("abc")


def test_delete_and_undo(store):
    run = finished(store)
    store.delete(run.id)
    assert store.runs() == [] and store.problems() == []
    assert store.restore(run.id) == run and store.runs() == [run]
    with pytest.raises(SeqVizError, match="not in the trash"):
        store.restore(run.id)


def test_deleting_twice_keeps_the_newest_and_a_retrained_run_is_not_overwritten(store):
    first = finished(store)
    store.delete(first.id)
    store.create(SPEC)
    with pytest.raises(SeqVizError, match="trained anew"):
        store.restore(first.id)
    store.write_status(first.id, replace(DONE, message="second"))
    store.delete(first.id)
    assert store.restore(first.id).status.message == "second"


def test_only_an_ended_or_a_damaged_run_can_be_deleted(store):
    run = store.create(SPEC)
    for state in ("queued", "running"):
        store.write_status(run.id, replace(DONE, state=state))
        with pytest.raises(SeqVizError, match="cancel it first"):
            store.delete(run.id)
    (run.path / "status.json").write_text("{")
    store.delete(run.id)
    assert store.problems() == []


def test_the_trash_is_emptied_after_a_while(store):
    old, young = finished(store, "old"), finished(store, "young", seed=1)
    store.delete(old.id), store.delete(young.id)
    week_ago = time.time() - runs.TRASH_SECONDS - 60
    os.utime(store.root / ".trash" / "old", (week_ago, week_ago))
    store.empty_trash()
    store.restore("young")
    with pytest.raises(SeqVizError, match="not in the trash"):
        store.restore("old")


def test_a_read_only_store_stays_as_it_is(store):
    run = finished(store)
    shelf = RunStore(store.root, read_only=True)
    assert shelf.get(run.id) == run and shelf.runs() == [run]
    for act in (shelf.delete, lambda i: shelf.append_epoch(i, EPOCH), lambda i: shelf.write_status(i, DONE),
                lambda i: shelf.start_over(SPEC, i)):
        with pytest.raises(SeqVizError, match="read-only"):
            act(run.id)


def test_orphans_are_interrupted(store):
    states = {state: finished(store, state, seed=i) for i, state in enumerate(("queued", "running", "done", "failed"))}
    for state, run in states.items():
        store.write_status(run.id, replace(DONE, state=state, finished=None))
    end_orphans(store)
    assert {run.id: run.status.state for run in store.runs()} == {
        "queued": "interrupted", "running": "interrupted", "done": "done", "failed": "failed"}
    assert "server stopped" in store.get("running").status.message and store.get("running").epochs() == [EPOCH]


def test_find_run_looks_in_both_stores(store, tmp_path, monkeypatch):
    shelf = RunStore(tmp_path / "pretrained")
    monkeypatch.setenv("SEQVIZ_RUNS", str(store.root))
    monkeypatch.setattr(runs, "pretrained_store", lambda: RunStore(shelf.root, read_only=True))
    mine, shipped = finished(store), finished(shelf, "cnn")
    assert find_run(mine.id) == mine and find_run("cnn") == shipped


def test_readers_never_meet_half_a_status(store):
    run, stop, errors = store.create(SPEC), threading.Event(), []

    def read():
        while not stop.is_set():
            try:
                store.get(run.id)
            except SeqVizError as error:
                errors.append(error)

    reader = threading.Thread(target=read)
    reader.start()
    for i in range(300):
        store.write_status(run.id, replace(DONE, message="x" * (i % 7) * 1000))
    stop.set(), reader.join()
    assert errors == []


def test_seconds_left():
    epochs = [replace(EPOCH, epoch=i, seconds=s) for i, s in enumerate([90.0, 1, 2, 3, 4, 5], start=1)]
    assert seconds_left(epochs, 10) == 3 * 4 and seconds_left(epochs[:1], 3) == 180 and seconds_left(epochs, 6) == 0
    assert seconds_left([], 10) is None


def test_statuses_of_later_versions_can_be_read(store):
    run = finished(store)
    content = json.loads((run.path / "status.json").read_text())
    (run.path / "status.json").write_text(json.dumps(content | {"films": 3}))
    assert store.get(run.id).status == DONE


def test_a_run_is_read_again_only_when_its_files_change(store):
    run = store.create(SPEC)
    assert store.get(run.id) is store.get(run.id)
    for seed in range(20):  # the same size each time, faster than any clock ticks
        store.write_status(run.id, replace(run.status, message=f"{seed:2}"))
        assert store.get(run.id).status.message == f"{seed:2}"
