"""The tour's cards say what is on the screen: the call, a base that is there, the truth where there is one."""

import re
from types import SimpleNamespace

import numpy as np
import pytest

from seqviz_core.datasets import Site
from seqviz_core.motifs import find_motif
from seqviz_core.sequences import align
from seqviz_core.state import ViewState
from seqviz_core.ui.answers import Answer
from seqviz_core.ui.tour_steps import explore_steps
from seqviz_core.ui.workbench import Read, View

GATA2 = find_motif("MA0036.4")
SEQUENCE = "ACGTACGTAC" + "CTTATCT" + "ACGTACG"


def view(models: int = 2, planted: bool = True, edited: str = SEQUENCE) -> View:
    task = SimpleNamespace(classes=("none", "GATA2"), motifs=(GATA2,), label="Two", head="softmax")
    spec = lambda i: SimpleNamespace(architecture=f"kind{i}", task="two", training=SimpleNamespace(seed=0, permute_labels=False))
    loaded = {f"run{i}": SimpleNamespace(label=f"Kind {i}", task=task, run=SimpleNamespace(id=f"run{i}", spec=spec(i)))
              for i in range(models)}
    answer = Answer(np.array([0.125, 0.875]), (1,), None, np.array([0.0, 2.0]))
    sites = (Site(GATA2, 10, 17, "+"),) if planted else ()
    answers = dict.fromkeys(loaded, answer)
    return View(ViewState(reference=SEQUENCE), Read(edited, sites), Read(SEQUENCE, sites), align(SEQUENCE, ()), loaded, "run0",
                answers, answers, "GATA2")


def texts(**of) -> dict[str, str]:
    return {step.title: step.text for step in explore_steps(view(**of))}


def test_the_call_and_how_many_models():
    said = texts()["What the models say"]
    assert said.startswith("Two models read the same sequence. To your Kind 0, GATA2 is likeliest, with probability 0.88.")
    assert texts(models=1)["What the models say"].startswith("One model reads the same")
    assert "choose your Kind 1." in texts()["Look inside one of them"]
    assert "add a second model" in texts(models=1)["Look inside one of them"]


@pytest.mark.parametrize("planted", [True, False])
def test_the_base_to_change_is_there_and_the_new_one_is_another(planted: bool):
    said = re.match(r"Click the (\w) at base (\d+),(.*) and type (\w):", texts(planted=planted)["Change a base"])
    old, at, new = said[1], int(said[2]), said[4]
    assert SEQUENCE[at - 1] == old != new and 10 < at <= 17 and ("GATA2 site" in said[3]) == planted


def test_truth_is_spoken_of_where_there_is_one_and_difference_where_something_is_edited():
    title = "Which bases matter, and is it true?"
    assert "1 is perfect" in texts()[title] and "nothing is known to be planted" in texts(planted=False)[title]
    assert "choose Reverse" in texts()["Choose what is drawn"]
    assert "choose Difference" in texts(edited="A" + SEQUENCE[1:-1] + "C")["Choose what is drawn"]
    assert len(explore_steps(view())) == 6 and all("Try: " in t or "Click" in t for t in texts().values())
