"""The tool that takes parts out: what it shows at once, every way to choose parts, and what cannot be taken out."""

from types import SimpleNamespace

import pytest
from app_pages import QUICK, scene, texts
from streamlit.testing.v1 import AppTest

from seqviz_core.examples import examples
from seqviz_core.experiments.ablation import ablate
from seqviz_core.experiments.knock_out_words import amount
from seqviz_core.experiments.replacing import Part
from seqviz_core.export import drawn_records
from seqviz_core.sequences import Edit, SequenceRecord, one_hot_encode
from seqviz_core.state import ViewState, to_query
from seqviz_core.training import RunSpec, default_store, find_run, train_here
from seqviz_core.training.work import work_here
from seqviz_core.ui import work
from seqviz_core.ui.experiments import ablate as ablate_tool
from seqviz_core.ui.experiments import pace

EXAMPLES = {e.label: e.record for e in examples()}


@pytest.fixture(autouse=True)
def at_once(monkeypatch):
    """The clock of a busy machine decides nothing here."""
    monkeypatch.setattr(pace, "_quickest", lambda ask, rows, length: 1e-6)


def opened(open_page, asked: str = "", record=None, **view) -> AppTest:
    record = record or EXAMPLES["One GATA2 site"]
    state = ViewState(reference=record.sequence, name=record.name, tool="ablate", **view)
    at = open_page("experiments", link=to_query(state) | ({"asked": asked} if asked else {}))
    assert not at.exception
    return at


def words(at: AppTest) -> str:
    return texts(at).replace("\\", "")


def test_the_planted_site_is_needed_and_enough(open_page):
    at = opened(open_page)
    said = words(at)
    assert "Which parts does the prediction need?" in "\n".join(s.value for s in at.subheader)
    assert "without GATA2 66 to 72 the logit of GATA2 falls by" in said
    assert "Necessary for the call: GATA2 66 to 72" in said and "Sufficient alone: GATA2 66 to 72" in said
    assert "a random span of 7 bases elsewhere costs" in said and "n = 20" in said and "Seed 0" in said
    assert [t["id"] for t in scene(at)["tracks"]] == ["parts:ablate"]
    assert len(at.get("plotly_chart")) == 1  # one part: no pairs


def test_the_numbers_are_those_of_the_library(open_page):
    found = ablate(find_run("cnn").load_model(), one_hot_encode([EXAMPLES["One GATA2 site"].sequence])[0], 0,
                   [Part("GATA2", 65, 72)], n=33, seed=5)
    said = words(opened(open_page, "n=33&seed=5"))
    assert f"falls by {amount(found.cost[0])} (95 % interval" in said
    assert f"call lost in {round(found.lost[0] * 33)} of 33 shuffles" in said


def test_two_sites_have_a_map_of_their_interaction(open_page):
    at = opened(open_page, record=EXAMPLES["SP1 and SRF"])
    assert "Do the parts need each other?" in words(at) and len(at.get("plotly_chart")) == 2


def test_tiles_find_the_motif_of_a_real_peak(open_page):
    at = opened(open_page, record=EXAMPLES["Real USF1 peak"])
    said = words(at)
    assert "The true sites of this sequence are not known, so the whole of it is scanned with tiles." in said
    assert "stretch 41 to 60" in said and "Sufficient alone" in said
    assert {t["id"] for t in scene(at)["tracks"]} == {"parts:ablate", "cost:ablate"}


def test_each_way_to_choose_parts(open_page):
    at = opened(open_page)
    at.button_group(key="ablate.what").set_value("hits").run()
    assert not at.exception and "1 of 1 matches of 10 motifs" in words(at) and "GATA2 66 to 72" in words(at)
    at.button_group(key="ablate.what").set_value("span").run()
    assert "Nothing is typed; this is 66-72." in words(at)
    at.text_input(key="ablate.span").set_value("1-10, 66-72").run()
    assert not at.exception and "without bases 66 to 72 the logit" in words(at)
    assert "".join(at.query_params["asked"]) == "what=span&span=1-10%2C+66-72"
    at.button_group(key="ablate.what").set_value("tiles").run()
    assert not at.exception and "What does each tile carry of the logit?" in words(at)


def test_a_span_that_cannot_be_is_told_and_stays(open_page):
    at = opened(open_page, "what=span&span=95-120")
    assert "Range 1, '95-120', is not inside the sequence, which has bases 1 to 100." in at.error[0].value.replace("\\", "")
    at.text_input(key="ablate.span").set_value("*_x_*").run()
    assert "'*_x_*', cannot be read" in at.error[0].value.replace("\\", "")
    assert at.text_input(key="ablate.span").value == "*_x_*"


@pytest.mark.parametrize(("sequence", "sentence"), [
    ("N" * 40, "Every base of this sequence is unknown"), ("A" * 40, "repeats the same bases"), ("AC", "too short"),
])
def test_what_cannot_be_shuffled_is_told(open_page, sequence, sentence):
    at = opened(open_page, "what=span", SequenceRecord("mine", sequence))
    assert any(sentence in e.value for e in at.error), [e.value for e in at.error]


def test_the_logit_decides_where_the_class_is_not_called(open_page):
    said = words(opened(open_page, target="SP1"))
    assert "SP1 is not what is called here, so there is no call to lose" in said


def test_a_reverse_strand_and_edits_are_followed(open_page):
    at = opened(open_page, strand="-")
    assert "GATA2 29 to 35" in words(at)
    at = opened(open_page, steps=(Edit(0, 0, "ACGTA"),))
    assert "GATA2 71 to 77" in words(at)


def test_a_model_that_answers_per_base(open_page):
    run = train_here(RunSpec("gene_splice", {"length": 120}, "gru", {"units": 4}, QUICK), default_store())
    record = drawn_records(run.spec.make_task(), 1, 3)[0]
    for what in ("planted", "tiles"):
        at = opened(open_page, f"what={what}", record, models=(run.id,), focus=run.id)
        assert " at base " in words(at) and not at.error


def test_a_scan_that_takes_long_is_offered_with_wider_tiles(open_page, monkeypatch):
    monkeypatch.setattr(ablate_tool, "seconds_per_row", lambda loaded, length, target: 0.1)
    at = opened(open_page, record=SequenceRecord("long", "ACGTTGCA" * 250))
    assert " h " in at.button(key="start_ablate").label or " min " in at.button(key="start_ablate").label
    at.button(key="ablate_wide").click().run()
    assert at.number_input(key="ablate.tile").value == 100 and "ablate_wide" not in {b.key for b in at.button}


def test_empty_spans_say_how_they_are_written(open_page):
    assert opened(open_page, "what=span").text_input(key="ablate.span").placeholder == "61-75, 90-99"


def test_what_takes_long_says_how_long_and_is_shown_when_it_is_done(open_page, monkeypatch):
    monkeypatch.setattr(ablate_tool, "seconds_per_row", lambda loaded, length, target: 0.1)
    submitted = []
    monkeypatch.setattr(work, "work_service", lambda: SimpleNamespace(submit=submitted.append))
    at = opened(open_page, "n=7")
    assert at.button(key="start_ablate").label.startswith("Ask CNN, LSTM and Attention (about 1 min")
    assert "CNN, LSTM and Attention have each to read about" in words(at)
    at.button(key="start_ablate").click().run()
    work_here(submitted[0])
    said = words(at.run())
    assert not at.exception and "call lost in 7 of 7 shuffles" in said and "n = 7" in said
