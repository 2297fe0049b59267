"""The probe finds the order, strand and lengths that were built in, and finds nothing where there is nothing."""

from dataclasses import replace

import numpy as np
import pytest
import torch
from torch import Tensor, nn
from torch.nn import functional as F

from seqviz_core.checks.import_probe import ORDERS, probe_import
from seqviz_core.checks.probe_questions import order_matters
from seqviz_core.datasets import DATASETS, make_task
from seqviz_core.errors import SeqVizError
from seqviz_core.motifs import Motif, find_motif
from seqviz_core.training import find_run

TEN = DATASETS["in_class_danq"].presets["default"]
CTCF = find_motif("MA0139.2")
ONE = make_task("one_motif", {"motif": "MA0139.2", "length": 60})


class PwmScan(nn.Module):
    """Logits (0, best PWM score), with everything built in that a probe should find."""

    def __init__(self, order="ACGT", strands="+", longest=10**6, motif=CTCF):
        super().__init__()
        rows = motif.pwm()[["ACGT".index(base) for base in order]]  # row j of the input is the base order[j]
        turned = motif.reverse_complement().pwm()[["ACGT".index(base) for base in order]]
        kernels = [k for strand, k in (("+", rows), ("-", turned)) if strand in strands]
        self.kernels, self.longest = torch.tensor(np.stack(kernels)).float(), longest

    def forward(self, X: Tensor) -> Tensor:
        if X.shape[-1] > self.longest:
            raise SeqVizError("It reads no more.")
        best = F.conv1d(X, self.kernels).amax(dim=(1, 2))
        return torch.stack([torch.zeros_like(best), best], dim=1)


@pytest.fixture(scope="module")
def shipped():
    return find_run("cnn").load_model()


def test_the_shipped_model_reads_acgt(shipped):
    probe = probe_import(shipped, TEN)
    assert probe.best.order == "ACGT" and probe.as_stated and probe.decided and len(probe.orders) == 24 == len(set(ORDERS))
    assert probe.sentence.startswith("Reads A, C, G, T in this order (AUROC 1.00; the next best order reaches 0.")
    assert probe.sentence.endswith("; forward strand only; 50 to 200 bases.") and probe.n == 300
    assert probe_import(shipped, TEN) == probe


@pytest.mark.parametrize("order", ["TGCA", "GATC", "CTAG"])
def test_permuted_rows_of_the_first_layer_are_found(shipped, order):
    model = find_run("cnn").load_model()
    with torch.no_grad():
        model.first_conv.weight.copy_(shipped.first_conv.weight[:, ["ACGT".index(base) for base in order]])
    probe = probe_import(model, TEN)
    assert (probe.best.order, probe.as_stated, probe.decided) == (order, False, True)
    assert probe.sentence.startswith("Does not read A, C, G, T as stated (AUROC 0.")
    assert f"it reads {', '.join(order)} in this order (AUROC 1.00" in probe.sentence
    same = dict(probe_import(shipped, TEN).orders)
    assert probe.best.auroc == same["ACGT"]  # the same sequences, the same answers


def test_orders_are_named_as_the_file_has_them(shipped):
    """A model turned into ACGT from a file in GATC: what it reads is GATC, of the file's rows."""
    here, probe = probe_import(shipped, TEN), probe_import(shipped, TEN, stated="GATC")
    assert probe.best.order == "GATC" and probe.as_stated and "Reads G, A, T, C in this order" in probe.sentence
    assert [s.auroc for s in probe.orders] == [s.auroc for s in here.orders]


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize("name", ["cnn", "lstm"])
def test_an_untrained_model_fits_nothing(name, seed):
    spec = find_run(name).spec
    model = replace(spec, training=replace(spec.training, seed=seed)).make_model()
    probe = probe_import(model, TEN, seed=seed)
    assert not probe.fits and not probe.as_stated and probe.sentence.startswith("Nothing fits: under none of the 24 base orders")


@pytest.mark.parametrize("strands, said", [("+", "forward strand only"), ("-", "reverse strand only"), ("+-", "both strands")])
def test_the_strand_is_found(strands, said):
    probe = probe_import(PwmScan(strands=strands), ONE)
    assert probe.as_stated and probe.decided and said in probe.sentence
    assert (probe.forward > 0.95) == ("+" in strands) and (probe.reverse > 0.95) == ("-" in strands)


def test_the_lengths_that_run_are_found():
    probe = probe_import(PwmScan(longest=60), ONE)
    assert [(x.length, x.problem) for x in probe.lengths] == [(30, ""), (60, ""), (120, "It reads no more.")]
    assert probe.sentence.endswith("; 30 to 60 bases, not at 120, where it does not run.")
    short = probe_import(PwmScan(), make_task("one_motif", {"motif": "MA0139.2", "length": 24}))
    assert [x.length for x in short.lengths] == [24, 48]  # the motif does not fit into 12


def test_orders_that_fit_alike_are_all_named(shipped):
    """Spi1 is AAAGAGGAAGTGG: one T and no C leave little to tell these two by."""
    probe = probe_import(shipped, TEN, find_motif("MA0080.7"))
    assert [score.order for score in probe.orders[:2]] == ["ACGT", "ATGC"]
    assert probe.fits and not probe.decided and probe.as_stated and ": ACGT 0.98, ATGC 0.97 fit alike" in probe.sentence


def test_a_motif_known_by_its_composition_cannot_show_the_order(shipped):
    assert probe_import(shipped, TEN, find_motif("MA0079.5")).sentence.startswith("This motif cannot show what fits")


def test_the_motif_asked_by_default_changes_with_order_and_strand():
    palindrome, same = (Motif(word, word, np.array([[97 if b == base else 1 for base in word] for b in "ACGT"]))
                        for word in ("GAATTC", "AAAAAA"))
    assert order_matters(palindrome) == pytest.approx(0) == order_matters(same)  # two orders of C, G, T leave AAAAAA as it is
    assert max(TEN.motifs, key=order_matters).name == "REST"
    assert order_matters(find_motif("MA0466.4")) < 0.5 * order_matters(CTCF)  # CEBPB, nearly a palindrome


def test_a_task_without_motifs_is_asked_with_its_own_sequences():
    task = DATASETS["labelled"].presets["default"]
    box = Motif("E", "E-box", np.array([[97 if b == base else 1 for base in "CACGTG"] for b in "ACGT"]))
    probe = probe_import(PwmScan(motif=box), task)
    assert probe.best.order == "ACGT" and probe.as_stated and probe.what == "the classes of Your own sequences apart"
    assert probe.null_mean == pytest.approx(0.5, abs=0.05)
    assert probe_import(PwmScan(motif=box, order="GATC"), task).best.order == "GATC"


def test_a_motif_that_is_no_class_and_answers_that_are_no_numbers_are_refused(shipped):
    with pytest.raises(SeqVizError, match="No class of Ten transcription factors is named 'YY1'"):
        probe_import(shipped, TEN, Motif("x", "YY1", np.ones((4, 8))))
    broken = find_run("cnn").load_model()
    with torch.no_grad():
        broken.read_out.bias.fill_(float("nan"))
    with pytest.raises(SeqVizError, match="not finite"):
        probe_import(broken, TEN)
