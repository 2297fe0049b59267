"""Weights from elsewhere: what fits comes back bit by bit, and every way in which a file may be wrong is one sentence."""

import json
import re
import struct
import subprocess
import sys

import pytest
import torch
from safetensors.torch import load, save

from seqviz_core.errors import SeqVizError
from seqviz_core.models import ARCHITECTURES, make_model
from seqviz_core.training.weights_file import INSTEAD, LARGEST, read_weights, refuse_pickle

CNN = ARCHITECTURES["cnn"]
CONFIG = CNN.config(filters=6, width=5)


def model(seed=0, **settings):
    return make_model("cnn", {"filters": 6, "width": 5, **settings}, n_outputs=3, length=40, seed=seed)


def defined():
    return CNN.define(CONFIG, n_outputs=3, length=40)


GOOD = save(model().state_dict())


def header_and_rest(data=GOOD):
    n = struct.unpack("<Q", data[:8])[0]
    return json.loads(data[8:8 + n]), data[8 + n:]


def with_header(header, rest):
    text = json.dumps(header).encode()
    return struct.pack("<Q", len(text)) + text + rest


def changed(**tensors):
    """A file like the good one; None leaves a tensor out."""
    state = {**model().state_dict(), **{n.replace("__", "."): t for n, t in tensors.items()}}
    return save({n: t for n, t in state.items() if t is not None})


def refused(data) -> str:
    with pytest.raises(SeqVizError) as error:
        read_weights(data, defined(), "cnn")
    assert "\n" not in str(error.value)
    return str(error.value)


def test_what_fits_comes_back_as_it_was():
    found = read_weights(GOOD, defined(), "cnn")
    assert found.keys() == model().state_dict().keys()
    assert all(torch.equal(found[n], t) for n, t in model().state_dict().items())


@pytest.mark.parametrize("name", ARCHITECTURES.names())
def test_every_architecture_s_own_weights_fit(name):
    entry = ARCHITECTURES[name]
    whole = entry.make(next(iter(entry.presets.values())), n_outputs=2, length=200, seed=0)
    read_weights(save({n: t.contiguous() for n, t in whole.state_dict().items()}),
                 entry.define(next(iter(entry.presets.values())), n_outputs=2, length=200), name)


def test_the_first_tensor_that_does_not_fit_is_named():
    other = save(model(filters=9).state_dict())
    assert refused(other) == "first_conv.weight is (9, 4, 5) in the file; cnn with these settings needs (6, 4, 5)."
    assert refused(changed(read_out__bias=None)) == (
        "read_out.bias is missing in the file; cnn with these settings needs (3) numbers there.")
    assert refused(changed(more=torch.zeros(2), yet=torch.zeros(1))) == (
        "more is in the file, and cnn with these settings has no tensor of that name (and 1 more like it).")
    assert "first_conv.weight holds F16 numbers in the file; it has to hold F32 (in PyTorch: float32)" in refused(
        changed(first_conv__weight=torch.zeros(6, 4, 5, dtype=torch.float16)))
    renamed = {n.replace("first_conv", "conv1d_1"): t for n, t in model().state_dict().items()}
    assert refused(save(renamed)).startswith("first_conv.weight is missing in the file; it has conv1d_1.")


def test_a_prefix_of_every_name_is_seen():
    said = refused(save({f"module.{n}": t for n, t in model().state_dict().items()}))
    assert "begins with 'module.'" in said and "'first_conv.weight'" in said


@pytest.mark.parametrize("value", [float("nan"), float("inf")])
def test_what_is_not_finite_is_counted(value):
    bias = torch.zeros(3)
    bias[1] = value
    assert refused(changed(read_out__bias=bias)).startswith("read_out.bias holds 1 of 3 numbers that are not finite")


@pytest.mark.parametrize("end", [0, 7, 9, 60, len(GOOD) - 1])
def test_a_truncated_file_is_told(end):
    said = refused(GOOD[:end])
    assert "cut off" in said if end >= 9 else "not a safetensors file" in said


def test_a_damaged_header_is_told():
    header, rest = header_and_rest()
    assert "something behind its end" in refused(GOOD + b"\0")
    assert "not a JSON object" in refused(struct.pack("<Q", 20) + b"{" * 20 + rest)
    assert "not a JSON object" in refused(struct.pack("<Q", 20) + b'{"a": "\xff' + b" " * 10 + rest)
    deep = b'{"a":' + b"[" * 200_000
    assert "not a JSON object" in refused(struct.pack("<Q", len(deep)) + deep)
    entry = header["read_out.bias"]
    for wrong in ({**entry, "shape": [-3]}, {**entry, "data_offsets": [12, 0]}, {**entry, "shape": "3"}, {}, 7,
                  {**entry, "shape": [2**50]}, {**entry, "dtype": 1}, {**entry, "shape": [True, 3]}):
        assert "has no dtype, shape and place" in refused(with_header({**header, "read_out.bias": wrong}, rest))
    first = {**entry, "data_offsets": [0, 4 * 3 + 4]}
    assert "takes 16 bytes there, and its shape 12" in refused(with_header({**header, "read_out.bias": first}, rest))
    overlap = {**header, "read_out.bias": {**entry, "data_offsets": [0, 12]}}
    assert "damaged" in refused(with_header(overlap, rest))


def test_a_header_that_claims_too_much_is_refused_before_it_is_read():
    assert "not a safetensors file" in refused(struct.pack("<Q", 2**60) + b"{")
    assert f"at most {LARGEST:,} are read" in refused(bytes(LARGEST + 1))


@pytest.mark.parametrize("data, what", [(b"\x89HDF\r\n\x1a\n", "Keras"), (b"PK\x05\x06", "zip file"),
                                        (b"\x1f\x8b\x08", "gz file"), (b"\x93NUMPY\x01", "numpy array"),
                                        (b"", "not a safetensors file"),
                                        (b"{}", "not a safetensors file"), (b"first_conv,1,2,3,4,5", "not a safetensors file")])
def test_other_formats_are_named(data, what):
    assert what in refused(data)


@pytest.mark.parametrize("legacy", [False, True])
def test_a_pickle_is_never_opened(tmp_path, legacy):
    """The file would leave a trace if anything unpickled it."""
    class Trap:
        def __reduce__(self):
            return open, (str(tmp_path / "opened"), "w")

    torch.save({"weights": Trap()}, tmp_path / "model.pt", _use_new_zipfile_serialization=not legacy)
    (tmp_path / "opened").unlink(missing_ok=True)
    for check in (refused, lambda data: pytest.raises(SeqVizError, refuse_pickle, data).value):
        assert "never opened here" in str(check((tmp_path / "model.pt").read_bytes()))
    assert not (tmp_path / "opened").exists()


def test_the_advice_about_pickles_works(tmp_path):
    torch.save(model().state_dict(), tmp_path / "model.pt")
    subprocess.run([sys.executable, "-c", INSTEAD], cwd=tmp_path, check=True)
    data = (tmp_path / "weights.safetensors").read_bytes()
    assert torch.equal(read_weights(data, defined(), "cnn")["first_conv.weight"], model().first_conv.weight)
    assert load(data).keys() == model().state_dict().keys() and re.search(r"weights_only=True", INSTEAD)
