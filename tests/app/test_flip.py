"""The tool that flips the call: what it finds at once, what stays protected, every step, and the way from a random start."""

from types import SimpleNamespace

import pytest
from app_pages import QUICK, scene, texts
from streamlit.testing.v1 import AppTest

from seqviz_core.examples import examples
from seqviz_core.export import drawn_records
from seqviz_core.sequences import Edit, SequenceRecord
from seqviz_core.sequences.variants import Variant
from seqviz_core.state import ViewState, to_query
from seqviz_core.training import RunSpec, default_store, find_run, train_here
from seqviz_core.training.work import work_here
from seqviz_core.ui import work
from seqviz_core.ui.cached import answered, load
from seqviz_core.ui.experiments import flip as flip_tool
from seqviz_core.ui.experiments import pace

EXAMPLES = {e.label: e.record for e in examples()}


@pytest.fixture(autouse=True)
def at_once(monkeypatch):
    """The clock of a busy machine decides nothing here."""
    monkeypatch.setattr(pace, "_quickest", lambda ask, rows, length: 1e-5)


def opened(open_page, asked: str = "", record=None, **view) -> AppTest:
    record = record or EXAMPLES["One GATA2 site"]
    state = ViewState(reference=record.sequence, name=record.name, tool="flip", **view)
    at = open_page("experiments", link=to_query(state) | ({"asked": asked} if asked else {}))
    assert not at.exception
    return at


def words(at: AppTest) -> str:
    return texts(at).replace("\\", "")


def test_one_substitution_in_the_planted_site_flips_every_model(open_page):
    at = opened(open_page)
    said = words(at)
    assert "1 substitution turns the call of the CNN model from GATA2 to none: 68T>G. No fewer can." in said
    assert "Of 100 random single substitutions, " in said
    assert "LSTM (GATA2 to none) and Attention (GATA2 to none) turn too" in said
    rows = at.table[0].value
    assert rows["Change"].tolist() == ["start", "68T\\>G"] and rows["Motifs lost"].tolist()[1] == "GATA2 66"
    assert scene(at)["changed"] == [67] and not scene(at)["editable"]


def test_what_is_flipped_is_what_the_model_calls_then(open_page):
    at = opened(open_page, "to=TP53", EXAMPLES["No motif at all"])
    assert "3 substitutions turn the call of the CNN model from none to TP53" in words(at)
    final = scene(at)["sequence"]
    loaded = load("cnn")
    assert loaded.task.classes[answered(loaded, final).best] == "TP53"
    assert sum(a != b for a, b in zip(final, EXAMPLES["No motif at all"].sequence)) == 3


def test_protected_bases_stay(open_page):
    at = opened(open_page, "spare=on")
    record, shown = EXAMPLES["One GATA2 site"], scene(at)
    assert shown["sequence"][65:72] == record.sequence[65:72] and not set(shown["changed"]) & set(range(65, 72))
    at.text_input(key="flip.protect").set_value("1-60, 73-95").run()
    assert not at.exception and set(scene(at)["changed"]) <= set(range(60, 65)) | set(range(95, 100))


@pytest.mark.parametrize(("asked", "sentence"), [
    ("protect=1-100", "Every known base is protected"), ("protect=90-101", "'90-101', is not inside the sequence"),
    ("protect=<b>", "cannot be read"), ("to=GATA2", "calls already"), ("width=900", "outside 1 to 50"),
])
def test_what_cannot_be_flipped_is_told_and_stays(open_page, asked, sentence):
    at = opened(open_page, asked)
    assert any(sentence in e.value.replace("\\", "") for e in at.error), [e.value for e in at.error]
    if asked.startswith("protect"):
        assert at.text_input(key="flip.protect").value == asked.removeprefix("protect=")


def test_a_sequence_of_unknown_bases_is_told(open_page):
    at = opened(open_page, record=SequenceRecord("mine", "N" * 50))
    assert "Every base of this sequence is unknown" in at.error[0].value


def test_a_step_is_taken_to_explore_as_edits(open_page):
    at = opened(open_page, "how=flip", EXAMPLES["No motif at all"], target="")
    at = opened(open_page, "to=TP53&step=2", EXAMPLES["No motif at all"])
    assert len(scene(at)["changed"]) == 2
    at.slider(key="flip.step").set_value(1).run()
    assert len(scene(at)["changed"]) == 1 and "step=1" in "".join(at.query_params["asked"])
    step_one = scene(at)["sequence"]
    at.button(key="flip_explore").click().run()
    state = at.session_state.view
    assert state.sequence == step_one and state.reference == EXAMPLES["No motif at all"].sequence and len(state.steps) == 1


def test_on_the_reverse_strand_the_edit_lands_on_the_forward_one(open_page):
    assert Variant(0, "G", "A").forward_edit("-", 10) == Edit(9, 1, "T")
    assert Variant(3, "G", "C").forward_edit("+", 10) == Edit(3, 1, "C")
    at = opened(open_page, record=EXAMPLES["One CTCF site"], strand="-", target="CTCF")
    shown = scene(at)["sequence"]
    at.button(key="flip_explore").click().run()
    assert at.session_state.view.read == shown


def test_from_a_random_start_to_a_class(open_page):
    at = opened(open_page, "how=climb")
    said = words(at)
    assert "From a random start, 2 substitutions make the CNN model call GATA2" in said
    assert "The start is random, 100 bases" in said
    assert "GATA2 74" in " ".join(at.table[0].value["Motifs gained"])
    top = scene(at)["sequence"]
    at.button(key="flip_explore").click().run()
    state = at.session_state.view
    assert state.reference == top and state.steps == () and "from a random start, seed 0, step 12" in state.name
    assert load("cnn").task.classes[answered(load("cnn"), top).best] == "GATA2"


def test_models_without_the_class_are_named_in_one_sentence(open_page):
    run = train_here(RunSpec("motif_pair", {}, "rnn", {"units": 4}, QUICK), default_store())
    record = drawn_records(run.spec.make_task(), 1, 3)[0]
    at = opened(open_page, "most=3", record, models=(run.id, "cnn", "lstm"), focus=run.id)
    assert "CNN and LSTM have no class rule" in words(at) and words(at).count("to compare") == 1


def test_labels_by_themselves_cross_the_half(open_page):
    run = train_here(RunSpec("multi_label", {"length": 130}, "rnn", {"units": 4}, QUICK), default_store())
    record = drawn_records(run.spec.make_task(), 1, 3)[0]
    for how in ("flip", "climb"):
        at = opened(open_page, f"how={how}&most=3", record, models=(run.id, "cnn"), focus=run.id)
        assert not at.error and "above 0 its probability is over 0.5" in words(at)
        assert not [s for s in at.selectbox if s.key == "flip.to"] or how == "climb"


def test_what_takes_long_says_how_long_and_is_shown_when_it_is_done(open_page, monkeypatch):
    monkeypatch.setattr(flip_tool, "seconds_of_mutagenesis", lambda loaded, length, target: 10.0)
    submitted = []
    monkeypatch.setattr(work, "work_service", lambda: SimpleNamespace(submit=submitted.append))
    at = opened(open_page, "most=5")
    assert at.button(key="start_flip_greedy").label == "Look for substitutions (about 40 s)"
    assert "Every substitution of the 100 bases is tried at each step" in words(at)
    at.button(key="start_flip_greedy").click().run()
    work_here(submitted[0])
    assert "1 substitution turns" in words(at.run()) and not at.exception


def test_every_pair_is_tried_where_somebody_wants_a_proof(open_page, monkeypatch):
    monkeypatch.setattr(flip_tool, "seconds_per_row", lambda loaded, length, target: 0.001)
    submitted = []
    monkeypatch.setattr(work, "work_service", lambda: SimpleNamespace(submit=submitted.append))
    record = SequenceRecord("short", EXAMPLES["No motif at all"].sequence[:40])
    at = opened(open_page, "to=TP53", record)
    assert "fewer may do, but no single substitution does it" in words(at)
    assert at.button(key="start_flip_pairs").label == "Prove it: try all 7,020 pairs (about 7 s)"
    at.button(key="start_flip_pairs").click().run()
    assert submitted[0].args["run"] == find_run("cnn").id
    work_here(submitted[0])
    said = words(at.run())
    assert "no one or two substitutions do it" in said or "2 substitutions turn" in said
