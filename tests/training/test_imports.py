"""Runs and weights from elsewhere: what goes out comes in, marked as brought; every mistake is one sentence."""

import io
import json
import zipfile
from dataclasses import replace

import numpy as np
import pytest
import torch
from safetensors.torch import load, save

from seqviz_core.errors import SeqVizError
from seqviz_core.models import ARCHITECTURES
from seqviz_core.sequences import decode
from seqviz_core.training import find_run
from seqviz_core.training.config import RunSpec, TrainingConfig
from seqviz_core.training.files import weights_of
from seqviz_core.training.imports import (
    BROUGHT,
    export_run,
    import_run,
    import_weights,
    read_own_weights,
    settings_json,
)
from seqviz_core.training.results import Epoch, RunStatus, Scores
from seqviz_core.training.runs import RunStore

SPEC = RunSpec("one_motif", {"length": 40}, "cnn", {"filters": 4}, TrainingConfig(epochs=2))
SETTINGS = {"architecture": "cnn", "settings": {"filters": 4}, "task": "one_motif", "task_settings": {"length": 40}}
WEIGHTS = weights_of(SPEC.make_model())
STATUS = RunStatus("done", created=1.0, message="Reached accuracy 0.999.", finished=2.0, n_test=3000, n_epochs=1, best_epoch=1,
                   n_parameters=7, test=Scores(0.999, 1.0), ceiling=Scores(0.9, 0.9), kmer=Scores(0.8, 0.8))
X = torch.nn.functional.one_hot(torch.randint(0, 4, (5, 40), generator=torch.Generator().manual_seed(1)), 4).movedim(2, 1).float()


@pytest.fixture
def store(tmp_path):
    return RunStore(tmp_path / "runs")


@pytest.fixture
def there(tmp_path):
    """A finished run in the store of another SeqViz."""
    store = RunStore(tmp_path / "elsewhere")
    store.create(SPEC.complete(), "abc")
    store.append_epoch("abc", Epoch(1, 0.7, 0.6, 0.71, 0.62, 1.5))
    store.write_weights("abc", WEIGHTS)
    store.write_status("abc", STATUS)
    return store.get("abc")


def brought(store, weights=WEIGHTS, **changes):
    settings = {key: value for key, value in {**SETTINGS, **changes}.items() if value is not None}
    return import_weights(weights, json.dumps(settings).encode(), store)


def repacked(run, **files) -> bytes:
    """The zip of a run with other contents; None leaves a file out."""
    with zipfile.ZipFile(io.BytesIO(export_run(run))) as archive:
        content = {name: archive.read(name) for name in archive.namelist()}
    content.update({name.replace("_", "."): value for name, value in files.items()})
    return zipped({name: value for name, value in content.items() if value is not None})


def zipped(files) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return packed.getvalue()


def refused(act, *arguments) -> str:
    with pytest.raises(SeqVizError) as error:
        act(*arguments)
    assert "\n" not in str(error.value)
    return str(error.value)


def test_a_run_goes_out_and_comes_in(there, store):
    run = import_run(export_run(there), store)
    assert run.spec == there.spec and run.epochs() == there.epochs()
    assert torch.equal(run.load_model()(X), there.load_model()(X))
    assert (run.path / "weights.safetensors").read_bytes() == WEIGHTS
    assert run.id != there.id and run.brought and not there.brought and run.id != run.spec.run_id
    assert export_run(there) == export_run(there)


def test_no_figure_measured_elsewhere_is_claimed(there, store):
    status = import_run(export_run(there), store).status
    assert (status.state, status.message, status.n_epochs) == ("done", BROUGHT, 1)
    assert status.n_parameters == sum(p.numel() for p in SPEC.make_model().parameters())  # counted here
    assert (status.test, status.ceiling, status.kmer, status.n_test, status.best_epoch, status.started) == (None,) * 6


def test_the_same_run_twice_is_one_and_comes_back_from_the_trash(there, store):
    data = export_run(there)
    run = import_run(data, store)
    assert import_run(data, store).id == run.id and len(store.runs()) == 1
    store.delete(run.id)
    assert import_run(data, store).id == run.id and store.get(run.id).trained


def test_a_run_without_weights_is_not_packed(store):
    assert refused(export_run, store.create(SPEC)).endswith("it is queued.")


@pytest.mark.parametrize("name", ["cnn", "lstm", "attention"])
def test_every_shipped_run_goes_round(name, store):
    shipped = find_run(name)
    again = import_weights((shipped.path / "weights.safetensors").read_bytes(), settings_json(shipped).encode(), store)
    packed = import_run(export_run(shipped), store)
    X = torch.rand(3, 4, 100)
    assert torch.equal(again.load_model()(X), shipped.load_model()(X)) and again.spec.make_task() == shipped.spec.make_task()
    assert packed.spec == shipped.spec and again.id != packed.id  # one has a training, the other none


def test_bare_weights_with_a_preset_or_with_settings(store):
    config = ARCHITECTURES["cnn"].presets["teaching"]
    weights = weights_of(replace(SPEC, model_settings={}).make_model())
    run = brought(store, weights, settings=None, preset="teaching")
    assert run.spec.model_settings["filters"] == config.filters and run.status.message == BROUGHT
    assert torch.equal(brought(store).load_model()(X), SPEC.make_model().eval()(X))
    assert brought(store, classes=["background", "GATA2"]).trained


@pytest.mark.parametrize("order", ["TGCA", "GATC", "cagu"])
def test_another_base_order_is_turned_into_acgt(order, store):
    model, order_here = brought(store, base_order=order).load_model(), order.upper().replace("U", "T")
    theirs = X[:, ["ACGT".index(base) for base in order_here]]  # their first row stands for their first base
    assert torch.allclose(model(X), SPEC.make_model().eval()(theirs), atol=1e-6)
    assert not torch.allclose(model(X), SPEC.make_model().eval()(X), atol=1e-3)


def test_an_order_is_refused_where_it_would_not_give_the_same_answers():
    own = lambda name, order: read_own_weights(weights_of(replace(SPEC, architecture=name, model_settings={}).make_model()),
                                               json.dumps({**SETTINGS, "architecture": name, "settings": {},
                                                           "base_order": order}).encode())
    assert "does not read the bases through one convolution alone" in refused(own, "mlp", "TGCA")
    assert "cannot be turned into ACGT here" in refused(own, "rc_cnn", "AGTC")  # its other strand would pair A with C
    own("rc_cnn", "TGCA")  # pairs as ACGT does


@pytest.mark.parametrize("changes, said", [
    ({"architecture": "cn"}, "There is no architecture 'cn'; there are cnn"), ({"architecture": "cn"}, "Did you mean 'cnn'?"),
    ({"task": "one_motiv"}, "Did you mean 'one_motif'?"), ({"architecture": None}, "do not name the architecture"),
    ({"task": None}, "do not name the task"), ({"settings": [4]}, "'settings' is '[4]', which is not an object"),
    ({"setings": {}}, "there is no key 'setings'"), ({"setings": {}}, "Did you mean 'settings'?"),
    ({"preset": "teaching"}, "both 'preset' and 'settings'"), ({"settings": {"filter": 4}}, "has no setting 'filter'"),
    ({"settings": {"filters": 4096}}, "4096 is outside 1 to 512"), ({"settings": {"filters": "4"}}, "'4' is not a whole number"),
    ({"settings": None, "preset": "large"}, "cnn has no preset 'large'; it has teaching"),
    ({"task_settings": {"length": 5}}, "5 bases are too few"), ({"task_settings": {"motif": 7}}, "7 is not text"),
    ({"base_order": "ACGG"}, "names each of A, C, G and T once"), ({"architecture": "cnn" * 10**6}, "There is no architecture"),
    ({"base_order": 7}, "names each of A, C, G and T once"),
    ({"classes": ["GATA2", "background"]}, "their classes are GATA2, background, and those of one_motif are background, GATA2"),
    ({"settings": {"filters": 8}}, "first_conv.weight is (4, 4, 19) in the file; cnn with these settings needs (8, 4, 19)"),
    ({"task": "gene_splice", "task_settings": {}}, "gives one answer per sequence")])
def test_settings_that_do_not_fit_are_told(changes, said, store):
    assert said in refused(lambda: brought(store, **changes))
    assert store.runs() == [] and store.problems() == []


@pytest.mark.parametrize("settings, said", [
    (b"", "not JSON"), (b"[1]", "holds a list"), (b"{", "not JSON"), (b"\xff\xfe", "not text"),
    (b"[" * 100_000, "nested too deep"), (b"\x80\x04}.", "never opened here"), (b" " * 6_000_001, "at most 6,000,000 are read")])
def test_settings_that_are_no_json_are_told(settings, said, store):
    assert said in refused(import_weights, WEIGHTS, settings, store)


def test_weights_that_diverge_are_told(store):
    weights = {name: t * 1e6 for name, t in load(WEIGHTS).items()}  # exp of it is infinite
    assert "answers to random sequences are not finite" in refused(lambda: brought(store, save(weights)))


def test_a_zip_with_anything_else_in_it_is_refused(there, store):
    read = lambda data: refused(import_run, data, store)
    assert "has no weights.safetensors" in read(repacked(there, weights_safetensors=None))
    assert "The zip holds 'notes.txt'" in read(zipped({"notes.txt": ""}))
    assert "'../config.json'" in read(zipped({"../config.json": "{}"})) and "'/etc/passwd'" in read(zipped({"/etc/passwd": ""}))
    assert "'run/config.json'" in read(zipped({"run/config.json": "{}"}))
    assert "more than the four files" in read(zipped({f"file{i}": "" for i in range(100)}))
    with pytest.warns(UserWarning, match="Duplicate name"):
        packed = io.BytesIO(export_run(there))
        with zipfile.ZipFile(packed, "a") as archive:
            archive.writestr("config.json", "{}")
    assert "each once" in read(packed.getvalue())
    assert list(store.root.glob("*")) == []


def test_a_zip_bomb_is_not_unpacked(there, store):
    bomb = repacked(there, status_json=b" " * 30_000_000)
    assert len(bomb) < 100_000 and "status.json is larger than the 100,000 bytes" in refused(import_run, bomb, store)


def test_a_zip_that_lies_about_a_size_is_told(there, store):
    data = bytearray(repacked(there, status_json=b" " * 30_000_000))
    local, central = data.index(b"status.json") - 30, data.rindex(b"status.json") - 46
    assert data[local:local + 4] == b"PK\x03\x04" and data[central:central + 4] == b"PK\x01\x02"
    for place in (local + 22, central + 24):
        data[place:place + 4] = (1000).to_bytes(4, "little")
    assert "damaged" in refused(import_run, bytes(data), store)


@pytest.mark.parametrize("end", [3, 200, 0.5, -30])
def test_a_truncated_zip_is_told(end, there, store):
    data = export_run(there)
    cut = data[:int(end * len(data)) if isinstance(end, float) else end]
    assert "cut off" in refused(import_run, cut, store) or "damaged" in refused(import_run, cut, store)


def test_a_damaged_zip_is_told(there, store):
    data = bytearray(export_run(there))
    middle = data.index(b"weights.safetensors") + 400
    data[middle:middle + 50] = bytes(50)
    assert "damaged" in refused(import_run, bytes(data), store)


@pytest.mark.parametrize("files, said", [
    ({"config_json": b"{"}, "config.json cannot be used: it is not JSON"),
    ({"config_json": b"\xff"}, "config.json cannot be used: this is not text"),
    ({"config_json": SPEC.to_json().replace('"schema": 1', '"schema": 2').encode()}, "its schema is 2"),
    ({"config_json": SPEC.to_json().replace('"cnn"', '"cn"').encode()}, "There is no architecture 'cn'"),
    ({"config_json": SPEC.to_json().replace('"filters": 4', '"filters": 5').encode()}, "needs (5, 4, 19)"),
    ({"status_json": b'{"state": "running", "created": 1, "n_epochs": 0}'}, "the run is running, and only a finished one"),
    ({"status_json": b'{"state": "won"}'}, "its state is 'won'"),
    ({"status_json": b'{"state": "done", "n_epochs": 0, "created": 1' + b"0" * 400 + b"}"}, "too large"),
    ({"metrics_jsonl": b'{"epoch": "one"}\n'}, "metrics.jsonl cannot be used: 'epoch' is 'one', not a number"),
    ({"weights_safetensors": WEIGHTS[:-5]}, "weights.safetensors cannot be used: The safetensors file is cut off"),
    ({"weights_safetensors": b"\x80\x04}."}, "never opened here")])
def test_files_of_a_run_that_are_wrong_are_told(files, said, there, store):
    assert said in refused(import_run, repacked(there, **files), store)
    assert store.runs() == []


def test_what_is_no_zip_is_told(store, tmp_path):
    assert "not a zip file" in refused(import_run, b"hello", store)
    torch.save(SPEC.make_model().state_dict(), tmp_path / "model.pt")
    assert "never opened here" in refused(import_run, (tmp_path / "model.pt").read_bytes(), store)
    assert "at most 50,000,000 are read" in refused(import_run, bytes(50_000_001), store)


def test_a_locked_zip_is_told(there, store):
    data = bytearray(export_run(there))
    for signature, place in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):  # the flag that says encrypted
        data[data.index(signature) + place] |= 1
    assert "damaged or locked" in refused(import_run, bytes(data), store)


def test_a_read_only_store_stays_as_it_is(there, tmp_path):
    assert "read-only" in refused(import_run, export_run(there), RunStore(tmp_path / "shipped", read_only=True))


def test_classes_of_one_s_own_come_with_labelled_sequences(store):
    drawn = decode(np.random.default_rng(0).integers(0, 4, (30, 35), dtype=np.uint8))
    text = "sequence,label\n" + "".join(f"{s},{name}\n" for s, name in zip(drawn, ["weak", "strong", "none"] * 10))
    labelled = replace(SPEC, task="labelled", task_settings={"text": text})
    own = {"task": "labelled", "task_settings": {"text": text}}
    run = brought(store, weights_of(labelled.make_model()), **own, classes=["none", "strong", "weak"])
    assert run.load_model()(torch.rand(2, 4, 35)).shape == (2, 3)
    assert "those of labelled are none, strong, weak, in this order" in refused(
        lambda: brought(store, weights_of(labelled.make_model()), **own, classes=["weak", "strong", "none"]))
