"""Both strands: the table against the models asked by hand; a strand-shared model agrees with itself."""

import numpy as np
import pytest
from app_pages import quick_run

from seqviz_core.attribution import attribute
from seqviz_core.sequences import one_hot_encode, reverse_complement
from seqviz_core.state import FIRST
from seqviz_core.training import find_run
from seqviz_core.ui import strands, workbench
from seqviz_core.ui.cached import answered, load

SEQUENCE = "".join(np.random.default_rng(3).choice(list("ACGT"), 60))


def view_of(run: str) -> workbench.View:
    read, model = workbench.Read(SEQUENCE, ()), load(run)
    answers = {run: answered(model, SEQUENCE)}
    return workbench.View(FIRST, read, read, None, {run: model}, run, answers, answers, model.task.classes[1])


def test_a_strand_shared_model_says_the_same_of_both_strands():
    run = quick_run("rc_cnn")
    row = strands._row(view_of(run), run, reverse_complement(SEQUENCE))
    assert row["logit on this strand"] == row["on the other"] and row["called here"] == row["called there"]
    assert row["agreement"] == "1.00"


def test_another_model_is_measured_as_by_hand():
    run = quick_run("cnn")
    row = strands._row(view_of(run), run, reverse_complement(SEQUENCE))
    model, maps = find_run(run).load_model(), []
    for sequence in (SEQUENCE, reverse_complement(SEQUENCE)):
        maps.append(attribute("saliency", model, one_hot_encode([sequence]), 1, corrected=True).observed[0])
    assert float(row["agreement"]) == pytest.approx(np.corrcoef(maps[0], maps[1][::-1])[0, 1], abs=0.006)
    assert float(row["change"]) == pytest.approx(float(row["on the other"]) - float(row["logit on this strand"]), abs=0.011)
