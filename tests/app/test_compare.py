"""The Compare page through the real router: the shipped models, small runs of several tasks, links and ticks."""

from collections.abc import Iterator
from dataclasses import replace

import pytest
from streamlit.testing.v1 import AppTest

from seqviz_core.training import RunSpec, TrainingConfig, default_store, find_run, train_here
from seqviz_core.training.runs import WEIGHTS
from seqviz_core.ui import cached
from seqviz_core.ui.cached import pretrained_ids

QUICK = TrainingConfig(epochs=1, n_train=64, n_valid=64)
KINDS = ("title", "subheader", "markdown", "caption", "error", "warning", "info")


def texts(at: AppTest) -> str:
    return "\n".join(str(element.value) for kind in KINDS for element in at.get(kind))


def quick_run(task: str = "one_motif", architecture: str = "cnn", settings: dict | None = None, seed: int = 0) -> str:
    spec = RunSpec(task, settings if settings is not None else {"length": 60}, architecture, {}, replace(QUICK, seed=seed))
    return train_here(spec, default_store()).id


@pytest.fixture
def few_sequences(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Filters are named after few sequences; nothing of that is left for the other tests."""
    monkeypatch.setattr(cached, "MOTIF_SEQUENCES", 100)
    yield
    cached._filters.clear()
    cached._untrained.clear()


def ticked(at: AppTest) -> list[str]:
    return [box.key.removeprefix("tick_") for box in at.checkbox if box.key.startswith("tick_") and box.value]


def address(at: AppTest) -> list[str]:
    """Return the runs that the address names; bare it names the shipped ones."""
    found = at.query_params.get("runs", [",".join(pretrained_ids())])
    return (found if isinstance(found, str) else found[0]).split(",")


def charts(at: AppTest) -> int:
    return len(at.get("plotly_chart"))


def tables(at: AppTest) -> list:
    return [t.value for t in at.get("table")]


def test_the_first_visit_compares_the_shipped_models(open_page):
    at = open_page("compare")
    assert not at.exception and not at.error
    assert ticked(at) == list(pretrained_ids()) and "runs" not in at.query_params and charts(at) == 4
    assert "the CNN reaches accuracy 0.939 of 0.944" in texts(at) and "All 10 planted motifs are found" in texts(at)
    scores = tables(at)[0].set_index("figure")
    status = find_run("lstm").status
    assert scores.loc["Accuracy", "LSTM"] == f"{status.test.accuracy:.3f}"
    share = (status.test.accuracy - status.kmer.accuracy) / (status.ceiling.accuracy - status.kmer.accuracy)
    assert scores.loc["Share of what is possible", "LSTM"] == f"{100 * share:.0f} %"
    assert "seed 1" in texts(at) and "40 fresh sequences" in texts(at)


def test_what_the_shipped_models_were_not_measured_by_is_measured_when_asked(open_page):
    at = open_page("compare")
    assert "MCC" not in list(tables(at)[0]["figure"])
    at.button(key="measure_rest").click().run()
    assert not at.exception
    scores = tables(at)[0].set_index("figure")
    assert 0.9 < float(scores.loc["MCC", "CNN"]) < 1 and "measure_rest" not in [b.key for b in at.button]


def test_runs_of_several_tasks_stand_side_by_side(open_page, few_sequences):
    runs = [quick_run(), quick_run(architecture="lstm", seed=1), quick_run("multi_label", settings={"length": 120}),
            quick_run("gene_splice", "gru", {}), quick_run("uci_promoters", settings={})]
    at = open_page("compare", query={"runs": ",".join(runs)})
    assert not at.exception and not at.error and set(ticked(at)) == set(runs)
    text = texts(at)
    assert "On \u201cOne motif\u201d" in text and "Left out, since nothing was planted" in text
    assert "none known" in tables(at)[0].set_index("figure").loc["Bayes ceiling"].tolist()
    at.session_state.compare_task = "multi_label"
    at.run()
    assert set(ticked(at)) == set(runs), "what is ticked stays in the list, whatever task is listed"


def test_a_tick_goes_into_the_address_and_eight_are_the_most(open_page, few_sequences):
    runs = [quick_run(seed=seed) for seed in range(7)]
    at = open_page("compare", query={"runs": ",".join(runs)})
    at.checkbox(key="tick_lstm").check().run()
    assert address(at) == [*runs, "lstm"] and at.checkbox(key="tick_cnn").disabled
    at.checkbox(key=f"tick_{runs[0]}").uncheck().run()
    assert runs[0] not in address(at) and not at.checkbox(key="tick_cnn").disabled and not at.exception
    at.button(key="untick").click().run()
    assert ticked(at) == [] and charts(at) == 0 and "Nothing is ticked" in texts(at)
    at.button(key="tick_shipped").click().run()
    assert ticked(at) == list(pretrained_ids()) and charts(at) == 4


@pytest.mark.parametrize("link, kept, told", [
    ("cnn,gone", ["cnn"], "names a run that is not here, or not finished (gone); it is left out"),
    ("gone,lost", list(pretrained_ids()), "names 2 runs that are not here"),
    ("<b>x</b>,../../etc,cnn", ["cnn"], "2 runs"), ("cnn,cnn,,lstm", ["cnn", "lstm"], ""), ("", list(pretrained_ids()), "")])
def test_a_link_to_a_run_that_is_gone_says_so_and_keeps_the_others(open_page, link, kept, told):
    at = open_page("compare", query={"runs": link})
    assert not at.exception and ticked(at) == kept and address(at) == kept
    assert [told in w.value for w in at.warning] == [True] * bool(told)
    assert "<b>" not in texts(at).replace("\\<b", "")


def test_a_damaged_run_is_told_and_the_others_are_compared(open_page):
    run = quick_run()
    (default_store().root / run / WEIGHTS).write_bytes(b"not weights")
    at = open_page("compare", query={"runs": f"cnn,{run}"})
    assert not at.exception and any(run in w.value for w in at.warning) and charts(at) == 4


def test_a_run_made_elsewhere_has_no_figures_here(open_page):
    run, store = quick_run(), default_store()
    nothing = dict.fromkeys(("test", "ceiling", "kmer", "gc", "pwm", "n_test", "started"))
    store.write_status(run, replace(store.get(run).status, device="", **nothing))
    at = open_page("compare", query={"runs": run})
    assert not at.exception and not at.error and "None of these runs was tested here" in texts(at) and charts(at) == 3
    at.checkbox(key="tick_cnn").check().run()
    assert not at.exception and "not measured" in tables(at)[0].iloc[:, 2].tolist() and charts(at) == 5


def test_seeds_are_compared_as_seeds_and_offered_where_there_are_none(open_page):
    first, second = quick_run(seed=3), quick_run(seed=4)
    at = open_page("compare", query={"runs": first})
    assert at.button(key="seeds_tick").label == "Tick its other seed"
    at.button(key="seeds_tick").click().run()
    assert set(ticked(at)) == {first, second} and "seeds_tick" not in [b.key for b in at.button]
    assert "same training with another seed, same method" in list(tables(at)[-1]["pairs of"])
    assert "CNN, seed 3" in tables(at)[0].columns


def test_two_more_seeds_are_trained(open_page):
    run = quick_run()
    at = open_page("compare", query={"runs": run})
    at.button(key="seeds_train").click().run()
    assert not at.exception and not at.error and "Two more seeds are waiting or training" in texts(at)
    assert sorted(r.spec.training.seed for r in default_store().runs()) == [0, 1, 2]


def test_motifs_of_the_attribution_are_read_when_asked(open_page):
    at = open_page("compare", query={"runs": "cnn"})
    at.segmented_control(key="motifs_by").set_value("seqlets").run()
    assert not at.exception and charts(at) == 3
    (button,) = [b for b in at.button if b.key == "read_seqlets_0"]
    assert button.label.startswith("Read 1 model (about ")
    button.click().run()
    assert not at.exception and charts(at) == 4 and "covered by one pattern alone" in texts(at)


def test_methods_that_do_not_apply_are_named_and_sizes_are_compared_where_one_has_no_sign(open_page):
    at = open_page("compare", query={"runs": "lstm,attention"})
    at.multiselect(key="agree_by").set_value(["deeplift"]).run()
    assert not at.exception and "DeepLIFT does not apply to LSTM, Attention" in texts(at) and charts(at) == 3
    at.multiselect(key="agree_by").set_value(["saliency", "attention_rollout"]).run()
    assert not at.exception and "sizes are compared" in texts(at) and charts(at) == 4
    at.multiselect(key="agree_by").set_value([]).run()
    assert not at.exception and "Choose a method" in texts(at)


def test_slow_methods_wait_for_the_visitor(open_page, monkeypatch):
    monkeypatch.setattr("seqviz_core.ui.compare_agreement.AT_ONCE", 0.0)
    at = open_page("compare", query={"runs": "cnn"})
    assert "2 maps of 40 sequences take about" in texts(at) and charts(at) == 3
    at.button(key="agree_go").click().run()
    assert not at.exception and charts(at) == 4
