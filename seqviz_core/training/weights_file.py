"""Weights that somebody made elsewhere: a safetensors file held against an architecture before anything of it is read.

A safetensors file is 8 bytes (the length of its header, little end first), the header (JSON: name -> dtype, shape, place) and
the numbers. It is plain data; a pickle is a program, and none is ever opened here.
"""

import struct
from math import prod
from typing import Any, NamedTuple

import torch
from torch import nn

from ..errors import SeqVizError
from .config import json_object

LARGEST = 50_000_000  # bytes of a file
LONGEST_HEADER = 1_000_000
INSTEAD = ('import torch, safetensors.torch as s; s.save_file({name: t.contiguous() for name, t in torch.load("model.pt", '
           'weights_only=True, map_location="cpu").items()}, "weights.safetensors")')
"""One line of Python that turns a PyTorch state_dict into safetensors."""
_OTHERS = {b"\x89HDF": "an HDF5 file (Keras)", b"\x93NUM": "a numpy array", b"\x1f\x8b": "a gz file", b"GGUF": "a GGUF file"}
_DTYPES = {torch.float32: "F32", torch.int64: "I64"}


class _Entry(NamedTuple):
    dtype: str
    shape: tuple[int, ...]
    start: int
    end: int


def read_weights(data: bytes, model: nn.Module, name: str) -> dict[str, torch.Tensor]:
    """Return the tensors of a safetensors file that are `model`'s (defined on the meta device, called `name` in a sentence).

    Raises SeqVizError for a file that is too large, cut off, damaged or of another format, and names the first tensor that is
    missing, too many, of another shape or kind of number, or holds what is not finite.
    """
    refuse_pickle(data)
    header = _header(data)
    _check_names(header, model, name)
    for tensor, expected in model.state_dict().items():
        _check_tensor(tensor, header[tensor], expected, name)
    weights = _load(data)
    bad = next((n for n, t in weights.items() if t.is_floating_point() and not torch.isfinite(t).all()), None)
    if bad is not None:
        raise SeqVizError(f"{bad} holds {_not_finite(weights[bad])} numbers that are not finite (nan or infinite); the run "
                          "they are from has diverged.")
    return weights


def refuse_pickle(data: bytes) -> None:
    """Raise SeqVizError where `data` is a Python pickle, which a PyTorch .pt, .pth or .ckpt file is, and say what to do."""
    torch_zip = data[:4] == b"PK\x03\x04" and b"/data.pkl" in data[:10_000]
    if torch_zip or (data[:1] == b"\x80" and data[1:2] in (b"\x02", b"\x03", b"\x04", b"\x05")):
        raise SeqVizError("This is a Python pickle (.pt, .pth, .ckpt or .pkl). Opening one runs whatever program is in it, so it "
                          f"is never opened here. Save the weights as safetensors with this line: {INSTEAD}")


def _header(data: bytes) -> dict[str, _Entry]:
    """Return what the header says, checked against the length of the file."""
    if len(data) > LARGEST:
        raise SeqVizError(f"The weights are {len(data):,} bytes; at most {LARGEST:,} are read.")
    for magic, what in _OTHERS.items():
        if data.startswith(magic):
            raise SeqVizError(f"This is {what}; weights are read from safetensors files only.")
    if data[:2] == b"PK":
        raise SeqVizError("This is a zip file; weights are read from safetensors files only. A run packed by SeqViz is brought "
                          "with the other uploader.")
    length = struct.unpack("<Q", data[:8])[0] if len(data) >= 8 else 0
    if not 2 <= length <= LONGEST_HEADER or data[8:9] != b"{":
        raise SeqVizError("This is not a safetensors file: it does not begin with the length of a header and the header.")
    if 8 + length > len(data):
        raise SeqVizError(f"The safetensors file is cut off within its header: it has {len(data):,} of at least {8 + length:,} "
                          "bytes. Upload the whole file.")
    try:
        content = json_object(data[8:8 + length].decode())
    except (SeqVizError, UnicodeDecodeError):
        raise SeqVizError("The header of the safetensors file is damaged: it is not a JSON object.") from None
    entries = {name: _entry(name, value) for name, value in content.items() if name != "__metadata__"}
    size = max((entry.end for entry in entries.values()), default=0)
    if 8 + length + size != len(data):
        what = "is cut off" if 8 + length + size > len(data) else "has something behind its end"
        raise SeqVizError(f"The safetensors file {what}: it has {len(data):,} bytes, its header tells of {8 + length + size:,}.")
    return entries


def _entry(name: str, value: Any) -> _Entry:
    whole = lambda numbers: isinstance(numbers, list) and all(type(n) is int and 0 <= n < 2**40 for n in numbers)
    if isinstance(value, dict) and isinstance(value.get("dtype"), str) and whole(value.get("shape")):
        place = value.get("data_offsets")
        if whole(place) and len(place) == 2 and place[0] <= place[1] and len(value["shape"]) <= 8:
            return _Entry(value["dtype"][:10], tuple(value["shape"]), *place)
    raise SeqVizError(f"The header of the safetensors file is damaged: {name[:80]!r} has no dtype, shape and place.")


def _check_names(header: dict[str, _Entry], model: nn.Module, architecture: str) -> None:
    expected = model.state_dict()
    missing = [n for n in expected if n not in header]
    extra = [n for n in header if n not in expected]
    if missing and extra:
        prefix = next((n.removesuffix(missing[0]) for n in extra if n.endswith(missing[0])), "")
        if {n.removeprefix(prefix) for n in header} == set(expected):
            raise SeqVizError(f"Every name in the file begins with {prefix[:40]!r}; save the tensors under their names without "
                              f"it, such as {missing[0]!r}.")
    if missing:
        has = f"; it has {_some(extra)} instead" if extra else ""
        raise SeqVizError(f"{missing[0]} is missing in the file{has}; {architecture} with these settings needs "
                          f"{_shape(expected[missing[0]].shape)} numbers there{_more(len(missing))}.")
    if extra:
        raise SeqVizError(f"{extra[0][:80]} is in the file, and {architecture} with these settings has no tensor of that name"
                          f"{_more(len(extra))}.")


def _check_tensor(name: str, found: _Entry, expected: torch.Tensor, architecture: str) -> None:
    if found.shape != tuple(expected.shape):
        raise SeqVizError(f"{name} is {_shape(found.shape)} in the file; {architecture} with these settings needs "
                          f"{_shape(expected.shape)}.")
    wanted = _DTYPES[expected.dtype]
    if found.dtype != wanted:
        raise SeqVizError(f"{name} holds {found.dtype} numbers in the file; it has to hold {wanted} (in PyTorch: "
                          f"{str(expected.dtype).removeprefix('torch.')}).")
    if found.end - found.start != prod(found.shape) * expected.element_size():
        raise SeqVizError(f"The header of the safetensors file is damaged: {name} takes {found.end - found.start:,} bytes there, "
                          f"and its shape {prod(found.shape) * expected.element_size():,}.")


def _load(data: bytes) -> dict[str, torch.Tensor]:
    from safetensors import SafetensorError
    from safetensors.torch import load

    try:
        return load(data)
    except SafetensorError as error:
        raise SeqVizError(f"The safetensors file is damaged ({error}).") from error


def _not_finite(tensor: torch.Tensor) -> str:
    return f"{int((~torch.isfinite(tensor)).sum()):,} of {tensor.numel():,}"


def _shape(shape: tuple[int, ...]) -> str:
    return f"({', '.join(map(str, shape))})"


def _some(names: list[str]) -> str:
    return ", ".join(n[:80] for n in names[:3]) + (" and others" if len(names) > 3 else "")


def _more(n: int) -> str:
    return f" (and {n - 1} more like it)" if n > 1 else ""
