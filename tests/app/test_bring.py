"""Bringing a model on the Train page: weights with settings, a packed run, what the probe says, every refusal a sentence."""

import json

import numpy as np
import pytest
import torch
from safetensors.torch import load, save
from streamlit.testing.v1 import AppTest

from seqviz_core.training import default_store, find_run
from seqviz_core.training.imports import BROUGHT, import_weights, settings_json
from seqviz_core.training.run_zip import export_run
from seqviz_core.training.weights_file import INSTEAD

CNN = find_run("cnn")
WEIGHTS = (CNN.path / "weights.safetensors").read_bytes()
SETTINGS = settings_json(CNN)


def section() -> AppTest:
    """The section alone: the page above it takes seconds."""

    def script() -> None:
        from seqviz_core.ui.bring import bring_section

        bring_section()

    return AppTest.from_function(script, default_timeout=60).run()


def bring(weights: bytes = WEIGHTS, settings: str = SETTINGS) -> AppTest:
    at = section()
    at.file_uploader(key="bring_weights").upload("w.safetensors", weights)
    at.file_uploader(key="bring_settings").upload("s.json", settings.encode()).run()
    at.button(key="bring_it").click().run()
    assert not at.exception
    return at


def said(at) -> str:
    kinds = ("markdown", "caption", "success", "warning", "error", "info")
    return "\n".join(str(element.value) for kind in kinds for element in at.get(kind)).replace("\\", "")


def permuted(order: str) -> bytes:
    """The shipped weights as a model would have them whose input rows stand for `order`."""
    tensors = load(WEIGHTS)
    tensors["first_conv.weight"] = tensors["first_conv.weight"][:, ["ACGT".index(base) for base in order]].contiguous()
    return save(tensors)


def test_weights_come_in_and_are_probed():
    at = bring()
    text = said(at)
    assert "Reads A, C, G, T in this order (AUROC 1.00" in at.success[0].value and "300 sequences, half of them" in text
    assert "CNN, Ten transcription factors, brought" in text and len(at.get("plotly_chart")) >= 1
    (run,) = default_store().runs()
    assert run.brought and run.status.message == BROUGHT
    X = torch.rand(2, 4, 100)
    assert torch.equal(run.load_model()(X), CNN.load_model()(X))
    at.selectbox(key=f"bring_motif_{run.id}").set_value("MA0139.2").run()
    assert not at.exception and "Reads A, C, G, T" in at.success[0].value


def test_another_order_is_found_and_taken_at_a_press():
    at = bring(permuted("GATC"))
    assert "it reads G, A, T, C in this order" in at.warning[0].value
    wrong = default_store().runs()[0].id
    at.button(key="bring_again").click().run()
    assert not at.exception and "Reads G, A, T, C in this order" in at.success[0].value
    (run,) = default_store().runs()
    assert run.id != wrong
    X = torch.rand(2, 4, 100)
    assert torch.allclose(run.load_model()(X), CNN.load_model()(X), atol=1e-5)


def test_what_somebody_else_brought_stays_when_an_order_is_taken():
    bring(permuted("GATC"))
    theirs = default_store().runs()[0].id
    bring(permuted("GATC")).button(key="bring_again").click().run()
    assert len(default_store().runs()) == 2 and theirs in [run.id for run in default_store().runs()]


def test_a_stated_order_is_turned_and_confirmed():
    settings = json.dumps({**json.loads(SETTINGS), "base_order": "TGCA"})
    at = bring(permuted("TGCA"), settings)
    assert "Reads T, G, C, A in this order" in at.success[0].value


def test_untrained_weights_fit_nothing():
    draw = np.random.default_rng(0).normal
    at = bring(save({n: torch.from_numpy(draw(0, 0.1, t.shape).astype("float32")) for n, t in load(WEIGHTS).items()}))
    assert at.warning[0].value.startswith("Nothing fits") and not [b for b in at.button if b.key == "bring_again"]


def test_a_packed_run_comes_in_and_the_page_claims_nothing_of_it(open_page):
    at = open_page("train")
    at.segmented_control(key="bring_way").set_value("run").run()
    at.file_uploader(key="bring_run").upload("run.zip", export_run(CNN)).run()
    at.button(key="bring_packed").click().run()
    assert not at.exception and "Reads A, C, G, T" in at.success[0].value
    (run,) = default_store().runs()
    assert len(run.epochs()) == 40 and run.status.test is None
    at.button(key=f"show_{run.id}").click().run()
    text = said(at)
    assert not at.exception and "nothing of it was measured here" in text and BROUGHT in text and "0.939" not in text
    assert "brought \u2013 not measured here" in text
    bare = import_weights(WEIGHTS, SETTINGS.encode(), default_store())
    at.run().button(key=f"show_{bare.id}").click().run()
    assert not at.exception and "No curve came with it." in said(at)


@pytest.mark.parametrize("weights, settings, sentence", [
    (WEIGHTS[:-9], SETTINGS, "is cut off"), (WEIGHTS, "{", "The settings cannot be used: it is not JSON"),
    (WEIGHTS, SETTINGS.replace('"cnn"', '"cn"'), "Did you mean 'cnn'?"),
    (WEIGHTS, SETTINGS.replace("40", "41"), "first_conv.weight is (40, 4, 19) in the file; cnn with these settings needs (41,"),
    (WEIGHTS, SETTINGS.replace('"cnn"', '"<b>[x](http://a.b)"'), "There is no architecture '<b>[x](http://a.b)'")])
def test_a_mistake_is_one_sentence_and_keeps_nothing(weights, settings, sentence):
    at = bring(weights, settings)
    assert sentence in at.error[0].value.replace("\\", "") and default_store().runs() == [] and not at.success
    assert "\\<b\\>\\[x\\]" in at.error[0].value or "<b>" not in at.error[0].value


def test_a_pickle_is_refused_with_the_line_that_helps():
    at = bring(b"\x80\x04\x95}q\x00.")
    assert "never opened here" in at.error[0].value and at.code[0].value == INSTEAD


def test_a_run_that_was_deleted_meanwhile_is_told():
    at = bring()
    default_store().delete(default_store().runs()[0].id)
    at.run()
    assert not at.exception and "is not on this server" in said(at)
