"""What is trained and how: `RunSpec` names a task, an architecture and a `TrainingConfig`; its content is its id."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from typing import TYPE_CHECKING, Any

from ..errors import SeqVizError
from ..settings import config_from, setting, settings_of

if TYPE_CHECKING:
    from torch import nn

    from ..datasets import Task

SCHEMA, NONE = 1, "none"
"""Version of config.json; files of another version are refused."""
GC, SEEN, POSITION = SO_FAR = ("GC so far", "motif seen so far", "position")
"""What a reader could know at a position, of all that it has read so far; see so_far.py."""
LATER = ("permute_labels", "auxiliary", "auxiliary_weight")
"""Training settings younger than the schema: at their default they are not written, so that older runs keep their ids."""


@dataclass(frozen=True)
class TrainingConfig:
    """How a model is trained. `epochs` and `learning_rate` have good values of their own for each architecture."""

    epochs: int = setting(20, "Epochs", help="Most passes over the training data", low=1, high=500)
    batch_size: int = setting(64, "Batch size", help="Sequences per optimizer step", low=1, high=4096)
    learning_rate: float = setting(3e-3, "Learning rate", help="Step size of Adam", low=1e-6, high=1.0)
    weight_decay: float = setting(0.0, "Weight decay", help="L2 penalty added to the gradient by Adam", low=0.0, high=1.0)
    patience: int = setting(5, "Patience", help="Stop after this many epochs without a lower validation loss", low=1, high=500)
    decay: bool = setting(False, "Smaller steps when stuck",
                          help="A fifth of the learning rate after every 5 epochs without a lower validation loss")
    n_train: int = setting(10_000, "Training sequences", low=10, high=200_000)
    n_valid: int = setting(2_000, "Validation sequences", low=10, high=50_000)
    fresh: bool = setting(True, "Fresh sequences every epoch",
                          help="Draw new training sequences for each epoch; off: the same ones again, which invites overfitting")
    seed: int = setting(0, "Seed", help="Decides the weights at the start, the data and their order", low=0, high=2**31 - 1)
    permute_labels: bool = setting(False, "Permute the labels (control run)",
                                   help="Training and validation sequences get each other's labels, at random by the seed; test "
                                        "sequences keep theirs. Nothing is left to learn, so what maps still show is not learned")
    auxiliary: str = setting(NONE, "Auxiliary loss", choices=(NONE, *SO_FAR),
                             help="While it trains, the model's states also have to tell this at every position, through a "
                                  "linear head that is thrown away afterwards. It shapes what the states know")
    auxiliary_weight: float = setting(1.0, "Weight of the auxiliary loss", low=0.0, high=100.0,
                                      help="Against the task's own loss; 0: no auxiliary loss")


@dataclass(frozen=True)
class RunSpec:
    """Everything a run is made from; settings left out are the task's defaults and the architecture's teaching preset.

    Equal content gives an equal `run_id`; use `complete()` before comparing.
    """

    task: str
    task_settings: dict[str, Any]
    architecture: str
    model_settings: dict[str, Any]
    training: TrainingConfig = TrainingConfig()

    def __hash__(self) -> int:
        return hash(self.run_id)

    @property
    def run_id(self) -> str:
        """24 hexadecimal digits (96 bits of SHA-256) of the content, whatever the order of the settings."""
        canonical = json.dumps(self._content(), sort_keys=True, separators=(",", ":"), allow_nan=False)
        return hashlib.sha256(canonical.encode()).hexdigest()[:24]

    def to_json(self) -> str:
        """Return config.json's text: the schema's version and every field."""
        return json.dumps({"schema": SCHEMA, **self._content()}, indent=2, allow_nan=False) + "\n"

    @classmethod
    def from_json(cls, text: str) -> "RunSpec":
        """Return the spec written in `text`; raises SeqVizError that says what is wrong with it.

        Checks the form and the training settings. The names and settings of task and architecture are checked when
        they are made, so that a list of runs needs neither.
        """
        content = json_object(text)
        if content.get("schema") != SCHEMA:
            raise SeqVizError(f"its schema is {content.get('schema')!r}, this version of SeqViz reads schema {SCHEMA}.")
        _check_form(content)
        return cls(content["task"], content["task_settings"], content["architecture"], content["model_settings"],
                   config_from(TrainingConfig, content["training"]))

    def complete(self) -> "RunSpec":
        """Return this spec with every setting written out, defaults too; raises SeqVizError for one that is refused."""
        from ..models import ARCHITECTURES

        model_config = config_from(ARCHITECTURES[self.architecture].config, self.model_settings)
        return replace(self, task_settings=_written_out(self.make_task()), model_settings=_written_out(model_config),
                       training=_without_idle(config_from(TrainingConfig, _written_out(self.training))))

    def make_task(self) -> "Task":
        """Return the task; raises SeqVizError for an unknown task or a refused setting."""
        from ..datasets import make_task

        return make_task(self.task, self.task_settings)

    def make_model(self, task: "Task | None" = None) -> "nn.Module":
        """Return the untrained model for the task, weights drawn from the training seed; raises SeqVizError as above."""
        from ..models import make_model

        task = task or self.make_task()
        return make_model(self.architecture, self.model_settings, n_outputs=len(task.classes), length=task.length,
                          seed=self.training.seed, per_position=task.head == "positions")

    def define_model(self, task: "Task | None" = None) -> "nn.Module":
        """Return the model without weights (on the meta device), to count its parameters; raises SeqVizError as above."""
        from ..models import ARCHITECTURES

        entry, task = ARCHITECTURES[self.architecture], task or self.make_task()
        return entry.define(config_from(entry.config, self.model_settings), n_outputs=len(task.classes), length=task.length,
                            per_position=task.head == "positions")

    def _content(self) -> dict[str, Any]:
        return {"task": self.task, "task_settings": self.task_settings, "architecture": self.architecture,
                "model_settings": self.model_settings, "training": _told(self.training)}


def _without_idle(training: TrainingConfig) -> TrainingConfig:
    """Return the settings with those at their default that do nothing, so that equal runs have equal ids."""
    if training.auxiliary != NONE and training.auxiliary_weight:
        return training
    return replace(training, auxiliary=NONE, auxiliary_weight=TrainingConfig.auxiliary_weight)


def _told(training: TrainingConfig) -> dict[str, Any]:
    """Return the settings that config.json holds: all but the later ones at their default."""
    default = TrainingConfig()
    return {name: value for name, value in asdict(training).items() if name not in LATER or value != getattr(default, name)}


def json_object(text: str) -> dict[str, Any]:
    """Return the object that the JSON `text` holds; raises SeqVizError for anything else."""
    try:
        content = json.loads(text)
    except ValueError as error:
        raise SeqVizError(f"it is not JSON ({error}).") from error
    except RecursionError as error:
        raise SeqVizError("it is JSON nested too deep to be read.") from error
    if not isinstance(content, dict):
        raise SeqVizError(f"it holds a {type(content).__name__}, not an object.")
    return content


def _check_form(content: Mapping[str, Any]) -> None:
    expected = {"task": str, "task_settings": dict, "architecture": str, "model_settings": dict, "training": dict}
    for name, kind in expected.items():
        if not isinstance(content.get(name), kind):
            raise SeqVizError(f"{name!r} is {content.get(name)!r}, which is not a {kind.__name__}.")


def _written_out(config: Any) -> dict[str, Any]:
    values = {s.name: (s.type, getattr(config, s.name)) for s in settings_of(config)}
    return {name: float(value) if kind is float else value for name, (kind, value) in values.items()}
