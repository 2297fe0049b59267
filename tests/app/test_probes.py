"""The probes' tool: every layer at once, one more closely, what is taken out, one's own labels, and the job for many."""

import numpy as np
import pytest

from seqviz_core.checks import probes_work
from seqviz_core.saved import save
from seqviz_core.training import RunSpec, default_store, train_here
from seqviz_core.training.work import WorkSpec, work_here
from tests.app_pages import QUICK, texts

CHARTS = "plotly_chart"


def opened(open_page, asked="", **link):
    return open_page("trust", link={"v": "1", "tool": "probes", "asked": asked, **link})


def charts(at):
    return [c.proto.id.rpartition("chart_")[2] for c in at.get(CHARTS)]


def test_it_begins_with_every_layer_and_a_conclusion(open_page):
    at = opened(open_page)
    said = texts(at)
    assert not at.exception and not at.error and len(charts(at)) == 1
    assert "100 fresh sequences of its task" in said
    assert "The CNN's feature map conv knows the class with accuracy 0." in said.replace("\\", "")
    assert "so training added 0." in said and "selectivity is 0." in said


def test_along_the_sequence_and_taken_out(open_page):
    at = opened(open_page, focus="lstm")
    assert at.selectbox(key="probes.internal").options[0] == "hidden state h, left to right"
    at.selectbox(key="probes.internal").set_value("lstm.left_to_right.c").run()
    at.segmented_control(key="probes.target").set_value("motif seen so far").run()
    said = texts(at)
    assert "Where along the sequence does it know this?" in [s.value for s in at.subheader] and len(charts(at)) == 2
    assert "cell state c, left to right knows whether a motif has been seen so far with accuracy 0." in said.replace("\\", "")
    at.toggle(key="probes.out").set_value(True).run()
    said = texts(at).replace("\\", "")
    assert not at.exception and len(charts(at)) == 3
    assert "one direction of 32" in said and "20 random erasures" in said and "the task's AUROC goes from 0.99" in said
    assert dict(at.session_state.view.asked) == {"internal": "lstm.left_to_right.c", "target": "motif seen so far", "out": "on"}


def test_gates_are_many_fits_and_so_a_job(open_page, monkeypatch):
    at = opened(open_page, asked="gates=on&n=400", focus="lstm")
    (button,) = [b for b in at.button if b.key == "start_probes"]
    assert "13 layers on 400 sequences (about" in button.label
    assert "hidden state h, left to right knows the class" in texts(at)  # one of them is there meanwhile
    asked = []
    monkeypatch.setattr("seqviz_core.ui.work.work_service", lambda: type("Service", (), {"submit": asked.append}))
    button.click().run()
    (spec,) = asked
    assert isinstance(spec, WorkSpec) and spec.args["gates"] and spec.args["n"] == 400
    monkeypatch.setattr(probes_work, "probeable", lambda model, gates: ["lstm.left_to_right.f"])  # the whole takes seconds
    work_here(spec)
    at.run()
    assert not at.exception and len(charts(at)) == 1


def labelled(n=60, of=lambda k: "ab"[k % 2]):
    rng = np.random.default_rng(0)
    return "".join(f">s{k} label={of(k)}\n{''.join(rng.choice(list('ACGT'), 100))}\n" for k in range(n))


def test_ones_own_labels(open_page):
    at = opened(open_page, asked="own=on", s=save(labelled().encode()))
    said = texts(at).replace("\\", "")
    assert not at.exception and not at.error, said
    assert "cannot tell your labels" in said and "half of your labelled sequences" in said


def test_without_labels_a_sentence_says_how(open_page):
    at = opened(open_page, asked="own=on")
    assert not at.exception and "state a label; probes need 20 or more" in at.error[0].value.replace("\\", "")
    assert at.toggle(key="probes.own").value is True  # and can be switched off again


@pytest.mark.parametrize(("asked", "sentence"), [("n=7", "outside 40 to 2000"), ("n=many", "is not a number")])
def test_what_cannot_be_is_told(asked, sentence, open_page):
    at = opened(open_page, asked=asked)
    assert not at.exception and sentence in at.error[0].value.replace("\\", "")


def test_several_labels_ask_for_the_class_in_question(open_page):
    run = train_here(RunSpec("multi_label", {}, "cnn", {"filters": 4}, QUICK), default_store())
    at = opened(open_page, run=run.id)
    assert not at.exception and "Of the task's labels it is asked for" in texts(at)


def test_from_what_it_does_not_know_to_training_one_that_has_to(open_page):
    at = opened(open_page, asked="target=GC so far", focus="lstm")
    at.button(key="probes_shape").click().run()
    assert not at.exception and at.title[0].value == "Can it learn this?"
    assert at.selectbox(key="training.lstm.auxiliary").value == "GC so far" and at.selectbox(key="task").value == "in_class_danq"
    assert not at.button(key="train").disabled
