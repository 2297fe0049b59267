"""The exported script is run, and its numbers are those of the core; what a visitor typed stays a literal."""

import ast
import csv
import json
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
import torch

from seqviz_core.attribution import At, attribute
from seqviz_core.errors import SeqVizError
from seqviz_core.examples import examples
from seqviz_core.experiments.temporal_output import temporal_output
from seqviz_core.export.script import OUTPUT, python_notebook, python_script
from seqviz_core.models import record
from seqviz_core.sequences import Edit, one_hot_encode, reverse_complement
from seqviz_core.state import FIRST, ViewState
from seqviz_core.training import RunSpec, TrainingConfig, find_run

ROOT = Path(__file__).resolve().parents[2]
GATA = examples()[0].record.sequence
HOSTILE = ["'", '"', '"""', "'''\n", "\\", "\ud800", "\\N{DASH", "{FOCUS}%s", "a\nimport os; os.abort()\n#",
           "x\r\u2028\x85\x0c\x00y"]


class Numbers:
    """What a script wrote."""

    def __init__(self, folder: Path):
        with (folder / OUTPUT).open(encoding="utf-8") as file:
            self.rows = list(csv.DictReader(file))

    def of(self, sequence: str, run: str, what: str, row: str | None = None) -> np.ndarray:
        """Return its numbers in their order, (n,)."""
        return np.array([float(r["value"]) for r in self.rows if (r["sequence"], r["run"], r["what"]) == (sequence, run, what)
                         and row in (None, r["row"])])

    def whats(self, run: str) -> set[str]:
        return {r["what"] for r in self.rows if r["run"] == run}


def ran(script: str, folder: Path, runs: Path | None = None) -> Numbers:
    (folder / "script.py").write_text(script, encoding="utf-8")
    env = {**os.environ, "PYTHONPATH": str(ROOT), "OMP_NUM_THREADS": str(torch.get_num_threads()),
           "SEQVIZ_RUNS": str(runs or folder)}
    done = subprocess.run([sys.executable, "script.py"], cwd=folder, env=env, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return Numbers(folder)


def one_hot(sequence: str) -> torch.Tensor:
    return torch.from_numpy(one_hot_encode([sequence]))


def near(found: np.ndarray, expected) -> None:
    expected = np.asarray(expected, dtype=float).ravel()
    assert found.shape == expected.shape and len(expected)
    np.testing.assert_allclose(found, expected, rtol=1e-6, atol=1e-6)


def test_edits_a_named_class_and_every_pretrained_model(tmp_path, shipped):
    steps = (Edit(67, 3, "GGG"), Edit(20, 0, "ACG"))
    view = ViewState(reference=GATA, name="GATA2 promoter", steps=steps, target="GATA2", inside="every")
    numbers = ran(python_script(view, shipped), tmp_path)
    for run in shipped:
        model, task = find_run(run.id).load_model(), run.spec.make_task()
        target = task.classes.index("GATA2")
        for which, sequence in (("reference", GATA), ("edited", view.sequence)):
            trace = record(model, one_hot(sequence))
            near(numbers.of(which, run.id, "logit"), trace.logits[0])
            near(numbers.of(which, run.id, "probability"), torch.softmax(trace.logits[0].double(), 0))
            found = attribute("ism", model, one_hot(sequence), target)
            near(numbers.of(which, run.id, "attribution ism", "base present"), found.observed)
            near(numbers.of(which, run.id, "attribution ism", "G"), found.values[0, 2])
            inside = [a for a in trace.activations.values() if a.kind in ("gate", "state", "attention")]
            inside += trace.of_kind("feature_map")[:1]
            for a in inside:
                near(numbers.of(which, run.id, f"{a.kind} {a.name}"), a.value[0])
            assert numbers.whats(run.id) == {"logit", "probability", "attribution ism"} | {f"{a.kind} {a.name}" for a in inside}
    logits = numbers.of("edited", "cnn", "logit") - numbers.of("reference", "cnn", "logit")
    assert np.abs(logits).max() > 1, "the edit hits the planted site, so a script that forgot it would not pass"


def test_the_reverse_strand_other_methods_and_the_likeliest_class(tmp_path, shipped):
    view = ViewState(reference=reverse_complement(GATA), name=HOSTILE[8], steps=(Edit(30, 3, "CCC"),), strand="-", focus="lstm",
                     methods=("saliency", "integrated_gradients"), corrected=True, tracks=("attribution", "reading"))
    numbers = ran(python_script(view, shipped[:2]), tmp_path)
    X, edited = one_hot(GATA), one_hot(GATA[:67] + "GGG" + GATA[70:])
    models = {run.id: find_run(run.id).load_model() for run in shipped[:2]}
    target = int(record(models["lstm"], X).logits.argmax())
    assert target != int(record(models["lstm"], edited).logits.argmax()), "what is explained is decided before the edits"
    for run_id, model in models.items():
        near(numbers.of("reference", run_id, "logit"), record(model, X).logits)
        near(numbers.of("edited", run_id, "logit"), record(model, edited).logits)
        saliency = attribute("saliency", model, edited, target, corrected=True)
        near(numbers.of("edited", run_id, "attribution saliency", "base present"), saliency.observed)
        integrated = attribute("integrated_gradients", model, X, target)
        near(numbers.of("reference", run_id, "attribution integrated_gradients", "base present"), integrated.observed)
        near(numbers.of("reference", run_id, "reading", "suffix"), temporal_output(model, X, target).suffixes)
        assert not any("feature_map" in what for what in numbers.whats(run_id))


def test_a_run_of_ones_own_that_answers_for_every_base(tmp_path, own):
    store, run = own
    task, model = run.spec.make_task(), RunSpec.make_model(run.spec).eval()
    sequence = GATA * 2
    view = ViewState(reference=sequence, methods=("saliency",), target="no such class")
    numbers = ran(python_script(view, [run]), tmp_path, store)
    logits = record(model, one_hot(sequence)).logits
    p = torch.softmax(logits[0].double(), 0)
    near(numbers.of("reference", run.id, "probability", task.classes[1]), p[1])
    assert not any(row["sequence"] == "edited" for row in numbers.rows), "nothing was edited"
    label = 1 + int(p[1:].amax(1).argmax())
    found = attribute("saliency", model, one_hot(sequence), At(label, int(p[label].argmax())))
    near(numbers.of("reference", run.id, "attribution saliency", "base present"), found.observed)


def test_a_run_of_ones_own_says_how_to_train_it_again(own):
    lines = python_script(ViewState(reference=GATA), [own[1]]).splitlines()
    start = next(i for i, line in enumerate(lines) if line.startswith("# train_here("))
    end = next(i for i in range(start, len(lines)) if not lines[i].startswith("#"))
    call = ast.parse("\n".join(line[2:] for line in lines[start:end])).body[0].value
    spec = eval(compile(ast.Expression(call.args[0]), "", "eval"))
    assert spec == own[1].spec and spec.run_id == own[1].id == call.keywords[0].value.value


@pytest.mark.parametrize("name", HOSTILE)
def test_nothing_breaks_out_of_its_literal(name, shipped):
    view = ViewState(reference=GATA, name=name, steps=(Edit(0, 0, name),), target=name, methods=(name,), tracks=(name,),
                     map_layer=name, strand=name, focus=name)
    spec = RunSpec(name, {name: name}, name, {name: [name]}, TrainingConfig())
    models = [*shipped[:1], shipped[0]._replace(id=name, pretrained=False, label=name, spec=spec)]
    tame = ast.dump(_without_literals(python_script(ViewState(reference=GATA, steps=(Edit(0, 0, "A"),), methods=("ism",),
                                                              tracks=("planted",)), [models[0], models[0]])))
    tree = ast.parse(python_script(view, models))
    values = {node.targets[0].id: node.value for node in tree.body if isinstance(node, ast.Assign)
              and isinstance(node.targets[0], ast.Name)}
    assert ast.literal_eval(values["NAME"]) == ast.literal_eval(values["TARGET"]) == name
    assert ast.dump(_without_literals(python_script(view, models))) == tame, "the same statements, whatever was typed"


def _without_literals(script: str) -> ast.Module:
    tree = ast.parse(script)
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant):
            node.value = None
    return tree


def test_the_notebook_holds_the_same_code(shipped):
    view = ViewState(reference=GATA, name=HOSTILE[3])
    notebook = json.loads(python_notebook(view, shipped))
    assert (notebook["nbformat"], notebook["nbformat_minor"]) == (4, 5)
    assert len({cell["id"] for cell in notebook["cells"]}) == len(notebook["cells"])
    code = "\n".join("".join(cell["source"]) for cell in notebook["cells"] if cell["cell_type"] == "code")
    assert ast.dump(ast.parse(code)) == ast.dump(ast.Module(ast.parse(python_script(view, shipped)).body[1:], []))


def test_a_view_of_nothing_has_no_script(shipped):
    for view, models in ((FIRST, shipped), (ViewState(reference=GATA), [])):
        with pytest.raises(SeqVizError, match="needs a sequence and a model"):
            python_script(view, models)
