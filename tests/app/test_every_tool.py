"""Every tool of the Experiments and Trust pages on every kind of model and sequence: it answers or says in a sentence why not."""

import random
from dataclasses import fields
from functools import cache
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from seqviz_core.settings import settings_of
from seqviz_core.training import RunSpec, default_store, train_here
from seqviz_core.ui.experiments import EXPERIMENTS
from seqviz_core.ui.trust import TRUST
from tests.app_pages import QUICK, texts

ROOT = Path(__file__).resolve().parents[2]
TOOLS = [("experiments", name) for name in EXPERIMENTS.names()] + [("trust", name) for name in TRUST.names()]
PAGES = {"experiments": EXPERIMENTS, "trust": TRUST}
LETTERS = random.Random(3)
SEQUENCES = {"short": "ACG", "unknown": "N" * 60, "long": "".join(LETTERS.choices("ACGT", k=1500)), "one base": "A" * 100}
RUNS = {
    "a class for every base": RunSpec("gene_splice", {}, "spliceai", {}, QUICK),
    "several labels": RunSpec("multi_label", {}, "rnn", {}, QUICK),
    "a fixed length": RunSpec("one_motif", {"length": 60}, "mlp", {}, QUICK),
    "a pair": RunSpec("motif_pair", {}, "attention_lstm", {}, QUICK),
    "real data": RunSpec("uci_promoters", {}, "gru", {}, QUICK),
}


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return tmp_path_factory.mktemp("runs")


@pytest.fixture(autouse=True)
def one_store(own_runs, folder, monkeypatch):
    """One store for this file: its runs are trained once."""
    monkeypatch.setenv("SEQVIZ_RUNS", str(folder))


def shown(page: str, link: dict[str, str]) -> AppTest:
    """The page by itself, without the landing page that the router would show first."""
    at = AppTest.from_file(ROOT / "pages" / f"{page}.py", default_timeout=60)
    for name, value in link.items():
        at.query_params[name] = value
    return at.run()


@cache
def run_of(kind: str) -> str:
    return train_here(RUNS[kind], default_store()).id


@pytest.mark.parametrize(("page", "name"), TOOLS)
def test_it_is_named_and_asks_something(page, name):
    entry = PAGES[page][name]
    assert entry.question.endswith("?") and entry.label and len(entry.label) <= 16
    entry.settings()  # every setting has a default
    assert {s.name for s in settings_of(entry.settings)} == {f.name for f in fields(entry.settings)}


@pytest.mark.parametrize(("page", "name"), TOOLS)
def test_it_shows_something_at_once(page, name):
    at = shown(page, {"v": "1", "tool": name})
    assert not at.exception
    assert PAGES[page][name].question in [s.value for s in at.subheader]
    assert not at.error, texts(at)
    assert len(at.main.children) > 3


@pytest.mark.parametrize("kind", SEQUENCES)
@pytest.mark.parametrize(("page", "name"), TOOLS)
def test_an_odd_sequence_is_answered_or_told(page, name, kind):
    at = shown(page, {"v": "1", "tool": name, "seq": SEQUENCES[kind], "name": kind})
    assert not at.exception


@pytest.mark.parametrize("kind", RUNS)
@pytest.mark.parametrize(("page", "name"), TOOLS)
def test_every_kind_of_model_is_answered_or_told(page, name, kind):
    at = shown(page, {"v": "1", "tool": name, "run": run_of(kind), "open": name})
    assert not at.exception
    assert at.session_state.view.tool == name and at.session_state.view.focus == run_of(kind)


@pytest.mark.parametrize(("page", "name"), TOOLS)
def test_an_edited_sequence_on_the_other_strand(page, name):
    link = {"v": "1", "tool": name, "seq": "TGAAGTAACCCTCGTATAACTTATTGCATGGTAAAGTAGACC", "edits": "5-1-T_9-2-_20-0-AAA",
            "strand": "reverse"}
    assert not shown(page, link).exception
