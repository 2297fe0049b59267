"""Explore through the real router: its first visit, edits, difference layers, several models, links and every kind of input."""

import pytest
from app_pages import quick_run, scene, texts, titles, view_with
from streamlit.testing.v1 import AppTest

from seqviz_core.attribution import METHODS
from seqviz_core.examples import examples
from seqviz_core.sequences import Edit, reverse_complement
from seqviz_core.state import FIRST, KINDS, from_query
from seqviz_core.training import default_store, pretrained_store

SHIPPED = [r.id for r in pretrained_store().runs()]
LENGTHS = (1, 7, 60, 100, 200, 1000)


def said(at: AppTest) -> dict[str, str]:
    """What the address says."""
    return {k: v[0] if isinstance(v := at.query_params[k], list) else v for k in at.query_params}


def paste(at: AppTest, text: str) -> None:
    at.text_area(key="sequence_text").set_value(text).run()
    at.button(key="use_text").click().run()


def test_first_visit_shows_predictions_and_the_insides_of_three_models(open_page):
    at = open_page("explore")
    assert "The CNN model calls GATA2" in texts(at) and "which is what was planted" in texts(at)
    assert [t["kind"] for t in scene(at)["tracks"]] == ["planted", *["attribution"] * 3, "feature_map"]
    assert titles(at).count("truth AUPRC") == 4 and titles(at).count("null 0.") == 4
    assert at.button(key="show_gate").label == "The CNN model has no gates; the LSTM model has: look inside"
    at.button(key="show_gate").click().run()
    assert "The LSTM model calls GATA2" in texts(at) and "What do the gates let through" in titles(at)


@pytest.mark.parametrize("run", SHIPPED)
def test_every_pretrained_model_shows_its_insides_and_says_what_they_say(open_page, run):
    at = open_page(link={"focus": run})
    expected = {"cnn": "Where does each filter fire?", "lstm": "What do the gates let through", "attention": "look at?"}[run]
    assert not at.exception and expected in titles(at) and "Which bases push GATA2" in titles(at)
    assert len(at.get("plotly_chart")) == (run == "attention")
    spoken = [t["says"] for t in scene(at)["tracks"] if t["kind"] in ("attribution", "feature_map")]
    assert all("planted GATA2 site" in said or "planted sites" in said for said in spoken)


@pytest.mark.parametrize("length", LENGTHS)
@pytest.mark.parametrize("run", SHIPPED)
def test_sequences_of_every_length_are_shown(open_page, run, length):
    at = open_page(link={"focus": run})
    sequence = "ACGTN" * (length // 5) + "ACGT"[: length % 5]
    paste(at, sequence)
    assert not at.exception and not at.error and scene(at)["sequence"] == sequence


def test_ten_thousand_bases_are_shown_and_what_cannot_take_them_says_so(open_page):
    run = quick_run("basset")
    at = open_page(link={"models": f"cnn,{run}"})
    paste(at, "ACGTTGCATG" * 1000)
    assert not at.exception and len(scene(at)["sequence"]) == 10_000
    assert any("is left out" in w.value and "at most 60 bases" in w.value for w in at.warning)


def test_reading_on_waits_to_be_asked_where_it_takes_long(open_page):
    at = open_page(link={"models": "lstm", "tracks": "reading", "seq": "ACGTTGCA" * 40})
    assert [t["id"] for t in scene(at)["tracks"]] == []
    at.button(key="run_reading_lstm").click().run()
    assert [t["id"] for t in scene(at)["tracks"]] == ["reading:@lstm"] and not at.exception


@pytest.mark.parametrize("text, sentence", [
    ("", "There is no sequence here"), ("ACGTXACGT", "'X' is not a base"), (">a\nACGT\n>b\nAC9T", "Record 2"),
    (">only a header\n", "only a header"), ("A" * 10_001, "10,000")])
def test_a_mistake_is_told_and_nothing_is_lost(open_page, text, sentence):
    at = open_page("explore")
    before = at.session_state.view
    paste(at, text)
    assert not at.exception and [sentence in e.value for e in at.error] == [True]
    assert at.text_area(key="sequence_text").value == text and at.session_state.view == before
    at.button(key="example.One CTCF site").click().run()
    assert not at.error and "calls CTCF" in texts(at)


def test_html_in_a_header_stays_text(open_page):
    at = open_page("explore")
    paste(at, ">a<img src=x onerror=alert(1)> sites=MA0035.5:9-2:+\nACGTACGTACGTA")
    assert not at.exception and any("lies outside" in w.value for w in at.warning)
    assert all("<img" not in html.value for html in at.get("html"))


def test_markup_in_a_mistake_is_printed_as_typed(open_page):
    at = open_page("explore")
    at.text_area(key="sequence_text").set_value(">[a](http://x) :red[b]\nACGX").run()
    assert not at.exception and r"\[a\](http\://x) \:red\[b\]" in at.error[0].value


@pytest.mark.parametrize("label", [e.label for e in examples()])
def test_every_example_opens(open_page, label):
    at = open_page("explore")
    at.button(key=f"example.{label}").click().run()
    assert not at.exception and not at.error and scene(at)["tracks"]


def test_no_filter_is_said_to_carry_the_absence_of_a_motif(open_page):
    at = open_page("explore")
    assert "Without it the logit" in str(scene(at))
    at.button(key="example.No motif at all").click().run()
    assert "push none up or down" in titles(at) and "Without it the logit" not in str(scene(at))


def test_a_sequence_of_ones_own_is_offered_the_known_motifs_and_told_that_it_is_long(open_page):
    at = open_page("explore")
    assert "with care" not in texts(at) and not [b for b in at.button if b.key == "show_hits"]
    paste(at, "ACGTTAGATAAG" * 40)
    assert "Made for 100 bases, and this sequence has 480" in texts(at)
    at.button(key="show_hits").click().run()
    assert "hits" in [t["kind"] for t in scene(at)["tracks"]] and not [b for b in at.button if b.key == "show_hits"]
    assert "hits" in said(at)["tracks"]


def test_a_draw_states_its_truth_and_the_seed_repeats_it(open_page):
    at = open_page("explore")
    at.button(key="draw_go").click().run()
    first = at.session_state.records
    assert len(first) == 10 and any("sites=" in r.name for r in first)
    at.button(key="draw_next").click().run()
    assert at.session_state.records != first
    at.number_input(key="draw_seed").set_value(1).run()
    at.button(key="draw_go").click().run()
    assert at.session_state.records == first


def test_several_records_can_be_paged_through_and_are_in_the_link(open_page):
    at = open_page("explore")
    paste(at, ">a\nACGTACGT\n>b\nGGGGCCCC")
    at.selectbox(key="record").set_value(1).run()
    assert not at.exception and scene(at)["sequence"] == "GGGGCCCC"
    other = open_page(link=said(at))
    assert scene(other)["sequence"] == "GGGGCCCC" and len(other.session_state.records) == 2


def test_edits_are_seen_in_the_predictions_the_tracks_and_the_words(open_page):
    at = open_page("explore")
    reference = at.session_state.view.reference
    view_with(at, steps=(Edit(67, 2, "CC"),)).run()
    assert scene(at)["changed"] == [67, 68] and "Your edits change the logit of GATA2 most" in texts(at)
    assert scene(at)["reference"] == reference and not at.segmented_control(key="layer").disabled
    at.segmented_control(key="layer").set_value("difference").run()
    assert titles(at).count("otherwise than in the reference") == 3 and "fire otherwise" in titles(at)
    at.segmented_control(key="layer").set_value("reference").run()
    assert scene(at)["sequence"] == reference and not scene(at)["editable"] and not scene(at)["changed"]


def test_the_other_strand_turns_sequence_sites_and_back(open_page):
    at = open_page("explore")
    forward = scene(at)
    at.segmented_control(key="strand").set_value("-").run()
    assert scene(at)["sequence"] == reverse_complement(forward["sequence"]) and scene(at)["strand"] == "-"
    mirrored = [[n, 100 - b, 100 - a, "-" if s == "+" else "+"] for n, a, b, s in forward["bands"]]
    assert scene(at)["bands"] == mirrored
    at.segmented_control(key="strand").set_value("+").run()
    assert scene(at)["sequence"] == forward["sequence"]


ODD_LINKS = [{"methods": "foo"}, {"focus": "attention", "head": "layer1.attention.pattern:\u00b2"}, {"unit": "cnn:conv1:9:9"},
             {"focus": "attention", "head": "layer1.attention.pattern:" + "9" * 5000}, {"hits": "../x", "tracks": "hits"},
             {"edits": f"1-0-{'A' * 10_000}"}, {"edits": "_".join(["1-1-C", "1-1-T"] * 501)}, {"map_layer": "x", "cell": "7"}]


@pytest.mark.parametrize("link", ODD_LINKS, ids=lambda link: " ".join(f"{k}={v[:30]}" for k, v in link.items()))
def test_whatever_a_link_says_the_page_stands(open_page, link):
    at = open_page(link=link)
    assert not at.exception and not at.error and "model calls GATA2" in texts(at) and len(scene(at)["sequence"]) == 100


def test_at_most_eight_models_are_on_the_ruler(open_page):
    run = default_store().get(quick_run("cnn", {"filters": 4}))
    others = [default_store().create(run.spec, f"copy{i}").id for i in range(7)]
    for copy in others:
        for name in ("status.json", "weights.safetensors"):
            (default_store().root / copy / name).write_bytes((run.path / name).read_bytes())
    at = open_page(link={"models": ",".join(["cnn", run.id, *others]), "focus": others[-1], "tracks": "gate"})
    assert any("9 models are chosen; the first 8" in w.value for w in at.warning) and not at.exception
    assert set(at.pills(key="on_ruler").value) == {"cnn", run.id, *others[:6]} and at.session_state.view.focus == "cnn"
    at.button(key="show_gate").click().run()
    assert at.session_state.view.models == ("cnn", run.id, *others[:5], "lstm") and at.session_state.view.focus == "lstm"


def test_every_attribution_and_target_can_be_chosen(open_page):
    at = open_page(link={"methods": ",".join(METHODS.names()), "target": "CTCF", "corrected": "1"})
    assert not at.exception
    assert all(label in titles(at) for label in ("Saliency, corrected", "Integrated gradients", "completeness gap", "push CTCF"))


def test_every_kind_of_track_can_be_drawn_of_every_model(open_page):
    at = open_page(link={"tracks": ",".join(reversed(KINDS)), "inside": "every", "hits": "jaspar"})
    kinds = list(dict.fromkeys(t["kind"] for t in scene(at)["tracks"]))
    assert not at.exception and kinds == [k for k in reversed(KINDS) if k != "answer"]  # these models answer once
    at.pills(key="track_kinds").set_value(["planted", "gate"]).run()
    assert {t["kind"] for t in scene(at)["tracks"]} == {"planted", "gate"} and at.session_state.view.tracks == ("gate", "planted")


def test_models_can_be_taken_from_the_ruler_and_put_back_last(open_page):
    at = open_page("explore")
    at.pills(key="on_ruler").set_value(["cnn", "attention"]).run()
    at.pills(key="on_ruler").set_value(["cnn", "attention", "lstm"]).run()
    drawn = [t["model"] for t in scene(at)["tracks"] if t["kind"] == "attribution"]
    assert drawn == ["CNN", "Attention", "LSTM"] and at.session_state.view.models == ("cnn", "attention", "lstm")


@pytest.mark.parametrize("name", ["cnn", "mlp", "gru"])  # filters alone; neither filters nor states; both
def test_a_trained_run_opens_in_focus_before_the_shipped_ones(open_page, name):
    run_id = quick_run(name)
    at = open_page(link={"run": run_id})
    assert not at.exception and not at.error and "(One motif) calls" in texts(at)
    assert at.session_state.view.models == (run_id, *SHIPPED_IN_ORDER) and "run" not in at.query_params
    assert f"recipe_{run_id}" in at.query_params


SHIPPED_IN_ORDER = ("cnn", "lstm", "attention")


def test_a_run_opened_from_another_page_leaves_an_edited_sequence_as_it_is(open_page):
    at = open_page("explore")
    view_with(at, steps=(Edit(67, 1, "C"),)).run()
    at.query_params.clear()
    at.query_params["run"] = "lstm"
    at.run()
    assert at.session_state.view.focus == "lstm" and at.session_state.view.steps
    assert "The LSTM model calls none (0.80; before your edits GATA2, 0.97)" in texts(at)


def test_a_link_to_a_run_that_is_gone_says_so_and_trains_it_again(open_page):
    run_id = quick_run("cnn")
    link = said(open_page(link={"run": run_id}))
    default_store().delete(run_id)
    at = open_page(link=link)
    assert not at.exception and any("Its settings are in the link" in w.value for w in at.warning) and scene(at)["tracks"]
    at.button(key=f"retrain_{run_id}").click().run()
    assert said(at)["job"] == run_id


def test_a_run_that_is_gone_or_hostile_is_told(open_page):
    for name in ("f" * 24, "../../etc", "<b>"):
        for link in ({"run": name}, {"models": name}):
            at = open_page(link=link)
            assert not at.exception and len(at.warning) == 1 and scene(at)["tracks"]


def test_truncated_weights_are_told(open_page):
    run_id = quick_run("cnn")
    weights = default_store().get(run_id).path / "weights.safetensors"
    weights.write_bytes(weights.read_bytes()[:100])
    at = open_page(link={"run": run_id})
    assert not at.exception and any(run_id in w.value for w in at.warning) and scene(at)["tracks"]


def test_a_hostile_link_is_told_and_shows_what_it_can(open_page):
    at = open_page(link={"v": "1", "seq": "ACGX<script>", "edits": "x", "zoom": "9-1", "focus": "lstm"})
    assert not at.exception and len(at.warning) == 3 and "The LSTM model calls" in texts(at)
    at = open_page(link={"s": "f" * 20})
    assert not at.exception and any("not kept on this server" in w.value for w in at.warning) and scene(at)["tracks"]


def test_the_address_is_the_view(open_page):
    at = open_page("explore")
    view_with(at, steps=(Edit(3, 1, "T"),), zoom=(10, 40), layer="difference", methods=("saliency",), closed=("planted",)).run()
    found = from_query(said(at))
    assert not found.problems and found.state == at.session_state.view != FIRST
    assert scene(at)["zoom"] == [10, 40] and not next(t for t in scene(at)["tracks"] if t["id"] == "planted")["open"]


def test_mutagenesis_of_a_long_sequence_waits_to_be_asked_where_it_is_slow(open_page):
    at = open_page("explore")
    at.button(key="example.TP53 in a long sequence").click().run()
    assert "In-silico mutagenesis" in titles(at) and "Saliency, corrected" in titles(at)  # quick on convolutions at any length
    at.button(key="run_ism_lstm").click().run()
    assert not at.exception and "attribution:ism@lstm" in titles(at)
    paste(at, "ACGT" * 600)
    assert not at.exception and "takes too long here beyond 2,000 bases" in texts(at)


def test_an_lstm_on_raw_bases_has_no_feature_maps_and_says_so(open_page):
    at = open_page(link={"run": quick_run("lstm", {"stem_filters": 0})})
    assert not at.exception and "no feature maps; the CNN model has" in at.button(key="show_feature_map").label
