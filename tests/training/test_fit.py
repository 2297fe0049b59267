"""`fit` against hand arithmetic, identities and a planted truth."""

from math import log

import numpy as np
import pytest
import torch
from torch import nn
from training.planted import Linear, PlantedWord, TinyCNN

from seqviz_core.training import fit as loop
from seqviz_core.training.config import TrainingConfig
from seqviz_core.training.fit import Examples, TrainingData, evaluate, examples, fit, predict_logits
from seqviz_core.training.results import Scores

CONFIG = TrainingConfig(epochs=8, batch_size=64, learning_rate=0.02, patience=8, seed=3)


def planted_data(n=600, seed=0, fresh=False):
    def draw(*stream):
        sample = PlantedWord().sample(n, (seed, *stream))
        return examples(sample.codes, sample.labels)
    return TrainingData(draw(1), draw(2), (lambda epoch: draw(3, epoch)) if fresh else None)


def weights(model):
    return torch.cat([p.detach().flatten() for p in model.parameters()])


def test_learns_a_planted_word():
    model, seen = TinyCNN(), []
    result = fit(model, planted_data(2000), CONFIG, seen.append)
    assert result.stopped == "finished" and list(result.epochs) == seen and [e.epoch for e in seen] == list(range(1, 9))
    assert seen[-1].valid_auroc > 0.97 and seen[-1].valid_accuracy > 0.9
    assert seen[-1].train_loss < seen[0].train_loss < log(2) + 0.1
    assert all(e.seconds > 0 for e in seen)


def test_one_step_of_adam_by_hand():
    """From zero weights every logit is 0: the loss is ln 2, dL/dW[1, j] = -(mean of X_j * (y - 1/2)), Adam moves by lr."""
    X = torch.tensor([[0, 1, 2], [3, 1, 0]], dtype=torch.uint8)
    data = Examples(X, torch.tensor([1, 0]))
    model = Linear(3)
    result = fit(model, TrainingData(data, data), TrainingConfig(epochs=1, batch_size=2, learning_rate=0.1))
    assert result.epochs[0].train_loss == pytest.approx(log(2))
    toward_class_1 = torch.tensor([[1, 0, -1],  # A at position 1 speaks for class 1, at position 3 for class 0
                                   [0, 0, 0],  # C at position 2 is in both
                                   [0, 0, 1],
                                   [-1, 0, 0]]) * 0.1
    assert torch.allclose(model.weight[1].reshape(4, 3), toward_class_1, atol=1e-6)
    assert torch.allclose(model.weight[0], -model.weight[1])


def test_weight_decay_pulls_every_weight_to_zero():
    """Equal weights give equal logits, so a weight's gradient is below a half; decay adds 1 * 5: Adam moves each down by lr."""
    ends = []
    for decay in (0.0, 1.0):
        model = Linear(30)
        torch.nn.init.constant_(model.weight, 5.0)
        fit(model, planted_data(64), TrainingConfig(epochs=1, batch_size=64, learning_rate=0.1, weight_decay=decay))
        ends.append(model.weight.detach())
    assert torch.allclose(ends[1], torch.full_like(ends[1], 4.9), atol=1e-5)
    assert not (ends[0] < 5).all()


def test_the_training_loss_is_the_mean_over_sequences_not_over_batches():
    """Batches of two and of one; the step is too small to move anything."""
    model = Linear(1)
    with torch.no_grad():
        model.weight[1, 0] = log(3)
    data = Examples(torch.tensor([[0], [0], [1]], dtype=torch.uint8), torch.tensor([1, 0, 0]))
    config = TrainingConfig(epochs=1, batch_size=2, learning_rate=1e-6)
    result = fit(model, TrainingData(data, data), config)
    assert result.epochs[0].train_loss == pytest.approx((log(4 / 3) + log(4) + log(2)) / 3, abs=1e-4)


def test_it_trains_in_training_mode_and_validates_in_eval_mode():
    class Watching(TinyCNN):
        def forward(self, X):
            self.__dict__.setdefault("seen", []).append((len(X), self.training, self.dropout.training))
            return super().forward(X)

    model = Watching().eval()
    fit(model, planted_data(100), TrainingConfig(epochs=2, batch_size=50))
    assert model.seen == [(50, True, True), (50, True, True), (100, False, False)] * 2 and not model.training


def test_two_fits_are_bit_identical_and_leave_the_random_state_alone():
    before, numpy_before = torch.get_rng_state(), np.random.get_state()[1].copy()
    models = [TinyCNN(dropout=0.5) for _ in range(3)]
    results = [fit(models[0], planted_data(), CONFIG)]
    torch.rand(7), np.random.rand(7)
    noisy = torch.get_rng_state()
    results.append(fit(models[1], planted_data(), CONFIG))
    assert torch.equal(torch.get_rng_state(), noisy) and not torch.equal(noisy, before)
    torch.set_rng_state(before)
    np.random.seed(0)
    numpy_before = np.random.get_state()[1].copy()
    fit(models[2], planted_data(), TrainingConfig(**{**CONFIG.__dict__, "seed": 4}))
    assert torch.equal(torch.get_rng_state(), before) and (np.random.get_state()[1] == numpy_before).all()
    assert torch.equal(weights(models[0]), weights(models[1])) and not torch.equal(weights(models[0]), weights(models[2]))
    assert [e.valid_loss for e in results[0].epochs] == [e.valid_loss for e in results[1].epochs]


def test_early_stopping_restores_the_best_epoch():
    """With the validation labels the wrong way round each epoch is worse, so the best one is the first."""
    data = planted_data()
    wrong = TrainingData(data.train, Examples(data.train.X, 1 - data.train.y))
    config = TrainingConfig(epochs=50, patience=3, learning_rate=0.05, seed=1)
    stopped, short = TinyCNN(dropout=0), TinyCNN(dropout=0)
    result = fit(stopped, wrong, config)
    fit(short, wrong, TrainingConfig(epochs=1, patience=3, learning_rate=0.05, seed=1))
    assert (result.stopped, result.best_epoch, len(result.epochs)) == ("early", 1, 4)
    assert torch.equal(weights(stopped), weights(short))
    assert evaluate(stopped, wrong.valid)[0] == result.epochs[0].valid_loss


def test_divergence_is_said_and_the_last_good_weights_stay():
    class Explodes(Linear):
        def forward(self, X):
            return torch.exp(torch.exp(200 * super().forward(X)))

    model, seen = Explodes(30), []
    result = fit(model, planted_data(), TrainingConfig(epochs=5, learning_rate=1.0), seen.append)
    assert result.stopped == "diverged" and len(seen) == len(result.epochs) == result.best_epoch == 0
    assert "diverged in epoch 1" in result.message and "smaller learning rate than 1" in result.message
    assert torch.equal(weights(model), torch.zeros(240))


def test_cancel_within_an_epoch_gives_the_best_whole_one():
    asked = []
    model, short = TinyCNN(), TinyCNN()
    result = fit(model, planted_data(), CONFIG, should_stop=lambda: asked.append(1) or len(asked) > 25)  # 10 steps an epoch
    assert (result.stopped, len(result.epochs), len(asked)) == ("cancelled", 2, 26)
    fit(short, planted_data(), TrainingConfig(**{**CONFIG.__dict__, "epochs": result.best_epoch}))
    assert torch.equal(weights(model), weights(short))


def test_cancel_before_the_first_step_leaves_the_weights():
    model = TinyCNN()
    result = fit(model, planted_data(), CONFIG, should_stop=lambda: True)
    assert result.best_epoch == 0 and torch.equal(weights(model), weights(TinyCNN()))


def test_fresh_sequences_are_drawn_for_every_epoch():
    drawn, data = [], planted_data(fresh=True)
    recording = data._replace(draw=lambda epoch: drawn.append(epoch) or data.draw(epoch))
    fresh, fixed = fit(TinyCNN(), recording, CONFIG), fit(TinyCNN(), planted_data(), CONFIG)
    assert drawn == list(range(1, 9)) and fresh.epochs[0].train_loss != fixed.epochs[0].train_loss


def test_codes_and_one_hot_are_the_same_data():
    data = planted_data()
    data.train.X[:, 4] = 4  # an unknown base is a column of zeros
    as_one_hot = [Examples(torch.stack([(b == d.X).float() for b in range(4)], dim=1), d.y) for d in data[:2]]
    models = TinyCNN(), TinyCNN()
    fit(models[0], data, CONFIG)
    fit(models[1], TrainingData(*as_one_hot), CONFIG)
    assert torch.equal(weights(models[0]), weights(models[1]))


def test_batches_cover_everything_once():
    for n, size in ((1, 64), (64, 64), (65, 64), (1000, 64)):
        batches = loop._batches(n, TrainingConfig(batch_size=size), epoch=1)
        assert sorted(torch.cat(list(batches)).tolist()) == list(range(n))
        sizes = [len(b) for b in batches]
        assert max(sizes) <= size and max(sizes) - min(sizes) <= 1
    one, other = (torch.cat(list(loop._batches(50, TrainingConfig(), e))) for e in (1, 2))
    assert not torch.equal(one, other)


def test_evaluate_by_hand():
    model = Linear(1)
    with torch.no_grad():
        model.weight[1, 0] = log(3)  # A: P(1) = 3/4, any other base: 1/2
    data = Examples(torch.tensor([[0], [0], [1]], dtype=torch.uint8), torch.tensor([1, 0, 0]))
    loss, scores = evaluate(model, data)
    assert loss == pytest.approx((log(4 / 3) + log(4) + log(2)) / 3)
    assert scores.accuracy == pytest.approx(2 / 3) and scores.auroc == pytest.approx(0.75)  # 1 win, 1 tie


def test_modes_are_given_back_even_when_the_caller_raises():
    def fail(epoch):
        raise RuntimeError("the disk is full")

    model = TinyCNN().train()
    model.dropout.eval()
    with pytest.raises(RuntimeError, match="disk"):
        fit(model, planted_data(), CONFIG, fail)
    assert model.training and not model.dropout.training and model.conv.training


def test_predictions_do_not_depend_on_the_batch_size():
    model, X = TinyCNN(), planted_data().valid.X
    assert np.allclose(predict_logits(model, X), predict_logits(model, X, batch_size=7), atol=1e-6)
    assert model.training  # as it came


def test_deterministic_kernels_are_asked_for_and_taken_back():
    with pytest.raises(RuntimeError, match="no memory"), loop._deterministic_kernels():
        assert torch.are_deterministic_algorithms_enabled() and torch.backends.cudnn.deterministic
        assert torch.backends.cudnn.enabled
        raise RuntimeError("no memory")
    assert not torch.are_deterministic_algorithms_enabled() and not torch.backends.cudnn.deterministic


@pytest.mark.skipif(not torch.cuda.is_available(), reason="needs a GPU")
def test_two_fits_on_a_gpu_are_bit_identical():
    class Recurrent(nn.Module):
        def __init__(self):
            super().__init__()
            self.stem, self.lstm = TinyCNN(), nn.LSTM(8, 16, batch_first=True, bidirectional=True)
            self.out = nn.Linear(32, 2)

        def forward(self, X):
            return self.out(self.lstm(self.stem.dropout(self.stem.conv(X)).transpose(1, 2))[0].amax(1))

    torch.manual_seed(0)
    start = Recurrent().state_dict()
    data = [examples(s.codes, s.labels, "cuda") for s in (PlantedWord().sample(500, i) for i in range(2))]
    ends, state = [], torch.cuda.get_rng_state()
    for _ in range(2):
        model = Recurrent()
        model.load_state_dict(start)
        fit(model.cuda(), TrainingData(*data), CONFIG)
        ends.append(weights(model).cpu())
    assert torch.equal(*ends) and torch.equal(torch.cuda.get_rng_state(), state)
    assert not torch.are_deterministic_algorithms_enabled()


def test_steps_get_smaller_when_the_validation_loss_does_not_fall(monkeypatch):
    """Oracle: the learning rates the optimizer is seen with, when no epoch after the first is better."""
    seen = []
    real = torch.optim.Adam.step
    monkeypatch.setattr(torch.optim.Adam, "step", lambda self, *a: (seen.append(self.param_groups[0]["lr"]), real(self, *a))[1])
    losses = iter([1.0] + [2.0] * 20)
    monkeypatch.setattr(loop, "evaluate", lambda model, data: (next(losses), Scores(0.5, 0.5)))
    model, data = TinyCNN(), planted_data(4)
    config = TrainingConfig(epochs=12, patience=12, batch_size=4, learning_rate=0.1, decay=True)
    fit(model, data, config)
    assert seen == pytest.approx([0.1] * 6 + [0.02] * 5 + [0.004])
