"""Labels in headers, as a task understands them."""

from dataclasses import replace

import pytest

from seqviz_core.datasets import DATASETS
from seqviz_core.export import dataset_records, drawn_records
from seqviz_core.sequences import header_label, without_label
from seqviz_core.training.labels import truth_of

TASK = DATASETS["one_motif"].presets["default"]  # background, GATA2


@pytest.mark.parametrize("name, label, rest", [
    ("chr1 label=bound", "bound", "chr1"), ('x label="not bound" y', "not bound", "x y"), ("x|label=a|b", "a", "x|b"),
    ("x", None, "x"), ("xlabel=a", None, "xlabel=a"), ('x label=""', None, "x")])
def test_a_header_states_its_label(name, label, rest):
    assert header_label(name) == label
    assert " ".join(without_label(name).replace("|", " ").split()) == rest.replace("|", " ")


@pytest.mark.parametrize("name", [entry.name for entry in DATASETS if entry.name != "labelled"])
def test_what_is_exported_is_understood(name):
    """Every task's own records carry labels that come back as they were planted."""
    task = DATASETS[name].presets["default"]
    data = task.sample(12, 4)
    truth = truth_of([record.name for record in dataset_records(data, "s")], task)
    assert truth.stated and truth.strange == ()
    for row in range(len(data)):
        if task.head == "softmax":
            wanted = {int(data.labels[row])}
        elif task.head == "sigmoid":
            wanted = set((data.labels[row] > 0.5).nonzero()[0])
        else:
            wanted = set(data.labels[row].tolist()) - {0}
        assert set((truth.has[row] > 0).nonzero()[0]) == wanted
    assert (truth.has >= 0).all()


def test_drawn_records_name_their_class():
    task = replace(DATASETS["multi_label"].presets["default"])
    for entry in (TASK, task):
        truth = truth_of([r.name for r in drawn_records(entry, 10, 3)], entry)
        assert not truth.stated and (truth.has >= 0).all()


def test_class_names_count_only_where_every_header_has_one():
    assert truth_of(["peak|GATA2", "background_7"], TASK).has.tolist() == [[0, 1], [1, 0]]
    assert truth_of(["peak GATA2", "peak 7"], TASK) is None
    assert truth_of(["GATA2 in background"], TASK) is None
    assert truth_of(["xGATA2", "GATA25"], TASK) is None


def test_strange_and_missing_labels_count_as_unknown():
    truth = truth_of(["a label=GATA2", "b label=gata2", "c label=MYC", "d", "e label=MYC"], TASK)
    assert truth.has.tolist() == [[0, 1], [0, 1], [-1, -1], [-1, -1], [-1, -1]]
    assert truth.strange == ("MYC",)


def test_a_hostile_label_stays_text():
    truth = truth_of(['a label="<b>=1+1</b>"', "b label=GATA2"], TASK)
    assert truth.strange == ("<b>=1+1</b>",)
