"""The shipped runs are what their specs make, as good as their cards say, and close to the Bayes ceiling."""

from dataclasses import replace

import pytest

from seqviz_core.models import ARCHITECTURES, count_parameters
from seqviz_core.training import RunStore, TrainingConfig, pretrain, pretrained_store, worker
from seqviz_core.training.baselines import bayes_scores
from seqviz_core.training.fit import TrainingData, evaluate, examples, fit
from seqviz_core.training.pretrain import PRETRAINED, card
from seqviz_core.training.worker import TEST, TRAIN, VALID, draw

NEVER_DRAWN = 20_261_121  # a seed of no stream of any run


@pytest.fixture(scope="module", params=sorted(PRETRAINED))
def run(request):
    return pretrained_store().get(request.param)


def test_what_is_shipped_is_what_is_listed():
    store = pretrained_store()
    assert store.problems() == [] and {run.id for run in store.runs()} == set(PRETRAINED)
    assert {spec.architecture for spec in PRETRAINED.values()} <= set(ARCHITECTURES.names())
    assert sum(path.stat().st_size for path in store.root.rglob("weights.safetensors")) < 5_000_000


def test_it_was_made_from_the_committed_spec_and_its_card_is_its_own(run):
    assert run.spec == PRETRAINED[run.id].complete() and run.trained
    assert (run.path / "card.md").read_text() == card(run)
    epochs = run.epochs()
    assert len(epochs) == run.status.n_epochs and min(epochs, key=lambda e: e.valid_loss).epoch == run.status.best_epoch
    assert count_parameters(run.load_model()) == run.status.n_parameters
    text = card(run)
    for fact in (f"Seed | {run.spec.training.seed} |", f"{run.status.test.accuracy:.4f}", f"{run.status.ceiling.accuracy:.4f}",
                 f"pretrain {run.id}`", run.status.device, "11,000 fresh sequences"):
        assert fact in text, fact


def test_within_three_points_of_the_ceiling_on_sequences_nobody_has_seen(run):
    task = run.spec.make_task()
    data = task.sample(3000, NEVER_DRAWN)
    _, scores = evaluate(run.load_model(), examples(data.codes, data.labels))
    ceiling = bayes_scores(task, data)
    assert ceiling.accuracy - 0.03 <= scores.accuracy <= ceiling.accuracy + 0.01
    assert ceiling.auroc - 0.03 <= scores.auroc


def test_the_stated_figures_are_measured_again(run):
    """The same seed draws the same test sequences, today as when it was made."""
    data = draw(run.spec, run.spec.make_task(), TEST)
    _, scores = evaluate(run.load_model(), examples(data.codes, data.labels))
    assert scores[:2] == pytest.approx(run.status.test[:2], abs=1e-3)  # accuracy and AUROC: older runs know no more
    assert bayes_scores(run.spec.make_task(), data)[:2] == pytest.approx(run.status.ceiling[:2], abs=1e-3)


def test_the_first_epoch_can_be_made_again(run):
    """Weights, sequences and their order come from the seed: an epoch of training now is the epoch on file."""
    task, config = run.spec.make_task(), replace(run.spec.training, epochs=1)
    train, valid = (examples(d.codes, d.labels) for d in (draw(run.spec, task, TRAIN, 1), draw(run.spec, task, VALID)))
    result = fit(run.spec.make_model(task), TrainingData(train, valid), config)
    filed = run.epochs()[0]
    assert result.epochs[0].train_loss == pytest.approx(filed.train_loss, rel=0.01)
    assert result.epochs[0].valid_loss == pytest.approx(filed.valid_loss, rel=0.03)


def test_a_shipped_run_is_replaced_only_by_one_that_is_done(tmp_path, monkeypatch):
    spec = replace(PRETRAINED["cnn"], training=TrainingConfig(epochs=1, n_train=60, n_valid=30))
    monkeypatch.setitem(PRETRAINED, "cnn", spec)
    monkeypatch.setattr(pretrain, "pretrained_store", lambda: RunStore(tmp_path, read_only=True))
    made = pretrain.pretrain("cnn")
    assert made.trained and made.spec == spec.complete() and "60 fresh" in (made.path / "card.md").read_text()
    monkeypatch.setattr(worker, "fit", lambda *_: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        pretrain.pretrain("cnn")
    assert pretrain.pretrained_store().get("cnn") == made and made.load_model()
