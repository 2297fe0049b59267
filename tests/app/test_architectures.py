"""Explore looks into every architecture, and into models of every head; untrained ones, since the insides are the same."""

import time
from collections.abc import Iterator
from dataclasses import asdict

import pytest
from app_pages import texts, titles

from seqviz_core.models import ARCHITECTURES
from seqviz_core.training import RunSpec, RunStatus, default_store
from seqviz_core.training.files import weights_of
from seqviz_core.ui import cached


@pytest.fixture(autouse=True, scope="module")
def few_sequences() -> Iterator[None]:
    """Filters are named after few sequences here; nothing of that is left for the other tests."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(cached, "MOTIF_SEQUENCES", 100)
        yield
    cached._filters.clear()


def untrained_run(architecture: str, task: str = "one_motif", length: int = 60) -> str:
    """Return a run that says it is done; its weights are those it began with."""
    teaching = asdict(next(iter(ARCHITECTURES[architecture].presets.values())))
    spec, store = RunSpec(task, {"length": length}, architecture, teaching).complete(), default_store()
    run = store.create(spec)
    store.write_weights(run.id, weights_of(spec.make_model()))
    store.write_status(run.id, RunStatus("done", created=time.time(), finished=time.time()))
    return run.id


@pytest.mark.parametrize("name", ARCHITECTURES.names())
def test_a_run_of_each_architecture_opens_in_explore(open_page, name):
    at = open_page(link={"run": untrained_run(name)})
    assert not at.exception and not at.error and not at.warning, [w.value for w in at.warning]
    assert "(One motif) calls" in texts(at) and "Which bases push" in titles(at)


def test_a_model_that_cannot_read_so_many_bases_is_left_out_and_the_others_are_asked(open_page):
    at = open_page("explore", query={"run": untrained_run("mlp", length=60)})  # the landing example has 100
    assert not at.exception and [("is left out." in w.value, "at most 60 bases" in w.value) for w in at.warning] == [(True, True)]
    assert "The CNN model calls GATA2" in texts(at)


def test_a_method_that_does_not_apply_says_why_beside_those_that_do(open_page):
    at = open_page(link={"methods": "attention_rollout,saliency", "models": "cnn"})
    assert not at.exception and not at.error and not at.warning and "it has no attention" in texts(at)
    assert "Saliency" in titles(at) and "Attention rollout" not in titles(at)


def test_deeper_layers_are_drawn_without_the_first_ones_logos(open_page):
    at = open_page(link={"run": untrained_run("basset")})
    assert "Where does each filter fire?" in titles(at)
    at.selectbox(key="map_layer").set_value("conv2").run()
    assert not at.exception and "Where does each channel of layer conv2 fire?" in titles(at)
    at.segmented_control(key="focus").set_value("cnn").run()  # the other model has no such layer
    assert not at.exception and "Where does each filter fire?" in titles(at)


def test_a_model_that_answers_per_base_says_where(open_page):
    at = open_page(link={"run": untrained_run("spliceai", "gene_splice", 100)})
    assert not at.exception and not at.warning and "What does it answer at each base?" in titles(at)
    assert "calls none of its labels" in texts(at) and "at base " in texts(at)
    assert "answer per base" not in at.pills(key="track_kinds").options


def test_a_link_to_a_run_alone_shows_its_own_sequences(open_page):
    at = open_page(link={"run": untrained_run("cnn", "motif_pair")})
    assert not at.exception and "rule kept" in at.text[0].value and len(at.session_state.records) == 10
