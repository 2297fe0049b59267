"""The card's sections of attention and memory on the shipped runs, and gates and states before and after an act."""

import numpy as np
import pytest
import torch

from seqviz_core.checks import attention_says, memory_says
from seqviz_core.checks.attention_says import attention_section
from seqviz_core.checks.card import Findings, Skipped, Subject
from seqviz_core.checks.memory import Act, Row, acted
from seqviz_core.checks.memory_inside import before_and_after
from seqviz_core.checks.memory_says import memory_section
from seqviz_core.models import make_model, record
from seqviz_core.training import find_run

BOTH = ("left_to_right", "right_to_left")


@pytest.fixture
def subject(monkeypatch):
    monkeypatch.setattr(attention_says, "N_CARD", 3)
    monkeypatch.setattr(memory_says, "N_CARD", 3)

    def of(run_id: str) -> Subject:
        run = find_run(run_id)
        return Subject(run, run.load_model(), run.spec.make_task(), n=10)
    return of


def test_the_attention_section_of_each_shipped_run(subject):
    found = attention_section(subject("attention"))
    assert isinstance(found, Findings) and found.n == 3
    values = {number.name: number for number in found.numbers}
    share = values["heads that look at the planted site"]
    assert 0 < share.null < share.value <= 1 and f"In {share.value:.0%} of 8 heads x 3 sequences" in found.conclusion
    assert all(np.isfinite(number.value) for number in found.numbers)
    for run in ("cnn", "lstm"):
        assert attention_section(subject(run)) == Skipped("This model has no attention: nothing in it weighs positions against "
                                                          "each other.")


def test_the_memory_section_of_each_shipped_run(subject):
    found = memory_section(subject("lstm"))
    values = {number.name: number for number in found.numbers}
    reset = values["logit changed by a reset where the site ends"]
    assert reset.value > reset.null > 0 and len(found.numbers) == 4 and "the mean forget gate f promises" in found.conclusion
    assert found.mark in ("holds", "doubtful", "fails") and all(0 <= n.value <= 1 for n in found.numbers[1:])
    for run in ("cnn", "attention"):
        assert isinstance(memory_section(subject(run)), Skipped)


@torch.no_grad()
@pytest.mark.parametrize("act", [Act("reset", "lstm", BOTH), Act("clamp", "lstm", BOTH, "f", 0.0),
                                 Act("freeze", "lstm", BOTH, unit=1)])
def test_the_states_drawn_after_an_act_are_those_the_logit_comes_from(act):
    model = make_model("lstm", {"units": 4, "stem_filters": 0, "read_out": "mean"}, n_outputs=2, length=20, seed=3).eval()
    X = torch.nn.functional.one_hot(torch.randint(0, 4, (1, 20), generator=torch.Generator().manual_seed(0))).mT.float()
    inside = {(i.direction, i.name): i for i in before_and_after(model, X, act, 8, 9)}
    assert set(inside) == {(d, name) for d in BOTH for name in "ifgoch"}
    h = np.concatenate([inside[d, "h"].after for d in BOTH])  # (8, P)
    logits = model.read_out(torch.from_numpy(h.mean(axis=1)))
    assert logits.tolist() == pytest.approx(acted(model, X, act, [Row(0, 8, 9)])[0].tolist(), abs=1e-5)
    trace = record(model, X)
    assert all((i.before == trace[f"lstm.{i.direction}.{i.name}"].value[0].numpy()).all() for i in inside.values())
    assert not np.allclose(inside["left_to_right", "h"].after[:, 8:], inside["left_to_right", "h"].before[:, 8:], atol=1e-4)
    assert np.allclose(inside["left_to_right", "h"].after[:, :8], inside["left_to_right", "h"].before[:, :8], atol=1e-5)
