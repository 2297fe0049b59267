"""Symmetries by hand: what is exactly equivariant is found so, padding and stride break it where they must."""

import numpy as np
import pytest
import torch
from torch import Tensor, nn

from seqviz_core.attribution import At
from seqviz_core.checks.card import Findings, Subject
from seqviz_core.checks.symmetries import (
    AnswerShift,
    MapShift,
    answer_shift,
    away_from_ends,
    flanks,
    map_shifts,
    mean_difference,
    own_logits,
    strands,
)
from seqviz_core.checks.symmetry_says import maps_say, moves, shift_says, strands_say, symmetries_section
from seqviz_core.models import ARCHITECTURES
from seqviz_core.models.internals import Probe, Span, name_probes
from seqviz_core.sequences import encode, reverse_complement
from seqviz_core.training import find_run
from tests.toy_models import Linear, conv_model, linear_model, one_hot, random_sequences

CODES = encode(random_sequences(6, 60, 1))


class Strided(nn.Module):
    """One convolution of width 5 with a stride and padding; the logits are the maps' maxima."""

    def __init__(self, stride: int, padding: int = 0):
        super().__init__()
        self.conv = nn.Conv1d(4, 3, 5, stride=stride, padding=padding)
        generator = torch.Generator().manual_seed(1)
        self.conv.weight.data.normal_(generator=generator)
        self.probe = Probe("feature_map", ("sequence", "filter", "position"), Span(stride, -padding, 5))
        name_probes(self)

    def forward(self, X: Tensor) -> Tensor:  # (N, 4, L) -> (N, 3)
        return self.probe(self.conv(X)).amax(-1)


def test_a_plain_convolution_moves_exactly():
    found, = map_shifts(conv_model(1), CODES)
    assert found.stride == 1 and found.shifts.tolist() == [1, 2, 3, 4] and found.n == 6
    assert found.inside == pytest.approx(0, abs=1e-6) and found.everywhere == pytest.approx(0, abs=1e-6)
    assert found.null > 0.3
    assert maps_say([found]).startswith("Away from the ends the feature maps move with the sequence exactly; the padding changes "
                                        "nothing at the ends (maps of unrelated")


def test_padding_breaks_it_at_the_ends_only():
    found, = map_shifts(Strided(1, padding=2), CODES)
    assert found.inside == pytest.approx(0, abs=1e-6) and (found.everywhere > 0.01).all()
    assert found.everywhere.max() < found.null


def test_a_stride_keeps_only_its_multiples():
    found, = map_shifts(Strided(3), CODES)
    assert found.shifts.tolist() == [1, 2, 3, 4, 5, 6]
    assert found.inside[[2, 5]] == pytest.approx(0, abs=1e-6)
    assert (found.inside[[0, 1, 3, 4]] > 0.5).all()
    assert found.mean(found.inside, True) < 1e-6 < 0.5 < found.mean(found.inside, False)
    assert "at shifts by a whole step of the map (3 bases" in maps_say([found])


def test_a_model_without_maps_has_none():
    assert map_shifts(linear_model(length=60), CODES) == [] and "no feature map" in maps_say([])
    nowhere = MapShift("conv", 2, np.arange(1, 5), np.full(4, np.nan), np.full(4, 0.3), 1.0, 8)
    said = maps_say([nowhere])
    assert said.startswith("No place of the feature maps is so far") and "nan" not in said and "differ by 0.30" in said


def test_a_linear_model_by_hand():
    # the logit counts an A at place 5 of 10; the A stands at place 5: any shift loses it, the control loses it only at an end
    weight = torch.zeros(1, 4, 10)
    weight[0, 0, 5] = 1
    model, codes = Linear(weight).eval(), encode(["CCCCCACCCC"])
    new = flanks(codes, 3, 0)
    found = answer_shift(model, codes, [0], most=3)
    assert found.shifts.tolist() == [-3, -2, -1, 0, 1, 2, 3] and found.logits.tolist() == [1]
    assert found.moved[0, 3] == 1 and found.moved[0, [0, 1, 2, 4, 5, 6]].tolist() == [0] * 6
    assert found.kept[0].tolist() == [1] * 7
    assert set(np.unique(new)) <= {0, 1}  # of the sequence's own bases


def test_shifts_of_a_model_that_counts_change_as_much_as_the_control():
    """Ones for every A, wherever: moving and replacing give the same logit, exactly."""
    model = Linear(torch.tensor([1.0, 0, 0, 0])[None, :, None].repeat(1, 1, 60)).eval()
    found = answer_shift(model, CODES, [0] * 6, most=8, step=4)
    assert found.shifts.tolist() == [-8, -4, 0, 4, 8]
    assert np.array_equal(found.moved, found.kept) and found.change == found.control > 0
    assert moves(found) == "with it" and "the answer moves with the sequence" in shift_says(found)


def test_an_answer_that_hangs_on_the_place_is_found():
    found = answer_shift(linear_model(length=60), CODES, [0] * 6, most=8)
    assert moves(found) == "no" and found.more.low > 0 and "depends on where the sequence stands" in shift_says(found)
    one = AnswerShift(found.shifts, found.moved[:1], found.kept[:1], found.logits[:1])
    assert "depends" not in shift_says(one) and np.isnan(one.unrelated)


def test_the_base_in_question_moves_with_the_sequence():
    """A model that answers for every base by that base alone: its answer at the moved base never changes."""
    class EachBase(nn.Module):
        def forward(self, X: Tensor) -> Tensor:  # (N, 4, L) -> (N, 4, L)
            return X * torch.tensor([1.0, 2, 3, 4])[:, None]
    found = answer_shift(EachBase(), CODES[:1], [At(int(CODES[0, 57]), 57)], most=4)
    assert np.isfinite(found.moved[0, :7]).all() and np.isnan(found.moved[0, 7:]).all()  # beyond the window there is no base
    assert np.ptp(found.moved[0, :7]) == 0


def test_sites_stay_in_the_window():
    planted = np.zeros((7, 20), dtype=bool)
    planted[[0, 1, 2, 3, 4, 5], [2, 4, 5, 8, 12, 14]] = True
    planted[6, 17] = True
    assert away_from_ends(planted, 4, 7).tolist() == [1, 2, 3, 4, 5]
    assert away_from_ends(planted, 9, 7).tolist() == [0, 1, 2, 3, 4, 5, 6]  # too few would be left
    assert away_from_ends(None, 9, 3).tolist() == [0, 1, 2]


def test_flanks_have_the_composition_of_their_sequence():
    found = flanks(encode(["A" * 10, "N" * 10, "ACAC" + "N" * 6]), 4000, 1)
    assert (found[0] == 0).all() and np.bincount(found[1], minlength=4).min() > 900
    assert set(np.unique(found[2])) == {0, 1} and abs((found[2] == 0).mean() - 0.5) < 0.05


def test_strands_by_hand():
    # A counts 1, T counts -1: the other strand has the opposite logit, so r = -1 and |difference| = 2 |logit|
    model = Linear(torch.tensor([1.0, 0, 0, -1])[None, :, None].repeat(1, 1, 60)).eval()
    found = strands(model, CODES, [0] * 6)
    counts = np.array([(row == 0).sum() - (row == 3).sum() for row in CODES])
    assert found.forward.tolist() == counts.tolist() and found.reverse.tolist() == (-counts).tolist()
    assert found.correlation == pytest.approx(-1) and found.difference == pytest.approx(2 * np.abs(counts).mean())
    others = [abs(a + b) for i, a in enumerate(counts) for j, b in enumerate(counts) if i != j]
    assert found.unrelated == pytest.approx(np.mean(others))
    assert "read as another sequence" in strands_say(found)


def test_a_strand_shared_model_is_exactly_consistent():
    entry = ARCHITECTURES["rc_cnn"]
    model = entry.make(entry.presets["teaching"], n_outputs=2, length=60, seed=1).eval()
    found = strands(model, CODES, [1] * 6)
    assert found.difference < 1e-5 and found.correlation == pytest.approx(1)
    assert "exactly consistent" in strands_say(found)
    plain = strands(conv_model(1), CODES, [1] * 6)
    assert plain.difference > 0.01


def test_each_sequence_has_its_own_target():
    model = conv_model(1, classes=3)
    found = own_logits(model, CODES[:3], [2, 0, None])
    logits = model(torch.from_numpy(one_hot(*random_sequences(6, 60, 1)[:3]))).detach().numpy()
    assert found[:2] == pytest.approx([logits[0, 2], logits[1, 0]], abs=1e-6) and np.isnan(found[2])


def test_the_mean_difference_of_all_others():
    assert mean_difference(np.array([0.0, 1, 3]), np.array([0.0, 1, 3])) == pytest.approx((1 + 3 + 2) * 2 / 6)
    assert np.isnan(mean_difference(np.ones(1), np.ones(1)))


def test_unknown_bases_and_the_other_strand_of_them():
    codes = encode(["ACGTN" * 12] * 3)
    assert strands(conv_model(1), codes, [0, 0, 0]).difference >= 0
    assert reverse_complement("ACGTN") == "NACGT"


def test_the_section_of_the_card_speaks_of_the_shipped_models():
    run = find_run("cnn")
    found = symmetries_section(Subject(run, run.load_model(), run.spec.make_task(), 20))
    assert isinstance(found, Findings) and found.mark == "holds"
    assert {n.name: n.value for n in found.numbers}["shifted feature maps differ by, away from the ends"] < 1e-5
    assert "forward strand only" in found.conclusion
