"""Shortcuts on its page: what it shows at once, the rules once they are measured, several models, odd sequences."""

import pytest

from seqviz_core.training import RunSpec, TrainingConfig, default_store, find_run, train_here
from seqviz_core.training.work import WorkSpec, work_here
from seqviz_core.ui.trust.shortcuts import SEED
from tests.app_pages import QUICK, quick_run, texts


def open_shortcuts(open_page, asked: str = "", **link: str):
    at = open_page("trust", link={"v": "1", "tool": "shortcuts", **({"asked": asked} if asked else {}), **link})
    assert not at.exception
    return at


def rules_work(run_id: str, n: int, n_train: int) -> WorkSpec:
    finished = find_run(run_id).status.finished
    return WorkSpec("seqviz_core.checks.shortcuts", "measure",
                    {"run": run_id, "finished": finished, "n": n, "seed": SEED, "n_train": n_train})


def test_rules_and_symmetries_are_shown_at_once(open_page):
    at = open_shortcuts(open_page)
    read = texts(at)
    assert not at.error and "A GC rule alone scores 0.591 AUROC (the model 0.996, the ceiling 0.996)" in read
    assert "As measured when the model was trained, on 3,000 test sequences." in read
    assert "the model hardly goes by the GC content" in read
    assert "Away from the ends the feature maps move with the sequence exactly" in read
    assert "the task plants on the forward strand only" in read.replace("The", "the")
    assert len(at.get("plotly_chart")) == 3
    columns = at.table[0].value
    assert columns.columns.tolist()[1:] == ["CNN", "LSTM", "Attention"]
    assert columns.iloc[0, 1].startswith("0.00 (")
    button, = [b for b in at.button if b.key == "start_shortcuts"]
    assert "Try every rule on fresh sequences (about" in button.label


def test_the_rules_once_they_are_measured(open_page):
    work_here(rules_work("cnn", 100, 100))
    at = open_shortcuts(open_page, "n=100&n_train=100")
    read = texts(at)
    assert "No rule on composition, place or length comes close" in read and "n = 100 fresh sequences" in read
    assert "start_shortcuts" not in {b.key for b in at.button}


def test_a_model_of_the_task_with_a_leak_is_caught(open_page):
    config = TrainingConfig(epochs=4, n_train=1000, n_valid=100)
    run = train_here(RunSpec("gc_leak", {"length": 100}, "cnn", {"pool": "max and mean", "activation": "relu"}, config),
                     default_store()).id
    work_here(rules_work(run, 300, 300))
    read = texts(open_shortcuts(open_page, "n=300&n_train=300", models=run))
    assert "A GC rule alone scores 0.9" in read and "can be had without a motif" in read
    assert "the model goes by the GC content" in read


def test_a_strand_shared_model_is_exactly_consistent(open_page):
    at = open_shortcuts(open_page, models=quick_run("rc_cnn"))
    assert "the model is exactly consistent" in texts(at)


def test_a_model_without_maps_says_only_what_applies(open_page):
    at = open_shortcuts(open_page, models=train_here(RunSpec("one_motif", {"length": 60}, "mlp", {}, QUICK), default_store()).id,
                        seq="ACGTTGCA" * 7)
    assert not at.error and "feature maps move" not in texts(at) and "Moved by up to" in texts(at)


@pytest.mark.parametrize("asked, sentence", [("most=0", "outside 1 to 200"), ("n=9", "outside 50 to 2000"),
                                             ("n_train=x", "is not a number")])
def test_what_is_wrong_is_told(open_page, asked, sentence):
    at = open_shortcuts(open_page, asked)
    assert sentence in "\n".join(e.value for e in at.error)
    assert at.number_input(key="shortcuts.n") is not None


def test_a_shift_longer_than_the_sequence_is_cut(open_page):
    at = open_shortcuts(open_page, "most=200", seq="ACGTTGCACTTATCTGATTACA")
    assert not at.error and "Moved by up to 21 bases" in texts(at)
