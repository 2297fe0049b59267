"""Taking a target out of an internal: nothing linear of it is left, the rest stays, and a task of that direction falls."""

from dataclasses import replace

import numpy as np
import pytest
import torch
from torch import nn

from seqviz_core.checks.erasure import Erased, erase, eraser, random_eraser, task_auroc, whitening
from seqviz_core.checks.linear_probes import Interval, Truth
from seqviz_core.checks.probe_units import CLASS, Material, Part, Question, task_material
from seqviz_core.checks.probes_says import conclude_erased
from seqviz_core.models import Probe, Span, intervene
from seqviz_core.models.internals import name_probes
from seqviz_core.training import find_run
from seqviz_core.training.config import GC, POSITION
from tests.toy_models import one_hot, random_sequences

RNG = np.random.default_rng(3)
N = 400


class GCLogit(nn.Module):
    """A state of mixed base counts so far; the logit is the GC of the whole sequence, read off the last state."""

    def __init__(self):
        super().__init__()
        generator = torch.Generator().manual_seed(1)
        self.mix = nn.Parameter(torch.randn(4, 4, generator=generator))
        self.state = Probe("state", ("sequence", "unit", "position"), Span())
        name_probes(self)

    def forward(self, X):
        shares = X.cumsum(-1) / torch.arange(1, X.shape[-1] + 1)
        state = self.state(torch.einsum("ef,nfp->nep", self.mix, shares))
        gc = (torch.linalg.inv(self.mix) @ state[..., -1].T)[1:3].sum(0)
        return torch.stack([torch.zeros_like(gc), gc - 0.5], dim=1)


@pytest.fixture(scope="module")
def material():
    X = one_hot(*random_sequences(N, 30, 2))
    gc = X[:, 1:3].sum((1, 2))
    return Material((Part(X, None),), (gc > np.median(gc)).astype(np.int64), ("poor", "rich"))


def asked(values, classes=0):
    learn = np.arange(N) < N // 2
    return Question(Truth(values, np.arange(N), learn, classes), np.arange(N), False)


def test_least_squares_reads_nothing_any_more():
    x = RNG.normal(size=(N, 6)) @ RNG.normal(size=(6, 6)) + 5
    for values, classes, directions in ((x @ RNG.normal(size=6) + RNG.normal(size=N), 0, 1),
                                        (x[:, :4].argmax(axis=1).astype(float), 4, 3)):
        question = asked(values, classes)
        gone, learn = eraser(x, question), question.truth.learn
        left = gone(x)[learn]
        target = (values[learn, None] == np.arange(classes)) if classes else values[learn, None]
        assert gone.directions == directions
        assert np.abs((left - left.mean(0)).T @ (target - target.mean(0))).max() < 1e-6 * learn.sum()
        assert np.allclose(gone(gone(x)), gone(x)) and np.linalg.matrix_rank(gone(x) - x, tol=1e-8) == directions


def test_for_a_number_the_direction_is_the_least_squares_probe():
    x = RNG.normal(size=(N, 5)) @ RNG.normal(size=(5, 5))
    y = x @ RNG.normal(size=5) + RNG.normal(size=N)
    question = asked(y)
    learn, read = question.truth.learn, eraser(x, question).read[:, 0]
    weights = np.linalg.lstsq(x[learn] - x[learn].mean(0), y[learn] - y[learn].mean(), rcond=None)[0]
    assert abs(np.corrcoef(read, weights)[0, 1]) == pytest.approx(1) and read @ weights != 0
    assert np.allclose(read / np.linalg.norm(read), np.sign(read @ weights) * weights / np.linalg.norm(weights))


def test_of_uncorrelated_channels_it_is_the_plain_projection():
    x = RNG.normal(size=(N, 5))
    x = x - x.mean(0)
    x = np.linalg.qr(x)[0] * np.sqrt(N)
    question = Question(Truth(x[:, 2] * 3, np.arange(N), np.ones(N, dtype=bool)), np.arange(N), False)
    gone = eraser(x, question)(x)
    assert np.allclose(gone[:, [0, 1, 3, 4]], x[:, [0, 1, 3, 4]]) and np.abs(gone[:, 2]).max() < 1e-8


def test_a_dead_channel_stays_as_it_is():
    x = np.concatenate([RNG.normal(size=(N, 3)), np.full((N, 1), 7.0)], axis=1)
    assert whitening(x).down.shape[1] == 3
    assert np.allclose(eraser(x, asked(x[:, 0]))(x)[:, 3], 7)
    assert np.allclose(random_eraser(x, 3, RNG)(x), x.mean(0))  # all that varies is gone


def test_the_edit_is_the_same_arithmetic_at_every_position():
    x = RNG.normal(size=(N, 4))
    gone = eraser(x, asked(x[:, 1]))
    value = torch.from_numpy(RNG.normal(size=(3, 4, 5)))
    edited = gone.edit(value, range(5))
    for position in range(5):
        assert np.allclose(edited[..., position].numpy(), gone(value[..., position].numpy()))


def test_a_logit_of_that_direction_falls_to_chance_and_random_directions_do_not_matter(material):
    model = GCLogit()
    found = erase(model, material, "state", GC)
    assert found.before == 1.0 and found.after == pytest.approx(0.5, abs=0.1)  # of 200 sequences: chance is 0.04 wide
    assert found.told_before.value > 0.999 and found.told_after.value < 0.02
    assert np.median(found.random) > found.after + 0.2 and len(set(found.random)) == 20
    assert "so the model uses it" in conclude_erased(found, "toy", "state") and found.directions == 1
    other = erase(model, material, "state", POSITION)
    assert other.after > 0.95 and "could not read it there" in conclude_erased(other, "toy", "state")


def test_a_constant_logit_is_exactly_at_chance(material):
    """Learned and measured at the last state only, the direction leaves one and the same logit for every sequence."""
    model, X = GCLogit(), material.parts[0].X
    last = (X.mean(-1) @ model.mix.detach().numpy().T).astype(np.float64)
    gone = eraser(last, asked(X[:, 1:3].sum(1).mean(-1).astype(float)))
    with intervene({"state": gone.edit}):
        logits = model(torch.from_numpy(X))
    assert logits[:, 1].std() < 1e-5


def test_the_task_is_measured_as_the_model_is_and_the_model_is_left_alone():
    run = find_run("lstm")
    model, material = run.load_model(), task_material(run.spec.make_task(), 120, 5)
    before = [p.clone() for p in model.parameters()]
    assert task_auroc(model, material, {}) > 0.97
    found = erase(model, material, "lstm.left_to_right.c", CLASS, times=3)
    assert found.after < found.before and found.told_after.value < found.told_before.value and found.n == 60
    assert found.directions == 10 and found.channels == 32
    assert all(torch.equal(a, b) for a, b in zip(before, model.parameters())) and task_auroc(model, material, {}) == found.before


def test_what_a_probe_could_not_read_is_not_told_as_used_or_not():
    missing = Erased("state", GC, 0.9, 0.6, (0.85, 0.9), Interval(0.0, -0.02, 0.01), Interval(0, 0, 0), "R2", 0.0, 1, 4, 50)
    assert "could not read it there to begin with" in conclude_erased(missing, "toy", "state")
    idle = replace(missing, after=0.86, told_before=Interval(0.9, 0.8, 0.95))
    assert "nothing shows that the model uses it" in conclude_erased(idle, "toy", "state")
