"""The exact Python behind a view: a short script, and the same as a notebook, that give its numbers with seqviz_core alone.

Whatever a visitor typed enters the script as a literal that Python itself wrote (`repr`), so that nothing can break out of it.
"""

import json
import textwrap
from collections.abc import Sequence
from typing import NamedTuple

from .. import __version__
from ..errors import SeqVizError
from ..state import ViewState
from ..training import RunSpec
from .run_ref import RunRef

OUTPUT = "seqviz-view.csv"
LONGEST_SPEC = 100_000  # characters; beyond, a run's settings hold somebody's own sequences and are left to its config.json
_WIDTH = 100


class Cell(NamedTuple):
    """A step of the script: one line that says what it does, and its code."""

    says: str
    code: str


def python_script(view: ViewState, models: Sequence[RunRef]) -> str:
    """Return a script that writes every number of the view of `models` (those on the ruler, in order) into OUTPUT.

    Run it as `python script.py` where seqviz_core can be imported and, for trained runs, where their store is. Raises SeqVizError
    where there is no sequence or no model.
    """
    first = f'"""The numbers behind a view of SeqViz {__version__}; they are written into {OUTPUT}."""\n\n'
    return first + "\n\n".join(f"# {cell.says}\n{cell.code}" for cell in _cells(view, models)) + "\n"


def python_notebook(view: ViewState, models: Sequence[RunRef]) -> bytes:
    """Return the same steps as a Jupyter notebook (nbformat 4.5)."""
    cells = [{"cell_type": "markdown", "id": "title", "metadata": {}, "source": [
        f"# The numbers behind a view of SeqViz {__version__}\n", f"They are written into `{OUTPUT}`."]}]
    for n, cell in enumerate(_cells(view, models)):
        cells.append({"cell_type": "markdown", "id": f"says-{n}", "metadata": {}, "source": [cell.says]})
        cells.append({"cell_type": "code", "id": f"code-{n}", "metadata": {}, "execution_count": None, "outputs": [],
                      "source": cell.code.splitlines(keepends=True)})
    kernel = {"kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
              "language_info": {"name": "python"}}
    return json.dumps({"cells": cells, "metadata": kernel, "nbformat": 4, "nbformat_minor": 5}, indent=1).encode()


def _cells(view: ViewState, models: Sequence[RunRef]) -> list[Cell]:
    if not view.reference or not models:
        raise SeqVizError("There are no numbers to write a script for: a view needs a sequence and a model.")
    trained = [model for model in models if not model.pretrained]
    again = [Cell("Where a run below is missing, this trains it again from its settings", "\n".join(map(_again, trained)))]
    return [Cell("What is needed", IMPORTS), Cell("What was on the screen", _settings(view, models)), *(again if trained else []),
            *(Cell(says, code.strip("\n")) for says, code in STEPS)]


def _settings(view: ViewState, models: Sequence[RunRef]) -> str:
    """Return the constants at the top of the script."""
    runs = [model.id for model in models]
    focus = view.focus if view.focus in runs else runs[0]
    edits = "".join(f"    Edit(start={e.start}, deleted={e.deleted}, inserted={e.inserted!r}),\n" for e in view.steps)
    edits = f"  # positions count from 0, in the sequence as the edits before left it\n{edits}" if edits else ""
    return "\n".join([
        f"NAME = {view.name!r}", f"REFERENCE = {_wrapped(view.reference)}",
        f"EDITS = [{edits}]",
        f"STRAND = {view.strand!r}", f"RUNS = {runs!r}", f"FOCUS = {focus!r}  # the model that is looked into",
        f"INSIDE = {(runs if view.inside == 'every' else [focus])!r}  # of these, maps, gates and attention are written too",
        f"TARGET = {view.target!r}  # the class that is explained; '': the likeliest of the model in focus, before the edits",
        f"EXPLAINED_BY = {list(view.methods)!r}", f"CORRECTED = {view.corrected!r}  # gradient correction",
        f"TRACKS = {list(view.tracks)!r}", f"MAP_LAYER = {view.map_layer!r}  # '': the first"])


def _wrapped(text: str) -> str:
    """Return a long text as a literal over several lines."""
    if len(text) <= _WIDTH:
        return repr(text)
    return "(\n" + "".join(f"    {text[i:i + _WIDTH]!r}\n" for i in range(0, len(text), _WIDTH)) + ")"


def _again(model: RunRef) -> str:
    """Return what trains a run again, as a comment."""
    code = f"train_here({_spec(model.spec)}, default_store(), run_id={model.id!r})"
    if len(code) > LONGEST_SPEC:
        return f"# The settings of run {model.id!r} hold its own sequences: they are in config.json, in the run's folder."
    return textwrap.indent("from seqviz_core.training import RunSpec, TrainingConfig, default_store, train_here\n" + code, "# ")


def _spec(spec: RunSpec) -> str:
    return (f"RunSpec(\n    task={spec.task!r}, task_settings={spec.task_settings!r},\n    architecture={spec.architecture!r}, "
            f"model_settings={spec.model_settings!r},\n    training={spec.training!r})")


IMPORTS = """\
import numpy as np
import torch

from seqviz_core.attribution import METHODS, At, attribute
from seqviz_core.errors import SeqVizError
from seqviz_core.experiments.temporal_output import temporal_output
from seqviz_core.export import to_csv
from seqviz_core.models import record
from seqviz_core.sequences import Edit, apply_edits, one_hot_encode, reverse_complement
from seqviz_core.training import find_run"""

STEPS = (("What the models read: the sequence before and after its edits, on the strand in view", """
sequences = {"reference": REFERENCE}
if EDITS:
    sequences["edited"] = apply_edits(REFERENCE, EDITS)
if STRAND == "-":
    sequences = {which: reverse_complement(sequence) for which, sequence in sequences.items()}
X = {which: torch.from_numpy(one_hot_encode([sequence])) for which, sequence in sequences.items()}
"""), ("What the models answer", """
runs = {run_id: find_run(run_id) for run_id in RUNS}
models = {run_id: run.load_model() for run_id, run in runs.items()}
tasks = {run_id: run.spec.make_task() for run_id, run in runs.items()}
traces = {(which, run_id): record(model, X[which]) for which in X for run_id, model in models.items()}
logits = {key: trace.logits.numpy()[0] for key, trace in traces.items()}  # (classes,), or (classes, bases) of each base
probabilities = {(which, run_id): tasks[run_id].probabilities(values[None])[0] for (which, run_id), values in logits.items()}
"""), ("Which class is explained (where every base has an answer, class 0 says that nothing is there)", """
def likeliest(run_id):
    p = probabilities["reference", run_id]
    return int(p.argmax()) if p.ndim == 1 else 1 + int(p.max(axis=1)[1:].argmax())


focus_classes = tasks[FOCUS].classes
name = TARGET if TARGET in focus_classes else focus_classes[likeliest(FOCUS)]
targets = {}
for which, run_id in traces:
    classes, p = tasks[run_id].classes, probabilities[which, run_id]
    index = classes.index(name) if name in classes else likeliest(run_id)
    targets[which, run_id] = index if p.ndim == 1 else At(index, int(p[index].argmax()))
    print(f"{which}, {run_id}: {classes[index]}, logit {logits[which, run_id][index].max():.4f}, "
          f"probability {p[index].max():.4f}")
"""), ("A table with a line for each number; bases are counted from 1 on the strand in view", """
table = {column: [] for column in ("sequence", "run", "what", "row", "first_base", "last_base", "value")}


def write(which, run_id, what, names, values, bases):
    for row, numbers in zip(names, np.atleast_2d(values)):
        for (start, end), value in zip(bases, numbers.tolist()):
            for column, cell in zip(table, (which, run_id, what, row, start + 1, end, value)):
                table[column].append(cell)


for (which, run_id), trace in traces.items():
    length, classes = len(sequences[which]), tasks[run_id].classes
    whole, each = [(0, length)], [(i, i + 1) for i in range(length)]
    answers = {"logit": logits[which, run_id], "probability": probabilities[which, run_id]}
    for what, values in answers.items():
        write(which, run_id, what, classes, values.reshape(len(classes), -1), whole if values.ndim == 1 else each)
"""), ("What each base does to the logit", """
for which, run_id in traces:
    each = [(i, i + 1) for i in range(len(sequences[which]))]
    for method in EXPLAINED_BY if "attribution" in TRACKS else []:
        corrected = CORRECTED and METHODS[method].correctable
        try:
            found = attribute(method, models[run_id], X[which], targets[which, run_id], corrected=corrected)
        except SeqVizError as refusal:
            print(f"{run_id}: {refusal}")
            continue
        write(which, run_id, f"attribution {method}", ["base present"], found.observed, each)
        write(which, run_id, f"attribution {method}", list("ACGT"), found.values[0], each)
    if "reading" in TRACKS:
        grown = temporal_output(models[run_id], X[which], targets[which, run_id])
        write(which, run_id, "reading", ["prefix", "suffix"], np.stack([grown.prefixes, grown.suffixes]), each)
"""), ("What happens inside: feature maps, gates and states, attention (query after query; of many tokens only the mean)", """
for which, run_id in [(which, run_id) for which in X for run_id in INSIDE]:
    trace = traces[which, run_id]
    maps = {a.name: a for a in trace.of_kind("feature_map")} if "feature_map" in TRACKS else {}
    shown = [maps.get(MAP_LAYER, next(iter(maps.values())))] if maps else []
    shown += trace.of_kind("gate") + trace.of_kind("state") if "gate" in TRACKS else []
    shown += trace.of_kind("attention") if "attention" in TRACKS else []
    for a in shown:
        values, rows = a.value[0].numpy(), [str(row) for row in range(a.value.shape[1])]
        if a.kind == "attention" and values.shape[-1] > 400:
            values, rows = values.mean(axis=1), [f"head {head + 1}, mean" for head in range(len(values))]
        elif a.kind == "attention":
            heads, queries, keys = values.shape
            rows = [f"head {h + 1}, query {q + 1}" for h in range(heads) for q in range(queries)]
            values = values.reshape(heads * queries, keys)
        bases = [a.span.bases(p, len(sequences[which])) for p in range(values.shape[-1])]
        write(which, run_id, f"{a.kind} {a.name}", rows, values, bases)
"""), ("All of it into a file", f"""
with open("{OUTPUT}", "w", encoding="utf-8") as file:
    file.write(to_csv(table))
print(f"{{len(table['value']):,}} numbers are in {OUTPUT}")
"""))
