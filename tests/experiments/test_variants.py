"""Effects of variants: by hand on a linear model, and as tangermeme computes them."""

from dataclasses import replace

import numpy as np
import pytest
import torch
from tangermeme.variant_effect import deletion_effect, insertion_effect, substitution_effect

from seqviz_core.attribution import At, attribute
from seqviz_core.errors import SeqVizError
from seqviz_core.experiments.variants import (
    Named,
    as_map,
    conclude,
    drawn_substitutions,
    share_below,
    single_substitutions,
    variant_effects,
)
from seqviz_core.models import make_model
from seqviz_core.sequences import one_hot_encode
from seqviz_core.sequences.variants import Variant, read_variants
from seqviz_core.training import pretrained_store
from tests.toy_models import ConvReluMax, Linear

SEQUENCE = "ACGTACGATAAGCTTGCATC"
NAMED = Named("CNN", "GATA1", "the 60 single substitutions of this sequence")


class PerBase(torch.nn.Module):
    """logits[c, i] = number of A minus c times number of C at bases i - 1, i and i + 1."""

    def forward(self, X):
        sums = torch.nn.functional.conv1d(X, torch.ones(4, 1, 3), padding=1, groups=4)
        return torch.stack([sums[:, 0] - c * sums[:, 1] for c in range(2)], dim=1)


def linear() -> Linear:
    """logits[c] = sum of base number (A 0 ... T 3) times position (from 1) times (c + 1)."""
    weight = torch.arange(4.0)[:, None] * torch.arange(1.0, len(SEQUENCE) + 1)
    return Linear(torch.stack([weight, 2 * weight]))


def toy() -> ConvReluMax:
    filters = torch.from_numpy(one_hot_encode(["GATA", "AAGC"]))
    return ConvReluMax(filters, torch.tensor([[1.0, 2.0], [-1.0, 0.5]]), threshold=1.0)


def of(text: str, sequence: str = SEQUENCE) -> list[Variant]:
    found = read_variants(text, sequence)
    assert not found.problems
    return list(found.variants)


def test_a_linear_model_by_hand():
    effects = variant_effects(linear(), SEQUENCE, of("1A>C, 4T>A, 8A>G"), target=1)
    assert effects.change == pytest.approx([2 * 1 * 1, 2 * 4 * -3, 2 * 8 * 2])
    assert effects.rank.tolist() == [3, 2, 1]
    assert effects.reference == pytest.approx([effects.reference[0]] * 3)
    assert effects.alternative_logits[:, 0] - effects.reference_logits[:, 0] == pytest.approx([1, -12, 16])


def test_a_deletion_and_an_insertion_by_hand():
    """GATA scores 4 - 1, broken into GAT by a deletion 3 - 1; AAGC the same for the other filter."""
    effects = variant_effects(toy(), SEQUENCE, of("10del, 9_10insC, 7_10del"), target=0)
    assert effects.reference == pytest.approx([3 + 2 * 3] * 3)
    # GATAGC: GATA and AGC; GATCAAGC: GAT and AAGC; ACGTACAGC...: no GAT, ACAGC has three of AAGC
    assert effects.alternative[:2] == pytest.approx([3 + 2 * 2, 2 + 2 * 3])
    assert effects.rank.tolist() == [2, 3, 1]


@pytest.mark.parametrize("model", [toy(), pretrained_store().get("cnn").load_model()], ids=["toy", "shipped"])
def test_as_tangermeme(model):
    model.eval()
    rng = np.random.default_rng(1)
    sequence = SEQUENCE + "".join(rng.choice(list("ACGT"), 80))
    X = torch.from_numpy(one_hot_encode([sequence]))
    variants = single_substitutions(sequence)
    chosen = [variants[i] for i in rng.choice(len(variants), 20, replace=False)]
    ours = variant_effects(model, sequence, chosen, target=1)
    for i, v in enumerate(chosen):
        theirs = substitution_effect(model, X, torch.tensor([[0, v.start, "ACGT".index(v.alt)]]), device="cpu")
        assert ours.reference_logits[i] == pytest.approx(theirs.y_before[0].numpy(), abs=1e-5)
        assert ours.alternative_logits[i] == pytest.approx(theirs.y_after[0].numpy(), abs=1e-5)
    for start in (0, 8, 99):
        ours = variant_effects(model, sequence, [Variant(start, sequence[start], "")], target=1)
        theirs = deletion_effect(model, X, torch.tensor([[0, start]]), device="cpu")
        assert ours.alternative_logits[0] == pytest.approx(theirs.y_after[0].numpy(), abs=1e-5)
    longer = torch.from_numpy(one_hot_encode([sequence + "A"]))  # tangermeme cuts as much off the end as went in
    for start in (0, 8, 99):
        ours = variant_effects(model, sequence, [Variant(start, "", "G")], target=1)
        theirs = insertion_effect(model, longer, torch.tensor([[0, start, 2]]), device="cpu")
        assert ours.alternative_logits[0] == pytest.approx(theirs.y_after[0].numpy(), abs=1e-5)


def test_all_substitutions_are_in_silico_mutagenesis():
    model = pretrained_store().get("cnn").load_model()
    sequence = SEQUENCE[:9] + "N" + SEQUENCE[10:]
    effects = variant_effects(model, sequence, single_substitutions(sequence), target=2)
    ism = attribute("ism", model, torch.from_numpy(one_hot_encode([sequence])), 2).values[0]
    ism[:, 9] = 0  # the map of substitutions says nothing where no base is known
    assert as_map(effects, 0, len(sequence)) == pytest.approx(ism, abs=1e-5)
    part = variant_effects(model, sequence, single_substitutions(sequence, 4, 8), target=2)
    assert len(part.variants) == 12 and as_map(part, 4, 8) == pytest.approx(ism[:, 4:8], abs=1e-5)


def test_at_a_base_the_answer_moves_with_the_sequence():
    effects = variant_effects(PerBase(), "CCCAAACCC", of("1_2insGG, 1del, 5del, 4A>G, 8C>G, 4_6delinsG", "CCCAAACCC"), At(0, 4))
    assert effects.reference == pytest.approx([3] * 6)
    assert effects.alternative[[0, 1, 3, 4]] == pytest.approx([3, 3, 2, 3])
    assert effects.problems[2] == "The base whose answer is explained is deleted." and np.isnan(effects.alternative[2])
    assert effects.rank[2] == 0 and effects.problems[0] == ""
    assert "deleted" in effects.problems[5]


def test_a_model_of_a_fixed_length_says_so_for_that_variant():
    model = make_model("mlp", {}, n_outputs=2, length=len(SEQUENCE), seed=0)
    effects = variant_effects(model, SEQUENCE, of("2C>G, 2_3insT, 2del"), target=1)
    assert np.isfinite(effects.change).tolist() == [True, False, True]
    assert effects.problems[1] == "This model has weights of its own for each position and reads at most 20 bases."


def test_an_explained_base_is_the_same_base_behind_every_variant():
    class Letters(torch.nn.Module):
        def forward(self, X):  # logits (N, 1, L): 1 to 4 for the letter
            return (X * torch.tensor([1.0, 2, 3, 4])[:, None]).sum(1, keepdim=True)

    rng = np.random.default_rng(0)
    for _ in range(300):
        sequence, base = "".join(rng.choice(list("ACGT"), 10)), int(rng.integers(10))
        start, deleted, inserted = (int(v) for v in rng.integers((0, 0, 0), (11, 5, 5)))
        variant = Variant(start, sequence[start:start + deleted], "".join(rng.choice(list("ACGT"), inserted)))
        if variant.ref == variant.alt:
            continue
        lower = sequence[:base].upper() + sequence[base].lower() + sequence[base + 1:]
        marked = lower[:variant.start] + variant.alt + lower[variant.end:]
        place = next((i for i, letter in enumerate(marked) if letter.islower()), None)
        if place is None:  # it is replaced, by the letter that stands as far from the variant's first, or gone
            place = base if base - variant.start < len(variant.alt) else None
        other = Variant(base, sequence[base], "ACGT".replace(sequence[base], "")[0])  # so that one can always be read
        found = variant_effects(Letters(), sequence, [variant, other], At(0, base))
        if place is None:
            assert found.problems[0] == "The base whose answer is explained is deleted." and np.isnan(found.alternative[0])
        else:
            assert found.alternative[0] == 1 + "ACGT".index(marked[place].upper())


def test_a_window_holds_the_first_base_of_a_deletion_longer_than_itself():
    sequence = SEQUENCE * 3
    found = variant_effects(PerBase(), sequence, [Variant(20, sequence[20:50], "")], 0, window=10)
    alone = variant_effects(PerBase(), sequence[20:30], [Variant(0, sequence[20], "")], 0)
    assert found.reference == pytest.approx(alone.reference)


def test_windows_show_the_model_only_what_is_near():
    rng = np.random.default_rng(2)
    sequence = "".join(rng.choice(list("ACGT"), 60))
    model = pretrained_store().get("cnn").load_model()
    variant = Variant(30, sequence[30], "A" if sequence[30] != "A" else "C")
    inside = variant_effects(model, sequence, [variant], 1, window=20)
    alone = variant_effects(model, sequence[20:40], [variant._replace(start=10)], 1)
    assert inside.change == pytest.approx(alone.change) and inside.reference == pytest.approx(alone.reference)
    at_the_edge = variant_effects(model, sequence, [Variant(0, sequence[0], ""), Variant(59, sequence[59], "")], 1, window=20)
    assert np.isfinite(at_the_edge.change).all()
    assert variant_effects(model, sequence, [variant], 1, window=100).change == pytest.approx(
        variant_effects(model, sequence, [variant], 1).change)
    with pytest.raises(SeqVizError, match="answers for every base"):
        variant_effects(PerBase(), sequence, [variant], At(0, 3), window=20)


def test_no_variant_and_no_such_class():
    assert variant_effects(toy(), SEQUENCE, [], 0).change.shape == (0,)
    with pytest.raises(SeqVizError, match="There is no class 7"):
        variant_effects(toy(), SEQUENCE, of("1A>C"), 7)
    with pytest.raises(SeqVizError, match="no logit of a single position"):
        variant_effects(toy(), SEQUENCE, of("1A>C"), At(0, 3))


def test_the_share_of_the_null_below():
    assert share_below(np.array([0.5, -3.0, 10.0, np.nan]), np.array([1.0, -2.0, 3.0, 4.0]))[:3] == pytest.approx([0, 0.625, 1])
    assert np.isnan(share_below(np.array([1.0]), np.zeros(0))[0])
    assert share_below(np.array([0.0]), np.zeros(5)) == pytest.approx([0.5])  # nothing ever changes: nothing stands out


def test_drawn_substitutions_are_some_of_all():
    some, every = drawn_substitutions(SEQUENCE, 10, seed=3), single_substitutions(SEQUENCE)
    assert len(set(some)) == 10 and set(some) < set(every) and len(every) == 3 * len(SEQUENCE)
    assert some == drawn_substitutions(SEQUENCE, 10, seed=3) != drawn_substitutions(SEQUENCE, 10, seed=4)
    assert set(drawn_substitutions(SEQUENCE, 1000)) == set(every)


def test_a_small_change_is_told_with_digits_enough_to_see_it():
    effects = variant_effects(linear(), SEQUENCE, of("4T>A"), 1)
    small = replace(effects, reference_logits=np.array([[0, 0.0561]]), alternative_logits=np.array([[0, 0.0520]]))
    assert "from 0.0561 to 0.0520 (\u22120.0041)" in conclude(small, np.linspace(-1, 1, 61), NAMED)


def test_the_conclusion_says_what_was_measured():
    model, null = linear(), np.linspace(-30, 30, 61)
    one = variant_effects(model, SEQUENCE, of("4T>A"), 1)
    text = conclude(one, null, NAMED, [("GATA1", "none")], ["GATA1 at 8 to 13 lost"])
    assert "4T>A lowers the CNN model\u2019s logit of GATA1 from" in text and "(\u221224.00)" in text
    assert "78 % of the 60 single substitutions of this sequence change it less." in text  # 47 of 61, and half of the two at 24
    assert text.endswith("With it the CNN model calls none instead of GATA1. Motifs: GATA1 at 8 to 13 lost.")
    small = variant_effects(model, SEQUENCE, of("1A>C"), 1)
    assert "93 % of the 60 single substitutions of this sequence change it more." in conclude(small, null, NAMED)
    several = conclude(variant_effects(model, SEQUENCE, of("1A>C, 4T>A, 20C>G, 20C>T"), 1), null, NAMED)
    assert several.startswith("2 of 4 variants change the CNN model\u2019s logit of GATA1 more than 95 % of")
    assert "Largest: 20C>T" in several
    assert "None of 2 variants changes" in conclude(variant_effects(model, SEQUENCE, of("1A>C, 2C>G"), 1), null, NAMED)
    assert conclude(variant_effects(model, SEQUENCE, [], 1), null, NAMED) == "There is no variant yet."
    own = conclude(one, null, NAMED._replace(model="your GRU (One motif)"), [("GATA1", "none")])
    assert own.startswith("4T>A lowers your GRU (One motif)\u2019s logit") and "With it your GRU (One motif) calls none" in own
    flat = variant_effects(toy(), SEQUENCE, of("1A>C"), 0)
    assert conclude(flat, null, NAMED) == "The variant changes the CNN model\u2019s logit of GATA1 by less than 0.001."
