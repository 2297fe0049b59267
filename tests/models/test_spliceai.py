"""SpliceAI: a base's answer depends on its context and on nothing beyond; the collected maps, written out."""

import pytest
import torch
from toy_models import one_hot, random_sequences

from seqviz_core.models import ARCHITECTURES, make_model, record

X = torch.from_numpy(one_hot(*random_sequences(2, 200, seed=0)))
SMALL = {"channels": 3, "width": 5, "units": 1, "groups": 2}  # context 2 * 2 * 4 * (1 + 4) / 2 = 20 bases to either side


def made(per_position=True, **settings):
    return make_model("spliceai", {**SMALL, **settings}, n_outputs=3, length=200, seed=2, per_position=per_position)


def test_an_answer_depends_on_its_context_alone():
    model = made().double()
    for unit in (model.group1_unit1, model.group2_unit1):
        unit.relu1, unit.relu2 = torch.nn.Softplus(), torch.nn.Softplus()  # lets every gradient through
    x = X.double().requires_grad_()
    gradient = torch.autograd.grad(model(x)[:, :, 100].sum(), x)[0].abs().sum((0, 1))
    assert gradient.nonzero().flatten().tolist() == list(range(80, 121))


@pytest.mark.parametrize("name, context", [("SpliceAI-80nt", 80), ("SpliceAI-400nt", 400), ("SpliceAI-2k", 2000),
                                           ("SpliceAI-10k", 10_000)])
def test_the_papers_context(name, context):
    entry = ARCHITECTURES["spliceai"]
    model = entry.define(entry.published[name].config, n_outputs=3, length=100, per_position=True)
    assert model.together.span.width == context + 1 and model.together.span.offset == -context // 2


def test_the_answer_is_the_sum_of_what_each_group_collects():
    model, x = made(groups=3), X
    trace = record(model, x)
    with torch.no_grad():
        x = model.first(x)
        total = model.collect0(x)
        for g in (1, 2, 3):
            x = trace[f"group{g}_unit1"].value
            total = total + model.get_submodule(f"collect{g}")(x)
        assert torch.allclose(trace["together"].value, total, atol=1e-6)
        assert torch.allclose(trace.logits, model.head(total), atol=1e-6)


def test_one_answer_per_sequence_is_read_from_the_best_base():
    model = made(per_position=False)
    trace = record(model, X)
    best = trace["together"].value.amax(-1)
    assert torch.allclose(trace.logits, best @ model.head[2].weight.T + model.head[2].bias, atol=1e-6)
    mean = made(per_position=False, read_out="mean")
    assert torch.allclose(record(mean, X).logits, record(mean, X)["together"].value.mean(-1) @ mean.head[2].weight.T
                          + mean.head[2].bias, atol=1e-5)
