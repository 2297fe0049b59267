"""The Insert tool: what it shows at once, everything that can be varied, and what is wrong is told."""

import time
from dataclasses import replace

import pytest
from app_pages import QUICK, texts

from seqviz_core.experiments.marginal import Plan, fitted, plan_to_json
from seqviz_core.motifs import find_motif, write_meme
from seqviz_core.training import RunSpec, default_store, find_run, train_here
from seqviz_core.training.work import WorkSpec, work_here
from seqviz_core.ui.components import literal
from seqviz_core.ui.motif_upload import keep


@pytest.fixture(autouse=True)
def nothing_is_slow(monkeypatch):
    """A busy machine would make the page ask before it starts."""
    monkeypatch.setattr("seqviz_core.ui.experiments.insert_models.AT_ONCE", 1e9)


def open_insert(open_page, asked: str = "", **link: str):
    at = open_page("experiments", link={"v": "1", "tool": "insert", **({"asked": asked} if asked else {}), **link})
    assert not at.exception
    return at


def pair_run(architecture: str = "residual", **settings) -> str:
    task = {"length": 100, "min_gap": 0, "max_gap": 30} | settings
    return train_here(RunSpec("motif_pair", task, architecture, {"filters": 4}, QUICK), default_store()).id


def charts(at) -> int:
    return len(at.get("plotly_chart"))


def test_it_answers_at_once_for_every_model(open_page):
    at = open_insert(open_page)
    shown = texts(at)
    assert "What does a motif do by itself?" in "\n".join(s.value for s in at.subheader) and charts(at) == 1 and not at.error
    assert "The consensus of GATA2 raises the CNN model's log odds of GATA2 by" in shown
    said = [m.value for m in at.markdown if m.value.startswith("**")]
    assert said[0].startswith("**The consensus of GATA2 raises the CNN") and said[1].startswith("**How does")  # answer, figure
    assert "The Bayes classifier says" in shown and "100 random backgrounds (GC 50 %) of 100 bases, seed 0" in shown
    for label in ("CNN", "LSTM", "Attention"):
        assert f"The {label} model follows the planted rule, the motif's presence" in shown
    assert "the control" in shown.lower() and not at.get("button_group")[0].disabled


@pytest.mark.parametrize("asked, sentence", [
    ("vary=position", "Along the sequence the CNN model's change"), ("vary=copies", "One copy changes the CNN model's"),
    ("vary=strength", "From random bases to the consensus, the CNN model's"), ("vary=pair", "GATA2 before CTCF: the interaction"),
    ("vary=pair&order=swapped&effect=together", "CTCF before GATA2: together they change"),
    ("n=1", "one background has no interval"), ("background=shuffled", "100 dinucleotide shuffles of one sequence of 100 bases"),
    ("first_from=typed&first_letters=TGASTCA", "TGASTCA"), ("first_from=jaspar&first=MA0095.4", "the consensus of Yy1"),
    ("sites=sampled sites", "Sampled sites of GATA2"), ("length=200", "that of the task is for sequences of 100 bases"),
    ("first_from=typed&first_letters=AAAA", "none here: the shuffled")])
def test_what_is_varied_is_shown_with_its_sentence(open_page, asked, sentence):
    at = open_insert(open_page, asked)
    assert not at.error and charts(at) == 1 and sentence in texts(at).replace("\\", "")


@pytest.mark.parametrize("asked, sentence", [
    ("first_from=typed&first_letters=TGAXTCA", "The pattern, letter 4: 'X' is not a base."),
    ("first_from=typed&first_letters=", "No pattern is typed."),
    (f"first_from=typed&first_letters={'ACGT' * 30}", "has 120 bases and the backgrounds have 100"),
    ("position=99", "cannot start at base 99 of 100"), ("n=0", "outside 1 to 2000"), ("n=many", "is not a number"),
    ("vary=everything", "is not one of"), ("first_from=nothing-here", "not kept"),
    ("background=shuffled&length=500", "none has 500 known bases in a row"),
    (f"vary=pair&second_from=typed&second_letters={'ACGT' * 25}", "need 107 bases; the backgrounds have 100")])
def test_what_is_wrong_is_told_and_the_widgets_stay(open_page, asked, sentence):
    at = open_insert(open_page, asked)
    assert sentence in "\n".join(e.value for e in at.error).replace("\\", "")
    assert at.number_input(key="insert.n") is not None and at.selectbox(key="insert.vary") is not None


def test_widgets_change_what_is_asked_and_the_address(open_page):
    at = open_insert(open_page)
    at.number_input(key="insert.n").set_value(20).run()
    at.selectbox(key="insert.first").set_value("MA0139.2").run()
    assert not at.exception and "20 random backgrounds" in texts(at) and "The consensus of CTCF" in texts(at)
    assert {"n=20", "first=MA0139.2"} == set("".join(at.query_params["asked"]).split("&"))
    at.button(key="example_insert_Two of them").click().run()
    assert not at.exception and literal("CTCF before GATA2: the interaction") in texts(at)


def test_another_class_brings_its_motif(open_page):
    at = open_insert(open_page, target="REST")
    assert "The consensus of REST raises the CNN model's log odds of REST" in texts(at)


def test_a_class_without_a_motif_has_no_rule(open_page):
    at = open_insert(open_page, target="none")
    shown = texts(at)
    assert not at.error and "plants no rule for this class" in shown and "lowers the CNN model's log odds of none" in shown


def test_an_upload_is_a_source(open_page):
    token = keep(write_meme([find_motif(id) for id in ("MA0095.4", "MA0079.5", "MA0139.2", "MA0138.3", "MA0466.4")]).encode())
    at = open_insert(open_page, f"first_from={token}")
    assert not at.error and "the consensus of Yy1" in texts(at)
    assert at.selectbox(key="insert.first").options[:2] == ["Yy1 (MA0095.4)", "SP1 (MA0079.5)"]


def test_some_of_the_sequences_go_to_explore_with_their_sites(open_page):
    at = open_insert(open_page)
    at.button(key="insert_explore").click().run()
    assert not at.exception and at.title[0].value == "What does this model see in this sequence?"
    view = at.session_state.view
    assert "GATA2 at base 47, put into background 1, drawn with seed 0 sites=MA0036.4:47-53:+" in view.name
    assert view.reference[46:53] == find_motif("MA0036.4").consensus and len(at.session_state.records) == 5


def test_what_belongs_to_another_choice_has_no_say(open_page):
    at = open_insert(open_page, "vary=pair&strand=-&position=100")  # left by "its place" and "by itself": no room at base 100
    assert not at.error and "GATA2 before CTCF" in texts(at)
    at.button(key="insert_explore").click().run()
    assert find_motif("MA0036.4").consensus in at.session_state.view.reference


def test_a_typed_pattern_claims_no_planted_truth(open_page):
    at = open_insert(open_page, "first_from=typed&first_letters=TGACTCA")
    at.button(key="insert_explore").click().run()
    assert "sites=" not in at.session_state.view.name and "drawn with seed" not in at.session_state.view.name


def test_a_pair_task_gets_its_verdict_and_its_distances_at_once(open_page):
    run = pair_run()
    at = open_insert(open_page, models=run)
    shown = texts(at)
    assert not at.error and charts(at) == 2 and "At which distance does it give up?" in shown
    assert "A unit of its last map sees 43 bases, so both motifs whole up to 20 bases apart." in shown
    found = at.table[-1].value
    assert found.iloc[:, 0].tolist() == ["planted order, minus the other order", "planted gaps, minus other gaps"]
    assert all("Bayes" in cell for cell in found.iloc[:, 1])


def test_models_of_two_tasks_each_have_their_own_verdict(open_page):
    run = pair_run("dragonn")
    at = open_insert(open_page, models=f"{run},cnn", focus="cnn")
    shown = texts(at)
    assert not at.error and "The CNN model follows the planted rule" in shown and literal("Pair with a rule") in shown
    at = open_insert(open_page, "length=200", models=f"{run},cnn")  # DragoNN has weights for each stretch of 100 bases
    told = "\n".join(w.value for w in at.warning)
    assert "is left out. This model has weights of its own for each position" in told and "log odds of GATA2" in texts(at)


def test_a_model_that_answers_per_base_is_asked_at_its_likeliest_base(open_page):
    run = train_here(RunSpec("gene_splice", {"length": 120}, "lstm", {"units": 4}, QUICK), default_store()).id
    at = open_insert(open_page, "n=10", models=run)
    assert not at.error and charts(at) == 1 and "10 random backgrounds" in texts(at)


def test_a_slow_model_says_how_long_it_takes_before_it_starts(open_page, monkeypatch):
    monkeypatch.setattr("seqviz_core.ui.experiments.insert_models.AT_ONCE", 0.0)
    at = open_insert(open_page)
    labels = [b.label for b in at.button if b.key and b.key.startswith("start_insert")]
    assert len(labels) == 3 and labels[0].startswith("Ask CNN (about") and charts(at) == 0
    plan = Plan("itself", find_motif("MA0036.4"), n=100, length=100)
    which = lambda run: {"run": run, "finished": find_run(run).status.finished, "index": 0}
    for run in ("cnn", "lstm"):
        work_here(WorkSpec("seqviz_core.experiments.marginal", "marginalise_run",
                           {**which(run), "plan": plan_to_json(fitted(plan))}))
    work_here(WorkSpec("seqviz_core.experiments.rule_work", "rule_verdict_run", which("cnn")))
    shown = texts(at.run())
    assert "The Bayes classifier of this task takes long" in shown and "The Bayes classifier says" not in shown
    assert any(b.label.startswith("Ask the Bayes classifier (about") for b in at.button)
    work_here(WorkSpec("seqviz_core.experiments.marginal", "bayes_run",
                       {**which("cnn"), "plan": plan_to_json(replace(fitted(plan), control=False))}))
    shown = texts(at.run())
    assert "The Bayes classifier says" in shown
    assert charts(at) == 1 and "raises the CNN model's log odds" in shown and "raises the LSTM model's" in shown
    assert "The CNN model follows the planted rule" in shown and "The LSTM model follows" not in shown


def test_while_the_model_in_focus_has_not_answered_the_others_are_shown(open_page, monkeypatch):
    slow = {"cnn": 10.0, "lstm": 0.0, "attention": 0.0}
    monkeypatch.setattr("seqviz_core.ui.experiments.insert_models.AT_ONCE", 1.0)
    monkeypatch.setattr("seqviz_core.ui.experiments.insert_models.seconds_of", lambda loaded, length: slow[loaded.run.id])
    at = open_insert(open_page, "vary=copies")
    shown = texts(at)
    assert charts(at) == 1 and "change the log odds of GATA2, copy by copy" in shown and "the LSTM model's" in shown
    assert "The control comes with the model in focus." in shown and "One copy changes the CNN" not in shown


def test_one_insertion_takes_less_than_half_a_second(open_page):
    at = open_insert(open_page, "length=200&n=100")
    at.number_input(key="insert.seed").set_value(7)
    start = time.perf_counter()
    at.run()
    assert "seed 7" in texts(at) and time.perf_counter() - start < 3  # measured alone: under 0.5 s; tests share the machine
