"""How long a run takes with the settings the Train page offers, and how near it comes to the Bayes ceiling.

    python -m benchmarks.training [task ...]

Each run is the one that the page's Train button starts: data, ceiling, baselines, training and test figures, one core.
"""

import sys
import tempfile
import time

from benchmarks._measure import report
from seqviz_core.datasets import DATASETS
from seqviz_core.models import ARCHITECTURES
from seqviz_core.training import RunSpec, RunStore, TrainingConfig, train_here


def main(tasks: list[str]) -> None:
    figures = {}
    print(f"{'task':<16}{'architecture':<14}{'seconds':>8}{'accuracy':>10}{'ceiling':>9}{'6-mer':>8}")
    for task in tasks:
        for entry in ARCHITECTURES:
            config = TrainingConfig(epochs=entry.epochs, learning_rate=entry.learning_rate)
            start = time.perf_counter()
            with tempfile.TemporaryDirectory() as folder:
                status = train_here(RunSpec(task, {}, entry.name, {}, config), RunStore(folder)).status
            row = {"seconds": round(time.perf_counter() - start, 1), "accuracy": status.test.accuracy,
                   "ceiling": status.ceiling.accuracy if status.ceiling else None, "kmer": status.kmer.accuracy,
                   "device": status.device}
            figures[f"{task}, {entry.name}"] = row
            ceiling = f"{row['ceiling']:.3f}" if row["ceiling"] else "-"
            print(f"{task:<16}{entry.name:<14}{row['seconds']:>8.1f}{row['accuracy']:>10.3f}{ceiling:>9}{row['kmer']:>8.3f}",
                  flush=True)
    report("training", figures)


if __name__ == "__main__":
    main(sys.argv[1:] or list(DATASETS.names()))
