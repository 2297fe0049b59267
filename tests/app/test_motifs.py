"""The Motifs page and its address: the run it names, one that is not finished, one that is gone."""

import pytest
from app_pages import QUICK, quick_run

from seqviz_core.training import RunSpec, default_store, write_recipe
from seqviz_core.ui.components import literal

SPEC = RunSpec("one_motif", {"length": 60}, "cnn", {}, QUICK).complete()


def address(at) -> dict[str, str]:
    """What the page put into the address; AppTest leaves there what Explore put."""
    return {key: "".join(at.query_params[key]) for key in ("run", "recipe", "job") if key in at.query_params}


def test_the_address_names_the_model_and_holds_the_settings_of_ones_own(open_page):
    run_id = quick_run("cnn")
    at = open_page("motifs", query={"run": run_id})
    assert not at.exception and at.selectbox(key="motif_run").value == run_id
    assert address(at) == {"run": run_id, "recipe": write_recipe(default_store().get(run_id).spec)}
    at.selectbox(key="motif_run").set_value("lstm").run()
    assert not at.exception and address(at) == {"run": "lstm"}
    at.query_params["run"] = run_id  # another page's button, or the browser's Back
    at.run()
    assert at.selectbox(key="motif_run").value == run_id


def test_a_run_that_was_deleted_while_it_was_chosen_gives_way(open_page):
    at = open_page("motifs", state={"motif_run": "f" * 24})
    assert not at.exception and at.selectbox(key="motif_run").value == address(at)["run"] == "cnn"


def test_a_run_that_is_gone_can_be_trained_again_from_its_link(open_page):
    at = open_page("motifs", query={"run": SPEC.run_id, "recipe": write_recipe(SPEC)})
    assert not at.exception and literal("Its settings are in the link: CNN, One motif, seed 0.") in at.warning[0].value
    at.button(key="again_from_link").click().run()
    assert not at.exception and default_store().get(SPEC.run_id).spec == SPEC
    assert at.title[0].value == "Can it learn this?" and address(at)["job"] == SPEC.run_id


@pytest.mark.parametrize("query, sentence", [
    ({"run": "f" * 24}, "Below is another model"), ({"run": "<b>"}, "is not a run id"),
    ({"run": "f" * 24, "recipe": "AAAA"}, "damaged or cut off")])
def test_a_run_that_is_gone_for_good_is_told_until_another_is_chosen(open_page, query, sentence):
    at = open_page("motifs", query=query)
    assert not at.exception and len(at.warning) == 1 and sentence in at.warning[0].value
    at.selectbox(key="motif_run").set_value("lstm").run()
    assert not at.exception and not at.warning and address(at) == {"run": "lstm"}


def test_a_run_that_has_not_finished_is_shown_where_it_runs(open_page):
    run = default_store().create(SPEC)
    at = open_page("motifs", query={"run": run.id})
    assert not at.exception and "no motifs yet, as it is queued" in at.warning[0].value
    at.button(key="to_train").click().run()
    assert not at.exception and at.title[0].value == "Can it learn this?" and address(at)["job"] == run.id
