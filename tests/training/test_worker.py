"""Training a run in this process: what is told, in which order, and what lies in the store afterwards."""

import time
from dataclasses import replace

import pytest
import torch

from seqviz_core.errors import SeqVizError
from seqviz_core.training import worker
from seqviz_core.training.baselines import bayes_ceiling
from seqviz_core.training.config import RunSpec, TrainingConfig
from seqviz_core.training.fit import FitResult, evaluate, examples
from seqviz_core.training.results import counted
from seqviz_core.training.runs import RunStore
from seqviz_core.training.worker import TEST, TRAIN, VALID, at_most_every, draw, failure, train_here, train_run

TRAINING = TrainingConfig(epochs=3, learning_rate=0.01, n_train=300, n_valid=100, patience=9, seed=1)
SPEC = RunSpec("one_motif", {"length": 40, "both_strands": False}, "cnn", {"filters": 4}, TRAINING)


@pytest.fixture
def store(tmp_path):
    return RunStore(tmp_path / "runs")


def test_a_run_from_spec_to_store(store):
    told = []
    run = train_here(SPEC, store, told.append)
    assert run == store.get(SPEC.complete().run_id) and run.epochs() == told and [e.epoch for e in told] == [1, 2, 3]
    status, task = run.status, SPEC.make_task()
    best = min(told, key=lambda e: e.valid_loss)
    assert (status.state, status.device, status.n_epochs, status.best_epoch) == ("done", "CPU", 3, best.epoch)
    assert (status.best_valid_loss, status.best_valid_auroc) == (best.valid_loss, best.valid_auroc)
    assert status.created <= status.started <= status.finished <= time.time() and status.n_test == 3000
    model, fresh = run.load_model(), draw(SPEC, task, TEST)
    assert evaluate(model, examples(fresh.codes, fresh.labels))[1] == status.test  # the weights that were tested
    assert status.ceiling == bayes_ceiling(task, 3000, (1, TEST))
    assert status.ceiling.auroc > max(status.test.auroc, status.kmer.auroc) and status.kmer.auroc > status.gc.auroc
    assert status.n_parameters == sum(p.numel() for p in model.parameters())
    assert f"of a possible {status.ceiling.accuracy:.3f}" in status.message and "Trained for 3 epochs" in status.message


def test_the_references_come_before_the_first_epoch():
    told = []
    train_run(SPEC, lambda status, epoch: told.append((status, epoch)))
    assert [epoch.epoch if epoch else None for _, epoch in told] == [None, None, 1, 2, 3]
    start, references = told[0][0], told[1][0]
    assert start.state == "running" and start.device == "CPU" and start.n_parameters and start.kmer is None
    assert None not in (references.ceiling, references.kmer, references.gc, references.pwm) and references.n_epochs == 0
    assert all(status.state == "running" for status, _ in told)


def test_same_spec_same_weights_and_nothing_global_moves(store):
    threads, state = torch.get_num_threads(), torch.get_rng_state()
    one, two = train_here(SPEC, store, run_id="one"), train_here(SPEC, store, run_id="two")
    assert (one.path / "weights.safetensors").read_bytes() == (two.path / "weights.safetensors").read_bytes()
    assert one.status.test == two.status.test and one.spec == two.spec == SPEC.complete()
    assert torch.get_num_threads() == threads and torch.equal(torch.get_rng_state(), state)


def test_one_thread_while_it_trains_and_the_callers_number_afterwards():
    before, seen = torch.get_num_threads(), []
    torch.set_num_threads(2)
    try:
        with pytest.raises(ZeroDivisionError):
            train_run(SPEC, lambda *_: seen.append(torch.get_num_threads()) or 1 / 0)
        assert seen == [1] and torch.get_num_threads() == 2
    finally:
        torch.set_num_threads(before)


def test_training_validation_and_test_sequences_are_different():
    task = SPEC.make_task()
    spec = replace(SPEC, training=replace(TRAINING, n_train=100))
    sets = [draw(spec, task, TRAIN, 1), draw(spec, task, TRAIN, 2), draw(spec, task, VALID), draw(spec, task, TEST),
            draw(replace(spec, training=replace(spec.training, seed=2)), task, TRAIN, 1)]
    rows = [{row.tobytes() for row in data.codes} for data in sets]
    assert all(not a & b for i, a in enumerate(rows) for b in rows[:i])
    assert (draw(spec, task, TRAIN).codes == sets[0].codes).all()


def test_fresh_sequences_every_epoch(store, monkeypatch):
    seen = []
    monkeypatch.setattr(worker, "draw", lambda *a: seen.append(a[2:]) or draw(*a))
    train_run(replace(SPEC, training=replace(TRAINING, fresh=True)), lambda *_: None)
    assert seen == [(TRAIN,), (VALID,), (TEST,), (TRAIN, 1), (TRAIN, 2), (TRAIN, 3)]


def test_a_diverged_run_is_failed_with_its_sentence_and_no_weights(store, monkeypatch):
    diverged = FitResult(0, (), "diverged", "Training diverged in epoch 1. Try a smaller learning rate.")
    monkeypatch.setattr(worker, "fit", lambda *_: diverged)
    run = train_here(SPEC, store)
    assert (run.status.state, run.status.message, run.status.test) == ("failed", diverged.message, None)
    with pytest.raises(SeqVizError, match="no weights: it is failed"):
        run.load_model()


def test_a_stopped_run_is_cancelled():
    asked = []
    trained = train_run(SPEC, lambda *_: None, lambda: asked.append(1) or len(asked) > 7)
    assert trained.status.state == "cancelled" and len(trained.epochs) == 1 and trained.weights is None
    assert trained.status.finished >= trained.status.started


def test_an_error_marks_the_run_and_goes_on_to_the_caller(store):
    def full(epoch):
        raise OSError("no space left on device")

    with pytest.raises(OSError, match="no space"):
        train_here(SPEC, store, full)
    (run,) = store.runs()
    assert run.status.state == "failed" and "unexpected OSError" in run.status.message and len(run.epochs()) == 1
    again = train_here(SPEC, store)
    assert again.status.state == "done" and len(again.epochs()) == 3


def test_a_spec_that_cannot_be_made_leaves_nothing(store):
    with pytest.raises(SeqVizError, match="no setting 'filter'"):
        train_here(replace(SPEC, model_settings={"filter": 4}), store)
    assert store.runs() == [] and not store.root.exists()


def test_failure_sentences():
    assert failure(SeqVizError("The motif is longer than the sequence.")) == "The motif is longer than the sequence."
    assert "not enough memory" in failure(MemoryError()) and "not enough memory" in failure(torch.OutOfMemoryError("CUDA"))
    assert "unexpected KeyError" in failure(KeyError("conv")) and "stopped from outside" in failure(KeyboardInterrupt())


def test_counted():
    assert [counted(n) for n in (0, 1, 2)] == ["0 epochs", "1 epoch", "2 epochs"]


def test_a_question_is_asked_rarely_and_a_yes_stands():
    asked = []
    rarely = at_most_every(3600, lambda: asked.append(1) or False)
    assert [rarely() for _ in range(5)] == [False] * 5 and len(asked) == 1
    answers = iter([False, True])
    often = at_most_every(0, lambda: next(answers))
    assert [often() for _ in range(4)] == [False, True, True, True]


def test_a_control_run_learns_from_permuted_labels_and_is_tested_on_true_ones(store):
    settings = replace(TRAINING, epochs=6, n_train=2000, n_valid=500)
    learns = train_here(replace(SPEC, training=settings), store)
    spec = replace(SPEC, training=replace(settings, permute_labels=True))
    control, again = train_here(spec, store), train_here(spec, store, run_id="again")
    chance = pytest.approx(0.5, abs=0.1)  # weights that learned nothing still answer something: no two seeds give 0.500
    assert learns.status.test.auroc > 0.9 and control.status.test.auroc == chance and control.status.kmer.auroc == chance
    assert control.status.ceiling == learns.status.ceiling
    assert "labels of its training and validation sequences were permuted" in control.status.message
    assert "permuted" not in learns.status.message and again.status.test == control.status.test
    assert (control.path / "weights.safetensors").read_bytes() == (again.path / "weights.safetensors").read_bytes()


@pytest.mark.parametrize("task", ["one_motif", "gene_splice", "multi_label", "uci_promoters"])
def test_what_is_permuted(task):
    spec = RunSpec(task, {}, "cnn", {}, replace(TRAINING, n_train=40, n_valid=40))
    control, made = replace(spec, training=replace(spec.training, permute_labels=True)), spec.make_task()
    for stream in (TRAIN, VALID, TEST):
        true, permuted = draw(spec, made, stream), draw(control, made, stream)
        assert (true.codes == permuted.codes).all() and (permuted.labels == draw(control, made, stream).labels).all()
        assert (true.labels == permuted.labels).all() == (stream == TEST)
        assert sorted(map(bytes, true.labels)) == sorted(map(bytes, permuted.labels))  # the same labels, elsewhere
    fresh = [draw(control, made, TRAIN, epoch) for epoch in (1, 2)]
    assert made.fixed or not (fresh[0].codes == fresh[1].codes).all()
