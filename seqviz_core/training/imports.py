"""A visitor's own models: a run packed by another SeqViz, or bare weights with a JSON that says what they are for.

    data = export_run(run)                    # a zip: config.json, status.json, metrics.jsonl, weights.safetensors
    run = import_run(data, store)
    run = import_weights(weights, settings, store)

The settings of bare weights:

    {"architecture": "cnn", "preset": "teaching",          or "settings": {"filters": 40, "width": 19}
     "task": "in_class_danq", "task_settings": {},
     "classes": ["GATA2", ..., "none"],                    optional: is compared with the task's
     "base_order": "ACGT"}                                 optional: the bases that the rows of the input stood for

Everything is checked before torch sees it; nothing is a path, and nothing is a pickle. What comes in is done and marked as
brought: figures measured elsewhere are left behind, since nobody here can vouch for them.
"""

import difflib
import json
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from typing import Any, NamedTuple

import torch

from ..errors import SeqVizError
from ..models import ARCHITECTURES, count_parameters
from .config import RunSpec, json_object
from .fit import predict_logits
from .results import Epoch, RunStatus, epoch_from, status_from
from .run_zip import MOST, export_run, unpack_run
from .runs import CONFIG, METRICS, STATUS, WEIGHTS, Run, RunStore
from .weights_file import read_weights, refuse_pickle

__all__ = ["BROUGHT", "Brought", "base_order", "export_run", "import_run", "import_weights", "read_own_weights", "read_run",
           "settings_json", "with_base_order"]

BROUGHT = "Brought from elsewhere; not trained here."
BASES = "ACGT"
_KEYS = ("architecture", "preset", "settings", "task", "task_settings", "classes", "base_order")


class Brought(NamedTuple):
    """What was read: everything a run has."""

    spec: RunSpec
    epochs: tuple[Epoch, ...]
    weights: bytes


def settings_json(run: Run) -> str:
    """Return the settings JSON that, with the run's weights, `import_weights` reads."""
    spec = run.spec
    content = {"architecture": spec.architecture, "settings": spec.model_settings, "task": spec.task,
               "task_settings": spec.task_settings, "classes": list(spec.make_task().classes), "base_order": BASES}
    return json.dumps(content, indent=2) + "\n"


def import_run(data: bytes, store: RunStore) -> Run:
    """Return a run made elsewhere, now in `store`; raises SeqVizError for anything but what `export_run` packs."""
    return _keep(read_run(data), store)


def import_weights(weights: bytes, settings: bytes, store: RunStore) -> Run:
    """Return a run with these weights, now in `store`; raises SeqVizError where they are not what the settings say."""
    return _keep(read_own_weights(weights, settings), store)


def read_run(data: bytes) -> Brought:
    """Return what a packed run holds, checked as `import_run` says, without keeping it."""
    files = unpack_run(data)
    with _in(CONFIG):
        spec = RunSpec.from_json(_text(files[CONFIG])).complete()
    with _in(STATUS):
        state = status_from(json_object(_text(files[STATUS]))).state
        if state != "done":
            raise SeqVizError(f"the run is {state}, and only a finished one can be brought.")
    with _in(METRICS):
        epochs = tuple(epoch_from(json_object(line)) for line in _text(files[METRICS]).splitlines() if line.strip())
    with _in(WEIGHTS):
        tensors = read_weights(files[WEIGHTS], spec.define_model(), spec.architecture)
        _check_answers(spec, tensors)
    return Brought(spec, epochs, files[WEIGHTS])


def read_own_weights(weights: bytes, settings: bytes) -> Brought:
    """Return what bare weights and their settings hold, checked as `import_weights` says, in the order ACGT."""
    refuse_pickle(settings)
    with _in("The settings"):
        if len(settings) > MOST[CONFIG]:
            raise SeqVizError(f"they are {len(settings):,} bytes; at most {MOST[CONFIG]:,} are read.")
        content = json_object(_text(settings))
        _check_form(content)
        spec, order = _spec_of(content), base_order(content)
    tensors = read_weights(weights, spec.define_model(), spec.architecture)
    if order != BASES:
        tensors = _reordered(spec, tensors, order)
    _check_answers(spec, tensors)
    return Brought(spec, (), _packed(tensors))


def base_order(content: dict[str, Any]) -> str:
    """Return the order of the bases that settings state, ACGT where they state none; raises SeqVizError for no such order."""
    order = content.get("base_order", BASES)
    if not isinstance(order, str) or sorted(order.upper().replace("U", "T")) != list(BASES):
        raise SeqVizError(f"'base_order' is {str(order)[:40]!r}; it names each of A, C, G and T once, such as {BASES!r}.")
    return order.upper().replace("U", "T")


def with_base_order(settings: bytes, order: str) -> bytes:
    """Return the same settings with another order of the bases."""
    return json.dumps({**json_object(_text(settings)), "base_order": order}).encode()


def _keep(brought: Brought, store: RunStore) -> Run:
    now, n = time.time(), count_parameters(brought.spec.define_model())
    status = RunStatus("done", now, BROUGHT, finished=now, n_parameters=n, n_epochs=len(brought.epochs))
    return store.adopt(brought.spec, status, brought.epochs, brought.weights)


def _check_form(content: dict[str, Any]) -> None:
    for key in content:
        if key not in _KEYS:
            close = difflib.get_close_matches(key, _KEYS, n=1)
            raise SeqVizError(f"there is no key {key[:40]!r}; there are {', '.join(_KEYS)}."
                              + (f" Did you mean {close[0]!r}?" if close else ""))
    for key, kind, word in (("architecture", str, "text"), ("task", str, "text"), ("preset", str, "text"),
                            ("settings", dict, "an object"), ("task_settings", dict, "an object"), ("classes", list, "a list")):
        if key in ("architecture", "task") and key not in content:
            raise SeqVizError(f"they do not name the {key}, as in {{{key!r}: ...}}.".replace("'", '"'))
        if key in content and not isinstance(content[key], kind):
            raise SeqVizError(f"{key!r} is {str(content[key])[:40]!r}, which is not {word}.")
    if "preset" in content and "settings" in content:
        raise SeqVizError("they have both 'preset' and 'settings'; give one of the two.")


def _spec_of(content: dict[str, Any]) -> RunSpec:
    """Return the complete spec that settings describe; the training settings are what every training begins with."""
    entry = ARCHITECTURES[content["architecture"]]
    settings = content.get("settings", {})
    if (preset := content.get("preset")) is not None:
        if preset not in entry.presets:
            raise SeqVizError(f"{entry.name} has no preset {preset[:40]!r}; it has {', '.join(entry.presets)}.")
        settings = asdict(entry.presets[preset])
    spec = RunSpec(content["task"], content.get("task_settings", {}), entry.name, settings).complete()
    classes = list(spec.make_task().classes)
    if content.get("classes", classes) != classes:
        raise SeqVizError(f"their classes are {_listed(content['classes'])}, and those of {spec.task} are {_listed(classes)}, in "
                          "this order.")
    return spec


def _reordered(spec: RunSpec, tensors: dict[str, torch.Tensor], order: str) -> dict[str, torch.Tensor]:
    """Return the weights for input in the order ACGT, of weights for `order`: their first convolution with its columns moved.

    Raises SeqVizError for a model that does not read the bases through one convolution alone: both must answer alike.
    """
    model = spec.define_model()
    conv = getattr(model, "first_conv", None)
    name = next((f"{path}.weight" for path, module in model.named_modules() if conv is not None and module is conv), None)
    if name is not None:
        moved = {**tensors, name: tensors[name][:, [order.index(base) for base in BASES]].contiguous()}
        X = _some_sequences(spec)
        before = _answers(spec, tensors, X[:, [BASES.index(base) for base in order]])
        if torch.allclose(before, _answers(spec, moved, X), rtol=1e-3, atol=1e-4):
            return moved
    raise SeqVizError(f"{ARCHITECTURES[spec.architecture].label} does not read the bases through one convolution alone, so "
                      f"weights for the order {order} cannot be turned into {BASES} here; train or save them for {BASES}.")


def _check_answers(spec: RunSpec, tensors: dict[str, torch.Tensor]) -> None:
    if not torch.isfinite(_answers(spec, tensors, _some_sequences(spec))).all():
        raise SeqVizError("With these weights the model's answers to random sequences are not finite numbers.")


def _some_sequences(spec: RunSpec) -> torch.Tensor:
    codes = torch.randint(0, 4, (8, spec.make_task().length), generator=torch.Generator().manual_seed(0))
    return torch.nn.functional.one_hot(codes, 4).movedim(2, 1).float()


def _answers(spec: RunSpec, tensors: dict[str, torch.Tensor], X: torch.Tensor) -> torch.Tensor:
    model = spec.make_model()
    model.load_state_dict(tensors)
    return torch.from_numpy(predict_logits(model, X))


def _packed(tensors: dict[str, torch.Tensor]) -> bytes:
    from safetensors.torch import save

    return save(tensors)


def _text(data: bytes) -> str:
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise SeqVizError("this is not text.") from None


def _listed(names: list[Any]) -> str:
    return ", ".join(str(name)[:20] for name in names[:12]) + (" ..." if len(names) > 12 else "") or "none"


@contextmanager
def _in(what: str) -> Iterator[None]:
    """Name the file in a SeqVizError raised within the block."""
    try:
        yield
    except SeqVizError as error:
        raise SeqVizError(f"{what} cannot be used: {error}") from error
