"""What must hold for everything registered; a new entry is tested with no test written."""

import copy
import threading

import numpy as np
import pytest
import torch

from seqviz_core.attribution import METHODS, attribute
from seqviz_core.datasets import DATASETS
from seqviz_core.errors import SeqVizError
from seqviz_core.models import ARCHITECTURES, intervene, probes_of, record, recording
from seqviz_core.settings import settings_of

LENGTH, CLASSES = 60, 3
PRESETS = [(a.name, preset) for a in ARCHITECTURES for preset in a.presets]


@pytest.fixture(scope="module", params=PRESETS, ids="-".join)
def model(request):
    name, preset = request.param
    entry = ARCHITECTURES[name]
    return entry.make(entry.presets[preset], n_outputs=CLASSES, length=LENGTH, seed=3)


def one_hot(n: int, seed: int = 0, length: int = LENGTH) -> torch.Tensor:
    codes = torch.randint(0, 4, (n, length), generator=torch.Generator().manual_seed(seed))
    return torch.nn.functional.one_hot(codes, 4).float().transpose(1, 2).contiguous()


def logits(model, X):
    with torch.no_grad():
        return model(X)


# ---- architectures

def test_logits_have_one_column_per_class(model):
    assert logits(model, one_hot(5)).shape == (5, CLASSES)


def test_rows_are_independent(model):
    X = one_hot(6)
    changed = X.clone()
    changed[1:] = one_hot(5, seed=9)
    assert torch.allclose(logits(model, X)[0], logits(model, changed)[0], atol=1e-6)
    assert not torch.allclose(logits(model, X)[1:], logits(model, changed)[1:])


def test_recording_leaves_logits_bit_identical(model):
    X = one_hot(4)
    trace = record(model, X)
    assert torch.equal(trace.logits, logits(model, X))
    assert set(trace.activations) == set(probes_of(model)) and trace.activations


def test_two_threads_record_their_own_input_on_one_model(model):
    inputs = [one_hot(2, seed=s) for s in range(4)]
    alone = [record(model, X) for X in inputs]
    traces, start = [None] * len(inputs), threading.Barrier(len(inputs))

    def work(i):
        start.wait()
        for _ in range(5):
            traces[i] = record(model, inputs[i])

    threads = [threading.Thread(target=work, args=(i,)) for i in range(len(inputs))]
    [t.start() for t in threads], [t.join() for t in threads]
    for expected, got in zip(alone, traces):
        for name, activation in expected.activations.items():
            assert torch.equal(got[name].value, activation.value), name


def test_nothing_is_left_after_an_exception(model):
    with pytest.raises(RuntimeError), recording() as recorded:
        model(torch.zeros(1, 7, LENGTH))
    before = len(recorded)
    logits(model, one_hot(1))
    assert len(recorded) == before
    name = next(iter(probes_of(model)))
    with pytest.raises(ZeroDivisionError), intervene({name: lambda value, positions: 1 / 0}):
        logits(model, one_hot(1))
    assert torch.equal(logits(model, one_hot(1)), logits(model, one_hot(1)))


def test_record_gives_the_model_back_in_its_mode(model):
    model = copy.deepcopy(model).train()
    next(model.children()).eval()
    modes = [m.training for m in model.modules()]
    record(model, one_hot(2))
    with pytest.raises(RuntimeError):
        record(model, torch.zeros(1, 7, LENGTH))
    assert [m.training for m in model.modules()] == modes


def test_activations_fit_their_axes_and_lie_inside_the_sequence(model):
    for activation in record(model, one_hot(2)).activations.values():
        assert activation.value.ndim == len(activation.axes) and activation.axes[0] == "sequence"
        for position in range(activation.value.shape[-1]):
            start, end = activation.span.bases(position, LENGTH)
            assert 0 <= start < end <= LENGTH, (activation.name, position)


def test_a_feature_map_sees_its_span_and_nothing_else(model):
    """Oracle: the gradient of a unit is zero outside its span, and reaches both ends of it."""
    for name, probe in probes_of(model).items():
        if probe.kind != "feature_map":
            continue
        caught = {}
        X = one_hot(1).requires_grad_()
        with intervene({name: lambda value, positions, caught=caught: caught.setdefault("map", value)}):
            model(X)
        for position in (0, LENGTH // 2, caught["map"].shape[-1] - 1):
            gradient = torch.autograd.grad(caught["map"][0, :, position].sum(), X, retain_graph=True)[0]
            seen = gradient[0].abs().sum(0).nonzero().flatten()
            start, end = probe.span.bases(position, LENGTH)
            assert (int(seen.min()), int(seen.max()) + 1) == (start, end), (name, position)


def test_weights_round_trip(model, tmp_path):
    from safetensors.torch import load_model, save_model
    save_model(model, str(tmp_path / "w.safetensors"))
    other = copy.deepcopy(model)
    with torch.no_grad():
        [p.zero_() for p in other.parameters()]
    load_model(other, str(tmp_path / "w.safetensors"))
    assert torch.equal(logits(other, one_hot(3)), logits(model, one_hot(3)))


def test_every_parameter_gets_a_gradient(model):
    model = copy.deepcopy(model)
    torch.nn.functional.cross_entropy(model(one_hot(16)), torch.arange(16) % CLASSES).backward()
    assert [n for n, p in model.named_parameters() if p.grad is None or not p.grad.any()] == []


def test_no_activation_module_is_shared(model):
    calls: dict[torch.nn.Module, int] = {}
    copied = copy.deepcopy(model)
    for module in copied.modules():
        if not list(module.children()) and not list(module.parameters()):
            module.register_forward_hook(lambda m, *_: calls.__setitem__(m, calls.get(m, 0) + 1))
    logits(copied, one_hot(1))
    assert calls and max(calls.values()) == 1


def test_the_seed_decides_the_weights_and_the_global_random_state_stays(model):
    entry = ARCHITECTURES["lstm"]
    before = torch.random.get_rng_state()
    a, b, c = (entry.make(entry.config(), n_outputs=2, length=50, seed=s) for s in (1, 1, 2))
    assert torch.equal(torch.random.get_rng_state(), before)
    same = [torch.equal(p, q) for p, q in zip(a.parameters(), b.parameters())]
    other = [torch.equal(p, q) for p, q in zip(a.parameters(), c.parameters())]
    assert all(same) and not any(other[:2])


@pytest.mark.parametrize("name", ARCHITECTURES.names())
def test_teaching_preset_learns_32_planted_sequences_by_heart(name):
    entry, task = ARCHITECTURES[name], DATASETS["one_motif"].presets["default"]
    data = task.sample(32, seed=5)
    X, y = torch.from_numpy(data.X), torch.from_numpy(data.labels)
    model = entry.make(entry.presets["teaching"], n_outputs=2, length=task.length, seed=0).train()
    optimizer = torch.optim.Adam(model.parameters(), lr=entry.learning_rate)
    for _ in range(600):
        loss = torch.nn.functional.cross_entropy(model(X), y)
        if loss < 0.02:
            break
        optimizer.zero_grad(), loss.backward(), optimizer.step()
    assert (logits(model.eval(), X).argmax(1) == y).all()


@pytest.mark.parametrize("name", ARCHITECTURES.names())
def test_settings_carry_bounds_and_labels(name):
    for s in settings_of(ARCHITECTURES[name].config):
        assert s.label and (s.choices or s.type is bool or (s.low is not None and s.high is not None)), s.name


# ---- datasets

@pytest.fixture(scope="module", params=[(d.name, p) for d in DATASETS for p in d.presets], ids="-".join)
def task(request):
    return DATASETS[request.param[0]].presets[request.param[1]]


def test_a_seed_reproduces_a_sample(task):
    a, b, c = task.sample(40, seed=1), task.sample(40, seed=1), task.sample(40, seed=2)
    assert np.array_equal(a.codes, b.codes) and np.array_equal(a.labels, b.labels)
    assert np.array_equal(a.sites.start, b.sites.start)
    assert not np.array_equal(a.codes, c.codes)


def test_samples_are_balanced_and_one_hot(task):
    data = task.sample(10 * len(task.classes) + 1, seed=0)
    counts = np.bincount(data.labels, minlength=len(task.classes))
    assert counts.max() - counts.min() <= 1 and len(counts) == len(data.classes)
    assert data.X.shape == (len(data), 4, task.length) and (data.X.sum(1) == 1).all()


def test_planted_motifs_stand_where_the_sites_say(task):
    """Oracle: the base frequencies at the stated positions are the motif's own, whichever strand."""
    data = task.sample(3000, seed=7)
    s = data.sites
    assert (s.start >= 0).all() and (s.end <= task.length).all() and len(s.start)
    for index, motif in enumerate(task.motifs):
        mine = np.flatnonzero(s.motif == index)
        assert (s.end[mine] - s.start[mine] == motif.width).all()
        letters = data.codes[s.sequence[mine][:, None], s.start[mine][:, None] + np.arange(motif.width)]
        letters = np.where(s.strand[mine][:, None] > 0, letters, 3 - letters[:, ::-1])
        seen = np.stack([(letters == b).mean(0) for b in range(4)])
        assert np.abs(seen - motif.ppm()).max() < 5 * 0.5 / np.sqrt(len(mine)), motif.name


def test_sites_do_not_overlap_and_the_mask_counts_them(task):
    data = task.sample(200, seed=3)
    s = data.sites
    assert data.planted_mask().sum() == (s.end - s.start).sum()
    listed = [(row, site.start, site.end) for row in range(200) for site in data.sites_of(row)]
    assert listed == list(zip(s.sequence.tolist(), s.start.tolist(), s.end.tolist()))


def test_bayes_logits_beat_chance_or_are_absent(task):
    data = task.sample(600, seed=4)
    scores = task.bayes_logits(data.codes)
    if scores is None:
        assert task.name == "motif_pair"
        return
    assert scores.shape == (600, len(task.classes))
    assert (scores.argmax(1) == data.labels).mean() > 0.8


# ---- attribution methods x architectures

@pytest.fixture(scope="module", params=METHODS.names())
def method(request):
    return request.param


def explain(method, model, X, **options):
    reason = METHODS[method].supports(model) if METHODS[method].supports else None
    if reason:
        pytest.skip(reason)
    return attribute(method, model, X, 1, **options)


def test_attributions_have_the_shape_of_the_input_and_are_finite(method, model):
    result = explain(method, model, one_hot(2))
    assert result.values.shape == (2, 4, LENGTH) and result.observed.shape == (2, LENGTH)
    assert np.isfinite(result.values).all() and result.values.any()


def test_attributions_of_a_row_do_not_depend_on_the_batch(method, model):
    X = one_hot(3)
    together, alone = explain(method, model, X).values[1], explain(method, model, X[1:2]).values[0]
    assert np.allclose(together, alone, atol=1e-5 + 1e-4 * np.abs(alone).max())


def test_attribution_gives_the_model_back_as_it_was(method, model):
    model = copy.deepcopy(model).train()
    modes, grads = [m.training for m in model.modules()], [p.requires_grad for p in model.parameters()]
    explain(method, model, one_hot(1))
    with pytest.raises((SeqVizError, RuntimeError)):
        explain(method, model, torch.zeros(1, 7, LENGTH))
    broken = copy.deepcopy(model)
    broken.register_forward_pre_hook(lambda *_: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        attribute(method, broken, one_hot(1), 1)
    assert all(m.training for m in broken.modules())
    assert [m.training for m in model.modules()] == modes and [p.requires_grad for p in model.parameters()] == grads
    assert all(p.grad is None for p in model.parameters())


@pytest.mark.parametrize("complete", [m.name for m in METHODS if m.complete])
def test_completeness_gap_is_small_where_it_is_declared(complete, model):
    result = explain(complete, model, one_hot(2))
    scale = np.abs(result.values).sum(axis=(1, 2)) + 1e-3
    assert (np.abs(result.gap) / scale < 0.05).all()
