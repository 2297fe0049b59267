"""What must hold for every registered architecture; a new one is tested with no test written.

The same for tasks: tests/datasets/test_every_task.py, and for attribution methods: tests/attribution/test_every_model.py.
"""

import copy
import threading
from dataclasses import asdict

import pytest
import torch

from seqviz_core.datasets import DATASETS
from seqviz_core.errors import SeqVizError
from seqviz_core.models import ARCHITECTURES, count_parameters, intervene, make_model, probes_of, record, recording
from seqviz_core.settings import settings_of
from seqviz_core.training import RunSpec

LENGTH, CLASSES = 63, 3  # no multiple of a pooling width
PRESETS = [(a.name, preset) for a in ARCHITECTURES for preset in a.presets]
PUBLISHED = [(a.name, name) for a in ARCHITECTURES for name in a.published]
PER_BASE = [(a.name, preset) for a in ARCHITECTURES if a.per_position for preset in a.presets]


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


def test_logits_have_one_column_per_class(model):
    assert logits(model, one_hot(5)).shape == (5, CLASSES)


@pytest.mark.parametrize("name,preset", PER_BASE)
def test_an_answer_per_base_has_a_column_for_every_base_and_trains(name, preset):
    entry = ARCHITECTURES[name]
    model = entry.make(entry.presets[preset], n_outputs=CLASSES, length=LENGTH, seed=3, per_position=True)
    for length in (LENGTH, 40):
        assert logits(model, one_hot(2, length=length)).shape == (2, CLASSES, length)
    torch.nn.functional.cross_entropy(model(one_hot(4)), torch.arange(4 * LENGTH).reshape(4, LENGTH) % CLASSES).backward()
    assert [n for n, p in model.named_parameters() if p.grad is None or not p.grad.any()] == []


@pytest.mark.parametrize("name", [a.name for a in ARCHITECTURES if not a.per_position])
def test_a_model_with_one_answer_per_sequence_refuses_an_answer_per_base(name):
    entry = ARCHITECTURES[name]
    with pytest.raises(SeqVizError, match="one answer per sequence"):
        entry.make(entry.config(), n_outputs=2, length=50, seed=0, per_position=True)


@pytest.mark.parametrize("name,published", PUBLISHED)
def test_a_published_definition_has_the_published_number_of_parameters(name, published):
    entry, paper = ARCHITECTURES[name], ARCHITECTURES[name].published[published]
    model = entry.define(paper.config, n_outputs=paper.n_outputs, length=paper.length, per_position=paper.per_position).eval()
    assert count_parameters(model) == paper.n_parameters
    shape = (1, paper.n_outputs, paper.length) if paper.per_position else (1, paper.n_outputs)
    assert model(torch.zeros(1, 4, paper.length, device="meta")).shape == shape


@pytest.mark.parametrize("entry", [*ARCHITECTURES], ids=lambda entry: entry.name)
def test_an_architecture_says_what_it_is(entry):
    assert next(iter(entry.presets)) == "teaching" and all(isinstance(c, entry.config) for c in entry.presets.values())
    assert len(entry.description.split()) >= 25 and entry.good_for and entry.not_for and entry.reference


@pytest.mark.parametrize("entry", [*ARCHITECTURES], ids=lambda entry: entry.name)
def test_settings_left_out_are_those_of_the_teaching_preset(entry):
    preset = entry.make(entry.presets["teaching"], n_outputs=CLASSES, length=LENGTH, seed=3)
    left_out = make_model(entry.name, {}, n_outputs=CLASSES, length=LENGTH, seed=3)
    weights, others = preset.state_dict(), left_out.state_dict()
    assert weights.keys() == others.keys() and all(torch.equal(w, others[name]) for name, w in weights.items())
    spec = RunSpec("one_motif", {}, entry.name, {})
    assert spec.complete().model_settings == asdict(entry.presets["teaching"])  # what holds no weights, such as dropout, too


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
    """Bit for bit, which asks for one thread count: torch takes another kernel for a 1-wide convolution of fewer than 16
    sequences where a thread may use two cores than where it may use one, and OpenMP keeps that count for each thread apart.
    """
    inputs = [one_hot(2, seed=s) for s in range(4)]
    alone = [record(model, X) for X in inputs]
    traces, start = [None] * len(inputs), threading.Barrier(len(inputs))
    counts = {torch.get_num_threads()}

    def work(i):
        counts.add(torch.get_num_threads())
        start.wait()
        for _ in range(5):
            traces[i] = record(model, inputs[i])

    threads = [threading.Thread(target=work, args=(i,)) for i in range(len(inputs))]
    [t.start() for t in threads], [t.join() for t in threads]
    assert counts == {1}, "a test before this one left a thread count behind; tests/conftest.py says what it knows of"
    for expected, got in zip(alone, traces):
        for name, activation in expected.activations.items():
            assert torch.equal(got[name].value, activation.value), name


def test_only_the_thread_count_changes_a_one_wide_convolution():
    """What the test above rests on: with one thread count the bits are equal wherever the numbers lie in memory."""
    weight, X = (torch.randn(shape, generator=torch.Generator().manual_seed(1)) for shape in ((16, 16, 1), (2, 16, LENGTH)))
    expected = torch.nn.functional.conv1d(X, weight)
    for offset in (1, 2, 4, 8, 1000):  # numbers, beside the 64 bytes at which torch lets a tensor begin
        moved = torch.empty(X.numel() + offset)[offset:].view(X.shape).copy_(X)
        assert torch.equal(torch.nn.functional.conv1d(moved, weight), expected), offset


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


def without_thresholds(model):
    """Return a copy through which every gradient flows: the largest of several hides the others, and so does a relu."""
    model = copy.deepcopy(model).double()
    for name, m in [*model.named_modules()]:
        if isinstance(m, torch.nn.MaxPool1d):
            soft = torch.nn.AvgPool1d(m.kernel_size, m.stride, m.padding, m.ceil_mode, count_include_pad=False)
        elif isinstance(m, torch.nn.ReLU):
            soft = torch.nn.Softplus()
        else:
            continue
        parent, _, child = name.rpartition(".")
        setattr(model.get_submodule(parent), child, soft)
    return model


def test_a_feature_map_sees_its_span_and_nothing_else(model):
    """Oracle: the gradient of a unit is zero outside its span, and reaches both ends of it."""
    model = without_thresholds(model)
    for name, probe in probes_of(model).items():
        if probe.kind != "feature_map":
            continue
        caught = {}
        X = one_hot(1).double().requires_grad_()
        with intervene({name: lambda value, positions, caught=caught: caught.setdefault("map", value)}):
            model(X)
        n = caught["map"].shape[-1]
        for position in {0, n // 2, n - 1}:
            gradient = torch.autograd.grad(caught["map"][0, :, position].sum(), X, retain_graph=True)[0]
            seen = gradient[0].abs().sum(0).nonzero().flatten()
            start, end = probe.span.bases(position, LENGTH)
            assert (int(seen.min()), int(seen.max()) + 1) == (start, end), (name, position)


def test_the_first_map_is_the_first_convolution_activated_before_pooling(model):
    if getattr(model, "first_map", None) is None:
        assert getattr(model, "first_conv", None) is None
        return
    activation = record(model, one_hot(2))[model.first_map]
    assert activation.kind == "feature_map" and activation.value.shape == (2, model.first_conv.out_channels, LENGTH)
    assert isinstance(model.first_conv, torch.nn.Conv1d) and activation.span.width == model.first_conv.kernel_size[0]


def test_positions_share_the_sequence_among_them(model):
    """Each position's stride of bases begins where the one before ends, and together they are the whole sequence."""
    for activation in record(model, one_hot(1)).activations.values():
        span, along = activation.span, {"position", "key"} & set(activation.axes)
        for axis in along:
            n = activation.value.shape[activation.axes.index(axis)]
            assert (n - 1) * span.stride < LENGTH <= n * span.stride, activation.name
            assert span.bases(0, LENGTH)[0] == 0 and span.bases(n - 1, LENGTH)[1] == LENGTH, activation.name


def test_a_gate_reads_its_span_first_and_everything_behind_it_later(model):
    """Oracle: at the position where a direction begins, nothing has been read yet but that position's span."""
    for name, probe in probes_of(model).items():
        if probe.kind not in ("gate", "state"):
            continue
        caught, X = {}, one_hot(1).requires_grad_()
        keep = lambda value, positions, caught=caught: caught.setdefault(positions[0], value)
        with intervene({name: keep}):
            model(X)
        first, last = (0, len(caught) - 1) if "left_to_right" in name else (len(caught) - 1, 0)
        for position, whole in ((first, False), (last, True)):
            gradient = torch.autograd.grad(caught[position].sum(), X, retain_graph=True)[0]
            seen = gradient[0].abs().sum(0).nonzero().flatten()
            start, end = (0, LENGTH) if whole else probe.span.bases(position, LENGTH)
            assert start <= int(seen.min()) and int(seen.max()) + 1 <= end and len(seen) > 0, (name, position)
            assert not whole or len(seen) > 2 * probe.span.width, name


def test_internals_keep_their_identities(model):
    """Gates lie between 0 and 1, candidates and h between -1 and 1, attention rows sum to 1, and the states follow from the
    gates: h = o tanh(c) in an LSTM, h = (1 - z) n + z h before in a GRU."""
    trace = record(model, one_hot(3))
    for activation in trace.of_kind("attention"):
        assert torch.allclose(activation.value.sum(-1), torch.ones(1), atol=1e-6) and (activation.value >= 0).all()
    for name in [a.name.removesuffix(".i") for a in trace.of_kind("gate") if a.name.endswith(".i")]:
        i, f, g, o, c, h = (trace[f"{name}.{part}"].value for part in "ifgoch")
        assert all(((gate > 0) & (gate < 1)).all() for gate in (i, f, o)) and (g.abs() < 1).all()
        assert (o * c.tanh() - h).abs().max() < 1e-6
    for name in [a.name.removesuffix(".z") for a in trace.of_kind("gate") if a.name.endswith(".z")]:
        r, z, n, h = (trace[f"{name}.{part}"].value for part in "rznh")
        assert all(((gate > 0) & (gate < 1)).all() for gate in (r, z)) and (n.abs() < 1).all()
        backwards = name.endswith("right_to_left")
        before = torch.nn.functional.pad(h, (0, 1) if backwards else (1, 0))[..., 1 if backwards else 0:][..., :h.shape[-1]]
        assert ((1 - z) * n + z * before - h).abs().max() < 1e-6
    assert all(a.value.abs().max() < 1 for a in trace.of_kind("state") if a.name.endswith(".h"))


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


@pytest.mark.parametrize("name", ARCHITECTURES.names())
def test_the_seed_decides_the_weights_and_the_global_random_state_stays(name):
    entry, before = ARCHITECTURES[name], torch.random.get_rng_state()
    a, b, c = (entry.make(entry.config(), n_outputs=2, length=50, seed=s) for s in (1, 1, 2))
    assert torch.equal(torch.random.get_rng_state(), before)
    assert all(torch.equal(p, q) for p, q in zip(a.parameters(), b.parameters()))
    drawn = [(p, q) for p, q in zip(a.parameters(), c.parameters()) if p.ndim > 1]  # a normalisation starts at ones and zeros
    assert drawn and not any(torch.equal(p, q) for p, q in drawn)


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
    for _ in range(50):  # the running averages of a batch normalisation come after
        logits(model, X)
    assert (logits(model.eval(), X).argmax(1) == y).all()


@pytest.mark.parametrize("name", ARCHITECTURES.names())
def test_settings_carry_bounds_and_labels(name):
    for s in settings_of(ARCHITECTURES[name].config):
        assert s.label and (s.choices or s.type is bool or (s.low is not None and s.high is not None)), s.name
