"""The runs that SeqViz ships, and how they are made: `python -m seqviz_core.training.pretrain [name ...]`."""

import shutil
import sys
import tempfile
from dataclasses import replace
from datetime import UTC, datetime

from ..models import ARCHITECTURES
from .config import RunSpec, TrainingConfig
from .results import Epoch
from .runs import Run, RunStore, pretrained_store
from .worker import train_here

SHIPPED = TrainingConfig(epochs=40, patience=40, n_train=11_000, n_valid=3300, fresh=True, seed=1)
PRETRAINED = {
    "cnn": RunSpec("in_class_danq", {}, "cnn", {"filters": 40, "width": 19, "hidden": 0},
                   replace(SHIPPED, learning_rate=1e-3)),
    "lstm": RunSpec("in_class_danq", {}, "lstm", {},
                    replace(SHIPPED, learning_rate=5e-3)),
    "attention": RunSpec("in_class_danq", {}, "attention", {},
                         replace(SHIPPED, learning_rate=2e-3)),
}
"""Run id -> what it is made from. Training sequences are drawn anew for each epoch; the best epoch's weights are kept."""


def pretrain(name: str) -> Run:
    """Train one shipped run, with its card; only when it is done does it replace what is in the pretrained store."""
    spec, shipped = PRETRAINED[name], pretrained_store().root / name

    def tell(epoch: Epoch) -> None:
        print(f"{name}: epoch {epoch.epoch} of {spec.training.epochs}, accuracy {epoch.valid_accuracy:.3f}", flush=True)

    with tempfile.TemporaryDirectory() as folder:
        run = train_here(spec, RunStore(folder), tell, run_id=name)
        (run.path / "card.md").write_text(card(run), encoding="utf-8")
        shutil.copytree(run.path, shipped, dirs_exist_ok=True)
    return pretrained_store().get(name)


def card(run: Run) -> str:
    """Return the card of a shipped run: task, settings, seed, time, figures, and how to make it again."""
    spec, status, task = run.spec, run.status, run.spec.make_task()
    label, day = ARCHITECTURES[spec.architecture].label, datetime.fromtimestamp(status.finished, UTC)
    rows = {
        "Task": f"{task.label} (`{spec.task}`): {task.summary}",
        "Classes": ", ".join(task.classes),
        "Sequences": f"{task.length} bases, {task.background} background, "
                     f"{'both strands' if task.both_strands else 'forward strand'}",
        "Architecture": f"{label} (`{spec.architecture}`), {status.n_parameters:,} parameters",
        "Model settings": _listed(spec.model_settings),
        "Training": f"{spec.training.n_train:,} fresh sequences in each of {status.n_epochs} epochs, "
                    f"batch {spec.training.batch_size}, "
                    f"Adam at {spec.training.learning_rate:g}; the weights are those of epoch {status.best_epoch}",
        "Seed": str(spec.training.seed),
        "Time": f"{status.finished - status.started:.0f} s on {status.device}, {day:%Y-%m-%d}",
        "Accuracy": f"{status.test.accuracy:.4f} on {status.n_test:,} fresh sequences",
        "Bayes ceiling": f"{status.ceiling.accuracy:.4f} on the same sequences",
        "6-mer baseline": f"{status.kmer.accuracy:.4f}, fitted on the {spec.training.n_train:,} sequences of the first epoch",
        "AUROC (mean over classes)": f"{status.test.auroc:.4f} (ceiling {status.ceiling.auroc:.4f}, "
                                     f"6-mer {status.kmer.auroc:.4f})",
        "Make it again": f"`make pretrained` or `python -m seqviz_core.training.pretrain {run.id}`",
        "Licence of the motifs": "JASPAR CORE vertebrates, CC BY 4.0",
    }
    table = "\n".join(f"| {name} | {value} |" for name, value in rows.items())
    return f"# {label}, pretrained\n\n| | |\n| --- | --- |\n{table}\n"


def _listed(settings: dict) -> str:
    return ", ".join(f"{name.replace('_', ' ')} {value}" for name, value in settings.items())


if __name__ == "__main__":
    for wanted in sys.argv[1:] or PRETRAINED:
        print(pretrain(wanted).status.message)
